"""Remembering whose browser it is gives the same owners as asking each time."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadlight.events import Incoming
from leadlight.kit.ids import new_id
from leadlight.people import Directory
from leadlight.pipeline import claim_of
from leadlight.tryout.deeds import deed_of
from leadlight.tryout.owners import Owners

browsers = st.sampled_from([None, "b1", "b2", "b3"])
users = st.sampled_from([None, "u1", "u2", "b1"])
emails = st.sampled_from([None, None, None, "ana@x.example", "ivo@x.example"])


@st.composite
def calls(draw) -> Incoming:
    anonymous_id, user_id, email = draw(browsers), draw(users), draw(emails)
    previous_id = draw(st.sampled_from([None, None, None, "b2", "u1"])) if user_id else None
    kind = "aliased" if previous_id else ("identified" if email else "page_viewed")
    if not (anonymous_id or user_id or email):
        anonymous_id = "b1"
    return Incoming(
        id=new_id(), kind=kind, name="", source="file", message_id="", at_us=draw(st.integers(1, 9)), received_us=10,
        day=0, anonymous_id=anonymous_id, user_id=user_id, email=email, previous_id=previous_id,
    )  # fmt: skip


@given(st.lists(calls(), max_size=30))
def test_owners_are_those_of_the_directory(arrivals):
    directory, owners = Directory(), Owners()
    expected = [directory.resolve(claim_of(call), call.at_us).subject_id for call in arrivals]
    found = [owners.of(deed_of(call, 0, ())).subject_id for call in arrivals]
    assert named(found) == named(expected)
    contacts = [directory.subjects[subject_id].contact_id for subject_id in expected]
    assert named([owners.directory.subjects[subject_id].contact_id for subject_id in found]) == named(contacts)


def named(ids: list[UUID]) -> list[int]:
    """Each id by the place it first stood at: the two directories make ids of their own."""
    return [ids.index(each) for each in ids]
