"""The model that is live from the first minute."""

from importlib.resources import files
from typing import Any

import yaml


def default_model() -> dict[str, Any]:
    """A fresh copy of its document, to be parsed, stored or changed."""
    text = files("leadlight.scoring").joinpath("default-model.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
