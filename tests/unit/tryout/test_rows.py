"""What columns mean, and how text becomes a value."""

import msgspec
import pytest

from leadlight.tryout.rows import UnknownField, contact_calls, contact_columns, event_calls, event_columns


def call_of(row, mapping=None):
    call, who = event_calls(row, event_columns(row, mapping or {}), set())
    return msgspec.json.decode(msgspec.json.encode(call)), who


def test_track_row():
    call, who = call_of({"User ID": "u1", "Event": "Demo Watched", "Timestamp": "2026-03-01", "minutes": "12.50"})
    assert call == {
        "type": "track",
        "userId": "u1",
        "event": "Demo Watched",
        "timestamp": "2026-03-01",
        "properties": {"minutes": 12.5},
    }
    assert who is None


def test_row_with_url_only_is_a_page_view():
    call, _ = call_of({"visitor_id": "b1", "url": "https://x.example/pricing", "utm_source": "google"})
    assert call == {
        "type": "page",
        "anonymousId": "b1",
        "properties": {"url": "https://x.example/pricing"},
        "context": {"campaign": {"source": "google"}},
    }


def test_identify_row_keeps_other_columns_as_traits():
    call, who = call_of({"type": "identify", "user_id": "u1", "email": "a@x.example", "country": "PL"})
    assert call == {"type": "identify", "userId": "u1", "traits": {"country": "PL", "email": "a@x.example"}}
    assert who is None


def test_person_known_by_email_only_is_introduced_once():
    seen: set[str] = set()
    row = {"email": "A@x.example", "event": "Chat Started"}
    columns = event_columns(row, {})
    call, who = event_calls(row, columns, seen)
    assert call["anonymousId"] == "email:a@x.example"
    assert who == {"type": "identify", "anonymousId": "email:a@x.example", "traits": {"email": "A@x.example"}}
    assert event_calls(row, columns, seen)[1] is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-0.5", -0.5),
        ("1e5", "1e5"),
        ("007", "007"),
        ("true", True),
        ("False", False),
        ("1,5", "1,5"),
        (" 3 ", 3),
        ("", None),
        ("Łódź", "Łódź"),
    ],
)
def test_text_that_is_written_as_a_number_is_one(text, value):
    call, _ = call_of({"user_id": "u1", "event": "x", "amount": text})
    assert call.get("properties", {}).get("amount") == value


def test_properties_column_holds_json():
    call, _ = call_of({"user_id": "u1", "event": "x", "properties": '{"a": {"b": 1}}', "properties.c": "2"})
    assert call["properties"] == {"a": {"b": 1}, "c": 2}


def test_map_names_columns():
    call, _ = call_of(
        {"Kto": "u1", "Akcja": "Demo Watched", "Kwota": "5"},
        {"Kto": "user_id", "Akcja": "event", "Kwota": "properties.amount"},
    )
    assert call == {"type": "track", "userId": "u1", "event": "Demo Watched", "properties": {"amount": 5}}


def test_map_to_what_no_call_has_is_refused():
    with pytest.raises(UnknownField, match="'nobody'"):
        event_columns(["Kto"], {"Kto": "nobody"})


def test_contact_row_tells_of_person_and_account():
    row = {"id": "u1", "E-mail": "a@x.example", "title": "CEO", "account_id": "f1", "account.employees": "80"}
    calls = [msgspec.json.decode(msgspec.json.encode(call)) for call in contact_calls(row, contact_columns(row, {}))]
    assert calls == [
        {"type": "identify", "userId": "u1", "traits": {"title": "CEO", "email": "a@x.example"}},
        {"type": "group", "userId": "u1", "groupId": "f1", "traits": {"employees": 80}},
    ]


def test_contact_line_may_be_a_segment_call():
    call = {"type": "group", "userId": "u1", "groupId": "f1", "traits": {"industry": "retail"}}
    assert contact_calls(call, contact_columns(call, {})) == [call]
