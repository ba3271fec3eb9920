"""`leadlight score`: scores files without a server or a database."""

import sys
import time
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.options import examples
from leadlight.kit.errors import LeadlightError

if TYPE_CHECKING:
    from leadlight.tryout import Request, Summary

TABLE_ROWS = 25


class Format(StrEnum):
    """How the list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class InvalidMapping(LeadlightError):
    """A `--map` must read COLUMN=FIELD, for example `--map "E-mail address=email"`."""

    code = "invalid_mapping"
    status = 422


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command(
        "score",
        epilog=examples(
            "leadlight demo-events > events.jsonl && leadlight score events.jsonl",
            "leadlight score export.csv --map 'Kiedy=timestamp' --map 'Akcja=event'",
            "leadlight score january.jsonl.gz february.jsonl.gz --contacts crm.csv --as-of 2026-02-28",
            "zcat events.gz | leadlight score - --format csv --top 0 > scores.csv",
        ),
    )(score)


def score(
    events: Annotated[
        list[str],
        typer.Argument(help="Files of events: JSON lines of Segment calls, CSV, Parquet, also gzipped; - is stdin."),
    ],
    contacts: Annotated[
        str | None, typer.Option(metavar="FILE", help="File of contacts with their fields: CSV, JSON lines, Parquet.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score model, YAML or JSON. [default: the default model]")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day to score. [default: the newest event's]"),
    ] = None,
    time_zone: Annotated[str, typer.Option(metavar="ZONE", help="Zone of calendar days.")] = "UTC",
    top: Annotated[
        int | None, typer.Option(min=0, help="How many leads; 0: all. [default: 25 in a table, else all]")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to print them.")] = Format.TABLE,
    explain: Annotated[int, typer.Option(min=0, help="How many reasons each lead is given.")] = 3,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="What a column means; may be repeated.")
    ] = None,
    visitors: Annotated[bool, typer.Option("--visitors", help="List anonymous visitors too.")] = False,
) -> None:
    """Score files of events and print the ranked list, each lead with its reasons.

    Needs no server and no database. Lines that cannot be read are reported on stderr and left out; then the exit code is 1.
    """
    from leadlight.tryout import Request, read_model

    key, document = read_model(model)
    request = Request(
        events=events,
        contacts=contacts,
        model_key=key,
        model=document,
        mapping=dict(map(_split, mapping or [])),
        as_of=as_of.date() if as_of else None,
        zone=time_zone,
        top=top if top is not None else (TABLE_ROWS if output is Format.TABLE else 0),
        reasons=explain,
        with_statements=output is Format.JSON,
        with_visitors=visitors,
    )
    summary = _run(request, output)
    if summary.problems.total:
        raise typer.Exit(1)


def _run(request: "Request", output: Format) -> "Summary":
    from leadlight.cli.progress import bar
    from leadlight.kit.clock import machine_us
    from leadlight.kit.days import date_of
    from leadlight.tryout import print_csv, print_json, print_table, score_files

    started = time.monotonic()
    with bar() as progress, score_files(request, machine_us(), progress) as (leads, summary):
        progress("done", 1, 1)
        match output:
            case Format.TABLE:
                print_table(leads, date_of(summary.as_of_day))
            case Format.JSON:
                print_json(leads)
            case Format.CSV:
                print_csv(leads)
    _report(summary, time.monotonic() - started)
    return summary


def _report(summary: "Summary", seconds: float) -> None:
    from leadlight.kit.days import date_of

    sys.stdout.flush()
    for problem in summary.problems.first():
        print(problem, file=sys.stderr)
    for reason, count in summary.problems.counts.most_common():
        print(f"{count} left out: {reason}", file=sys.stderr)
    parts = [
        f"{summary.events} events of {summary.contacts} contacts scored as of {date_of(summary.as_of_day)} in {seconds:.1f} s"
    ]
    for count, words in (
        (summary.duplicates, "sent twice, counted once"),
        (summary.later, "after that day, not counted"),
        (summary.problems.total, "left out"),
    ):
        if count:
            parts.append(f"{count} {words}")
    print("; ".join(parts) + ".", file=sys.stderr)


def _split(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals or not column or not field:
        raise InvalidMapping(f"found {text!r}")
    return column, field
