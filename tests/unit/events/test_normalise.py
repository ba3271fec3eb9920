"""Calls as real libraries send them, and everything a hostile client may send instead."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leadlight.events import NO_DEFAULTS, Defaults, DropReason, Incoming, Rejection, normalise
from leadlight.events.model import RESERVED_KINDS
from leadlight.kit.ids import digest_id
from tests.factories.events import RECEIVED_DAY, RECEIVED_US, call, call_text

WARSAW = ZoneInfo("Europe/Warsaw")
SECOND = 1_000_000


def accepted(body: Any, defaults: Defaults = NO_DEFAULTS) -> Incoming:
    found = normalise(body, RECEIVED_US, "site", WARSAW, defaults)
    assert isinstance(found, Incoming), found
    return found


def refused(body: Any, defaults: Defaults = NO_DEFAULTS) -> DropReason:
    found = normalise(body, RECEIVED_US, "site", WARSAW, defaults)
    assert isinstance(found, Rejection), found
    assert found.detail
    return found.reason


SEGMENT_PYTHON = {
    "integrations": {},
    "anonymousId": None,
    "properties": {"plan": "pro"},
    "timestamp": "2026-09-21T14:13:19.000+00:00",
    "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
    "userId": "42",
    "type": "track",
    "event": "Demo Watched",
    "messageId": "0f9f1a1e-6d0c-4a6e-8a34-1f5f5d6a7e10",
}
RUDDER_PYTHON_IDENTIFY = {
    "integrations": {"All": True},
    "anonymousId": None,
    "timestamp": "2026-09-21T14:13:19+00:00",
    "context": {
        "library": {"name": "RudderStack Python SDK", "version": "2.1.9"},
        "traits": {"email": "Ana@Primjer.HR", "plan": "team"},
    },
    "type": "identify",
    "userId": "42",
    "messageId": "r-1",
    "channel": "server",
}
SEGMENT_NODE = {
    "userId": "42",
    "traits": {"email": "jan@example.pl"},
    "context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}},
    "timestamp": "2026-09-21T14:13:19.000Z",
    "type": "identify",
    "messageId": "node-next-1758461599-abc",
    "integrations": {},
    "_metadata": {"nodeVersion": "24.19.0", "jsRuntime": "node"},
}
ANALYTICS_JS_PAGE = {
    "timestamp": "2026-09-21T14:13:19.000Z",
    "integrations": {"Segment.io": True},
    "anonymousId": "1b7a0d3c",
    "userId": None,
    "type": "page",
    "name": None,
    "category": "docs",
    "properties": {
        "path": "/cennik",
        "referrer": "https://www.google.com/",
        "search": "?utm_source=news&utm_campaign=may",
        "title": "Cennik",
        "url": "https://example.com/cennik?utm_source=news&utm_campaign=may",
    },
    "context": {
        "page": {"url": "https://example.com/other", "referrer": "https://other.example/"},
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "campaign": {"name": "spring", "source": ""},
    },
    "messageId": "ajs-next-1",
    "writeKey": "key",
    "sentAt": "2026-09-21T14:13:20.000Z",
}


def test_segment_python_track() -> None:
    event = accepted(SEGMENT_PYTHON)
    assert (event.kind, event.name, event.user_id, event.anonymous_id) == ("demo_watched", "Demo Watched", "42", None)
    assert event.at_us == RECEIVED_US - SECOND
    assert event.day == RECEIVED_DAY
    assert event.properties == '{"plan":"pro"}'
    assert event.id == digest_id("site", "0f9f1a1e-6d0c-4a6e-8a34-1f5f5d6a7e10")


def test_rudder_traits_inside_context() -> None:
    event = accepted(RUDDER_PYTHON_IDENTIFY)
    assert event.email == "ana@primjer.hr"
    assert event.traits == {"email": "Ana@Primjer.HR", "plan": "team"}
    assert "traits" not in json.loads(event.context)


def test_segment_node_identify() -> None:
    event = accepted(SEGMENT_NODE)
    assert (event.kind, event.name, event.email) == ("identified", "", "jan@example.pl")
    assert json.loads(event.properties) == {"email": "jan@example.pl"}


def test_analytics_js_page() -> None:
    event = accepted(ANALYTICS_JS_PAGE)
    assert (event.kind, event.name) == ("page_viewed", "")
    assert (event.url_host, event.url_path) == ("example.com", "/cennik")
    assert event.url_query == "utm_source=news&utm_campaign=may"
    assert event.referrer_host == "www.google.com"
    properties = json.loads(event.properties)
    assert properties["category"] == "docs"
    assert properties["$campaign"] == {"source": "news", "name": "spring"}
    assert event.excluded is None


def test_page_of_context_serves_when_properties_have_none() -> None:
    event = accepted(call(context={"page": {"url": "https://a.example/x?q=1", "referrer": "https://b.example/"}}))
    assert (event.url_host, event.url_path, event.url_query) == ("a.example", "/x", "q=1")
    assert event.referrer_host == "b.example"


def test_screen_keeps_its_name() -> None:
    event = accepted(call("screen", name="Home"))
    assert (event.kind, event.name, event.properties) == ("screen_viewed", "Home", '{"name":"Home"}')


def test_group_has_traits_of_the_account() -> None:
    event = accepted(call("group", groupId=7, traits={"name": "Acme"}, context={"traits": {"email": "a@b.example"}}))
    assert (event.kind, event.group_id, event.traits, event.email) == ("grouped", "7", {"name": "Acme"}, None)
    assert json.loads(event.properties) == {"name": "Acme", "$group_id": "7"}


def test_alias_from_previous_id_or_anonymous_id() -> None:
    assert accepted(call("alias", userId="u", previousId="old")).previous_id == "old"
    assert accepted(call("alias", userId="u", anonymousId="a9")).previous_id == "a9"


def test_type_of_the_route_wins() -> None:
    assert accepted(call("track"), Defaults(type="page")).kind == "page_viewed"


def test_email_of_track_is_no_identifier() -> None:
    event = accepted(call(properties={"email": "x@y.example"}, context={"traits": {"email": "x@y.example"}}))
    assert event.email is None


def test_invalid_email_stays_an_attribute() -> None:
    event = accepted(call("identify", userId="u", traits={"email": "not an address"}))
    assert (event.email, event.traits["email"]) == (None, "not an address")


def test_email_alone_identifies() -> None:
    assert accepted(call("identify", anonymousId=None, traits={"email": "x@y.example"})).email == "x@y.example"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (42, "42"),
        (12345678901234567890, "12345678901234567890"),
        ("  42 ", "42"),
        ("żółć", "żółć"),
        ("👩‍💻", "👩‍💻"),
        ("a\tb", "a\ufffdb"),
    ],
)
def test_ids_become_text(sent: Any, kept: str) -> None:
    assert accepted(call(userId=sent)).user_id == kept


@pytest.mark.parametrize("nobody", [None, "", "  ", "null", "undefined", "NaN", "[object Object]"])
def test_ids_that_mean_nobody(nobody: str | None) -> None:
    assert accepted(call(userId=nobody)).user_id is None
    assert refused(call(userId=nobody, anonymousId=nobody)) is DropReason.NO_IDENTITY


def test_ids_with_fractions_are_kept_as_written() -> None:
    assert accepted(b'{"type":"track","event":"x","userId":1.50}').user_id == "1.50"


@pytest.mark.parametrize("missing", [None, ""])
def test_missing_message_id_is_made_up(missing: str | None) -> None:
    first, second = accepted(call(messageId=missing)), accepted(call(messageId=missing))
    assert first.message_id
    assert first.id != second.id


def test_same_message_id_gives_same_event_id() -> None:
    assert accepted(call(messageId=7)).id == accepted(call(messageId="7", event="Other")).id


@pytest.mark.parametrize(
    ("timestamp", "sent_at", "before_us"),
    [
        (None, None, 0),
        ("", None, 0),
        ("2026-09-21T14:13:10Z", None, 10 * SECOND),
        ("2026-09-21T16:13:10+02:00", None, 10 * SECOND),
        ("2026-09-21T14:13:10", None, 10 * SECOND),
        ("2026-09-21 14:13:10.5", None, 9_500_000),
        ("2026-09-21", None, 51_200 * SECOND),
        (1_789_999_990, None, 10 * SECOND),
        (1_789_999_990_000, None, 10 * SECOND),
        (1_789_999_990.25, None, 9_750_000),
        ("2026-09-21T14:13:30Z", None, 0),  # after it was received
        ("9999-12-31T23:59:59Z", None, 0),
        ("2026-09-21T12:00:00Z", "2026-09-21T12:00:05Z", 5 * SECOND),  # clock two hours slow
        ("2031-01-01T00:00:00Z", "2031-01-01T00:01:00Z", 60 * SECOND),  # clock years fast
        ("1970-01-01T00:00:07Z", "1970-01-01T00:00:09Z", 2 * SECOND),  # clock never set
        ("1970-01-01T00:00:07Z", None, 0),  # the same, without sentAt: the time of receipt
        ("1999-12-31T23:59:59Z", None, 0),
        ("2000-01-01T00:00:00Z", None, 843_315_200 * SECOND),
        ("2026-09-21T14:13:10Z", "nonsense", 10 * SECOND),
        ("0001-01-01T00:00:00Z", None, 0),
        (-1, None, 0),
        (1e300, None, 0),
    ],
)
def test_times(timestamp: Any, sent_at: Any, before_us: int) -> None:
    event = accepted(call_text(timestamp=timestamp), Defaults(sent_at=sent_at))
    assert event.at_us == RECEIVED_US - before_us
    assert event.received_us == RECEIVED_US


def test_sent_at_of_the_call_wins() -> None:
    event = accepted(
        call(timestamp="2026-09-21T12:00:00Z", sentAt="2026-09-21T12:00:01Z"), Defaults(sent_at="2026-09-21T12:00:09Z")
    )
    assert event.at_us == RECEIVED_US - SECOND


def test_original_timestamp_serves() -> None:
    assert accepted(call(originalTimestamp="2026-09-21T14:13:10Z")).at_us == RECEIVED_US - 10 * SECOND


def test_day_is_of_the_zone() -> None:
    event = accepted(call(timestamp="2026-09-20T22:30:00Z"))  # half past midnight in Warsaw
    assert event.day == RECEIVED_DAY


@pytest.mark.parametrize(
    "number",
    ["0.1", "1e3", "1E+2", "12345678901234567890", "-123456789012345678901234567890", "1e400", "0.10", "-0.0"],
)
def test_numbers_keep_their_digits(number: str) -> None:
    event = accepted(b'{"type":"track","event":"x","userId":1,"properties":{"v": %s}}' % number.encode())
    assert event.properties == f'{{"v":{number}}}'


def test_traits_keep_exact_numbers_or_text() -> None:
    event = accepted(
        b'{"type":"identify","userId":1,"traits":{"a":0.1,"b":1.00000000000000000001,"c":12345678901234567890,'
        b'"d":[1e400],"e":{"f":2.50}}}'
    )
    assert event.traits == {
        "a": 0.1,
        "b": "1.00000000000000000001",
        "c": "12345678901234567890",
        "d": ["1e400"],
        "e": {"f": 2.5},
    }


def test_unstorable_characters_are_replaced() -> None:
    event = accepted(
        rb'{"type":"track","event":"a\u0000b","userId":1,"properties":{"p":"\ud800","q":"\\u0000\ud83d\ude00"}}'
    )
    assert event.name == "a\ufffdb"
    assert json.loads(event.properties) == {"p": "\ufffd", "q": "\\u0000😀"}


def test_control_characters_in_properties_are_kept() -> None:
    event = accepted(call(properties={"p": "a\u0001\nb"}))
    assert json.loads(event.properties) == {"p": "a\u0001\nb"}


def test_last_of_equal_keys_wins() -> None:
    event = accepted(b'{"type":"track","event":"x","userId":1,"properties":{"a":1, "a":2}}')
    assert event.properties == '{"a":2}'


def test_null_objects_are_empty() -> None:
    event = accepted(call(properties=None, context=None, traits=None))
    assert (event.properties, event.context, event.traits) == ("{}", "{}", {})


def test_context_of_the_batch_serves() -> None:
    event = accepted(call(), Defaults(context=b'{"library":{"name":"x"}}'))  # type: ignore[arg-type]
    assert event.context == '{"library":{"name":"x"}}'


NESTED = b'{"a":' * 40 + b"1" + b"}" * 40
BOMB = b"[" * 15_000 + b"]" * 15_000


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[]", DropReason.NOT_AN_OBJECT),
        (b'"text"', DropReason.NOT_AN_OBJECT),
        (b"null", DropReason.NOT_AN_OBJECT),
        (b"{", DropReason.MALFORMED),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":NaN}}', DropReason.MALFORMED),
        (b'{"type":"track","event":"\xff","userId":1}', DropReason.MALFORMED),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":"\xff"}}', DropReason.MALFORMED),
        (call_text(properties={"a": "x" * 33_000}), DropReason.TOO_LARGE),
        (b'{"type":"track","event":"x","userId":1,"properties":' + NESTED + b"}", DropReason.TOO_DEEP),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":' + BOMB + b"}}", DropReason.TOO_DEEP),
        (call_text(properties={"k" * 256: 1}), DropReason.TOO_LONG),
        (call_text(event="x" * 256), DropReason.TOO_LONG),
        (call_text(userId="x" * 256), DropReason.TOO_LONG),
        (call_text(messageId="x" * 256), DropReason.TOO_LONG),
        (call_text(userId={"id": 1}), DropReason.BAD_TYPE),
        (call_text(userId=True), DropReason.BAD_TYPE),
        (call_text(event=["x"]), DropReason.BAD_TYPE),
        (call_text(properties=[1]), DropReason.BAD_TYPE),
        (call_text(context="x"), DropReason.BAD_TYPE),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":1e5000}}', DropReason.BAD_NUMBER),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":' + b"9" * 500 + b"}}", DropReason.BAD_NUMBER),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":0.' + b"9" * 500 + b"}}", DropReason.BAD_NUMBER),
        (b'{"type":"track","event":"x","userId":' + b"9" * 5000 + b"}", DropReason.BAD_NUMBER),
        (call_text(timestamp="yesterday"), DropReason.BAD_TIME),
        (call_text(timestamp=[2026]), DropReason.BAD_TIME),
        (call_text(timestamp=True), DropReason.BAD_TIME),
        (call_text("delete"), DropReason.UNKNOWN_CALL),
        (call_text(type=None), DropReason.UNKNOWN_CALL),
        (call_text(type=["track"]), DropReason.UNKNOWN_CALL),
        (call_text(event=None), DropReason.NO_NAME),
        (call_text(event="  "), DropReason.NO_NAME),
        (call_text(event="Points Added"), DropReason.RESERVED_NAME),
        (call_text("group"), DropReason.NO_GROUP),
        (call_text("alias"), DropReason.NO_PREVIOUS),
        (call_text("identify", anonymousId=None, traits={"email": "bad"}), DropReason.NO_IDENTITY),
    ],
)
def test_refusals(body: bytes, reason: DropReason) -> None:
    assert refused(body) is reason


@pytest.mark.parametrize("kind", sorted(RESERVED_KINDS))
def test_reserved_kinds_cannot_be_sent(kind: str) -> None:
    assert refused(call(event=kind)) is DropReason.RESERVED_NAME
