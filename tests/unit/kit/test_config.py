"""Settings: where they come from, what is refused, and that all are documented."""

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from leadlight.kit.config import InvalidSetting, Settings, unknown_variables


def test_variables_give_settings() -> None:
    settings = Settings.load(
        {
            "LEADLIGHT_DATA_DIR": "/srv/l",
            "LEADLIGHT_PORT": "80",
            "LEADLIGHT_DEMO": "yes",
            "LEADLIGHT_WEBHOOK_ALLOW": "10.0.0.0/8, 192.168.1.7",
            "LEADLIGHT_HOST": "",
        }
    )
    assert settings.data_dir == Path("/srv/l")
    assert (settings.port, settings.demo, settings.host) == (80, True, "127.0.0.1")
    assert settings.webhook_allow == (ip_network("10.0.0.0/8"), ip_network("192.168.1.7/32"))


def test_options_win_unless_absent() -> None:
    settings = Settings.load({"LEADLIGHT_PORT": "80", "LEADLIGHT_HOST": "::1"}, {"port": 81, "host": None})
    assert (settings.port, settings.host) == (81, "::1")


def test_children_get_the_same_settings() -> None:
    settings = Settings(
        data_dir=Path("x"), workers=3, demo=True, webhook_allow=(ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    )
    assert Settings.load(settings.environment()) == settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "x"),
        ("PORT", "70000"),
        ("WORKERS", "-1"),
        ("DEMO", "maybe"),
        ("WEBHOOK_ALLOW", "10.0.0.1/8"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../etc/passwd"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://x"),
        ("PUBLIC_URL", "ftp://x"),
        ("TEST_CLOCK", "tomorrow"),
        ("TEST_CLOCK", "2026-01-01T00:00:00"),
    ],
)
def test_impossible_value_is_refused(variable: str, value: str) -> None:
    with pytest.raises(InvalidSetting, match=f"(?i){variable}"):
        Settings.load({f"LEADLIGHT_{variable}": value})


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "::1", "port": 1}, "http://[::1]:1"),
        ({"public_url": "https://leads.example.com/"}, "https://leads.example.com"),
    ],
)
def test_base_url_has_no_trailing_slash(values, url: str) -> None:
    assert Settings(**values).base_url == url


def test_typing_error_in_a_name_is_found() -> None:
    assert unknown_variables({"LEADLIGHT_PORTS": "1", "LEADLIGHT_PORT": "1", "PATH": "/"}) == ["LEADLIGHT_PORTS"]


def test_every_setting_says_what_it_is() -> None:
    for item in fields(Settings):
        assert item.metadata["help"].endswith((".", ")")), item.name
