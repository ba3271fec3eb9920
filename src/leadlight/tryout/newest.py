"""The newest of many times, most of which need not be read: texts of one form in UTC sort as the times do."""

from collections import defaultdict
from typing import Any

from leadlight.events import read_time


class Newest:
    """The newest time seen that is not after `now_us`."""

    def __init__(self, now_us: int) -> None:
        self._now_us = now_us
        self._seen: list[Any] = []

    def see(self, said: Any) -> None:
        """Take in a time as it was written."""
        self._seen.append(said)

    def at_us(self) -> int | None:
        """The newest; None when there was none that could be read."""
        forms: dict[int, list[str]] = defaultdict(list)
        found: list[int] = []
        for said in self._seen:
            if isinstance(said, str) and said[-1:] == "Z":
                forms[len(said)].append(said)
            elif (at_us := self._read(said)) is not None:
                found.append(at_us)
        for texts in forms.values():
            texts.sort(reverse=True)
            found.append(next((at_us for text in texts if (at_us := self._read(text)) is not None), 0))
        return max(found, default=None)

    def _read(self, said: Any) -> int | None:
        try:
            at_us = read_time(int(said) if isinstance(said, float) else said)
        except (ValueError, ArithmeticError):
            return None
        return None if at_us is None or at_us > self._now_us else at_us
