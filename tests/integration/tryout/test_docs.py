"""What docs/how-to/score-a-file.md shows is what happens. `python tests/integration/tryout/test_docs.py` writes it anew."""

import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

from leadlight.tryout.rows import SPELLINGS
from tests.factories.tryout import Ran, run_score

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/how-to/score-a-file.md"
BLOCK = re.compile(r"```(\w+)(?: ([\w.]+))?\n(.*?)```", re.DOTALL)
TABLE = re.compile(r"(\| means \| columns \|\n\|---\|---\|\n)((?:\|.*\n)*)")


def rewritten(page: str) -> str:
    """The page with each output as it is now, and the table of columns as the code has it."""
    last = Ran(0, b"", b"")

    def show(block: re.Match[str]) -> str:
        nonlocal last
        kind, name, body = block.groups()
        if name:
            Path(name).write_text(body)
        elif kind == "sh":
            last = run_score(*shlex.split(body)[2:])
        elif kind in {"text", "stderr"}:
            output = (last.stdout if kind == "text" else last.stderr).decode().replace("\r\n", "\n")
            return f"```{kind}\n{timeless(output)}```"
        return block[0]

    rows = "".join(
        f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |\n" for field, names in SPELLINGS.items()
    )
    return TABLE.sub(lambda table: table[1] + rows, BLOCK.sub(show, page))


def timeless(output: str) -> str:
    return re.sub(r"in \d+\.\d s", "in 0.1 s", output)


def test_page_shows_what_happens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert rewritten(PAGE.read_text()) == PAGE.read_text()


if __name__ == "__main__":
    text = PAGE.read_text()
    with tempfile.TemporaryDirectory() as room:
        os.chdir(room)
        PAGE.write_text(rewritten(text))
    sys.exit()
