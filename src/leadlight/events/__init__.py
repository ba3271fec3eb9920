"""What happened: taking events in, keeping them for ever, and reading them back, one person's or all of history."""

from leadlight.events.batch import BadBody, Calls, TooManyEvents, defaults_of, read_batch, read_single
from leadlight.events.classify import exclusion_of
from leadlight.events.drops import DropCount, DropReason, Rejection, add_drops, count_drops, list_drops
from leadlight.events.exact import readable
from leadlight.events.history import History, HistoryFileMissing, open_history
from leadlight.events.intake import CHANNEL, Intake, Overloaded, shard_of
from leadlight.events.model import RESERVED_KINDS, Event, Exclusion, Incoming
from leadlight.events.normalising import KINDS, NO_DEFAULTS, Defaults, normalise
from leadlight.events.relations import HistoryAhead, Sealed
from leadlight.events.sealing import Sealer, seal
from leadlight.events.set_aside import NotReadable, SetAside, list_set_aside, retry_set_aside, set_aside
from leadlight.events.store import (
    SHARDS,
    append,
    are_waiting,
    count_waiting,
    existing,
    finish,
    free_shards,
    note_attempt,
    of_subjects,
    subjects_since,
    take,
    timeline,
)
from leadlight.events.times import read_time
from leadlight.events.urls import Url, split_url
from leadlight.events.writer import WritingFailed

__all__ = [
    "CHANNEL",
    "KINDS",
    "NO_DEFAULTS",
    "RESERVED_KINDS",
    "SHARDS",
    "BadBody",
    "Calls",
    "Defaults",
    "DropCount",
    "DropReason",
    "Event",
    "Exclusion",
    "History",
    "HistoryAhead",
    "HistoryFileMissing",
    "Incoming",
    "Intake",
    "NotReadable",
    "Overloaded",
    "Rejection",
    "Sealed",
    "Sealer",
    "SetAside",
    "TooManyEvents",
    "Url",
    "WritingFailed",
    "add_drops",
    "append",
    "are_waiting",
    "count_drops",
    "count_waiting",
    "defaults_of",
    "exclusion_of",
    "existing",
    "finish",
    "free_shards",
    "list_drops",
    "list_set_aside",
    "normalise",
    "note_attempt",
    "of_subjects",
    "open_history",
    "read_batch",
    "read_single",
    "read_time",
    "readable",
    "retry_set_aside",
    "seal",
    "set_aside",
    "shard_of",
    "split_url",
    "subjects_since",
    "take",
    "timeline",
]
