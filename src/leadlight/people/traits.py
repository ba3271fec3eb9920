"""Segment's reserved traits as our fields; every other trait is a field under its own name."""

from collections.abc import Iterator, Mapping
from typing import Any

from leadlight.people.model import CONSENT, MARK

MAX_KEY_CHARS = 100

CONTACT_FIELDS = {
    "firstName": "first_name",
    "firstname": "first_name",
    "lastName": "last_name",
    "lastname": "last_name",
    "jobTitle": "title",
    "job_title": "title",
    "createdAt": "created_at",
    "postalCode": "postal_code",
    "locale": "language",
    "address.street": "street",
    "address.city": "city",
    "address.state": "state",
    "address.postalCode": "postal_code",
    "address.postal_code": "postal_code",
    "address.country": "country",
    "company.name": "company",
    "company.industry": "industry",
    "company.employee_count": "employees",
    "company.employees": "employees",
    "company.website": "website",
}
"""Reserved traits of identify (Segment, "Spec: Identify") -> field."""

ACCOUNT_FIELDS = {
    "createdAt": "created_at",
    "employeeCount": "employees",
    "employee_count": "employees",
    "postalCode": "postal_code",
    "address.street": "street",
    "address.city": "city",
    "address.state": "state",
    "address.postalCode": "postal_code",
    "address.postal_code": "postal_code",
    "address.country": "country",
}
"""Reserved traits of group (Segment, "Spec: Group") -> field."""

_NESTED = frozenset({"address", "company"})


def contact_fields(traits: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(field, value as sent) for each trait of an identify."""
    for key, value in _flat(traits):
        if key == "consent" and isinstance(value, dict):
            yield from ((f"{CONSENT}{purpose}", said) for purpose, said in value.items() if is_usable(purpose))
        else:
            yield CONTACT_FIELDS.get(key, key), value


def account_fields(traits: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(field, value as sent) for each trait of a group."""
    return ((ACCOUNT_FIELDS.get(key, key), value) for key, value in _flat(traits))


def is_usable(key: str) -> bool:
    """Whether a trait of that name can be kept; names that begin with `$` are ours."""
    return 0 < len(key) <= MAX_KEY_CHARS and not key.startswith(MARK) and "\0" not in key


def _flat(traits: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in traits.items():
        if key in _NESTED and isinstance(value, dict):
            yield from ((f"{key}.{inner}", item) for inner, item in value.items() if is_usable(f"{key}.{inner}"))
        elif is_usable(key):
            yield key, value
