"""Bands and grades: what a total means."""

import msgspec

from leadlight.kit.days import DAY_US
from leadlight.scoring.model import Band, Model


class Standing(msgspec.Struct, frozen=True):
    """The band held, since when, and until when each band left stays closed.

    `opens_at_us` is the first moment at which a band that is closed now would be entered with the present total.
    """

    band: str
    since_us: int
    cool_until_us: dict[str, int]
    opens_at_us: int | None = None


def first_standing(model: Model, now_us: int) -> Standing:
    """Where everyone starts."""
    return Standing(model.bands[0].key, now_us, {})


def settle(model: Model, total: int, before: Standing, now_us: int) -> Standing:
    """Up to the highest band whose `from` is reached and that is not closed; else down as far as `leave_below` says.

    A fall ends in the highest lower band that is not itself to be left; the band fallen out of closes for its cool-down.
    """
    bands = model.bands
    at = _index(bands, before.band)
    if not before.cool_until_us and bands[at].key == before.band and _stays(bands, at, total):
        return before
    cool = {band: until_us for band, until_us in before.cool_until_us.items() if until_us > now_us}
    reached = _highest(bands, at + 1, len(bands), total, cool)
    if reached is None and at > 0 and total < bands[at].leave_below_hundredths:
        reached = _resting(bands, at, total, cool)
        if bands[at].cool_down_days:
            cool[bands[at].key] = now_us + bands[at].cool_down_days * DAY_US
    held = at if reached is None else reached
    opens = [cool[b.key] for b in bands[held + 1 :] if b.key in cool and total >= b.from_hundredths]
    since_us = before.since_us if bands[held].key == before.band else now_us
    return Standing(bands[held].key, since_us, cool, min(opens, default=None))


def grade_of(model: Model, fit: int, engagement: int) -> str:
    """A to D by fit, 1 to 4 by engagement, such as `B2`."""
    letter = "ABCD"[_step(model.fit_grades, fit)]
    digit = "1234"[_step(model.engagement_grades, engagement)]
    return letter + digit


def _stays(bands: tuple[Band, ...], at: int, total: int) -> bool:
    """Whether no band is entered or left, none being closed."""
    is_left = at > 0 and total < bands[at].leave_below_hundredths
    is_passed = at + 1 < len(bands) and total >= bands[at + 1].from_hundredths
    return not (is_left or is_passed)


def _highest(bands: tuple[Band, ...], start: int, stop: int, total: int, cool: dict[str, int]) -> int | None:
    for index in range(stop - 1, start - 1, -1):
        if total >= bands[index].from_hundredths and bands[index].key not in cool:
            return index
    return None


def _resting(bands: tuple[Band, ...], at: int, total: int, cool: dict[str, int]) -> int:
    for index in range(at - 1, 0, -1):
        if total >= bands[index].leave_below_hundredths and bands[index].key not in cool:
            return index
    return 0


def _index(bands: tuple[Band, ...], key: str) -> int:
    return next((index for index, band in enumerate(bands) if band.key == key), 0)


def _step(least: tuple[int, int, int], points: int) -> int:
    return next((step for step, bound in enumerate(least) if points >= bound), 3)
