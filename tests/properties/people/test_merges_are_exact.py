"""Any events, merges by hand, more events, unmerges: everything is as if nothing had ever been merged."""

from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.people import Claim, Contact, Directory, Resolution
from tests.factories.people import NOW, make_directory

BROWSERS = st.sampled_from(["a1", "a2", "a3"])
USERS = st.sampled_from(["u1", "u2", "u3"])
EMAILS = st.sampled_from(["ann@acme.com", "bob@acme.com", "eve@gmail.com"])
VALUES = st.sampled_from(["x", "y", None, 1, True, "granted", "withdrawn"])
TRAITS = st.dictionaries(st.sampled_from(["city", "plan", "consent.email", "employees"]), VALUES, max_size=2)
TIMES = st.integers(0, 5).map(lambda late: NOW - late)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    kind = draw(st.sampled_from(["page_viewed", "identified", "identified", "grouped", "aliased"]))
    said: dict[str, Any] = {"anonymous_id": draw(st.none() | BROWSERS), "user_id": draw(st.none() | USERS)}
    if kind == "identified":
        said |= {"email": draw(st.none() | EMAILS), "traits": draw(TRAITS)}
    if kind == "grouped":
        said |= {"group_id": draw(st.sampled_from(["g1", "g2"])), "traits": draw(TRAITS)}
    if kind == "aliased":
        said |= {"user_id": draw(USERS), "previous_id": draw(BROWSERS | USERS)}
    if not any(said.get(key) for key in ("anonymous_id", "user_id", "email")):
        said["anonymous_id"] = draw(BROWSERS)
    return Claim("web", draw(TIMES), kind, **said)


MERGES = st.tuples(st.just("merge"), st.integers(0, 50), st.integers(0, 50))
UNMERGES = st.tuples(st.just("unmerge"), st.integers(0, 50))
CHANGES = st.tuples(st.sampled_from(["tag", "untag", "stage"]), st.integers(0, 50), st.sampled_from(["p", "q"]))
STORIES = st.lists(st.one_of(claims(), claims(), claims(), MERGES, UNMERGES, CHANGES), max_size=30)


class World:
    """A directory, and the subject each event so far went to."""

    def __init__(self) -> None:
        self.directory = make_directory()
        self.events: list[UUID] = []
        self.merged: list[UUID] = []
        self.now_us = NOW

    def happen(self, claim: Claim) -> Resolution:
        self.now_us += 1
        resolution = self.directory.resolve(claim, self.now_us)
        self.events.append(resolution.subject_id)
        check_invariants(self.directory)
        return resolution

    def contact_of(self, event: int) -> UUID:
        return self.directory.subjects[self.events[event]].contact_id

    def change(self, what: str, contact_id: UUID, value: str) -> None:
        self.now_us += 1
        change = {"tag": self.directory.add_tag, "untag": self.directory.remove_tag, "stage": self.directory.set_stage}
        change[what](contact_id, value, "api", self.now_us)

    def merge(self, into: UUID, other: UUID) -> None:
        if into != other:
            self.directory.merge(into, other, "test", self.now_us)
            self.merged.append(other)
            check_invariants(self.directory)

    def unmerge(self, which: int) -> None:
        if self.merged:
            self.directory.unmerge(self.merged.pop(which % len(self.merged)), self.now_us, by_hand=True)
            check_invariants(self.directory)

    def is_merged(self, contact_id: UUID) -> bool:
        group = {contact_id, *self.directory.shells.get(contact_id, ())}
        return any(self.directory.contacts[each].hand_parent for each in group)


def check_invariants(directory: Directory) -> None:
    held = [subject.id for members in directory.members.values() for subject in members]
    assert sorted(held) == sorted(directory.subjects)
    for contact_id, members in directory.members.items():
        assert directory.contacts[contact_id].merged_into is None
        assert {subject.contact_id for subject in members} <= {contact_id}
        assert members
    for subject in directory.subjects.values():
        assert subject.contact_id == directory.survivor(subject.home_contact_id)
    for contact in directory.contacts.values():
        survivor = directory.survivor(contact.id)
        assert contact.merged_into == (None if survivor == contact.id else survivor)


def tell(merging: World, plain: World, story: list[Any]) -> None:
    """Both worlds see the same events; only one merges. By hand, only contacts that are not merged are changed."""
    for step in story:
        if isinstance(step, Claim):
            merging.happen(step)
            plain.happen(step)
        elif not merging.events:
            continue
        elif step[0] == "merge":
            one, other = (merging.contact_of(event % len(merging.events)) for event in step[1:])
            merging.merge(one, other)
        elif step[0] == "unmerge":
            merging.unmerge(step[1])
        elif not merging.is_merged(merging.contact_of(event := step[1] % len(merging.events))):
            for world in (merging, plain):
                world.change(step[0], world.contact_of(event), step[2])


def picture(world: World) -> tuple[Any, ...]:
    """Whose each event and identifier is, and what each person looks like; contacts are named by their events."""
    directory = world.directory
    names: dict[UUID, int] = {}
    for event in range(len(world.events)):
        names.setdefault(world.contact_of(event), event)
    looks = {name: _looks(directory, directory.contact(contact_id)) for contact_id, name in names.items()}
    owners = {name: names.get(directory.subjects[each].contact_id) for name, each in directory.identifiers.items()}
    return [names[world.contact_of(event)] for event in range(len(world.events))], owners, looks


def _looks(directory: Directory, contact: Contact) -> tuple[Any, ...]:
    account = None if contact.account_id is None else directory.account(contact.account_id).profile
    stages = [change.stage for change in contact.stages]
    return contact.profile, contact.tags, stages, contact.is_known, account


@given(STORIES)
@settings(max_examples=500, deadline=None)
def test_undone_merges_leave_no_trace(story: list[Any]) -> None:
    merging, plain = World(), World()
    tell(merging, plain, story)
    while merging.merged:
        merging.unmerge(0)
    assert picture(merging) == picture(plain), "\n".join(map(str, story))


@given(STORIES)
@settings(max_examples=100, deadline=None)
def test_no_identifier_is_ever_lost(story: list[Any]) -> None:
    merging, plain = World(), World()
    tell(merging, plain, story)
    said = {
        (kind, getattr(claim, kind))
        for claim in story
        if isinstance(claim, Claim)
        for kind in ("anonymous_id", "user_id", "email")
        if getattr(claim, kind)
    }
    assert said <= merging.directory.identifiers.keys()


@given(st.lists(claims(), max_size=20))
@settings(max_examples=100, deadline=None)
def test_the_same_claims_give_the_same_people(story: list[Claim]) -> None:
    one, other = World(), World()
    assert [one.happen(claim) for claim in story] == [other.happen(claim) for claim in story]
    assert one.directory.subjects == other.directory.subjects
    assert one.directory.contacts == other.directory.contacts


@given(st.lists(claims(), min_size=1, max_size=15), st.integers(0, 50))
@settings(max_examples=100, deadline=None)
def test_merge_moves_exactly_the_subjects_it_names(story: list[Claim], which: int) -> None:
    world = World()
    for claim in story:
        world.happen(claim)
    before = {subject.id: subject.contact_id for subject in world.directory.subjects.values()}
    one, other = world.contact_of(0), world.contact_of(which % len(story))
    world.merge(one, other)
    after = {subject.id: subject.contact_id for subject in world.directory.subjects.values()}
    changed = {each for each in before if before[each] != after[each]}
    if one != other:
        assert set(world.directory.merges[-1].subjects) == changed
    world.unmerge(0)
    assert {subject.id: subject.contact_id for subject in world.directory.subjects.values()} == before
