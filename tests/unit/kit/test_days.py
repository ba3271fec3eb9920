"""Days of every zone begin when its clocks say so."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given
from hypothesis import strategies as st

from leadlight.kit.days import DAY_US, EPOCH_DAY, day_number, day_of, from_us, start_of_day_us, to_us

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
moments = st.integers(-2 * 365 * DAY_US, 100 * 365 * DAY_US)


@given(moments, zones)
@example(0, ZoneInfo("Africa/Monrovia"))
@example(to_us(datetime(1972, 1, 6, 23, 59, tzinfo=UTC)), ZoneInfo("Africa/Monrovia"))
@example(to_us(datetime(2011, 12, 30, 10, 30, tzinfo=UTC)), ZoneInfo("Pacific/Apia"))
def test_day_is_that_of_the_calendar(at_us, zone):
    assert day_of(at_us, zone) == from_us(at_us).astimezone(zone).toordinal() - EPOCH_DAY


@given(st.integers(3652, 36_000), zones)
def test_every_zone_keeps_quarters_from_1980(day, zone):
    offset = from_us(day * DAY_US).astimezone(zone).utcoffset()
    assert offset is not None
    assert offset.total_seconds() % 900 == 0


def test_days_may_have_other_than_24_hours():
    zone = ZoneInfo("Europe/Warsaw")
    day = day_number(date(2026, 3, 29))
    assert start_of_day_us(day + 1, zone) - start_of_day_us(day, zone) == 23 * DAY_US // 24
    assert day_of(start_of_day_us(day, zone) - 1, zone) == day - 1
