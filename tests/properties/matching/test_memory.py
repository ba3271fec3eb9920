"""Memories only add up."""

from hypothesis import given
from hypothesis import strategies as st

from leadlight.matching import Memory, decode, encode, merged, sum_memories, tally

KEPT = {1: 0, 2: 3, 3: 10}

matches = st.tuples(
    st.sampled_from(sorted(KEPT)),
    st.integers(19_990, 20_010),
    st.sampled_from(["", "lead", "žiūri"]),
    st.integers(0, 50),
    st.none() | st.integers(-(10**18) + 1, 10**18 - 1),
)
lists = st.lists(matches, max_size=30)


def remembered(listed) -> Memory:
    memory: Memory = {}
    for matcher_id, day, stage, at_us, measured in listed:
        tally(memory, matcher_id, KEPT[matcher_id], day, stage, at_us, measured)
    return memory


def as_read(memory: Memory):
    """What readers see: as many of the newest hits as the matcher keeps."""
    return {
        matcher_id: (held.stages, held.hits[-KEPT[matcher_id] :] if KEPT[matcher_id] else [])
        for matcher_id, held in memory.items()
    }


@given(lists, st.randoms(use_true_random=False))
def test_order_does_not_matter(listed, random):
    shuffled = list(listed)
    random.shuffle(shuffled)
    assert remembered(listed) == remembered(shuffled)


@given(lists, lists, lists)
def test_sum_of_parts_is_the_whole(one, two, three):
    parts = [remembered(one), remembered(two), remembered(three)]
    whole = remembered([*one, *two, *three])
    assert as_read(sum_memories(parts)) == as_read(whole)
    assert as_read(sum_memories(reversed(parts))) == as_read(whole)
    assert as_read(sum_memories([sum_memories(parts[:2]), parts[2]])) == as_read(whole)
    assert as_read(sum_memories([parts[0], sum_memories(parts[1:])])) == as_read(whole)
    for matcher_id, held in sum_memories(parts).items():
        assert merged(parts, matcher_id) == held


@given(lists)
def test_bytes_say_everything(listed):
    memory = remembered(listed)
    assert decode(encode(memory)) == memory
