from decimal import Decimal, getcontext

import pytest

from leadlight.scoring.fading import PPM, curve, table
from leadlight.scoring.model import Fade

# 7,812.5 goes to even; what follows 1 is 0.48: nothing
HALVES = (1_000_000, 500_000, 250_000, 125_000, 62_500, 31_250, 15_625, 7_812, 3_906, 1_953,
          977, 488, 244, 122, 61, 31, 15, 8, 4, 2, 1)  # fmt: skip


@pytest.mark.parametrize(
    ("fade", "ppm"),
    [
        (Fade(), ()),
        (Fade(expire_days=3), (PPM, PPM, PPM)),
        (Fade(linear_days=4), (1_000_000, 750_000, 500_000, 250_000)),
        (Fade(linear_days=3), (1_000_000, 666_667, 333_333)),
        (Fade(half_life_days=1), HALVES),
        (Fade(linear_days=4, half_life_days=1), (1_000_000, 375_000, 125_000, 31_250)),
        (Fade(linear_days=4, expire_days=2), (1_000_000, 750_000)),
        (Fade(expire_days=2, half_life_days=1), (1_000_000, 500_000)),
    ],
)  # fmt: skip
def test_table_of_what_is_left(fade, ppm):
    assert table(fade) == ppm


@pytest.mark.parametrize("half_life", [1, 2, 7, 14, 30, 365])
def test_half_life_is_right_to_the_last_digit(half_life):
    getcontext().prec = 90
    ppm = table(Fade(half_life_days=half_life))
    for age in range(0, len(ppm), max(1, len(ppm) // 200)):
        exact = PPM * Decimal(2) ** (Decimal(-age) / half_life)
        assert abs(ppm[age] - exact) <= Decimal("0.5")


def test_half_of_it_is_left_after_a_half_life():
    ppm = table(Fade(half_life_days=14))
    assert (ppm[0], ppm[14], ppm[28]) == (1_000_000, 500_000, 250_000)


def test_next_drop_leaps_over_days_that_change_nothing():
    assert curve(Fade(expire_days=31)).next_drop == (31,) * 31
    assert curve(Fade(linear_days=4)).next_drop == (1, 2, 3, 4)
