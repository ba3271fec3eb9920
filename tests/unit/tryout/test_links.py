"""Whatever may be one person, or of one account, is dealt to one shard."""

from hypothesis import given
from hypothesis import strategies as st

from leadlight.tryout.links import Links, ids_of, numbers_of


def party(*lines: bytes) -> set[int]:
    """The parties of the lines, each by its first id."""
    links = Links()
    numbers = [numbers_of(ids_of(line)[0]) for line in lines]
    for each in numbers:
        links.add(each)
    roots = links.roots()
    return {roots.get(each[0], each[0]) for each in numbers}


def test_browser_and_user_belong_together():
    assert len(party(b'{"anonymousId":"a","userId":"u"}', b'{"anonymousId":"a"}', b'{"userId":"u"}')) == 1


def test_strangers_stay_apart():
    assert len(party(b'{"anonymousId":"a"}', b'{"anonymousId":"b"}')) == 2


def test_email_in_other_spelling_belongs_together():
    one = b'{"userId":"u","traits":{"email":"Ana@Firm.example "}}'
    other = b'{"anonymousId":"a","context":{"traits":{"email":"ana@firm.example"}}}'
    assert len(party(one, other)) == 1


def test_colleagues_belong_together():
    one = b'{"userId":"u","traits":{"email":"ana@firm.example"}}'
    other = b'{"userId":"v","traits":{"email":"ivo@mail.firm.example"}}'
    assert len(party(one, other)) == 1


def test_free_mail_does_not_join_strangers():
    one = b'{"userId":"u","traits":{"email":"ana@gmail.com"}}'
    other = b'{"userId":"v","traits":{"email":"ivo@gmail.com"}}'
    assert len(party(one, other)) == 2


def test_group_joins_its_members():
    assert len(party(b'{"userId":"u","groupId":"g"}', b'{"userId":"v","groupId":"g"}')) == 1


def test_alias_joins_a_browser():
    assert len(party(b'{"userId":"u","previousId":"a"}', b'{"anonymousId":"a"}')) == 1


def test_line_that_cannot_be_read_names_nobody():
    assert not any(ids_of(b"{broken")[0])


@given(st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=3)))
def test_parties_are_those_of_a_plain_search(pairs):
    links = Links()
    groups: list[set[int]] = []
    for pair in pairs:
        links.add(pair)
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if not group & set(pair)] + [set(pair).union(*touched)]
    roots = links.roots()
    for group in groups:
        assert len({roots.get(number, number) for number in group}) == 1
    assert len({roots.get(min(group), min(group)) for group in groups}) == len(groups)
