"""Python values as SQL literals. DuckDB knows no escapes inside quotes but the doubled quote."""

from collections.abc import Sequence


def quoted(text: str) -> str:
    """A text literal."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: object) -> str:
    """A scalar, or a tuple as the right side of IN; fractions are doubles."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))})"
    if isinstance(value, int):
        return str(value)
    return f"CAST('{value!r}' AS DOUBLE)"


def list_literal(values: Sequence[object]) -> str:
    """A list."""
    return f"[{', '.join(map(literal, values))}]"
