"""`leadlight health`: whether a server works."""

import json
from typing import Annotated
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.cli.serve_lock import running_url
from leadlight.kit.errors import LeadlightError

PATIENCE_SECONDS = 15.0


class NotReady(LeadlightError):
    """The server is not ready. See its log; start it with `leadlight serve` if it does not run."""

    code = "not_ready"


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("health", epilog=examples("leadlight health", "leadlight health --url https://leads.example.com"))(
        health
    )


def health(
    data: DataDir = None, url: Annotated[str | None, typer.Option(help="Address of the server to ask.")] = None
) -> None:
    """Ask a server whether it is ready and how much waits; exit code 1 when it is not."""
    settings = settings_from(data)
    address = (url or running_url(settings.data_dir) or settings.base_url).rstrip("/")
    try:
        with urlopen(f"{address}/api/health", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the user's own address
            found = json.load(answer)
    except HTTPError as error:
        raise NotReady(f"{address} answers {error.code}") from error
    except (URLError, OSError, ValueError) as error:
        raise NotReady(f"{address} does not answer: {error}") from error
    for name, value in found.items():
        print(f"{name}: {json.dumps(value)}")
