"""How points lose value with age, as integer tables that every engine reads alike."""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

import msgspec

from leadlight.scoring.model import Fade

PPM = 1_000_000
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


class Curve(msgspec.Struct, frozen=True):
    """`ppm[age]` is what is left of a point at that age in days, in parts per million; nothing is left past its end.

    `next_drop[age]` is the first later age at which that differs.
    """

    ppm: tuple[int, ...]
    next_drop: tuple[int, ...]


@lru_cache(maxsize=256)
def curve(fade: Fade) -> Curve | None:
    """The curve of `fade`; None when points never fade."""
    if fade == Fade():
        return None
    ppm = table(fade)
    return Curve(ppm, _drops(ppm))


def table(fade: Fade) -> tuple[int, ...]:
    """Age in days -> parts per million, up to the last age with more than nothing; empty when points never fade.

    Exact product of (L - age) / L and 2^(-age / H) to 60 digits, rounded once, half to even.
    """
    if fade == Fade():
        return ()
    return tuple(_until_nothing(fade))


def _until_nothing(fade: Fade) -> Iterator[int]:
    ends = [days for days in (fade.expire_days, fade.linear_days) if days is not None]
    last = min(ends, default=None)
    halves = _halves(fade.half_life_days)
    age = 0
    while last is None or age < last:
        ppm = _ppm(age, fade, halves)
        if ppm == 0:
            return
        yield ppm
        age += 1


def _halves(half_life_days: int | None) -> list[Decimal]:
    """2^(-age / H) for the ages of the first half-life."""
    if half_life_days is None:
        return [Decimal(1)]
    step = _EXACT.power(Decimal(2), _EXACT.divide(Decimal(-1), Decimal(half_life_days)))
    powers = [Decimal(1)]
    while len(powers) < half_life_days:
        powers.append(_EXACT.multiply(powers[-1], step))
    return powers


def _ppm(age: int, fade: Fade, halves: list[Decimal]) -> int:
    over, under = PPM, 1
    fraction = Decimal(1)
    if fade.half_life_days is not None:
        fraction = halves[age % fade.half_life_days]
        under <<= age // fade.half_life_days
    if fade.linear_days is not None:
        over *= fade.linear_days - age
        under *= fade.linear_days
    exact = _EXACT.divide(_EXACT.multiply(Decimal(over), fraction), Decimal(under))
    return int(exact.to_integral_value(ROUND_HALF_EVEN))


def _drops(ppm: tuple[int, ...]) -> tuple[int, ...]:
    drops = [len(ppm)] * len(ppm)
    for age in range(len(ppm) - 2, -1, -1):
        drops[age] = age + 1 if ppm[age + 1] != ppm[age] else drops[age + 1]
    return tuple(drops)
