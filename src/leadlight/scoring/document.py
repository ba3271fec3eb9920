"""Score models as documents: reading one, with everything that is wrong in it."""

from collections.abc import Mapping
from typing import Any

from leadlight.kit.errors import InvalidDocument
from leadlight.rules import Condition, Matcher, Scope, parse_condition, parse_matcher
from leadlight.scoring.model import Band, Dimension, Fade, Group, Limits, Model, Rule
from leadlight.scoring.reading import Reader, join

LOWEST = -(10**15)
"""The `from` of the first band: no total is below."""
MOST_RULES = 500
CORRECTIONS = ("cap", "floor")
"""Lines of these names are the model's own; no rule may bear one."""

MODEL_KEYS = ("label", "rules", "groups", "bands", "grade", "sales_ready", "floor", "cap")
BEHAVIOUR_KEYS = ("did", "where", "points_per", "limits", "fade", "levels")
RULE_KEYS = ("key", "label", "dimension", "points", "group", "when", *BEHAVIOUR_KEYS)
DEFAULT_FIT_GRADES = (6_000, 4_000, 2_000)
DEFAULT_ENGAGEMENT_GRADES = (8_000, 4_000, 1_500)


def parse_model(document: object, key: str, version: int, fields: Mapping[str, str] | None) -> Model:
    """The model a document describes; `fields` maps path -> type of the profile fields rules may ask for (None: any field).

    Raises InvalidDocument with every problem found.
    """
    reader = Reader()
    body = reader.mapping(document, "", MODEL_KEYS)
    rules = tuple(_rule(reader, item, path, fields) for path, item in reader.items(body.get("rules", []), "rules"))
    groups = tuple(_group(reader, item, path) for path, item in reader.items(body.get("groups"), "groups"))
    bands = tuple(_bands(reader, body.get("bands")))
    fit_grades, engagement_grades = _grades(reader, body.get("grade"))
    model = Model(
        key=key,
        version=version,
        label=reader.text(body.get("label"), "label", key),
        rules=rules,
        groups=groups,
        bands=bands,
        fit_grades=fit_grades,
        engagement_grades=engagement_grades,
        cap_hundredths=_bound(reader, body.get("cap"), "cap", sign=1),
        floor_hundredths=_bound(reader, body.get("floor"), "floor", sign=-1),
        sales_ready=None if body.get("sales_ready") is None else reader.key(body["sales_ready"], "sales_ready"),
    )
    _check_names(reader, model)
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return model


def _rule(reader: Reader, value: object, path: str, fields: Mapping[str, str] | None) -> Rule:
    body = reader.mapping(value, path, RULE_KEYS)
    key = reader.key(body.get("key"), join(path, "key"))
    if key in CORRECTIONS:
        reader.refuse(join(path, "key"), key, "another key: corrections are named so")
    matcher, condition = _subject(reader, body, path, fields)
    points = reader.hundredths(body.get("points"), join(path, "points"))
    if points is None and body.get("points") is None:
        reader.refuse(join(path, "points"), None, "points")
    by_stage, tags = _levels(reader, body.get("levels"), join(path, "levels"))
    limits = _limits(reader, body.get("limits"), join(path, "limits"))
    if matcher is not None and matcher.measure is not None and limits != Limits():
        reader.refuse(join(path, "limits"), body["limits"], "no limits beside points_per; a group's cap can hold it")
    return Rule(
        key=key,
        label=reader.text(body.get("label"), join(path, "label"), key),
        dimension=_dimension(reader, body, path),
        points_hundredths=points or 0,
        matcher=matcher,
        condition=condition,
        per_measured=matcher is not None and matcher.measure is not None,
        limits=limits,
        fade=_fade(reader, body.get("fade"), join(path, "fade")),
        group=None if body.get("group") is None else reader.key(body["group"], join(path, "group")),
        by_stage=by_stage,
        tags=tags,
    )


def _subject(
    reader: Reader, body: dict[str, Any], path: str, fields: Mapping[str, str] | None
) -> tuple[Matcher | None, Condition | None]:
    """What the rule is about: a behaviour (`did`) or a state (`when`)."""
    if ("did" in body) == ("when" in body):
        reader.refuse(path, body, "either did (a behaviour) or when (a condition)")
        return None, None
    if "did" in body:
        return _behaviour(reader, body, path), None
    for name in BEHAVIOUR_KEYS:
        if name in body:
            reader.refuse(join(path, name), body[name], f"no {name} in a rule with when; it belongs to did")
    return None, _state(reader, body["when"], join(path, "when"), fields)


def _behaviour(reader: Reader, body: dict[str, Any], path: str) -> Matcher | None:
    names = {"did": "did", "where": "where", "points_per": "measure"}
    try:
        return parse_matcher({theirs: body[ours] for ours, theirs in names.items() if ours in body}, path)
    except InvalidDocument as error:
        reader.adopt(error, renamed=(join(path, "measure"), join(path, "points_per")))
        return None


def _state(reader: Reader, value: object, path: str, fields: Mapping[str, str] | None) -> Condition | None:
    try:
        return parse_condition(value, Scope(fields=fields, scores=False, segments=False), path)
    except InvalidDocument as error:
        reader.adopt(error)
        return None


def _dimension(reader: Reader, body: dict[str, Any], path: str) -> Dimension:
    given = body.get("dimension")
    if given is None:
        return Dimension.FIT if "when" in body else Dimension.ENGAGEMENT
    if isinstance(given, str) and given in set(Dimension):
        return Dimension(given)
    reader.refuse(join(path, "dimension"), given, "fit or engagement")
    return Dimension.ENGAGEMENT


def _limits(reader: Reader, value: object, path: str) -> Limits:
    if value is None:
        return Limits()
    names = ("day", "week", "month", "ever")
    body = reader.mapping(value, path, names)
    return Limits(**{name: reader.count(body.get(name), join(path, name)) for name in names})


def _fade(reader: Reader, value: object, path: str) -> Fade:
    if value is None:
        return Fade()
    body = reader.mapping(value, path, ("expire", "linear", "half_life"))
    return Fade(
        expire_days=reader.days(body.get("expire"), join(path, "expire")),
        linear_days=reader.days(body.get("linear"), join(path, "linear")),
        half_life_days=reader.days(body.get("half_life"), join(path, "half_life")),
    )


def _levels(reader: Reader, value: object, path: str) -> tuple[bool, tuple[str, ...]]:
    if value is None:
        return False, ()
    body = reader.mapping(value, path, ("stage", "tags"))
    tags = [reader.text(tag, at, "") for at, tag in reader.items(body.get("tags"), join(path, "tags"))]
    return reader.flag(body.get("stage"), join(path, "stage")), tuple(dict.fromkeys(tag for tag in tags if tag))


def _group(reader: Reader, value: object, path: str) -> Group:
    body = reader.mapping(value, path, ("key", "cap", "floor"))
    return Group(
        key=reader.key(body.get("key"), join(path, "key")),
        cap_hundredths=_bound(reader, body.get("cap"), join(path, "cap"), sign=1),
        floor_hundredths=_bound(reader, body.get("floor"), join(path, "floor"), sign=-1),
    )


def _bound(reader: Reader, value: object, path: str, *, sign: int) -> int | None:
    points = reader.hundredths(value, path)
    if points is not None and points * sign < 0:
        reader.refuse(path, value, "0 or more" if sign > 0 else "0 or less")
    return points


def _bands(reader: Reader, value: object) -> list[Band]:
    bands: list[Band] = []
    for path, item in reader.items(value, "bands"):
        body = reader.mapping(item, path, ("key", "label", "from", "leave_below", "cool_down"))
        key = reader.key(body.get("key"), join(path, "key"))
        label = reader.text(body.get("label"), join(path, "label"), key)
        if not bands:
            _refuse_on_first(reader, body, path)
            bands.append(Band(key, label, LOWEST, LOWEST))
            continue
        start = reader.hundredths(body.get("from"), join(path, "from"))
        if start is None or start <= bands[-1].from_hundredths:
            reader.refuse(join(path, "from"), body.get("from"), "points above those of the band before")
            start = bands[-1].from_hundredths + 1
        leave = reader.hundredths(body.get("leave_below"), join(path, "leave_below"))
        if leave is not None and leave > start:
            reader.refuse(join(path, "leave_below"), body["leave_below"], "no more than from")
        cool_down = reader.days(body.get("cool_down"), join(path, "cool_down"))
        bands.append(Band(key, label, start, start if leave is None else leave, cool_down or 0))
    if not bands:
        reader.refuse("bands", value, "at least one band: everyone starts in the first")
    return bands


def _refuse_on_first(reader: Reader, body: dict[str, Any], path: str) -> None:
    for name in ("from", "leave_below", "cool_down"):
        if body.get(name) is not None:
            reader.refuse(join(path, name), body[name], "nothing: everyone starts in the first band")


def _grades(reader: Reader, value: object) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    if value is None:
        return DEFAULT_FIT_GRADES, DEFAULT_ENGAGEMENT_GRADES
    body = reader.mapping(value, "grade", ("fit", "engagement"))
    return (
        _steps(reader, body.get("fit"), "grade.fit", DEFAULT_FIT_GRADES),
        _steps(reader, body.get("engagement"), "grade.engagement", DEFAULT_ENGAGEMENT_GRADES),
    )


def _steps(reader: Reader, value: object, path: str, default: tuple[int, int, int]) -> tuple[int, int, int]:
    if value is None:
        return default
    steps = [reader.hundredths(item, at) for at, item in reader.items(value, path)]
    match steps:
        case [int() as first, int() as second, int() as third] if first > second > third:
            return first, second, third
    reader.refuse(path, value, "three numbers, each below the one before")
    return default


def _check_names(reader: Reader, model: Model) -> None:
    """Keys are unique, references lead somewhere, a group holds one dimension."""
    for where, keys in (
        ("rules", [rule.key for rule in model.rules]),
        ("groups", [group.key for group in model.groups]),
        ("bands", [band.key for band in model.bands]),
    ):
        for index, key in enumerate(keys):
            if key and key in keys[:index]:
                reader.refuse(f"{where}[{index}].key", key, "a key that is not taken")
    if len(model.rules) > MOST_RULES:
        reader.refuse("rules", len(model.rules), f"at most {MOST_RULES} rules")
    if model.sales_ready and model.sales_ready not in [band.key for band in model.bands[1:]]:
        reader.refuse("sales_ready", model.sales_ready, "the key of a band above the first")
    dimensions: dict[str, Dimension] = {}
    groups = {group.key for group in model.groups}
    for index, rule in enumerate(model.rules):
        if rule.group and rule.group not in groups:
            reader.refuse(f"rules[{index}].group", rule.group, "the key of a group")
        elif rule.group and dimensions.setdefault(rule.group, rule.dimension) is not rule.dimension:
            reader.refuse(
                f"rules[{index}].group", rule.group, f"a group of {rule.dimension} rules: a group holds one dimension"
            )
