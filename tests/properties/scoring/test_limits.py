"""Limits in SQL and in Python agree where weeks cross months, on dense histories."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.kit.days import DAY_US
from leadlight.scoring import Limits
from leadlight.scoring.batch import differences, put_lines, score_everyone, tally_events
from tests.factories.history import history
from tests.factories.matching import Match
from tests.factories.random_scoring import Happening
from tests.factories.scoring import SOMEONE, TODAY, VISIT, behaviour, compiled, model, stated

limits = st.builds(
    Limits,
    day=st.none() | st.integers(1, 4),
    week=st.none() | st.integers(1, 5),
    month=st.none() | st.integers(1, 9),
    ever=st.none() | st.integers(1, 30),
)
days = st.lists(st.integers(0, 45), min_size=10, max_size=60)


def agree(limited, ago):
    made = model(behaviour(limits=limited, by_stage=True))
    utc = ZoneInfo("UTC")
    happened = [Happening(0, VISIT.kind, TODAY - days, 0, "lead" if days % 2 else "", None) for days in ago]
    connection = history({SOMEONE: (happened, {})}, utc)
    tally_events(connection, [(1, VISIT)])
    score_everyone(connection, compiled(made), today=TODAY, now_us=TODAY * DAY_US, zone=utc, keep_lines=True)
    said = stated(made, [Match(VISIT, happening.day, happening.stage) for happening in happened])
    put_lines(connection, [(SOMEONE, said.lines)])
    assert differences(connection) == []
    connection.close()


@settings(max_examples=30, deadline=None)
@given(limits, days)
def test_limits_agree(limited, ago):
    agree(limited, ago)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@settings(max_examples=1_000, deadline=None)
@given(limits, days)
def test_limits_agree_at_length(limited, ago):
    agree(limited, ago)


def test_a_refused_week_of_last_month_keeps_its_room():
    # 27 to 30 September: 4 a day fill the month's 10, the rest of that week's 5 is left for October.
    agree(Limits(week=5, month=10), [day for day in range(40) for _ in range(4)])
