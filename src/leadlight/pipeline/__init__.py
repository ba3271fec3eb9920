"""Load -> decide -> store: everything that changes people and scores goes through here."""

from leadlight.pipeline.engine import BATCH, Engine
from leadlight.pipeline.generation import NotMigrated, bump
from leadlight.pipeline.publish import archive_model, publish_model, register_jobs
from leadlight.pipeline.statements import Explained, statements
from leadlight.pipeline.test_time import NoTestClock, advance, settle

__all__ = [
    "BATCH",
    "Engine",
    "Explained",
    "NoTestClock",
    "NotMigrated",
    "advance",
    "archive_model",
    "bump",
    "publish_model",
    "register_jobs",
    "settle",
    "statements",
]
