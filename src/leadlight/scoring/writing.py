"""Score models as documents: writing one. Reading it again gives the same model."""

from typing import Any

from leadlight.rules import Did
from leadlight.rules import to_document as rule_document
from leadlight.scoring.document import LOWEST
from leadlight.scoring.model import Band, Dimension, Fade, Group, Limits, Model, Rule


def to_document(model: Model) -> dict[str, Any]:
    """The document of `model`, without what is as it would be anyway."""
    return _without_none(
        {
            "label": model.label,
            "groups": [_group(group) for group in model.groups] or None,
            "rules": [_rule(rule) for rule in model.rules],
            "bands": [_band(band) for band in model.bands],
            "grade": {
                "fit": [_points(step) for step in model.fit_grades],
                "engagement": [_points(step) for step in model.engagement_grades],
            },
            "sales_ready": model.sales_ready,
            "floor": _points(model.floor_hundredths),
            "cap": _points(model.cap_hundredths),
        }
    )


def _rule(rule: Rule) -> dict[str, Any]:
    body: dict[str, Any] = {"key": rule.key, "label": rule.label}
    if rule.matcher is not None:
        matcher = rule_document(Did(rule.matcher))
        body |= {name: matcher[name] for name in ("did", "where") if name in matcher}
        body["points_per"] = rule.matcher.measure
    elif rule.condition is not None:
        body["when"] = rule_document(rule.condition)
    usual = Dimension.ENGAGEMENT if rule.condition is None else Dimension.FIT
    body |= {
        "points": _points(rule.points_hundredths),
        "limits": _limits(rule.limits),
        "fade": _fade(rule.fade),
        "group": rule.group,
        "dimension": None if rule.dimension is usual else rule.dimension.value,
        "levels": _without_none({"stage": rule.by_stage or None, "tags": list(rule.tags) or None}) or None,
    }
    return _without_none(body)


def _group(group: Group) -> dict[str, Any]:
    return _without_none(
        {"key": group.key, "cap": _points(group.cap_hundredths), "floor": _points(group.floor_hundredths)}
    )


def _band(band: Band) -> dict[str, Any]:
    if band.from_hundredths == LOWEST:
        return {"key": band.key, "label": band.label}
    return _without_none(
        {
            "key": band.key,
            "label": band.label,
            "from": _points(band.from_hundredths),
            "leave_below": _points(band.leave_below_hundredths)
            if band.leave_below_hundredths != band.from_hundredths
            else None,
            "cool_down": _days(band.cool_down_days or None),
        }
    )


def _limits(limits: Limits) -> dict[str, Any] | None:
    names = ("day", "week", "month", "ever")
    return _without_none({name: getattr(limits, name) for name in names}) or None


def _fade(fade: Fade) -> dict[str, Any] | None:
    return (
        _without_none(
            {
                "expire": _days(fade.expire_days),
                "linear": _days(fade.linear_days),
                "half_life": _days(fade.half_life_days),
            }
        )
        or None
    )


def _days(days: int | None) -> str | None:
    return None if days is None else f"{days}d"


def _points(hundredths: int | None) -> int | float | None:
    """Exact: a decimal of two places survives the trip through a float's shortest text."""
    if hundredths is None:
        return None
    return hundredths // 100 if hundredths % 100 == 0 else float(f"{hundredths / 100:.2f}")


def _without_none(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
