"""`leadlight demo-events`: the demo data set as a file, to try `leadlight score` or the API with."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from leadlight.cli.options import examples


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command(
        "demo-events",
        epilog=examples(
            "leadlight demo-events > events.jsonl",
            "leadlight demo-events --end 2026-06-30 --scale 0.1 | gzip > small.jsonl.gz",
        ),
    )(demo_events)


def demo_events(
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day before which the year ends. [default: today]"),
    ] = None,
    scale: Annotated[float, typer.Option(min=0.001, max=10, help="1 is 5,000 contacts and 250,000 events.")] = 1.0,
) -> None:
    """Write the demo year as JSON lines of Segment calls: the same for the same options."""
    import msgspec

    from leadlight.kit.clock import machine_us
    from leadlight.kit.days import from_us
    from leadlight.tryout.demo import demo_calls

    last = end or from_us(machine_us()).astimezone(UTC)
    encode = msgspec.json.Encoder().encode
    for call in demo_calls(last.date(), scale):
        sys.stdout.buffer.write(encode(call) + b"\n")
