"""Values in SQL: each part a test may look at, with the guard that proves the value has it."""

import msgspec

from leadlight.rules.paths import Column, Place, Property, QueryParameter, WholeUrl
from leadlight.rules.sql.literals import quoted


class Part(msgspec.Struct, frozen=True):
    """An expression that means something only where `guard` is true; the guard is never NULL where the expression is not.

    Guards are asked last, as they cost as much as the test; a part with `is_risky` fails where its guard is false.
    """

    expression: str
    guard: str = "TRUE"
    is_risky: bool = False


class SqlValue(msgspec.Struct, frozen=True):
    """A value whose type is known only at run time; parts it never has are None. `present` is never NULL."""

    present: str
    text: Part | None = None
    number: Part | None = None
    boolean: Part | None = None
    items: Part | None = None
    length: Part | None = None


def text_value(expression: str) -> SqlValue:
    """A text column or expression."""
    return SqlValue(f"coalesce({expression} <> '', FALSE)", text=Part(expression))


def texts_value(expression: str) -> SqlValue:
    """A column of lists of texts."""
    return SqlValue(
        f"coalesce(len({expression}) > 0, FALSE)",
        items=Part(f"list_transform({expression}, lambda item: lower(item))"),
        length=Part(f"len({expression})"),
    )


def json_value(json: str, pointer: str) -> SqlValue:
    """What lies under a JSON pointer in a column of JSON text."""
    at = f"{json}, {quoted(pointer)}"
    text, kind = f"json_extract_string({at})", f"json_type({at})"
    number = f"TRY_CAST({text} AS DOUBLE)"
    is_list = f"coalesce({kind} = 'ARRAY', FALSE)"
    texts = f"list_filter(CAST(json_extract({at}) AS JSON[]), lambda item: json_type(item) = 'VARCHAR')"
    return SqlValue(
        present=f"coalesce(CAST(json_extract({at}) AS VARCHAR) NOT IN ('null', '\"\"', '[]'), FALSE)",
        text=Part(text, f"{kind} = 'VARCHAR'"),
        number=Part(number, f"{kind} IN ('UBIGINT', 'BIGINT', 'DOUBLE') AND isfinite({number})"),
        boolean=Part(f"({text} = 'true')", f"{kind} = 'BOOLEAN'"),
        items=Part(
            f"list_transform({texts}, lambda item: lower(json_extract_string(item, '$')))", is_list, is_risky=True
        ),
        length=Part(f"json_array_length({at})", is_list, is_risky=True),
    )


def named_value(json: str, name: str) -> SqlValue:
    """A field under its name, or, when the name has dots and is not there as it is, under a path of names."""
    if "." not in name:
        return json_value(json, Property((name,)).pointer)
    flat, nested = Property((name,)).pointer, Property(tuple(name.split("."))).pointer
    return json_value(f"coalesce(json_extract({json}, {quoted(flat)}), json_extract({json}, {quoted(nested)}))", "$")


def event_value(place: Place) -> SqlValue:
    """A part of an event."""
    match place:
        case Column(name):
            return text_value(name)
        case WholeUrl():
            url = "coalesce(url_host, '') || coalesce(url_path, '') || coalesce('?' || url_query, '')"
            return text_value(f"(CASE WHEN url_host IS NULL AND url_path IS NULL THEN NULL ELSE {url} END)")
        case QueryParameter():
            raw = f"nullif(regexp_extract(url_query, {quoted(place.pattern)}, 1), '')"
            return text_value(f"coalesce(TRY(url_decode(replace({raw}, '+', ' '))), {raw})")
        case Property():
            return json_value("properties", place.pointer)


def field_value(path: str) -> SqlValue:
    """A field of the relation `contacts`."""
    owner, _, name = path.partition(".")
    if path == "contact.tags":
        return texts_value("tags")
    if path == "contact.stage":
        return text_value("stage")
    if path.startswith("contact.score."):
        return json_value("scores", Property((name.removeprefix("score."),)).pointer)
    if owner == "account":
        return named_value("account", name)
    return named_value("profile", path if owner == "consent" else name)
