"""The reference page names every key of a score model, and its example is valid."""

import re
from pathlib import Path

import pytest
import yaml

from leadlight.scoring import parse_model
from leadlight.scoring.document import MODEL_KEYS, RULE_KEYS

PAGE = (Path(__file__).parents[3] / "docs/reference/score-models.md").read_text("utf-8")


@pytest.mark.parametrize("key", sorted({*MODEL_KEYS, *RULE_KEYS, "from", "leave_below", "cool_down"}))
def test_every_key_is_documented(key):
    assert re.search(rf"^\| .*`{key}`", PAGE, re.MULTILINE)


def test_example_is_valid():
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]
    assert parse_model(yaml.safe_load(example), "default", 1, None).cap_hundredths == 50_000
