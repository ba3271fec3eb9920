"""Settings: one table of name, default and meaning; read from LEADLIGHT_* variables and command-line options."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeAlias, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadlight.kit.errors import LeadlightError

PREFIX = "LEADLIGHT_"
SKIP_INTERFACE = "LEADLIGHT_SKIP_UI"  # read while installing, see hatch_build.py
DATA_DIR = Path("leadlight-data")
Network: TypeAlias = IPv4Network | IPv6Network


class InvalidSetting(LeadlightError):
    """A setting has a value it cannot have. Mend the variable or option named."""

    code = "invalid_setting"
    status = 400


def setting(default: object, help: str) -> Any:  # noqa: A002 - the word every command-line library uses
    """A field of Settings with its one line for the reference page."""
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """Everything that can be configured about a process."""

    data_dir: Path = setting(DATA_DIR, "Directory of the embedded database, history and other files.")  # noqa: RUF009
    database_url: str = setting("", "PostgreSQL 15 or newer to use instead of the embedded one: `postgresql://...`.")
    database_connections: int = setting(10, "Most database connections one process opens.")
    history_url: str = setting("", "Where history files are kept; empty means `history` in the data directory.")
    host: str = setting("127.0.0.1", "Address the web process listens on.")
    port: int = setting(8000, "Port the web process listens on; 0 takes a free one.")
    public_url: str = setting("", "Address under which browsers and mails reach the server; empty: from host and port.")
    trusted_proxies: tuple[Network, ...] = setting(
        (), "Networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, comma-separated."
    )
    time_zone: str = setting("UTC", "Zone of calendar days; a workspace keeps the one it was created with.")
    workers: int = setting(1, "Worker processes that `serve` starts.")
    webhook_allow: tuple[Network, ...] = setting(
        (), "Private networks that webhooks may reach nevertheless, comma-separated."
    )
    log_level: str = setting("info", "Least severe log lines written: debug, info, warning or error.")
    log_format: str = setting("auto", "Log lines as `json` or `console`; auto: console on a terminal.")
    test_clock: str = setting("", "ISO 8601 time at which a clock for tests stands still; never on live data.")
    demo: bool = setting(False, "Load the demo data set into an empty workspace.")

    def __post_init__(self) -> None:
        for check in (_check_time_zone, _check_log, _check_numbers, _check_urls, _check_test_clock):
            check(self)

    @classmethod
    def load(cls, environment: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> "Settings":
        """Settings from variables, over which options that are not None win; raises InvalidSetting."""
        types = get_type_hints(cls)
        values: dict[str, Any] = {}
        for item in fields(cls):
            text = environment.get(variable(item))
            if text is not None and text != "":
                values[item.name] = _parse(variable(item), text, types[item.name])
        values.update({name: value for name, value in (overrides or {}).items() if value is not None})
        return cls(**values)

    def environment(self) -> dict[str, str]:
        """The variables that give a child process these same settings."""
        return {variable(item): _text(getattr(self, item.name)) for item in fields(self)}

    @property
    def history(self) -> str:
        """Root of the history files: a directory, or a URL of an object store."""
        return self.history_url or str(self.data_dir / "history")

    @property
    def base_url(self) -> str:
        """The address to show and to put into links, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def variable(item: "Field[Any]") -> str:
    """Name of the environment variable of a field of Settings."""
    return PREFIX + item.name.upper()


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings but are none, sorted: most often a typing error."""
    known = {SKIP_INTERFACE, *(variable(item) for item in fields(Settings))}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in known)


def _parse(name: str, text: str, kind: object) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        if kind is int:
            return int(text)
        if kind is Path:
            return Path(text)
        if kind == tuple[Network, ...]:
            return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except (KeyError, ValueError):
        raise InvalidSetting(f"{name}: found {text!r}, expected {_expected(kind)}") from None
    return text


def _expected(kind: object) -> str:
    return {bool: "true or false", int: "a whole number"}.get(kind, "networks such as 10.0.0.0/8, 192.168.1.7/32")  # type: ignore[call-overload,no-any-return]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def _check_time_zone(settings: Settings) -> None:
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidSetting(
            f"time_zone: found {settings.time_zone!r}, expected an IANA name such as Europe/Warsaw"
        ) from None


def _check_log(settings: Settings) -> None:
    for name, allowed in (
        ("log_level", ("debug", "info", "warning", "error")),
        ("log_format", ("auto", "json", "console")),
    ):
        if getattr(settings, name) not in allowed:
            raise InvalidSetting(f"{name}: found {getattr(settings, name)!r}, expected one of {', '.join(allowed)}")


def _check_numbers(settings: Settings) -> None:
    for name, least, most in (("port", 0, 65_535), ("workers", 0, 64), ("database_connections", 2, 1000)):
        if not least <= getattr(settings, name) <= most:
            raise InvalidSetting(f"{name}: found {getattr(settings, name)}, expected {least} to {most}")


def _check_urls(settings: Settings) -> None:
    for name, schemes in (("database_url", ("postgresql", "postgres")), ("public_url", ("http", "https"))):
        text = getattr(settings, name)
        if text and urlsplit(text).scheme not in schemes:
            raise InvalidSetting(f"{name}: expected an address that begins with {schemes[0]}://")


def _check_test_clock(settings: Settings) -> None:
    if not settings.test_clock:
        return
    try:
        zoned = datetime.fromisoformat(settings.test_clock).tzinfo is not None
    except ValueError:
        zoned = False
    if not zoned:
        raise InvalidSetting(f"test_clock: found {settings.test_clock!r}, expected a time such as 2026-01-31T12:00:00Z")
