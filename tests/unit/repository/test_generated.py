"""What is generated from the API and checked in is as the API is."""

import re

from docs.write_api import OPENAPI, REFERENCE, ROOT, openapi_text, reference_text

REMEDY = "run `make openapi`"
CLIENT = ROOT / "ui/src/api/schema.ts"


def test_openapi_file_is_current() -> None:
    assert OPENAPI.read_text() == openapi_text(), REMEDY


def test_api_reference_is_current() -> None:
    assert REFERENCE.read_text() == reference_text(), REMEDY


def test_typescript_client_names_every_operation() -> None:
    operations = set(re.findall(r'"operationId": "(\w+)"', OPENAPI.read_text()))
    interface = CLIENT.read_text().split("export interface operations", 1)[1]
    assert set(re.findall(r"^ {4}(?:readonly )?(\w+): \{$", interface, re.MULTILINE)) == operations, REMEDY
