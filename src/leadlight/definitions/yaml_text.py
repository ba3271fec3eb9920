"""Documents as YAML: the JSON values only (YAML 1.2 core schema), with the line of every value.

Read as YAML 1.2 says, so `no`, `on`, `12:30` and `2026-01-01` are texts; written so that readers of 1.1 and 1.2 agree.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from leadlight.definitions.model import Document
from leadlight.kit.errors import InvalidDocument, Problem

MOST_BYTES = 1_000_000
MOST_NODES = 100_000
LINE_CHARS = 100
SHORT_CHARS = 60

PREFIX = "tag:yaml.org,2002:"
BREAKS = re.compile("[\r\x85\u2028\u2029]")
# YAML 1.2.2, section 10.3.2 (core schema), without its octal and hexadecimal integers, which few know.
SCALARS = (
    ("null", re.compile(r"(?:~|null|Null|NULL|)"), "~nN\0"),
    ("bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)"), "tTfF"),
    ("int", re.compile(r"[-+]?[0-9]+"), "-+0123456789"),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), "-+.0123456789"),
)


class Parsed(msgspec.Struct, frozen=True):
    """A document and the line (from 1) on which each of its parts begins, by path."""

    body: Document
    lines: dict[tuple[str | int, ...], int]

    def line_of(self, path: str) -> int:
        """The line of the deepest part of `path` (`rules[2].where.url.path`) that the text has."""
        place: tuple[str | int, ...] = ()
        words = [word for word in re.split(r"[.\[\]/]+", path) if word]
        while words:
            step = self._step(place, words)
            if step is None:
                break
            place, words = step
        return self.lines[place]

    def _step(self, place: tuple[str | int, ...], words: list[str]) -> tuple[tuple[str | int, ...], list[str]] | None:
        for count in range(len(words), 0, -1):  # a key may hold dots itself
            name = ".".join(words[:count])
            below = (*place, int(name) if name.isdecimal() and (*place, int(name)) in self.lines else name)
            if below in self.lines:
                return below, words[count:]
        return None


class UnusableYaml(Exception):
    """The text is no YAML, or says what JSON cannot; `line` is counted from 1."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        super().__init__(f"line {line}: found {found}, expected {expected}")
        self.line = line


class _Loader(yaml.SafeLoader):
    """PyYAML's reader with the scalars of YAML 1.2."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's way


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer; quotes whatever either version of YAML would not read as text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's way; the copy keeps its own writer as it was
        first: list(resolvers) for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002
        """Lists stand indented below their key."""
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - every value is written out
        """Always."""
        return True


for _name, _pattern, _first in SCALARS:
    _whole = re.compile(f"^(?:{_pattern.pattern})$")
    for _kind in (_Loader, _Dumper):
        _kind.add_implicit_resolver(PREFIX + _name, _whole, ["" if char == "\0" else char for char in _first])


def _text_node(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if BREAKS.search(text):
        style = '"'  # escaped; elsewhere readers would fold them into one kind of line break
    return dumper.represent_scalar(f"{PREFIX}str", text, style=style)


def _list_node(dumper: _Dumper, items: list[Any]) -> yaml.SequenceNode:
    """Short lists of plain values stand on one line."""
    plain = all(not isinstance(item, dict | list) and "\n" not in str(item) for item in items)
    short = plain and sum(len(str(item)) + 2 for item in items) <= SHORT_CHARS
    return dumper.represent_sequence(f"{PREFIX}seq", items, flow_style=short)


_Dumper.add_representer(str, _text_node)
_Dumper.add_representer(list, _list_node)


def write_yaml(body: Document) -> str:
    """The document in the one form we write: its own order of keys, two spaces, lists below their key, short ones beside it."""
    return yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LINE_CHARS, indent=2)


def read_yaml(text: str) -> Parsed:
    """The document of a text; raises UnusableYaml."""
    if len(text) > MOST_BYTES:
        raise UnusableYaml(1, f"{len(text):,} characters", f"at most {MOST_BYTES:,}")
    node = _compose(text)
    lines: dict[tuple[str | int, ...], int] = {}
    body = _Reading(lines).value(node, ())
    if not isinstance(body, dict):
        raise UnusableYaml(lines[()], "a list or a single value", "a mapping of names to values")
    return Parsed(body, lines)


def _compose(text: str) -> Any:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnusableYaml(mark.line + 1 if mark else 1, error.problem or "no YAML", "YAML") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UnusableYaml(1, " ".join(str(error).split())[:120], "YAML") from error
    if node is None:
        raise UnusableYaml(1, "an empty file", "a mapping of names to values")
    return node


class _Reading:
    """Turns composed nodes into values; an alias is refused, as few texts grow into much by them."""

    def __init__(self, lines: dict[tuple[str | int, ...], int]) -> None:
        self._lines = lines
        self._seen: set[int] = set()

    def value(self, node: Any, place: tuple[str | int, ...]) -> Any:
        line = node.start_mark.line + 1
        self._lines.setdefault(place, line)
        if id(node) in self._seen:
            raise UnusableYaml(line, "an alias (*name)", "the value written out")
        self._seen.add(id(node))
        if len(self._seen) > MOST_NODES:
            raise UnusableYaml(line, "more values", f"at most {MOST_NODES:,}")
        if not isinstance(node, yaml.ScalarNode) and node.tag.removeprefix(PREFIX) not in {"map", "seq"}:
            raise UnusableYaml(line, f"a value of type {node.tag.removeprefix(PREFIX)!r}", "a plain mapping or list")
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _pairs(self, node: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str, Any]]:
        names: set[str] = set()
        for name_node, value_node in node.value:
            line = name_node.start_mark.line + 1
            name = name_node.value
            if not isinstance(name_node, yaml.ScalarNode):
                raise UnusableYaml(line, "a key that is no text", "a text")
            if name in names:
                raise UnusableYaml(line, f"a second {name!r}", "each key once")
            names.add(name)
            self._lines[*place, name] = line
            yield name, self.value(value_node, (*place, name))


def _scalar(node: Any) -> str | int | float | bool | None:
    text: str = node.value
    match node.tag.removeprefix(PREFIX):
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text) if len(text) < 20 else float(text)
        case "float":
            return float(text)
        case "str":
            return text
        case other:
            raise UnusableYaml(
                node.start_mark.line + 1, f"a value of type {other!r}", "text, number, true, false, null"
            )


def problems_in(parsed: Parsed, invalid: InvalidDocument) -> list[tuple[int, Problem]]:
    """The problems of a document with their lines, top to bottom."""
    return sorted(((parsed.line_of(problem.path), problem) for problem in invalid.problems), key=lambda pair: pair[0])
