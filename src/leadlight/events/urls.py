"""URLs split as browsers split them (WHATWG URL Standard), and the campaign they carry."""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import ada_url

MAX_URL_CHARS = 8192
_PARTS = ("hostname", "pathname", "search")
_NO_HOST = "http://relative.invalid"
_UTM = {"utm_" + part: part for part in ("source", "medium", "term", "content", "id")} | {"utm_campaign": "name"}


class Url(NamedTuple):
    """Host without port (punycode), path and query (without `?`) percent-encoded; None where there is none."""

    host: str | None = None
    path: str | None = None
    query: str | None = None


NO_URL = Url()


def split_url(value: Any) -> Url:
    """Parts of an absolute URL, or of a path that begins with `/`; NO_URL for anything else."""
    if not isinstance(value, str) or not value or len(value) > MAX_URL_CHARS:
        return NO_URL
    return _split(value)


@lru_cache(maxsize=8192)
def _split(text: str) -> Url:
    text = text.strip()
    if text.startswith("//"):
        text = "https:" + text
    is_path = text.startswith("/")
    try:
        parts = ada_url.parse_url(_NO_HOST + text if is_path else text, attributes=_PARTS)
    except ValueError:
        return NO_URL
    if not parts["hostname"]:
        return NO_URL
    return Url(None if is_path else parts["hostname"], parts["pathname"] or "/", parts["search"][1:] or None)


def read_campaign(given: Any, query: str | None) -> dict[str, str]:
    """Campaign parts (`source`, `medium`, `name`, `term`, `content`, `id`, ...): as given in the context, else from `utm_*`."""
    campaign = dict(_utm_parts(query)) if query and "utm_" in query else {}
    if isinstance(given, dict):
        campaign |= {
            key.removeprefix("utm_"): value for key, value in given.items() if value and isinstance(value, str)
        }
    return campaign


@lru_cache(maxsize=2048)
def _utm_parts(query: str) -> tuple[tuple[str, str], ...]:
    pairs = parse_qsl(query, errors="replace", max_num_fields=None)
    return tuple((_UTM[key], value.replace("\0", "\ufffd")) for key, value in pairs if key in _UTM)
