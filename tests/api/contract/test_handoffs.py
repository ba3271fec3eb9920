"""From a crossing to sales: the hand-off, its webhook, and what sales answers."""

from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.factories.outside import DAY_SECONDS, Outsider
from tests.factories.receivers import receiving

pytestmark = pytest.mark.xdist_group("outside")  # one server for all


def rule(key: str, points: float) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "did": "Asked", "where": {"about": {"contains": key}}, "points": points}


MODEL = {
    "label": "Sales",
    "rules": [rule(key, points) for key, points in zip("abcdefg", (5, 40, 10, 30, 20, -15, 2.5), strict=True)],
    "bands": [{"key": "cold", "label": "Cold"}, {"key": "ready", "label": "Ready", "from": 70, "leave_below": 60}],
    "sales_ready": "ready",
}


def asked(outside: Outsider, who: str, about: str) -> None:
    outside.send("track", userId=who, event="Asked", properties={"about": about})
    outside.settle()


def test_one_hand_off_with_reasons_actions_and_webhook(outside: Outsider) -> None:
    with receiving() as receiver:
        outside.publish("score-models", "sales", MODEL)
        outside.publish("webhooks", "sales", {"url": receiver.url, "events": ["hand_off.opened", "hand_off.rejected"]})
        secret = outside.get("/webhooks/sales/secret")["items"][0]["secret"]
        outside.send("identify", userId="lead", traits={"email": "lead@gmail.com", "name": "Ivo Lead"})
        asked(outside, "lead", "abcdefg")  # 5 + 40 + 10 + 30 + 20 - 15 + 2.5 = 92.5
        asked(outside, "lead", "b")
        contact_id = outside.contact(user_id="lead")["id"]
        (opened,) = outside.get("/handoffs", contact=contact_id, model="sales")["items"]
        assert (opened["state"], opened["total"], opened["band"]) == ("open", 92.5, "ready")
        assert [(one["label"], one["points"]) for one in opened["reasons"]] == [
            ("B", 40),
            ("D", 30),
            ("E", 20),
            ("C", 10),
            ("A", 5),
        ]
        assert sorted(one["name"] for one in opened["actions"]) == ["Asked", "Identified"]
        (delivered,) = receiver.delivered
        told = Webhook(secret).verify(delivered.body, delivered.headers)
        assert (told["type"], told["data"]["id"]) == ("hand_off.opened", opened["id"])
        refused = outside.ask("POST", f"/handoffs/{opened['id']}/reject", json={})
        assert refused.status_code == 422
        outside.post(f"/handoffs/{opened['id']}/accept")
        rejected = outside.post(f"/handoffs/{opened['id']}/reject", {"reason": "Too small for us"})
        assert (rejected["state"], rejected["reason"]) == ("rejected", "Too small for us")
        assert outside.ask("POST", f"/handoffs/{opened['id']}/accept").status_code == 409
        outside.settle()
        assert (
            Webhook(secret).verify(receiver.delivered[1].body, receiver.delivered[1].headers)["type"]
            == "hand_off.rejected"
        )
        assert len(outside.events(contact_id, "hand_off_opened")) == 1
        outside.api("DELETE", "/definitions/webhooks/sales")


def test_a_receiver_in_trouble_is_tried_again(outside: Outsider) -> None:
    with receiving() as receiver:
        receiver.status = 500
        outside.publish("webhooks", "trouble", {"url": receiver.url})
        outside.post("/webhooks/trouble/test")
        outside.settle()
        (message,) = outside.get("/messages", target="trouble")["items"]
        assert (message["state"], message["attempts"]) == ("queued", 1)
        assert "500" in message["last_error"]
        outside.advance(6 / DAY_SECONDS)
        receiver.status = 204
        outside.advance(300 / DAY_SECONDS)
        (message,) = outside.get("/messages", target="trouble")["items"]
        assert (message["state"], message["attempts"]) == ("accepted", 3)
        assert len({one.headers["webhook-id"] for one in receiver.delivered}) == 1
        receiver.status = 500
        outside.post("/webhooks/trouble/test")
        outside.advance(4)
        failed = outside.get("/messages", target="trouble", state="failed")["items"]
        assert [message["attempts"] for message in failed] == [10]
        receiver.status = 410
        outside.post(f"/messages/{failed[0]['id']}/retry")
        outside.settle()
        assert outside.get("/definitions/webhooks/trouble")["document"]["enabled"] is False


def test_a_webhook_leads_nowhere_inside(outside: Outsider) -> None:
    outside.publish("webhooks", "inside", {"url": "http://169.254.169.254/latest/meta-data"})
    outside.post("/webhooks/inside/test")
    outside.settle()
    (message,) = outside.get("/messages", target="inside")["items"]
    assert message["state"] == "queued"
    assert message["last_error"]
    outside.api("DELETE", "/definitions/webhooks/inside")
