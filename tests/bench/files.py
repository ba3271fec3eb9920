"""How long `leadlight score` takes for a file of JSON lines, beside reading its lines with Python's json alone."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from tests.bench.figures import Figure, scaled, short
from tests.bench.workspaces import EVENTS, ROOM, large_workspace

LINES = scaled(1_000_000)
CALLS = """
    copy (
        select if(kind = 'page_viewed', 'page', 'track') as type, if(kind = 'page_viewed', null, kind) as event,
            message_id as messageId, subject_id::varchar as userId,
            strftime(make_timestamp(at_us), '%Y-%m-%dT%H:%M:%S.%gZ') as timestamp,
            if(kind = 'page_viewed', json_object('url', 'https://www.firm.example' || url_path), properties::json) as properties
        from read_parquet('{history}/events/*.parquet') where hash(subject_id) % {share} = 0 limit {lines}
    ) to '{target}' (format json)
"""


def figures() -> list[Figure]:
    file = _lines()
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        subprocess.run([sys.executable, "-m", "leadlight.cli", "score", str(file)], check=True, stdout=nowhere)
    seconds = time.perf_counter() - began
    return [
        Figure(
            "leadlight score", f"{short(LINES)} JSON lines", "s", seconds, 20, "json.loads of each line", _read(file)
        )
    ]


def _lines() -> Path:
    data = large_workspace()
    target = ROOM / f"{data.name}-{LINES}.jsonl"
    if not target.exists():
        share = max(1, EVENTS // LINES * 9 // 10)
        with duckdb.connect() as duck:
            duck.execute(CALLS.format(history=data / "history", share=share, lines=LINES, target=target))
    return target


def _read(file: Path) -> float:
    began = time.perf_counter()
    with file.open("rb") as lines:
        for line in lines:
            json.loads(line)
    return time.perf_counter() - began
