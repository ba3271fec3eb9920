"""Who is who: one test for each identity rule."""

from uuid import UUID

import pytest

from leadlight.people import Directory, NobodyNamed, Resolution
from tests.factories.people import NOW, SECOND, alias, identify, make_directory, visit


def resolve(directory: Directory, *claims) -> list[Resolution]:
    return [directory.resolve(claim, claim.at_us) for claim in claims]


def shown(directory: Directory) -> list[UUID]:
    return sorted(contact.id for contact in directory.contacts.values() if contact.merged_into is None)


def test_visitor_is_one_unknown_contact() -> None:
    directory = make_directory()
    first, second, other = resolve(directory, visit("a1"), visit("a1"), visit("a2"))
    assert first.created
    assert not second.created
    assert first.contact_id == second.contact_id != other.contact_id
    assert not directory.contact(first.contact_id).is_known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"user_id": "u1"}, {"user_id": "u1"}),
        ({"email": "ann@acme.com"}, {"email": "ann@acme.com"}),
        ({"user_id": "u1", "email": "ann@acme.com"}, {"email": "ann@acme.com"}),
        ({"user_id": "u1"}, {"user_id": "u1", "email": "ann@acme.com"}),
        ({"email": "ann@acme.com"}, {"user_id": "u1", "email": "ann@acme.com"}),
    ],
)
def test_same_user_id_or_email_is_one_person(one, other) -> None:
    directory = make_directory()
    first, second = resolve(directory, identify(**one), identify(**other))
    assert first.contact_id == second.contact_id
    assert directory.contact(first.contact_id).is_known


def test_event_with_known_key_belongs_to_known_subject() -> None:
    directory = make_directory()
    known, seen = resolve(directory, identify("u1", None, "a1"), visit("a1", user_id="u1"))
    later, *_ = resolve(directory, visit("a1"))
    assert known.subject_id == seen.subject_id != later.subject_id
    assert known.contact_id == later.contact_id


def test_visitor_who_becomes_known_is_joined_with_history() -> None:
    directory = make_directory()
    before, known, after = resolve(directory, visit("a1"), identify("u1", None, "a1"), visit("a1"))
    assert known.contact_id == after.contact_id != before.contact_id
    assert after.subject_id == before.subject_id
    assert [move.subject_id for move in known.moved] == [before.subject_id]
    assert directory.contacts[before.contact_id].merged_into == known.contact_id


def test_second_browser_of_known_person_is_joined_too() -> None:
    directory = make_directory()
    known, *_ = resolve(
        directory, identify("u1", None, "a1"), visit("a2"), identify("u1", None, "a2"), visit("a2"), visit("a1")
    )
    assert shown(directory) == [known.contact_id]


def test_second_known_person_in_browser_is_a_switch() -> None:
    directory = make_directory()
    visited, ann, bob, after = resolve(
        directory, visit("a1"), identify("u1", None, "a1"), identify("u2", None, "a1"), visit("a1")
    )
    assert ann.contact_id != bob.contact_id == after.contact_id
    assert after.subject_id != visited.subject_id
    assert directory.subjects[visited.subject_id].contact_id == ann.contact_id
    assert not bob.moved


def test_switching_back_uses_the_same_subject_again() -> None:
    directory = make_directory()
    claims = [identify(f"u{n % 2}", None, "a1", NOW + n * SECOND) for n in range(10)]
    resolve(directory, *claims)
    assert len(directory.subjects) == 4  # two people, two browsers


def test_user_id_of_one_and_email_of_another_without_user_id_joins() -> None:
    directory = make_directory()
    by_email, by_user, both = resolve(
        directory, identify(email="ann@acme.com"), identify("u1"), identify("u1", "ann@acme.com")
    )
    assert both.contact_id == by_user.contact_id
    assert directory.contacts[by_email.contact_id].merged_into == by_user.contact_id
    assert both.conflict is None


def test_user_id_of_one_and_email_of_another_user_conflicts() -> None:
    directory = make_directory()
    ann, bob, both, new = resolve(
        directory,
        identify("u1", "ann@acme.com"),
        identify("u2"),
        identify("u2", "ann@acme.com"),
        identify("u3", "ann@acme.com"),
    )
    assert both.contact_id == bob.contact_id
    assert len({ann.contact_id, bob.contact_id, new.contact_id}) == 3
    assert str(ann.contact_id) in (both.conflict or "")
    assert new.conflict
    assert (both.duplicate_of, new.duplicate_of) == (ann.contact_id, ann.contact_id)
    (repeated,) = resolve(directory, identify("u2", "ann@acme.com"))
    assert repeated.conflict
    assert repeated.duplicate_of is None
    again, *_ = resolve(directory, identify(email="ann@acme.com"))
    assert again.contact_id == ann.contact_id


def test_old_email_of_known_user_stays_an_identifier() -> None:
    directory = make_directory()
    old, new, by_old = resolve(
        directory,
        identify("u1", "ann@acme.com"),
        identify("u1", "ann@new.com", at_us=NOW + SECOND),
        identify(email="ann@acme.com", at_us=NOW),
    )
    assert old.contact_id == new.contact_id == by_old.contact_id
    assert directory.contact(new.contact_id).email == "ann@new.com"


def test_alias_joins_two_users() -> None:
    directory = make_directory()
    old, new, aliased = resolve(directory, identify("old"), identify("new"), alias("old", "new"))
    assert aliased.contact_id == new.contact_id
    assert directory.contacts[old.contact_id].merged_into == new.contact_id


def test_alias_joins_a_visitor() -> None:
    directory = make_directory()
    visited, aliased = resolve(directory, visit("a1"), alias("a1", "u1"))
    assert directory.subjects[visited.subject_id].contact_id == aliased.contact_id


def test_alias_before_the_previous_id_was_seen() -> None:
    directory = make_directory()
    aliased, as_browser, as_user = resolve(directory, alias("p1", "u1"), visit("p1"), identify("p1"))
    assert aliased.contact_id == as_browser.contact_id == as_user.contact_id


def test_alias_of_anothers_browser_is_a_switch() -> None:
    directory = make_directory()
    ann, bob, after = resolve(directory, identify("u1", None, "a1"), alias("a1", "u2"), visit("a1"))
    assert ann.contact_id != bob.contact_id == after.contact_id


def test_claim_that_names_nobody_is_refused() -> None:
    with pytest.raises(NobodyNamed):
        make_directory().resolve(identify(), NOW)


def test_join_undone_by_hand_is_not_made_again() -> None:
    directory = make_directory()
    visited, known = resolve(directory, visit("a1"), identify("u1", None, "a1"))
    apart = directory.unmerge(visited.contact_id, NOW)
    assert (apart.contact_id, directory.contact(visited.contact_id).is_known) == (visited.contact_id, False)
    again, after = resolve(directory, identify("u1", None, "a1"), visit("a1"))
    assert again.contact_id == after.contact_id == known.contact_id
    assert directory.subjects[visited.subject_id].contact_id == visited.contact_id
    aliased, *_ = resolve(directory, alias("a1", "u1"))
    assert aliased.contact_id == known.contact_id


def test_email_join_undone_by_hand_becomes_a_conflict() -> None:
    directory = make_directory()
    by_email, by_user, _ = resolve(
        directory, identify(email="ann@acme.com"), identify("u1"), identify("u1", "ann@acme.com")
    )
    directory.unmerge(by_email.contact_id, NOW)
    again, *_ = resolve(directory, identify("u1", "ann@acme.com"))
    assert (again.contact_id, again.moved) == (by_user.contact_id, ())
    assert again.conflict
