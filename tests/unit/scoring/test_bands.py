import pytest

from leadlight.kit.days import DAY_US
from leadlight.scoring.bands import first_standing, grade_of, settle
from tests.factories.scoring import model

NOW = 1_700_000_000_000_000


def walk(*totals):
    """Bands after each (points, days since the one before)."""
    made, now_us = model(), NOW
    standing, bands = first_standing(made, now_us), []
    for points, days in totals:
        now_us += int(days * DAY_US)
        standing = settle(made, points * 100, standing, now_us)
        bands.append(standing.band)
    return bands


@pytest.mark.parametrize(
    ("totals", "bands"),
    [
        ([(0, 0)], ["cold"]),
        ([(30, 0)], ["warm"]),
        ([(30, 0), (25, 1), (24, 1), (29, 1)], ["warm", "warm", "cold", "cold"]),  # left only below 25
        ([(100, 0), (90, 1), (89, 1)], ["sales-ready", "sales-ready", "warm"]),
        ([(100, 0), (27, 1)], ["sales-ready", "warm"]),  # 27 would not enter warm, but it is not below 25
        ([(100, 0), (10, 1)], ["sales-ready", "cold"]),
        ([(100, 0), (50, 1), (120, 6), (120, 1)], ["sales-ready", "warm", "warm", "sales-ready"]),  # 7 days closed
        ([(-20, 0), (100, 1)], ["cold", "sales-ready"]),
    ],
)
def test_band_follows_total(totals, bands):
    assert walk(*totals) == bands


def test_closed_band_says_when_it_opens():
    made = model()
    left = settle(made, 5_000, settle(made, 10_000, first_standing(made, NOW), NOW), NOW + 5)
    assert left.opens_at_us is None
    wanting = settle(made, 10_000, left, NOW + 6)
    assert (wanting.band, wanting.opens_at_us) == ("warm", NOW + 5 + 7 * DAY_US)
    assert settle(made, 10_000, wanting, wanting.opens_at_us).band == "sales-ready"


def test_since_moves_only_when_the_band_does():
    made = model()
    warm = settle(made, 3_000, first_standing(made, NOW), NOW + 1)
    assert settle(made, 3_500, warm, NOW + 2).since_us == NOW + 1


@pytest.mark.parametrize(
    ("fit", "engagement", "grade"),
    [(6_000, 8_000, "A1"), (5_999, 7_999, "B2"), (2_000, 1_500, "C3"), (1_999, 1_499, "D4"), (-1, -1, "D4")],
)
def test_grade_is_letter_by_fit_and_digit_by_engagement(fit, engagement, grade):
    assert grade_of(model(), fit, engagement) == grade
