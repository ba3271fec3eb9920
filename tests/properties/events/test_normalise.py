"""Whatever is sent, it is accepted in storable form or refused with a reason: never an error, never half."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from leadlight.events import BadBody, Calls, Incoming, Rejection, TooManyEvents, normalise, read_batch, readable
from leadlight.events.batch import MAX_BATCH_EVENTS
from tests.factories.events import RECEIVED_US

ZONE = ZoneInfo("Asia/Kathmandu")
TEXT = st.text(st.characters(), max_size=20)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
URLS = st.sampled_from(["https://a.example/x?utm_source=s%ff", "//x", "/y?z", "http://[::1", "http://a b/"]) | TEXT
PAGE = st.fixed_dictionaries({}, optional={"url": URLS | VALUE, "referrer": URLS | VALUE})
ID = SCALAR | st.sampled_from(["null", " 1 ", "\ud800", "a\0b"])
CALL = st.fixed_dictionaries(
    {"type": st.sampled_from(["identify", "track", "page", "screen", "group", "alias", "x", None])},
    optional={
        "userId": ID,
        "anonymousId": ID,
        "previousId": ID,
        "groupId": ID,
        "messageId": ID,
        "event": TEXT | VALUE,
        "name": TEXT | VALUE,
        "category": VALUE,
        "timestamp": VALUE | st.datetimes().map(str),
        "sentAt": VALUE | st.datetimes().map(str),
        "properties": PAGE | VALUE,
        "traits": st.fixed_dictionaries({"email": TEXT | st.emails()}) | VALUE,
        "context": st.fixed_dictionaries({}, optional={"page": PAGE | VALUE, "traits": VALUE, "campaign": VALUE})
        | VALUE,
    },
)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in texts(item)]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else []


@given(CALL)
def test_any_call_is_stored_whole_or_refused(call: dict[str, Any]) -> None:
    body = json.dumps(call).encode()
    found = normalise(body, RECEIVED_US, "site", ZONE)
    if isinstance(found, Rejection):
        assert found.detail
        return
    assert isinstance(found, Incoming)
    assert 946_684_800_000_000 <= found.at_us <= found.received_us == RECEIVED_US
    assert found.anonymous_id or found.user_id or found.email
    values = msgspec.structs.asdict(found)
    for text in texts([value for value in values.values() if isinstance(value, str | dict)]):
        assert "\0" not in text
        text.encode()
    assert isinstance(json.dumps(readable(found.properties), allow_nan=False), str)
    assert readable(found.context) is not None
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Incoming) == found


@given(CALL.filter(lambda call: call.get("messageId")))
def test_same_call_gives_the_same_event(call: dict[str, Any]) -> None:
    body = json.dumps(call).encode()
    first, second = (normalise(body, RECEIVED_US, "site", ZONE) for _ in range(2))
    assert first == second or getattr(first, "message_id", "").count("-") == 4  # a blank id is made up anew


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(list(b'{}[]",:\\ue0truefalsenull1.-')), max_size=60).map(bytes)
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert isinstance(normalise(body, RECEIVED_US, "site", ZONE), Incoming | Rejection)
    for wrapped in (body, b'{"batch":[' + body + b"]}"):
        try:
            found = read_batch(wrapped)
        except (BadBody, TooManyEvents):
            continue
        assert isinstance(found, Calls)
        assert len(found.calls) <= MAX_BATCH_EVENTS
        for call in found.calls:
            assert isinstance(normalise(call, RECEIVED_US, "site", ZONE), Incoming | Rejection)


@given(st.lists(CALL, max_size=4), st.integers(0, 4))
def test_broken_call_leaves_the_others_as_they_were(calls: list[dict[str, Any]], place: int) -> None:
    parts = [json.dumps(call, allow_nan=True).encode() for call in calls]
    whole = read_batch(b'{"batch":[' + b",".join([*parts[:place], b'{"a":NaN}', *parts[place:]]) + b"]}")
    found = [bytes(call) for call in whole.calls]
    assert found == [*parts[:place], b'{"a":NaN}', *parts[place:]]
