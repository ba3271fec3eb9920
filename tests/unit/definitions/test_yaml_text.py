import pytest
import yaml

from leadlight.definitions.yaml_text import UnusableYaml, read_yaml, write_yaml

MODEL = """\
# a comment
label: Default
rules:
  - key: pricing
    did: page_viewed
    where:
      url.path: {contains_word: pricing}
    points: 5   # why five
  - key: demo
    points: ten
"""


@pytest.mark.parametrize(
    "text", ["no", "NO", "on", "yes", "12:30", "2026-01-01", "0x1F", "1_000", "0o17", "=", ".nan", "-"]
)
def test_what_yaml_1_1_would_twist_is_text(text):
    assert read_yaml(f"a: [{text}]" if text != "-" else "a: '-'").body == {"a": [text]} or text == "-"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("05", 5),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("~", None),
        ("", None),
    ],
)
def test_numbers_truths_and_nothing(text, value):
    found = read_yaml(f"a: {text}").body["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("label", 2),
        ("rules[0]", 4),
        ("rules[0].where.url.path.contains_word", 7),
        ("rules[0].where.url.path.glob", 7),
        ("rules[1].points", 10),
        ("rules.1.points", 10),
        ("/rules/1/points", 10),
        ("rules[7].points", 3),
        ("nothing.like.it", 2),
    ],
)
def test_a_path_leads_to_its_line(path, line):
    assert read_yaml(MODEL).line_of(path) == line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: found an empty file"),
        ("- 1", "line 1: found a list or a single value"),
        ("a: [1\nb: 2", "line 2: "),
        ("a: 1\nb: 2\na: 3", "line 3: found a second 'a', expected each key once"),
        ("x: &big [1]\na: *big", "an alias"),
        ("a: !!python/object/apply:os.system [id]", "python/object"),
        ("a: !!binary aGk=", "binary"),
        ("a:\n  [1]: 2", "a key that is no text"),
        ("a: 1\n---\nb: 2", "line 2"),
        ("a: \x00", "line 1"),
        ("a: " + "[" * 5_000, "line 1"),
        ("a: '" + "x" * 1_000_001, "characters"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_line(text, message):
    with pytest.raises(UnusableYaml, match=r"line \d+: found .*, expected ") as caught:
        read_yaml(text)
    assert message in str(caught.value)


def test_the_written_form_is_quiet_and_stable():
    body = {
        "label": "Ž",
        "in": ["PL", "NO"],
        "rules": [{"key": "a", "where": {"url.path": {"glob": "/*"}}}],
        "text": "a\nb\n",
    }
    text = write_yaml(body)
    assert text == (
        "label: Ž\nin: [PL, 'NO']\n"
        "rules:\n  - key: a\n    where:\n      url.path:\n        glob: /*\n"
        "text: |\n  a\n  b\n"
    )
    assert write_yaml(read_yaml(text).body) == text


def test_equal_parts_are_written_out_twice():
    part = {"x": 1}
    assert "&" not in write_yaml({"a": part, "b": part})


def test_other_readers_understand_what_we_write():
    body = {"a": ["NO", "on", "1e3", "12:30", "2026-01-01", "0x1F", "010", "~", "", ".5", "1_000", "=", "<<"], "b": 1.0}
    assert yaml.safe_load(write_yaml(body)) == body
