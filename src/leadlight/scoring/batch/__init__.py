"""The same scores for everyone at once, from history, in DuckDB.

All functions work on one connection that has the relations
`events(subject_id, contact_id, kind, name, source, at_us, day, url_host, url_path, url_query, referrer_host, properties,
excluded, stage)` with the stage at the time ('' for none), and `contacts(contact_id, profile, account, tags, stage)`.
They leave their tables on it: `tally_events` those that `memories` and `score_everyone` read, `score_everyone` `lines` and `totals`.
"""

from leadlight.scoring.batch.compare import Difference, differences, put_lines
from leadlight.scoring.batch.scored import Total, score_everyone, score_of, totals
from leadlight.scoring.batch.tallies import memories, tally_events

__all__ = [
    "Difference",
    "Total",
    "differences",
    "memories",
    "put_lines",
    "score_everyone",
    "score_of",
    "tally_events",
    "totals",
]
