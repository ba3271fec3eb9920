"""Definitions as files: `DIR/<kind>/<key>.yaml`."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from leadlight.definitions.errors import UnusableFiles
from leadlight.definitions.model import Definition, is_same
from leadlight.definitions.registry import check_key
from leadlight.definitions.yaml_text import Parsed, UnusableYaml, problems_in, read_yaml, write_yaml
from leadlight.kit.errors import InvalidDocument

SUFFIX = ".yaml"


class SourceFile(msgspec.Struct, frozen=True):
    """A definition in a file."""

    kind: str
    key: str
    path: Path
    parsed: Parsed

    def complaints(self, invalid: InvalidDocument) -> list[str]:
        """What is wrong with it: `path/of/file.yaml:12: rules[0].points: found "x", expected a number`."""
        return [f"{self.path}:{line}: {problem}" for line, problem in problems_in(self.parsed, invalid)]


class Pulled(msgspec.Struct, frozen=True):
    """What a pull did: files written, files left alone, files that stand for nothing published."""

    written: list[Path]
    same: list[Path]
    strangers: list[Path]


def read_files(directory: Path, kinds: Collection[str]) -> list[SourceFile]:
    """All definitions in a directory, by kind and key; raises UnusableFiles naming everything that is wrong."""
    if not directory.is_dir():
        raise UnusableFiles([f"{directory}: found no such directory, expected one with <kind>/<key>{SUFFIX} in it"])
    found: list[SourceFile] = []
    complaints: list[str] = []
    for path in _yaml_files(directory):
        try:
            found.append(_read_file(path, kinds))
        except UnusableYaml as error:
            complaints.append(f"{path}: {error}")
        except (OSError, UnicodeDecodeError) as error:
            complaints.append(f"{path}: cannot be read as UTF-8 text: {error}")
    if complaints:
        raise UnusableFiles(complaints)
    return found


def write_files(directory: Path, items: Sequence[Definition], kinds: Collection[str]) -> Pulled:
    """Bring the directory to what `items` say; a file that says the same already keeps its comments and form."""
    pulled = Pulled([], [], [])
    wanted = {directory / item.kind / f"{item.key}{SUFFIX}": item for item in items}
    for path, item in wanted.items():
        if _says(path, item):
            pulled.same.append(path)
        else:
            _replace(path, write_yaml(item.body))
            pulled.written.append(path)
    strangers = [path for path in _yaml_files(directory) if path.parent.name in kinds and path not in wanted]
    pulled.strangers.extend(strangers)
    return pulled


def _yaml_files(directory: Path) -> list[Path]:
    """Files below the directory that look like definitions, hidden ones left out, by name."""
    return sorted(
        path
        for path in directory.glob("*/*")
        if path.suffix in {SUFFIX, ".yml"} and not path.name.startswith(".") and not path.parent.name.startswith(".")
    )


def _read_file(path: Path, kinds: Collection[str]) -> SourceFile:
    kind, key = path.parent.name, path.stem
    if kind not in kinds:
        raise UnusableYaml(1, f"the directory {kind!r}", f"one of {', '.join(sorted(kinds))}")
    if path.suffix != SUFFIX:
        raise UnusableYaml(1, f"a file {path.name!r}", f"{key}{SUFFIX}")
    for problem in check_key(key):
        raise UnusableYaml(1, f"the key {problem.found}", problem.expected)
    return SourceFile(kind, key, path, read_yaml(path.read_text("utf-8")))


def _says(path: Path, item: Definition) -> bool:
    try:
        return is_same(read_yaml(path.read_text("utf-8")).body, item.body)
    except (OSError, UnicodeDecodeError, UnusableYaml):
        return False


def _replace(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8", newline="\n")
    beside.replace(path)
