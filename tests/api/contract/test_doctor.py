"""The doctor as an operator calls it, beside the running server."""

import asyncio

import asyncpg
import pytest

from leadlight.kit.postgres import EmbeddedPostgres
from tests.factories.outside import Outsider

pytestmark = pytest.mark.xdist_group("outside")  # one server for all


async def tamper(url: str, statement: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        assert await conn.execute(statement) == "UPDATE 1"
    finally:
        await conn.close()


@pytest.mark.timeout(240)
def test_tampering_is_found_and_repaired(outside: Outsider) -> None:
    outside.send("identify", userId="tampered", traits={"email": "tampered@gmail.com", "country": "PL"})
    outside.settle()
    contact_id = outside.contact(user_id="tampered")["id"]
    well = outside.cli("doctor")
    assert (well.returncode, "scores: well" in well.stdout) == (0, True), well.stdout + well.stderr
    server = EmbeddedPostgres.attach(outside.serving.data_dir)
    try:
        asyncio.run(
            tamper(
                server.url(),
                f"update scores set total = total + 100 where contact_id = '{contact_id}' and model = 'default'",
            )
        )
    finally:
        server.detach()
    wrong = outside.cli("doctor")
    assert wrong.returncode == 1
    assert f"contact {contact_id}, model default: the stored total is 6.00, its statement says 5.00" in wrong.stdout
    assert contact_id in wrong.stderr
    assert outside.cli("doctor", "--repair").returncode == 0
    assert outside.contact(user_id="tampered")["scores"]["default"]["total"] == 5
    assert outside.cli("doctor").returncode == 0
