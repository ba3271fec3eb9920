"""Steps one after another, from the hit times of each."""

from collections.abc import Sequence

from leadlight.rules.evaluation.moment import span_us
from leadlight.rules.model import Window


def happened_in_order(steps: Sequence[Sequence[int]], within: Window | None) -> bool:
    """Whether hits of the steps follow one another, each strictly later, the last at most `within` after the first.

    `steps` holds each step's hit times, oldest first.
    """
    chains = [(at_us, at_us) for at_us in steps[0]]
    for hits in steps[1:]:
        chains = _continued(chains, hits)
    limit = None if within is None else span_us(within)
    return any(limit is None or end_us - start_us <= limit for end_us, start_us in chains)


def _continued(chains: list[tuple[int, int]], hits: Sequence[int]) -> list[tuple[int, int]]:
    """Chains (end, latest possible start) with one more step; ascending by end, and so by start."""
    longer: list[tuple[int, int]] = []
    place = 0
    for at_us in hits:
        while place < len(chains) and chains[place][0] < at_us:
            place += 1
        if place:
            longer.append((at_us, chains[place - 1][1]))
    return longer
