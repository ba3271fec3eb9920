import pytest

from leadlight.kit.errors import InvalidDocument
from leadlight.messaging.errors import PayloadTooLarge
from leadlight.messaging.webhooks import Webhook, messages_for, parse_webhook

KNOWN = ("hand_off.opened", "hand_off.won")


def test_a_document_becomes_an_endpoint():
    body = {"url": "https://crm.example/hook", "events": ["hand_off.won"], "enabled": False, "description": "CRM"}
    assert parse_webhook(body, "crm", KNOWN) == Webhook(
        "crm", "https://crm.example/hook", ("hand_off.won",), False, "CRM"
    )


def test_an_address_alone_hears_of_everything():
    assert parse_webhook({"url": "https://crm.example/"}, "crm", KNOWN).events == ("*",)


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["url"]),
        ({"url": ""}, ["url"]),
        ({"url": "crm.example/hook"}, ["url"]),
        ({"url": "ftp://crm.example/"}, ["url"]),
        ({"url": "file:///etc/passwd"}, ["url"]),
        ({"url": "https://"}, ["url"]),
        ({"url": "https://me:secret@crm.example/"}, ["url"]),
        ({"url": "https://crm.example/#part"}, ["url"]),
        ({"url": "https://[::1/"}, ["url"]),
        ({"url": "https://crm.example/" + "x" * 2_000}, ["url"]),
        ({"url": 5}, ["url"]),
        ({"url": None}, ["url"]),
        ({"url": "https://crm.example/", "events": "hand_off.won"}, ["events"]),
        ({"url": "https://crm.example/", "events": ["hand_off.one", 7, "*"]}, ["events[0]", "events[1]"]),
        ({"url": "https://crm.example/", "enabled": "yes", "secret": "x"}, ["secret", "enabled"]),
    ],
)
def test_every_problem_is_named_with_its_path(body, paths):
    with pytest.raises(InvalidDocument) as caught:
        parse_webhook(body, "crm", KNOWN)
    assert [problem.path for problem in caught.value.problems] == paths


def test_only_endpoints_that_want_an_event_get_it():
    webhooks = [
        Webhook("all", "https://a.example/"),
        Webhook("won", "https://b.example/", ("hand_off.won",)),
        Webhook("off", "https://c.example/", enabled=False),
    ]
    messages = messages_for(webhooks, "hand_off.opened", "7", {"id": 7}, 0)
    assert [(message.target, message.occasion) for message in messages] == [("all", "hand_off.opened:7")]
    assert messages[0].body == '{"type":"hand_off.opened","timestamp":"1970-01-01T00:00:00Z","data":{"id":7}}'


def test_a_payload_over_20_kb_is_refused():
    with pytest.raises(PayloadTooLarge):
        messages_for([Webhook("all", "https://a.example/")], "hand_off.won", "7", {"text": "x" * 20_000}, 0)
