"""Words by which people find a contact: each begins a word of the name, the e-mail address or the company."""

import re
from typing import Any

_WORD = re.compile(r"\w+")
MAX_WORDS = 40
MAX_WORD_CHARS = 60


def words_of(*texts: Any) -> list[str]:
    """All words of the texts in lower case, each once."""
    found = (word for text in texts if text for word in _WORD.findall(str(text).casefold()))
    return list(dict.fromkeys(word[:MAX_WORD_CHARS] for word in found))[:MAX_WORDS]


def search_query(text: str) -> str | None:
    """The text search query that wants every word of `text` to begin a word; None when there is no word in it."""
    words = words_of(text)
    return " & ".join(f"'{word}':*" for word in words) if words else None
