"""Changes of a company, which concern everybody in it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from leadlight import people
from leadlight.pipeline import due
from leadlight.pipeline.engine import Engine


async def change_account(engine: Engine, account_id: UUID, fields: Mapping[str, Any], source: str) -> None:
    """Set fields of an account; its people's scores follow at once. Raises UnknownAccount, InvalidDocument."""
    async with engine.db.transaction() as conn:
        generation = await engine.generations.current(conn)
        now_us = await engine.clock.now_us(conn)
        directory = await people.load_directory(conn, account_ids=[account_id], fields=generation.fields)
        directory.set_account_fields(account_id, fields, source, now_us)
        await people.store_directory(conn, directory)
        await due.wake(conn, await people.contacts_of_accounts(conn, [account_id]), generation.reasons, now_us)
