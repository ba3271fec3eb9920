"""`leadlight sign-in`: a link that signs in once."""

from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.kit.config import Settings

if TYPE_CHECKING:
    from leadlight.app import App
    from leadlight.kit.db import Connection


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("sign-in", epilog=examples("leadlight sign-in", "leadlight sign-in --data /srv/leadlight"))(sign_in)


def sign_in(
    data: DataDir = None,
    url: Annotated[str | None, typer.Option(help="Address of the server, when it is not the running one's.")] = None,
) -> None:
    """Print a link that signs in once, within a day; earlier unused links stop working."""
    from leadlight.cli.running import run_with_app
    from leadlight.cli.serve_lock import running_url

    settings = settings_from(data)
    settings = settings_from(data, public_url=url or settings.public_url or running_url(settings.data_dir))

    async def make(app: "App") -> str:
        async with app.db.transaction() as conn:
            return await sign_in_url(conn, settings)

    print(run_with_app(settings, make))


async def sign_in_url(conn: "Connection", settings: Settings) -> str:
    """A new link."""
    from leadlight.access import create_sign_in_link

    return f"{settings.base_url}/sign-in?token={await create_sign_in_link(conn)}"
