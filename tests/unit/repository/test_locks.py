"""The lock files cover what pyproject.toml and package.json ask for, and name no address."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = PROJECT["project"]["dependencies"]
DEV = [*RUNTIME, *PROJECT["dependency-groups"]["dev"]]
ADDRESS = re.compile(r"https?://")


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    pins = (re.match(r"([A-Za-z0-9._-]+)==(\S+)", line) for line in lines)
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def missing(wanted: list[str], lock: dict[str, str]) -> Iterator[str]:
    for requirement in map(Requirement, wanted):
        applies = requirement.marker is None or requirement.marker.evaluate(default_environment())  # type: ignore[arg-type]
        version = lock.get(canonicalize_name(requirement.name))
        if applies and (version is None or version not in requirement.specifier):
            yield str(requirement)


@pytest.mark.parametrize(("name", "wanted"), [("runtime.lock", RUNTIME), ("dev.lock", DEV)])
def test_lock_covers_every_dependency(name: str, wanted: list[str]) -> None:
    assert list(missing(wanted, locked(name))) == [], "run `make lock`"


def test_development_uses_the_runtime_versions() -> None:
    assert locked("runtime.lock").items() <= locked("dev.lock").items()


@pytest.mark.parametrize("name", ["requirements/runtime.lock", "requirements/dev.lock"])
def test_python_locks_name_no_address(name: str) -> None:
    assert not ADDRESS.search((ROOT / name).read_text())


def test_interface_lock_names_no_address() -> None:
    packages = json.loads((ROOT / "ui/package-lock.json").read_text())["packages"].values()
    assert [package for package in packages if "resolved" in package] == []
    assert all("integrity" in package for package in packages if "version" in package)
