"""The generated pages of docs/reference are those of the present code."""

from pathlib import Path

import pytest

from leadlight.cli.reference import cli_page, settings_page

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize(("name", "page"), [("settings", settings_page), ("cli", cli_page)])
def test_page_is_up_to_date(name: str, page) -> None:
    written = (REFERENCE / f"{name}.md").read_text()
    assert written == page(), f"write it anew: leadlight reference {name} > docs/reference/{name}.md"
