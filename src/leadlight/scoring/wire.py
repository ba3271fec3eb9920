"""The sums of a score as bytes; a leading byte names the form."""

import msgspec

from leadlight.kit.errors import LeadlightError
from leadlight.scoring.model import Score

PACKED = 1

Sums = dict[str, dict[int, int]]


class _Body(msgspec.Struct, array_like=True, frozen=True):
    sums: Sums
    changes_at_us: dict[int, int]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Body)


class UnknownSumsForm(LeadlightError):
    """The score was written by a newer Leadlight. Upgrade this one to the version that wrote it."""

    code = "unknown_sums_form"


def encode_sums(score: Score) -> bytes:
    """The bytes of what each rule adds and when it changes."""
    return b"\x01" + _encoder.encode(_Body(score.sums, score.changes_at_us))


def decode_sums(body: bytes) -> tuple[Sums, dict[int, int]]:
    """Sums and moments of change, as in `Score`; raises UnknownSumsForm."""
    if body[0] != PACKED:
        raise UnknownSumsForm(f"found form {body[0]}, expected {PACKED}")
    held = _decoder.decode(memoryview(body)[1:])
    return held.sums, held.changes_at_us
