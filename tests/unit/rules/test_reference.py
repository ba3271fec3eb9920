from pathlib import Path

import pytest

from leadlight.rules.operators import OPERATORS, Family
from leadlight.rules.parse.behaviour import DID_KEYS
from leadlight.rules.parse.conditions import FORMS
from leadlight.rules.paths import COLUMNS

PAGE = (Path(__file__).parents[3] / "docs/reference/conditions.md").read_text()
HEADINGS = {
    Family.TEXT: "### Text",
    Family.NUMBER: "### Number",
    Family.BOOLEAN: "### Boolean",
    Family.DATE: "### Date and time",
    Family.LIST: "### List",
}


def section_of(family: Family, name: str) -> str:
    heading = "### Presence" if name == "exists" else HEADINGS[family]
    return PAGE.split(heading)[1].split("\n### ")[0]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=lambda operator: f"{operator.family}-{operator.name}")
def test_reference_has_every_operator(operator):
    row = f"| `{operator.name}` | {operator.takes} | {operator.says} |"
    assert row in section_of(operator.family, operator.name)


@pytest.mark.parametrize("key", [*FORMS, *DID_KEYS, *COLUMNS])
def test_reference_has_every_form_key_and_path(key):
    assert f"`{key}" in PAGE or f"`{key}:" in PAGE
