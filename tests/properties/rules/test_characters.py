"""Letter by letter, over all of Unicode: both evaluators fold alike and agree on what belongs to a word."""

import duckdb
import pyarrow as pa
import pytest

from leadlight.rules.sql.literals import quoted
from leadlight.rules.text import fold, word_finder, word_pattern

CHARACTERS = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF]


def test_fold_is_lower_of_duckdb_for_every_character():
    everything = "".join(CHARACTERS)
    assert duckdb.execute("SELECT lower($1)", [everything]).fetchall() == [(fold(everything),)]


@pytest.mark.slow
def test_word_edges_are_the_same_characters():
    has_word = word_finder("a")
    table = pa.table({"text": ["a" + character for character in CHARACTERS]})
    table = table.append_column("is_edge", pa.array([has_word(text) for text in table["text"].to_pylist()]))
    with duckdb.connect() as connection:
        connection.register("characters", table)
        different = f"SELECT text FROM characters WHERE is_edge <> regexp_matches(text, {quoted(word_pattern('a'))})"
        assert connection.execute(different).fetchall() == []
