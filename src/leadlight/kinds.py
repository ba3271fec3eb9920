"""The kinds of definitions there are, each with its check and what its publication sets off."""

from uuid import UUID

from leadlight import handoff, messaging, people, pipeline, scoring
from leadlight.definitions import Context, Definition, Document, Kind
from leadlight.kit.db import Connection


def _check_model(body: Document, key: str, context: Context) -> None:
    fields = people.read_fields(context.documents.get("fields", {}).values())
    scoring.parse_model(body, key, 1, people.types_of(fields))


def _check_field(body: Document, key: str, context: Context) -> None:
    others = {other: document for other, document in context.documents.get("fields", {}).items() if other != key}
    people.check_field(body, others)


def _check_webhook(body: Document, key: str, _context: Context) -> None:
    messaging.parse_webhook(body, key, handoff.WEBHOOK_EVENTS.values())


async def _publish_model(conn: Connection, model: Definition, announce: bool) -> UUID | None:  # noqa: FBT001 - OnPublish
    return await pipeline.publish_model(conn, model, announce=announce)


async def _give_secret(conn: Connection, webhook: Definition, _announce: bool) -> None:  # noqa: FBT001 - OnPublish
    await messaging.ensure_secret(conn, webhook.key, webhook.created_at_us)


KINDS = (
    Kind("fields", _check_field),
    Kind("score-models", _check_model, on_publish=_publish_model, on_archive=pipeline.archive_model),
    Kind("webhooks", _check_webhook, on_publish=_give_secret),
)
