"""What is said about people and companies, and what of it is kept."""

from typing import Any
from uuid import UUID

import pytest

from leadlight.kit.errors import InvalidDocument
from leadlight.people import Attribute, Claim, EmailTaken, Fields, problems_of, read_fields, view_of
from tests.factories.people import NOW, SECOND, group, identify, make_directory, visit


def profile_after(*claims: Claim, fields: Fields | None = None):
    directory = make_directory(fields) if fields else make_directory()
    resolutions = [directory.resolve(claim, NOW) for claim in claims]
    return directory.contact(resolutions[-1].contact_id).profile


def test_reserved_traits_become_our_fields() -> None:
    traits: dict[str, Any] = {
        "firstName": "Ann",
        "lastName": "Żak",
        "jobTitle": "CTO",
        "phone": 48123,
        "createdAt": "2026-01-02T03:04:05+02:00",
        "address": {"city": "Split", "country": "hr", "postalCode": "21000"},
        "company": {"name": "Acme", "industry": "Tools", "employee_count": "250"},
        "birthday": "1990-02-03",
        "leadSource": "fair",
    }
    assert profile_after(identify("u1", **traits)) == {
        "first_name": "Ann",
        "last_name": "Żak",
        "title": "CTO",
        "phone": "48123",
        "created_at": "2026-01-02T01:04:05+00:00",
        "city": "Split",
        "country": "HR",
        "postal_code": "21000",
        "company": "Acme",
        "industry": "Tools",
        "employees": 250,
        "birthday": "1990-02-03",
        "leadSource": "fair",
    }


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_newest_wins_in_any_order_of_arrival(order) -> None:
    said = [identify("u1", at_us=NOW + n * SECOND, city=city) for n, city in enumerate(["Split", "Zadar", "Pula"])]
    assert profile_after(*(said[n] for n in order)) == {"city": "Pula"}


def test_of_equal_times_one_wins_in_any_order() -> None:
    said = [identify("u1", plan=value) for value in (1, True, "1", [1])]
    assert len({str(profile_after(*order)) for order in (said, said[::-1])}) == 1


def test_null_clears_a_field() -> None:
    assert profile_after(identify("u1", city="Split"), identify("u1", at_us=NOW + 1, city=None)) == {}


def test_confirming_moves_the_time_but_leaves_no_history() -> None:
    directory = make_directory()
    directory.resolve(identify("u1", city="Split"), NOW)
    again = directory.resolve(identify("u1", at_us=NOW + SECOND, city="Split"), NOW)
    assert directory.subjects[again.subject_id].attributes["city"] == Attribute("Split", "web", NOW + SECOND)
    assert not again.profile_changed
    assert [change.field for change in directory.dirty.history] == ["city"]


def test_true_and_one_are_different_values() -> None:
    directory = make_directory()
    directory.resolve(identify("u1", flag=1), NOW)
    assert directory.resolve(identify("u1", at_us=NOW + 1, flag=True), NOW).profile_changed


def test_misfit_is_kept_apart_until_a_good_value_comes() -> None:
    directory = make_directory()
    bad = directory.resolve(identify("u1", employees="many", city="Split"), NOW)
    assert bad.problems == ("employees",)
    subjects = directory.subjects_of(bad.contact_id)
    assert problems_of(subjects)["employees"].value["found"] == "many"
    assert view_of(subjects, directory.rule_root).profile == {"city": "Split"}
    directory.resolve(identify("u1", at_us=NOW + 1, employees=7), NOW)
    assert problems_of(subjects) == {}


def test_marked_traits_cannot_be_sent() -> None:
    traits: dict[str, Any] = {
        "$account": "x",
        "$invalid.city": 1,
        "": 1,
        "x" * 101: 1,
        "n\0": 1,
        "consent": {"$x": True},
    }
    assert profile_after(identify("u1", **traits)) == {}


CUSTOM: list[dict[str, Any]] = [
    {"field": "contact.tier", "label": "Tier", "type": "choice", "options": ["gold", "silver"]},
    {"field": "contact.topics", "label": "Topics", "type": "list"},
    {"field": "contact.seats", "label": "Seats", "type": "number"},
    {"field": "contact.trial", "label": "Trial", "type": "boolean"},
    {"field": "contact.since", "label": "Since", "type": "date"},
    {"field": "contact.seen", "label": "Seen", "type": "datetime"},
]


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("tier", "gold", "gold"), ("tier", "Gold", None), ("topics", "a", ["a"]), ("topics", ["a", "b", "a"], ["a", "b"]),
        ("topics", [{}], None), ("seats", "12", 12), ("seats", "1.50", 1.5), ("seats", 3.0, 3), ("seats", "1e12", None),
        ("seats", True, None), ("seats", float("nan"), None), ("seats", "", None), ("trial", "Yes", True), ("trial", 0, False),
        ("trial", "maybe", None), ("since", "2026-02-30", None), ("since", "2026-02-28T23:00:00Z", "2026-02-28"),
        ("seen", 1_700_000_000, "2023-11-14T22:13:20+00:00"), ("seen", 1_700_000_000_000, "2023-11-14T22:13:20+00:00"),
        ("seen", "yesterday", None), ("seen", "2026-01-01", "2026-01-01T00:00:00+00:00"), ("seen", 10**30, None),
    ],
)  # fmt: skip
def test_declared_fields_keep_values_of_their_type(field, sent, kept) -> None:
    profile = profile_after(identify("u1", **{field: sent}), fields=read_fields(CUSTOM))
    assert profile == ({} if kept is None else {field: kept})
    assert type(profile.get(field)) is type(kept)


def test_email_domain_gives_the_account_but_not_free_mail() -> None:
    directory = make_directory()
    ann, bob, eve = (
        directory.resolve(identify(email=email), NOW).contact_id
        for email in ("ann@acme.co.uk", "bob@mail.acme.co.uk", "eve@interia.pl")
    )
    assert directory.contact(ann).account_id == directory.contact(bob).account_id is not None
    assert directory.contact(eve).account_id is None
    assert [account.domain for account in directory.accounts.values()] == ["acme.co.uk"]


def test_changed_email_changes_the_account() -> None:
    directory = make_directory()
    ann = directory.resolve(identify("u1", "ann@acme.com"), NOW).contact_id
    directory.resolve(identify("u1", "ann@gmail.com", at_us=NOW + 1), NOW)
    assert directory.contact(ann).account_id is None


def test_group_gives_the_account_and_its_fields() -> None:
    directory = make_directory()
    directory.resolve(identify("u1", "ann@gmail.com"), NOW)
    grouped = directory.resolve(group("u1", "g1", name="Acme", employees="12", website="https://www.acme.com/en"), NOW)
    account = directory.accounts[directory.contact(grouped.contact_id).account_id or UUID(int=0)]
    assert account.profile == {
        "name": "Acme",
        "employees": 12,
        "website": "https://www.acme.com/en",
        "domain": "acme.com",
    }
    assert grouped.account_changed == account.id
    colleague = directory.resolve(identify(email="bob@acme.com"), NOW)
    assert directory.contact(colleague.contact_id).account_id == account.id


def test_group_takes_over_the_account_of_its_website_once() -> None:
    directory = make_directory()
    ann = directory.resolve(identify("u1", "ann@acme.com"), NOW).contact_id
    directory.resolve(group("u2", "g1", website="acme.com"), NOW)
    directory.resolve(group("u3", "g2", website="acme.com"), NOW)
    accounts = {user: directory.identifiers["user_id", user] for user in ("u1", "u2", "u3")}
    of = {user: directory.contact(directory.subjects[each].contact_id).account_id for user, each in accounts.items()}
    assert of["u1"] == of["u2"] == directory.contact(ann).account_id
    assert of["u3"] != of["u1"]


def test_fields_set_by_hand_win_over_what_was_said_before() -> None:
    directory = make_directory()
    ann = directory.resolve(identify("u1", at_us=NOW + SECOND, city="Split"), NOW).contact_id
    assert directory.set_fields(ann, {"city": "Zadar"}, "api", NOW).profile_changed
    assert directory.contact(ann).profile == {"city": "Zadar"}


def test_email_set_by_hand_makes_a_visitor_known() -> None:
    directory = make_directory()
    seen = directory.resolve(visit("a1"), NOW)
    directory.set_fields(seen.contact_id, {"email": "Ann@acme.com"}, "api", NOW)
    assert directory.contact(seen.contact_id).is_known
    assert directory.resolve(identify(email="ann@acme.com"), NOW).contact_id == seen.contact_id


def test_senseless_change_by_hand_changes_nothing() -> None:
    directory = make_directory()
    ann = directory.resolve(identify("u1", "ann@acme.com"), NOW).contact_id
    bob = directory.resolve(identify("u2", "bob@acme.com"), NOW).contact_id
    with pytest.raises(EmailTaken):
        directory.set_fields(bob, {"city": "Split", "email": "ann@acme.com"}, "api", NOW)
    with pytest.raises(InvalidDocument) as refused:
        directory.set_fields(ann, {"city": "Split", "employees": "x", "$account": "y"}, "api", NOW)
    assert len(refused.value.problems) == 2
    assert {directory.contact(each).profile.get("city") for each in (ann, bob)} == {None}
