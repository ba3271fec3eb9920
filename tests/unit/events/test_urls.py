"""URLs are split as browsers split them."""

import pytest

from leadlight.events import Url, split_url
from leadlight.events.urls import read_campaign


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://Example.COM:8443/a b/ż?x=ł#top", ("example.com", "/a%20b/%C5%BC", "x=%C5%82")),
        ("https://user:secret@example.com", ("example.com", "/", None)),
        ("https://żółw.example/", ("xn--w-uga1v8h.example", "/", None)),
        ("https://example.com/a/../b/./c?", ("example.com", "/b/c", None)),
        ("//cdn.example/x", ("cdn.example", "/x", None)),
        ("/pricing?plan=pro", (None, "/pricing", "plan=pro")),
        ("http://[2001:db8::1]:80/x", ("[2001:db8::1]", "/x", None)),
        ("http://0x7f.1/", ("127.0.0.1", "/", None)),
        ("  https://example.com/x\n", ("example.com", "/x", None)),
        ("app://home/settings", ("home", "/settings", None)),
        ("www.example.com/x", (None, None, None)),
        ("about:blank", (None, None, None)),
        ("javascript:alert(1)", (None, None, None)),
        ("https://exa mple.com/", (None, None, None)),
        ("file:///C:/x", (None, None, None)),
        ("", (None, None, None)),
        (None, (None, None, None)),
        (42, (None, None, None)),
        ("https://example.com/" + "x" * 9000, (None, None, None)),
    ],
)
def test_split(text: object, parts: tuple[str | None, ...]) -> None:
    assert split_url(text) == Url(*parts)


@pytest.mark.parametrize(
    ("given", "query", "campaign"),
    [
        (None, None, {}),
        (None, "utm_source=a&utm_campaign=b%20c&utm_medium=&x=1", {"source": "a", "name": "b c"}),
        ({"name": "given"}, "utm_campaign=url&utm_term=t", {"name": "given", "term": "t"}),
        ({"utm_source": "s", "medium": None, "content": 7}, None, {"source": "s"}),
        ("not an object", "utm_source=a", {"source": "a"}),
        (None, "utm_source=%ff", {"source": "\ufffd"}),
    ],
)
def test_campaign(given: object, query: str | None, campaign: dict[str, str]) -> None:
    assert read_campaign(given, query) == campaign
