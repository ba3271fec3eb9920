"""The leads of a shard, ranked: who they are, what they score, and why."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from leadlight import matching, people, scoring
from leadlight.scoring import GLOBAL, Score, Statement
from leadlight.tryout.owners import Diary
from leadlight.tryout.recipe import Compiled, Recipe, compiled
from leadlight.tryout.replay import Replayed


class Reason(msgspec.Struct, frozen=True):
    """One rule's part of a score: all its lines together. `last_day` is the newest day that counted; None for a state."""

    label: str
    counted: int
    points: int
    last_day: int | None


class Lead(msgspec.Struct, frozen=True):
    """One contact of the list; points in hundredths. `scores` is what `GET /api/contacts/{id}/scores` would answer."""

    total: int
    fit: int
    engagement: int
    grade: str
    band: str
    name: str | None
    email: str | None
    user_id: str | None
    anonymous_id: str | None
    company: str | None
    events: int
    last_event_us: int | None
    reasons: list[Reason]
    scores: list[dict[str, Any]] | None = None

    @property
    def who(self) -> str:
        """The best name there is."""
        return self.name or self.email or self.user_id or self.anonymous_id or "nobody"


def rank_key(lead: Lead) -> tuple[int, int, str, str]:
    """Highest total first; ties by fit, then by name, so that the list is always the same."""
    return -lead.total, -lead.fit, lead.who, lead.user_id or lead.anonymous_id or ""


def leads_of(replayed: Replayed, recipe: Recipe) -> list[Lead]:
    """The leads of a shard, best first, at most `recipe.top`."""
    model = compiled(recipe)
    scores = [_score(replayed, recipe, model, contact_id) for contact_id in _listed(replayed, recipe)]
    scores.sort(key=lambda score: (-score.total, -score.fit))
    if recipe.top and len(scores) > recipe.top:  # ties with the last are kept: names decide among them
        last = scores[recipe.top - 1]
        scores = [score for score in scores if (score.total, score.fit) >= (last.total, last.fit)]
    names = _names(replayed.owners.directory)
    leads = [_lead(replayed, recipe, score, names.get(score.contact_id, {})) for score in scores]
    return sorted(leads, key=rank_key)[: recipe.top or None]


def _listed(replayed: Replayed, recipe: Recipe) -> list[UUID]:
    contacts = replayed.owners.directory.contacts.values()
    return [each.id for each in contacts if each.merged_into is None and (each.is_known or recipe.with_visitors)]


def _score(replayed: Replayed, recipe: Recipe, model: Compiled, contact_id: UUID) -> Score:
    first = scoring.first_score(model.model, contact_id, recipe.now_us)
    facts = _facts(replayed, model, contact_id)
    done = scoring.rescore(model.model, first, facts, touched=None, today=recipe.as_of_day, now_us=recipe.now_us)
    return done.score


def _facts(replayed: Replayed, model: Compiled, contact_id: UUID) -> matching.ContactFacts:
    directory = replayed.owners.directory
    contact = directory.contact(contact_id)
    return matching.ContactFacts(
        profile=contact.profile,
        account=directory.account(contact.account_id).profile if contact.account_id else {},
        tags=contact.tags,
        stage=contact.stage,
        memories=[diary.memory for diary in _diaries(replayed, contact_id)],
        zone=model.zone,
        matcher_ids=model.matcher_ids,
        keep_hits=model.keep_hits,
    )


def _diaries(replayed: Replayed, contact_id: UUID) -> list[Diary]:
    subjects = replayed.owners.directory.subjects_of(contact_id)
    return [diary for subject in subjects if (diary := replayed.owners.diaries.get(subject.id)) is not None]


def _names(directory: people.Directory) -> dict[UUID, dict[str, str]]:
    """Contact -> kind of identifier -> the first of its kind, by the alphabet."""
    names: dict[UUID, dict[str, str]] = defaultdict(dict)
    for (kind, value), subject_id in sorted(directory.identifiers.items()):
        names[directory.subjects[subject_id].contact_id].setdefault(kind, value)
    return names


def _lead(replayed: Replayed, recipe: Recipe, score: Score, ids: Mapping[str, str]) -> Lead:
    model = compiled(recipe)
    contact = replayed.owners.directory.contact(score.contact_id)
    account = replayed.owners.directory.account(contact.account_id) if contact.account_id else None
    diaries = _diaries(replayed, contact.id)
    facts = _facts(replayed, model, contact.id)
    statement = scoring.statement(model.model, facts, recipe.as_of_day, recipe.now_us)
    return Lead(
        total=score.total,
        fit=score.fit,
        engagement=score.engagement,
        grade=score.grade,
        band=_band_label(model.model, score.band),
        name=people.display_name(contact.profile),
        email=contact.email,
        user_id=ids.get("user_id"),
        anonymous_id=ids.get("anonymous_id"),
        company=contact.profile.get("company") or (account.name or account.domain if account else None),
        events=sum(diary.events for diary in diaries),
        last_event_us=max((diary.last_us for diary in diaries), default=None),
        reasons=_reasons(statement)[: recipe.reasons],
        scores=[scoring.statement_document(statement, score)] if recipe.with_statements else None,
    )


def _band_label(model: scoring.CompiledModel, key: str) -> str:
    return next(band.label for band in model.model.bands if band.key == key)


def _reasons(statement: Statement) -> list[Reason]:
    """The rules that weigh most, for or against."""
    reasons: dict[str, Reason] = {}
    for line in statement.lines:
        if line.level != GLOBAL:
            continue
        known = reasons.get(line.rule, Reason(line.label, 0, 0, None))
        last = line.day if known.last_day is None or line.day is None else max(known.last_day, line.day)
        points = known.points + line.points_hundredths
        reasons[line.rule] = Reason(line.label, known.counted + line.counted, points, last)
    return sorted((one for one in reasons.values() if one.points), key=lambda one: (-abs(one.points), one.label))
