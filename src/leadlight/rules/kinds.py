"""Names of events as kinds: one spelling for "Demo Watched", "demo watched" and "demo_watched"."""

import unicodedata
from functools import lru_cache

NAMELESS = "unnamed"


@lru_cache(maxsize=8192)
def kind_of_name(name: str) -> str:
    """Snake case: letters, marks and digits lower-cased, everything between them one underscore.

    A name without any letter or digit is NAMELESS. Applying it twice changes nothing.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower())
    kept = (character if unicodedata.category(character)[0] in "LMN" else " " for character in text)
    return "_".join("".join(kept).split()) or NAMELESS
