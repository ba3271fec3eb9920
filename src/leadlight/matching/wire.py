"""Memories as bytes: a leading byte names the form, so that it can change without rewriting every row."""

import json

import msgspec

from leadlight.kit.errors import LeadlightError
from leadlight.matching.model import Memory

PACKED = 1
"""MessagePack of the values as they are."""
WIDE = 2
"""JSON, for sums that do not fit into 64 bits."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Memory)


class UnknownMemoryForm(LeadlightError):
    """The memory was written by a newer Leadlight. Upgrade this one to the version that wrote it."""

    code = "unknown_memory_form"


def encode(memory: Memory) -> bytes:
    """The bytes of `memory`."""
    try:
        return b"\x01" + _encoder.encode(memory)
    except OverflowError:
        return b"\x02" + json.dumps(_as_lists(memory)).encode()


def decode(body: bytes) -> Memory:
    """The memory written as `body`; raises UnknownMemoryForm."""
    if body[0] == PACKED:
        return _decoder.decode(memoryview(body)[1:])
    if body[0] == WIDE:
        return msgspec.convert(_as_memory(json.loads(body[1:])), Memory)
    raise UnknownMemoryForm(f"found form {body[0]}, expected {PACKED} or {WIDE}")


def _as_lists(memory: Memory) -> list[object]:
    return [
        [
            matcher_id,
            [[stage, list(msgspec.to_builtins(days).items())] for stage, days in held.stages.items()],
            held.hits,
        ]
        for matcher_id, held in memory.items()
    ]


def _as_memory(rows: list[list[object]]) -> dict[int, object]:
    return {
        matcher_id: [{stage: dict(days) for stage, days in stages}, hits]  # type: ignore[misc, attr-defined]
        for matcher_id, stages, hits in rows
    }
