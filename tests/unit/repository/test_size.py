"""Files and functions stay of a size that one reads in a sitting."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[3] / "src/leadlight"
MOST_LINES = 400
MOST_FUNCTION_LINES = 45
HARD_STOP = 60

# Path or path:function -> why it may be longer. A function never passes HARD_STOP.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {
    "cli/score.py:score": "its parameters are the table of options, one each with its help",
}

FILES = sorted(path.relative_to(SRC).as_posix() for path in SRC.rglob("*.py"))


@pytest.mark.parametrize("name", FILES)
def test_file_is_read_in_a_sitting(name: str) -> None:
    if name not in LONG_FILES:
        assert len((SRC / name).read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", FILES)
def test_functions_fit_on_a_screen(name: str) -> None:
    too_long = {
        f"{name}:{function}": lines
        for function, lines in function_lengths(SRC / name)
        if lines > (HARD_STOP if f"{name}:{function}" in LONG_FUNCTIONS else MOST_FUNCTION_LINES)
    }
    assert too_long == {}


def test_exceptions_are_still_needed() -> None:
    sizes = {f"{name}:{function}": lines for name in FILES for function, lines in function_lengths(SRC / name)}
    assert [one for one in LONG_FUNCTIONS if sizes.get(one, 0) <= MOST_FUNCTION_LINES] == []
    assert [one for one in LONG_FILES if one not in FILES] == []


def function_lengths(path: Path) -> list[tuple[str, int]]:
    """Name and number of lines of every function, from `def` to its last line."""
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    ]
