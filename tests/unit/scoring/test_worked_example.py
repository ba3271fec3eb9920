"""The page that explains scores is right."""

import re
from datetime import date
from pathlib import Path

import msgspec
import yaml

from leadlight.events import Event
from leadlight.kit.days import DAY_US, day_number
from leadlight.kit.ids import new_id
from leadlight.matching import Memory, tally
from leadlight.rules import compile_matchers, kind_of_name
from leadlight.scoring import compile_model, first_score, matchers_of_model, parse_model, rescore, statement
from leadlight.scoring.shown import statement_document
from tests.factories.matching import contact_facts, ids_of
from tests.factories.scoring import SOMEONE

PAGE = (Path(__file__).parents[3] / "docs/explanation/how-a-score-adds-up.md").read_text("utf-8")
MODEL, DAYS = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
TODAY = day_number(date(2026, 3, 4))
NOW = TODAY * DAY_US + DAY_US // 2
EMPTY = msgspec.json.encode({}).decode()


def event(entry) -> Event:
    day = day_number(entry["day"])
    return Event(
        id=new_id(), subject_id=SOMEONE, kind=kind_of_name(entry["did"]), name=entry["did"], source="web", message_id="",
        at_us=day * DAY_US, received_us=NOW, day=day, url_host="example.com", url_path=entry.get("path"), url_query=None,
        referrer_host=None, properties=msgspec.json.encode(entry.get("properties", {})).decode(), context=EMPTY, excluded=None,
    )  # fmt: skip


def annas_statement():
    model = parse_model(MODEL, "example", 1, None)
    ids = ids_of(matchers_of_model(model))
    match = compile_matchers([(ids[matcher.fingerprint], matcher) for matcher in matchers_of_model(model)])
    memory: Memory = {}
    for entry in DAYS:
        happened = event(entry)
        for matcher_id, measured in match(happened) * entry.get("times", 1):
            tally(memory, matcher_id, 0, happened.day, entry.get("stage", ""), happened.at_us, measured)
    ready, facts = compile_model(model, ids), contact_facts(ids, [memory], {"country": "PL"})
    score = rescore(ready, first_score(ready, SOMEONE, NOW), facts, touched=None, today=TODAY, now_us=NOW).score
    return statement_document(statement(ready, facts, TODAY, NOW), score)


def told():
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in PAGE.splitlines() if row.startswith("|")]
    return [row for row in rows if row[0] not in {"rule", "---"}]


def test_statement_on_the_page_is_the_one_computed():
    said = annas_statement()
    assert told() == [
        [
            line["rule"],
            line["level"],
            line["day"] or "",
            str(line["matched"]),
            str(line["counted"]),
            f"{line['points']:.2f}",
        ]
        for line in said["lines"]
    ]


def test_totals_and_grade_on_the_page_are_the_ones_computed():
    said = annas_statement()
    assert (said["total"], said["fit"], said["engagement"], said["grade"]) == (61.49, 15, 46.49, "D2")
    assert f"**{said['total']}**: {said['fit']:.2f} for who she is" in PAGE
    assert f"{said['engagement']} for what she did (engagement), grade **{said['grade']}**" in PAGE
