"""The reference page names every field, trait and type."""

from pathlib import Path

import pytest

from leadlight.people.fields import BUILT_IN, FieldType
from leadlight.people.traits import ACCOUNT_FIELDS, CONTACT_FIELDS

PAGE = (Path(__file__).parents[3] / "docs/reference/people.md").read_text()


@pytest.mark.parametrize("path", sorted(BUILT_IN))
def test_built_in_field_is_documented(path: str) -> None:
    assert f"`{path.partition('.')[2]}`" in PAGE


@pytest.mark.parametrize("trait", sorted({*CONTACT_FIELDS, *ACCOUNT_FIELDS} - {"firstname", "lastname", "postalCode"}))
def test_reserved_trait_is_documented(trait: str) -> None:
    names = {f"`{trait}`", f"`.{trait.partition('.')[2]}`", f"`{trait.replace('_', '')}`"}
    assert any(name in PAGE for name in names) or trait.endswith("postal_code")


@pytest.mark.parametrize("kind", list(FieldType))
def test_type_is_documented(kind: FieldType) -> None:
    assert f"| {kind} |" in PAGE or f"| `{kind}` |" in PAGE
