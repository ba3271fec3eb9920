"""Merged by hand and taken apart: what the rules do meanwhile is as if nothing had been merged."""

from uuid import UUID

import pytest

from leadlight.people import Directory, SamePerson, UnknownMerge
from tests.factories.people import NOW, SECOND, identify, make_directory, visit


def places(directory: Directory) -> dict[tuple[str, str], UUID]:
    """Identifier -> contact that shows it."""
    return {name: directory.subjects[subject].contact_id for name, subject in directory.identifiers.items()}


def test_event_of_merged_contact_after_merge_goes_back_with_it() -> None:
    directory = make_directory()
    ann, bob = (directory.resolve(identify(user), NOW) for user in ("u1", "u2"))
    directory.merge(ann.contact_id, bob.contact_id, "test", NOW)
    seen = directory.resolve(visit("a1", user_id="u2"), NOW)
    assert seen.contact_id == ann.contact_id
    directory.unmerge(bob.contact_id, NOW)
    assert places(directory)["anonymous_id", "a1"] == bob.contact_id


def test_visitor_merged_by_hand_still_switches_to_who_signs_in() -> None:
    directory = make_directory()
    visited = directory.resolve(visit("a1"), NOW)
    ann = directory.resolve(identify("u1"), NOW)
    directory.merge(ann.contact_id, visited.contact_id, "test", NOW)
    bob = directory.resolve(identify("u2", None, "a1"), NOW)
    assert directory.subjects[visited.subject_id].contact_id == ann.contact_id
    assert directory.resolve(visit("a1"), NOW).contact_id == bob.contact_id
    directory.unmerge(visited.contact_id, NOW)
    assert directory.subjects[visited.subject_id].contact_id == bob.contact_id


def test_merge_against_a_later_join_makes_no_circle() -> None:
    directory = make_directory()
    by_email = directory.resolve(identify(email="ann@acme.com"), NOW)
    by_user = directory.resolve(identify("u1"), NOW)
    directory.merge(by_email.contact_id, by_user.contact_id, "test", NOW)
    directory.resolve(identify("u1", "ann@acme.com"), NOW)
    assert set(places(directory).values()) == {by_email.contact_id}
    directory.unmerge(by_user.contact_id, NOW)
    assert set(places(directory).values()) == {by_user.contact_id}


def test_inner_merge_undone_before_the_outer() -> None:
    directory = make_directory()
    ids = [directory.resolve(identify(user), NOW).contact_id for user in ("u1", "u2", "u3")]
    directory.merge(ids[1], ids[2], "test", NOW)
    directory.merge(ids[0], ids[1], "test", NOW)
    directory.unmerge(ids[2], NOW)
    assert list(places(directory).values()) == [ids[0], ids[0], ids[2]]
    directory.unmerge(ids[1], NOW)
    assert list(places(directory).values()) == ids


def test_merging_one_with_itself_is_refused() -> None:
    directory = make_directory()
    ann, bob = (directory.resolve(identify(user), NOW).contact_id for user in ("u1", "u2"))
    directory.merge(ann, bob, "test", NOW)
    with pytest.raises(SamePerson):
        directory.merge(bob, ann, "test", NOW)
    directory.unmerge(bob, NOW)
    with pytest.raises(UnknownMerge):
        directory.unmerge(bob, NOW)


def test_strictest_consent_wins_while_merged() -> None:
    directory = make_directory()
    ann = directory.resolve(identify("u1", consent={"email": True, "sms": False}, at_us=NOW + SECOND), NOW).contact_id
    bob = directory.resolve(identify("u2", consent={"email": "withdrawn", "push": "granted"}), NOW).contact_id
    directory.merge(ann, bob, "test", NOW)
    assert directory.contact(ann).profile == {
        "consent.email": "withdrawn",
        "consent.sms": "withdrawn",
        "consent.push": "granted",
    }
    directory.set_fields(ann, {"consent.email": "granted"}, "form", NOW)
    assert directory.contact(ann).profile["consent.email"] == "granted"


def test_own_later_consent_replaces_an_earlier() -> None:
    directory = make_directory()
    directory.resolve(identify("u1", None, "a1", consent={"email": False}), NOW)
    again = directory.resolve(identify("u1", consent={"email": True}, at_us=NOW + SECOND), NOW)
    assert directory.contact(again.contact_id).profile == {"consent.email": "granted"}


def test_tag_taken_off_while_merged_is_back_apart() -> None:
    directory = make_directory()
    ann, bob = (directory.resolve(identify(user), NOW).contact_id for user in ("u1", "u2"))
    directory.add_tag(bob, "vip", "api", NOW)
    assert directory.merge(ann, bob, "test", NOW).tags_changed
    assert directory.contact(ann).tags == {"vip"}
    directory.remove_tag(ann, "vip", "api", NOW)
    assert directory.contact(ann).tags == frozenset()
    directory.unmerge(bob, NOW)
    assert not directory.contact(ann).tags
    assert directory.contact(bob).tags == {"vip"}


def test_stages_of_both_in_order_while_merged() -> None:
    directory = make_directory()
    ann, bob = (directory.resolve(identify(user), NOW).contact_id for user in ("u1", "u2"))
    for contact, stage, at in ((ann, "lead", 1), (bob, "mql", 2), (ann, "sql", 3)):
        directory.set_stage(contact, stage, "api", NOW + at)
    assert directory.merge(ann, bob, "test", NOW).stage_changed
    assert [change.stage for change in directory.contact(ann).stages] == ["lead", "mql", "sql"]
    directory.unmerge(bob, NOW)
    assert directory.contact(bob).stage == "mql"
