import pytest

from leadlight.matching import Cell, Tally, UnknownMemoryForm, decode, encode, merged, sum_memories, tally


def test_matches_of_a_day_and_stage_are_counted_together():
    memory = {}
    tally(memory, 7, 0, 20_000, "mql", 1, 5_000_000)
    tally(memory, 7, 0, 20_000, "mql", 2, -1)
    tally(memory, 7, 0, 20_000, "mql", 3, None)
    tally(memory, 7, 0, 20_000, "", 4, None)
    assert memory == {
        7: Tally({"mql": {20_000: Cell(3, 2, 4_999_999, -1, 5_000_000)}, "": {20_000: Cell(1)}}),
    }


def test_newest_hits_are_kept_oldest_first():
    memory = {}
    for at_us in (5, 9, 1, 7, 9):
        tally(memory, 7, 3, 20_000, "", at_us, None)
    assert memory[7].hits == [7, 9, 9]


def test_sum_shares_nothing_with_its_parts():
    one, other = {}, {}
    tally(one, 7, 2, 20_000, "", 1, 3)
    tally(other, 7, 2, 20_000, "", 2, 4)
    tally(other, 8, 2, 20_000, "", 2, None)
    together = sum_memories([one, other])
    assert together[7] == merged([one, other], 7) == Tally({"": {20_000: Cell(2, 2, 7, 3, 4)}}, [1, 2])
    tally(together, 8, 2, 20_000, "", 3, None)
    assert other[8].hits == [2]


def test_typical_memory_takes_few_bytes():
    memory = {}
    for number in range(15):
        tally(memory, number % 5, 0, 20_000 + number, "", 0, None)
    assert len(encode(memory)) < 200


def test_sums_beyond_64_bits_survive():
    memory = {}
    for _ in range(20):
        tally(memory, 7, 2, 20_000, "lead", 1, 10**18 - 1)
    assert decode(encode(memory)) == memory
    assert memory[7].stages["lead"][20_000].total == 20 * (10**18 - 1)


def test_form_of_a_newer_version_is_refused():
    with pytest.raises(UnknownMemoryForm, match="found form 9"):
        decode(b"\x09")
