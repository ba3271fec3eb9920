"""Matchers, tallies and memories: what is remembered of a person's behaviour, and a contact as conditions see it."""

from leadlight.matching.facts import ContactFacts, fingerprint_of, reach
from leadlight.matching.memory import MOST_HITS, merged, over_stages, sum_memories, tally
from leadlight.matching.model import Cell, Memory, Tally
from leadlight.matching.store import filling, go_live, keep_only, load, register, registered, store
from leadlight.matching.wire import UnknownMemoryForm, decode, encode

__all__ = [
    "MOST_HITS",
    "Cell",
    "ContactFacts",
    "Memory",
    "Tally",
    "UnknownMemoryForm",
    "decode",
    "encode",
    "filling",
    "fingerprint_of",
    "go_live",
    "keep_only",
    "load",
    "merged",
    "over_stages",
    "reach",
    "register",
    "registered",
    "store",
    "sum_memories",
    "tally",
]
