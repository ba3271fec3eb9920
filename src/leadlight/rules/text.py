"""Text as both evaluators see it: folding, words, globs and RE2 patterns."""

from collections.abc import Callable
from functools import lru_cache

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True

# Letters, marks and digits. The last range (CJK Extension I) is named because the RE2 inside DuckDB predates it.
_WORD_CHARACTERS = r"\pL\pM\pN\x{2EBF0}-\x{2EE5D}"

_REMEMBERED = 1024
_LONGEST_REMEMBERED = 256

Search = Callable[[str], bool]


def fold(text: str) -> str:
    """Lower case letter by letter, exactly as DuckDB's `lower`: no final sigma, dotted capital I becomes i."""
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def folded(value: object) -> str | None:
    """The folded text; None for everything that is not text."""
    return fold(value) if type(value) is str else None


def is_storable(text: str) -> bool:
    """Whether text can be stored at all: no U+0000, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def word_pattern(folded_word: str) -> str:
    """RE2 for the word with neither a letter nor a digit next to it; underscore, hyphen and slash separate words."""
    edge = f"[^{_WORD_CHARACTERS}]"
    return rf"(?:\A|{edge}){re2.escape(folded_word)}(?:\z|{edge})"


def glob_pattern(folded_glob: str) -> str:
    """RE2 for a whole value: `*` is any run of characters, `?` any one character, all else is itself."""
    parts = {"*": ".*", "?": "."}
    body = "".join(parts.get(character) or re2.escape(character) for character in folded_glob)
    return rf"(?s)\A{body}\z"


def pattern_problem(pattern: str) -> str | None:
    r"""Why RE2 refuses the pattern; None when it is fine. `\C` is refused: half a character is no text."""
    if r"\C" in pattern.replace(r"\\", ""):
        return r"\C is not supported"
    try:
        re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else "invalid"
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


@lru_cache(maxsize=4096)
def searcher(pattern: str) -> Search:
    """A function that tells whether the RE2 pattern occurs in its argument; paths and titles repeat, so short ones are remembered."""
    search = re2.compile(pattern, _OPTIONS).search

    @lru_cache(maxsize=_REMEMBERED)
    def remembered(text: str) -> bool:
        return search(text) is not None

    def occurs(text: str) -> bool:
        return remembered(text) if len(text) <= _LONGEST_REMEMBERED else search(text) is not None

    return occurs


def word_finder(folded_word: str) -> Callable[[str], bool]:
    """A function that tells whether the word is in a folded text; the same as `word_pattern`, but quicker."""
    length = len(folded_word)

    def has_word(folded_text: str) -> bool:
        start = folded_text.find(folded_word)
        while start >= 0:
            end = start + length
            before, after = folded_text[max(start - 1, 0) : start], folded_text[end : end + 1]
            if not (_is_word_character(before) or _is_word_character(after)):
                return True
            start = folded_text.find(folded_word, start + 1)
        return False

    return has_word


@lru_cache(maxsize=4096)
def _is_word_character(character: str) -> bool:
    return searcher(f"[{_WORD_CHARACTERS}]")(character)


def glob_fitter(folded_glob: str) -> Callable[[str], bool]:
    """A function that tells whether a folded text fits the glob; as `glob_pattern`, but quick where there is no `?`."""
    if "?" in folded_glob:
        return searcher(glob_pattern(folded_glob))
    first, *rest = folded_glob.split("*")
    if not rest:
        return lambda folded_text: folded_text == first
    *middle, last = rest
    return lambda folded_text: folded_text.startswith(first) and _continues(folded_text, len(first), middle, last)


def _continues(folded_text: str, place: int, middle: list[str], last: str) -> bool:
    for part in middle:
        found = folded_text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(folded_text) - place >= len(last) and folded_text.endswith(last)
