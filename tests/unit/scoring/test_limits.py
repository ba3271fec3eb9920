from datetime import date

import pytest

from leadlight.kit.days import day_number
from leadlight.scoring.limits import Meter
from leadlight.scoring.model import Limits


def counted(limits, days):
    meter = Meter(limits)
    return [meter.take(day_number(date.fromisoformat(day)), matched) for day, matched in days]


MONDAY, TUESDAY, SUNDAY, NEXT_MONDAY = "2024-09-30", "2024-10-01", "2024-10-06", "2024-10-07"


@pytest.mark.parametrize(
    ("limits", "days", "expected"),
    [
        (Limits(), [(MONDAY, 9)], [9]),
        (Limits(day=2), [(MONDAY, 5), (TUESDAY, 1)], [2, 1]),
        (Limits(week=3), [(MONDAY, 2), (SUNDAY, 4), (NEXT_MONDAY, 4)], [2, 1, 3]),
        (Limits(month=3), [(MONDAY, 5), (TUESDAY, 2), (SUNDAY, 2)], [3, 2, 1]),  # September ends on Monday
        (Limits(ever=4), [(MONDAY, 3), (TUESDAY, 3), (NEXT_MONDAY, 3)], [3, 1, 0]),
        (Limits(day=2, week=3, ever=4), [(MONDAY, 5), (TUESDAY, 5), (NEXT_MONDAY, 5)], [2, 1, 1]),
    ],
)
def test_earliest_matches_of_a_period_count(limits, days, expected):
    assert counted(limits, days) == expected


def test_what_the_month_refused_leaves_the_week_its_room():
    # The month of September is full on Sunday the 29th; Monday the 30th gets nothing, so the week still has all 3.
    days = [("2024-09-29", 2), (MONDAY, 3), (TUESDAY, 5)]
    assert counted(Limits(week=3, month=2), days) == [2, 0, 2]
    assert counted(Limits(week=3, month=4), days) == [2, 2, 1]
