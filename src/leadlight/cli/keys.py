"""`leadlight keys`: API keys."""

from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import typer

from leadlight.access.model import KeyKind, Scope
from leadlight.cli.options import DataDir, examples, settings_from

if TYPE_CHECKING:
    from leadlight.access import Key, Listed
    from leadlight.app import App

keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")


def add_to(cli: typer.Typer) -> None:
    """Register the group."""
    cli.add_typer(keys, name="keys")


@keys.command(
    epilog=examples("leadlight keys create --kind write", "leadlight keys create --kind secret --scope admin --name CI")
)
def create(
    kind: Annotated[KeyKind, typer.Option(help="A write key sends events; a secret key manages.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What a secret key may do: read, write or admin. [default: admin, everything]"),
    ] = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    data: DataDir = None,
) -> None:
    """Make a key and print it, alone: it is shown this once."""
    from leadlight.cli.running import run_with_app

    scopes = cast("tuple[Scope, ...]", tuple(scope or (() if kind == "write" else ("admin",))))

    async def make(app: "App") -> "Key":
        async with app.db.transaction() as conn:
            return await app.keys.create(conn, kind, name, scopes)

    print(run_with_app(settings_from(data), make).secret)


@keys.command("list", epilog=examples("leadlight keys list"))
def list_keys(data: DataDir = None) -> None:
    """List all keys: id, kind, what of it may be shown, scopes, last use, name."""
    from leadlight.cli.running import run_with_app

    async def read(app: "App") -> "list[Listed]":
        async with app.db.connection() as conn:
            return await app.keys.list(conn)

    for key in run_with_app(settings_from(data), read):
        used = f"used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
        scopes = ",".join(key.scopes) or "-"
        print(f"{key.id}  {key.kind:6}  {key.hint}  {scopes:16}  {'revoked' if key.revoked_at else used}  {key.name}")


@keys.command(epilog=examples("leadlight keys revoke 01990b5e-7a10-7cc4-8a55-6b1c2f0e4d11"))
def revoke(
    key_id: Annotated[UUID, typer.Argument(help="As `leadlight keys list` shows it.")], data: DataDir = None
) -> None:
    """Refuse a key from now on; running servers follow within 5 seconds."""
    from leadlight.cli.running import run_with_app

    async def end(app: "App") -> None:
        async with app.db.transaction() as conn:
            await app.keys.revoke(conn, key_id)

    run_with_app(settings_from(data), end)
