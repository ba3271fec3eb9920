"""The ranked list as a table for people, JSON for programs, CSV for spreadsheets."""

import csv
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadlight.kit.days import date_of, from_us
from leadlight.tryout.leads import Lead, Reason

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PLAIN_WIDTH = 160
"""Columns of the table where the output is no terminal."""

_WHO = ("rank", "name", "email", "user_id", "anonymous_id", "company")
CSV_COLUMNS = (*_WHO, "total", "fit", "engagement", "grade", "band", "events", "last_event", "why")


def print_table(leads: Iterable[Lead], as_of: date) -> None:
    """A row a lead, its reasons in words."""
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=f"Scores as of {as_of}", title_justify="left")
    for name in ("#", "total", "fit", "engagement"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("grade", "band"):
        table.add_column(name, no_wrap=True)
    for name, share in (("who", 2), ("company", 2), ("why", 5)):
        table.add_column(name, ratio=share, overflow="fold")
    for rank, lead in enumerate(leads, 1):
        numbers = (str(rank), points_text(lead.total), points_text(lead.fit), points_text(lead.engagement))
        words = (lead.grade, lead.band, lead.who, lead.company or "", why(lead.reasons))
        table.add_row(*map(Text, (*numbers, *words)))
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))  # noqa: T201 - the terminal is its output


def print_json(leads: Iterable[Lead]) -> None:
    """One array, an object a lead, written as the leads come."""
    target = sys.stdout.buffer
    separator = b"[\n"
    for rank, lead in enumerate(leads, 1):
        target.write(separator + msgspec.json.encode(_document(rank, lead)))
        separator = b",\n"
    target.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def print_csv(leads: Iterable[Lead]) -> None:
    """A row a lead. What a spreadsheet would take for a formula is written as text, with an apostrophe before it."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for rank, lead in enumerate(leads, 1):
        row = _document(rank, lead) | {"why": why(lead.reasons), "total": points_text(lead.total)}
        row |= {"fit": points_text(lead.fit), "engagement": points_text(lead.engagement)}
        writer.writerow([_safe(row[name]) if isinstance(row[name], str) else row[name] for name in CSV_COLUMNS])


def why(reasons: list[Reason]) -> str:
    """The reasons in words: `Viewed pricing +22.50 (3 times, last on 4 November)`."""
    return "; ".join(_reason(reason) for reason in reasons)


def points_text(hundredths: int) -> str:
    """Points with two decimals: `12.50`."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def _reason(reason: Reason) -> str:
    sign = "+" if reason.points > 0 else ""
    words = f"{reason.label} {sign}{points_text(reason.points)}"
    if reason.last_day is None:
        return words
    times = "once" if reason.counted == 1 else f"{reason.counted} times, last"
    return f"{words} ({times} on {date_of(reason.last_day):%-d %B})"


def _document(rank: int, lead: Lead) -> dict[str, Any]:
    return {
        "rank": rank,
        "name": lead.name,
        "email": lead.email,
        "user_id": lead.user_id,
        "anonymous_id": lead.anonymous_id,
        "company": lead.company,
        "total": lead.total / 100,
        "fit": lead.fit / 100,
        "engagement": lead.engagement / 100,
        "grade": lead.grade,
        "band": lead.band,
        "events": lead.events,
        "last_event": None if lead.last_event_us is None else from_us(lead.last_event_us).isoformat(),
        "reasons": [_reason(reason) for reason in lead.reasons],
        "scores": lead.scores,
    }


def _safe(text: str) -> str:
    is_number = text.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text
