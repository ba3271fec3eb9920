"""The package imports what it declares, and nothing that only development tools bring along."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DECLARED = {canonicalize_name(Requirement(one).name) for one in PROJECT["project"]["dependencies"]}
# Brought along by a declared one, whose public face it is.
PARTS = {
    "adbc-driver-manager": "adbc-driver-postgresql",
    "httpcore2": "httpx2",
    "starlette": "fastapi",
}


def imported() -> set[str]:
    """Top-level names imported anywhere in the package."""
    names: set[str] = set()
    for path in (ROOT / "src/leadlight").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"leadlight"}


def test_every_import_is_declared() -> None:
    found = packages_distributions()
    undeclared = {
        name
        for name in imported()
        if not {canonicalize_name(PARTS.get(canonicalize_name(one), one)) for one in found.get(name, [name])} & DECLARED
    }
    assert undeclared == set()


def test_every_declaration_says_what_it_is_for() -> None:
    block = re.search(r"^dependencies = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert block
    assert [line for line in block[1].splitlines() if "# " not in line] == []
