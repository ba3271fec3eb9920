"""The score model to try: a file, or the default model."""

from pathlib import Path

import msgspec
import yaml

from leadlight import people, scoring
from leadlight.tryout.problems import UnreadableFile

DEFAULT_KEY = "default"


def read_model(path: Path | None) -> tuple[str, bytes]:
    """Key and document (as JSON) of the model in a YAML or JSON file. Raises UnreadableFile, InvalidDocument."""
    if path is None:
        return DEFAULT_KEY, msgspec.json.encode(scoring.default_model())
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}: {' '.join(str(error).split())}") from error
    key = path.stem
    scoring.parse_model(document, key, 1, people.types_of(people.BUILT_IN))
    return key, msgspec.json.encode(document)
