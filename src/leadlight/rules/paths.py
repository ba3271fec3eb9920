"""What a path in `where` names: a column of the event, a part of its URL, or a place in its properties."""

from functools import lru_cache
from urllib.parse import unquote_to_bytes

import msgspec
import re2

COLUMNS = {
    "name": "name",
    "source": "source",
    "url.host": "url_host",
    "url.path": "url_path",
    "referrer.host": "referrer_host",
}
WHOLE_URL = "url"
_QUERY = "url.query."
_PROPERTIES = "properties."
_CAMPAIGN = "campaign."
_ENCODED = frozenset("%+&=# ")


class Column(msgspec.Struct, frozen=True):
    """A text column of the event row."""

    name: str


class WholeUrl(msgspec.Struct, frozen=True):
    """Host, path and `?query` in one text."""


class QueryParameter(msgspec.Struct, frozen=True):
    """The first value that is not empty under a name in the query."""

    name: str

    @property
    def pattern(self) -> str:
        """RE2 that finds it in the query as sent; group 1 is the value, still encoded."""
        return rf"(?:\A|&){''.join(map(_encodings, self.name))}=([^&]+)"


class Property(msgspec.Struct, frozen=True):
    """A place in the properties, key by key."""

    keys: tuple[str, ...]

    @property
    def pointer(self) -> str:
        """As a JSON pointer (RFC 6901)."""
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in self.keys)


Place = Column | WholeUrl | QueryParameter | Property


def place_of(path: str) -> Place:
    """What `path` names. `properties.x` is the property x even where x alone means something else."""
    if path in COLUMNS:
        return Column(COLUMNS[path])
    if path == WHOLE_URL:
        return WholeUrl()
    if path.startswith(_QUERY):
        return QueryParameter(path.removeprefix(_QUERY))
    return property_of(path)


def property_of(path: str) -> Property:
    """The property a path names; campaign parts are kept under `$campaign`."""
    if path.startswith(_CAMPAIGN):
        return Property(("$campaign", *path.removeprefix(_CAMPAIGN).split(".")))
    return Property(tuple(path.removeprefix(_PROPERTIES).split(".")))


def path_problem(path: str) -> str | None:
    """What a path in `where` should have been; None when it is fine."""
    if path.startswith("url.") and path not in COLUMNS and not path.startswith(_QUERY):
        return "url, url.host, url.path or url.query.<parameter>"
    if path.startswith("referrer.") and path not in COLUMNS:
        return "referrer.host, or properties.referrer..."
    if path.startswith(_QUERY) and _ENCODED.intersection(path):
        return "the parameter's name decoded, without any of % + & = # and spaces"
    if not path or "" in path.split("."):
        return "names separated by single dots"
    return None


def _encodings(character: str) -> str:
    encoded = "".join(f"%{byte:02X}" for byte in character.encode())
    return f"(?:{re2.escape(character)}|(?i:{encoded}))"


@lru_cache(maxsize=4096)
def query_parameters(query: str) -> dict[str, str]:
    """Name -> first value that is not empty, both decoded as forms are (what is not UTF-8 then stays as it is)."""
    parameters: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if value:
            parameters.setdefault(_decoded(name), _decoded(value))
    return parameters


def _decoded(raw: str) -> str:
    try:
        return unquote_to_bytes(raw.replace("+", " ")).decode()
    except UnicodeDecodeError:
        return raw


def whole_url(host: str | None, path: str | None, query: str | None) -> str | None:
    """Host, path and `?query`; None when there is neither host nor path."""
    if host is None and path is None:
        return None
    return f"{host or ''}{path or ''}{'' if query is None else '?' + query}"


def descend(value: object, keys: tuple[str, ...]) -> object:
    """What lies under `keys`, one after another; in a list a key is a position. None when there is nothing."""
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and _is_position(key) and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _is_position(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 10 and (key == "0" or key[0] != "0")
