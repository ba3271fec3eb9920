"""Load -> decide -> store: everything that changes people and scores goes through here."""

from leadlight.pipeline import due
from leadlight.pipeline.accounts import change_account
from leadlight.pipeline.claims import claim_of
from leadlight.pipeline.doctor import Finding, examine
from leadlight.pipeline.engine import BATCH, RELIVING, Engine, Slice
from leadlight.pipeline.generation import NotMigrated, bump
from leadlight.pipeline.listing import By, Filter, Listed, Order, ScoreSummary, UnknownModel, list_contacts
from leadlight.pipeline.publish import archive_model, publish_model, register_jobs
from leadlight.pipeline.repair import repair
from leadlight.pipeline.statements import Explained, statements
from leadlight.pipeline.test_time import NoTestClock, advance, settle

__all__ = [
    "BATCH",
    "RELIVING",
    "By",
    "Engine",
    "Explained",
    "Filter",
    "Finding",
    "Listed",
    "NoTestClock",
    "NotMigrated",
    "Order",
    "ScoreSummary",
    "Slice",
    "UnknownModel",
    "advance",
    "archive_model",
    "bump",
    "change_account",
    "claim_of",
    "due",
    "examine",
    "list_contacts",
    "publish_model",
    "register_jobs",
    "repair",
    "settle",
    "statements",
]
