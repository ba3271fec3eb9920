"""Who is who, as the outside sees it: joins, switches, aliases, merges, companies."""

from typing import Any

import pytest

from tests.factories.outside import Outsider

pytestmark = pytest.mark.xdist_group("outside")  # one server for all

PRICING = {"url": "https://shop.example/pricing"}


def shown(outside: Outsider, contact_id: str) -> Any:
    """All that a contact is worth, model by model."""
    return outside.get(f"/contacts/{contact_id}/scores")


def test_two_people_on_one_browser_are_a_switch(outside: Outsider) -> None:
    outside.send("page", anonymousId="shared", properties=PRICING)
    outside.send("identify", anonymousId="shared", userId="switch-a")
    outside.send("identify", anonymousId="shared", userId="switch-b")
    outside.send("page", anonymousId="shared", properties={"url": "https://shop.example/blog"})
    outside.settle()
    first, second = outside.contact(user_id="switch-a"), outside.contact(user_id="switch-b")
    assert first["id"] != second["id"]
    assert first["scores"]["default"]["engagement"] == 9  # 1 + 8
    assert second["scores"]["default"]["engagement"] == 1
    assert outside.contact(anonymous_id="shared")["id"] == second["id"]


def test_alias_joins(outside: Outsider) -> None:
    outside.send("page", anonymousId="aliased", properties=PRICING)
    outside.send("page", userId="alias-old", properties=PRICING)
    outside.send("alias", previousId="aliased", userId="alias-new")
    outside.send("alias", previousId="alias-old", userId="alias-new")
    outside.settle()
    joined = outside.contact(user_id="alias-new")
    assert outside.contact(user_id="alias-old")["id"] == outside.contact(anonymous_id="aliased")["id"] == joined["id"]
    assert joined["scores"]["default"]["engagement"] == 10  # 2 pages, pricing once a day


def test_merge_and_unmerge_are_exact(outside: Outsider) -> None:
    for who in ("merge-a", "merge-b"):
        outside.send(
            "identify", userId=who, traits={"email": f"{who}@gmail.com", "country": "PL" if who[-1] == "a" else "DE"}
        )
        outside.send("page", userId=who, properties=PRICING)
    outside.settle()
    ids = [outside.contact(user_id=who)["id"] for who in ("merge-a", "merge-b")]
    before = [shown(outside, contact_id) for contact_id in ids]
    merged = outside.post(f"/contacts/{ids[0]}/merge", {"contact_id": ids[1]})
    assert merged["merged_ids"] == [ids[1]]
    lines = {line["rule"]: line for line in shown(outside, ids[1])[0]["lines"]}
    assert (lines["page"]["matched"], lines["pricing-page"]["counted"]) == (2, 1)
    outside.send("page", userId="merge-b", properties=PRICING)
    outside.settle()
    outside.post(f"/contacts/{ids[0]}/unmerge", {"contact_id": ids[1]})
    after = [shown(outside, contact_id) for contact_id in ids]
    assert after[0] == before[0]
    assert after[1][0]["engagement"] == before[1][0]["engagement"] + 1  # the page while they were one
    assert [outside.contact(user_id=who)["id"] for who in ("merge-a", "merge-b")] == ids


def test_group_call_gives_a_company(outside: Outsider) -> None:
    outside.send(
        "group", userId="grouped", groupId="acme-1", traits={"name": "Acme", "employees": 200, "industry": "retail"}
    )
    outside.settle()
    contact = outside.contact(user_id="grouped")
    assert contact["account"]["name"] == "Acme"
    rules = {line["rule"] for line in outside.statement(contact["id"])["lines"]}
    assert {"size-mid", "industry"} <= rules
    assert any(one["name"] == "Acme" for one in outside.get("/accounts", q="acme")["items"])


@pytest.mark.parametrize(
    ("email", "company"),
    [("iva@sales.kupac.co.uk", "kupac.co.uk"), ("iva@gmail.com", None), ("iva@wp.pl", None), ("iva@proton.me", None)],
)
def test_company_of_an_address(outside: Outsider, email: str, company: str | None) -> None:
    outside.send("identify", userId=f"at-{email}", traits={"email": email})
    outside.settle()
    account = outside.contact(email=email)["account"]
    assert (account and account["name"]) == company


def test_repeats_count_once(outside: Outsider) -> None:
    for _ in range(3):
        outside.send("page", userId="repeat", messageId="one-and-only", properties=PRICING)
    outside.settle()
    contact = outside.contact(user_id="repeat")
    assert len(outside.events(contact["id"], "page_viewed")) == 1
    assert contact["scores"]["default"]["total"] == 9
    drops = outside.get("/intake/drops")["items"]
    assert sum(drop["count"] for drop in drops if drop["reason"] == "duplicate") >= 2


def test_fields_by_hand_win_and_are_checked(outside: Outsider) -> None:
    outside.publish("fields", "seats", {"field": "contact.seats", "label": "Seats", "type": "number"})
    outside.send("identify", userId="fielded", traits={"seats": "12"})
    outside.settle()
    contact_id = outside.contact(user_id="fielded")["id"]
    assert outside.get(f"/contacts/{contact_id}")["profile"]["seats"]["value"] == 12
    refused = outside.ask("PATCH", f"/contacts/{contact_id}", json={"fields": {"seats": "many", "country": "PL"}})
    assert refused.status_code == 422
    assert "seats" in refused.text
    profile = outside.get(f"/contacts/{contact_id}")["profile"]
    assert profile["seats"]["value"] == 12
    assert "country" not in profile
