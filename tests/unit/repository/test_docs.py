"""Pages lead somewhere, and the reference is linked from the index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    missing = [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("folder", ["explanation", "how-to", "reference"])
def test_every_page_is_in_the_index(folder: str) -> None:
    index = (ROOT / "docs/index.md").read_text()
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs" / folder).glob("*.md")]
    assert [page for page in pages if page not in index] == []


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 90


@pytest.mark.parametrize("page", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda page: page.name)
def test_decision_fits_on_a_page(page: Path) -> None:
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    for heading in ("**Status**", "**Context.**", "**Decision.**", "**Consequences.**"):
        assert heading in text


def test_decisions_are_numbered_once() -> None:
    names = sorted(page.name for page in (ROOT / "docs/decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        assert (ROOT / "docs/decisions" / name).read_text().startswith(f"# {int(name[:4])}. ")
