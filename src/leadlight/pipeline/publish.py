"""Publishing a score model: everyone recomputed from history beside the live scores, then one swap."""

from uuid import UUID

from leadlight import matching, people, scoring
from leadlight.definitions import Definition
from leadlight.kit import jobs
from leadlight.kit.db import Connection
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.generation import hold

PUBLISH = "publish-score-model"


async def publish_model(conn: Connection, definition: Definition) -> UUID | None:
    """Publish at once while nobody is there to be scored; else leave it to a job, whose id is returned."""
    await hold(conn)
    if await people.is_empty(conn):
        model = scoring.parse_model(definition.body, definition.key, definition.version, None)
        ids = await matching.register(conn, scoring.matchers_of_model(model))
        await matching.go_live(conn, list(ids.values()))
        return None
    return await jobs.enqueue(conn, PUBLISH, {"key": definition.key, "version": definition.version})


async def archive_model(conn: Connection, definition: Definition) -> None:
    """Forget everyone's score under an archived model."""
    await scoring.forget_version(conn, definition.key, definition.version)


def register_jobs(registry: jobs.Jobs[Engine]) -> None:
    """The jobs of this package."""
