"""Definitions of custom fields, and addresses."""

import pytest

from leadlight.kit.errors import InvalidDocument
from leadlight.people import check_field, company_domain, field_types, normalise_email

TIER = {"field": "contact.tier", "label": "Tier", "type": "choice", "options": ["gold"]}


def test_types_are_by_path() -> None:
    types = field_types([TIER])
    assert types["contact.tier"] == "choice"
    assert (types["contact.country"], types["account.employees"], types["contact.email"]) == ("text", "number", "text")


def test_good_document_passes() -> None:
    check_field(TIER, {"other": {"field": "contact.other"}})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"field": "tier"}, "field"),
        ({"field": "contact.a.b"}, "field"),
        ({"field": "contact.country"}, "field"),
        ({"field": "contact.taken"}, "field"),
        ({"label": " "}, "label"),
        ({"type": "money"}, "type"),
        ({"options": []}, ""),
        ({"options": ["a", "a"]}, ""),
        ({"type": "number"}, ""),
        ({"color": "red"}, "color"),
    ],
)
def test_senseless_document_names_the_place(change, path) -> None:
    with pytest.raises(InvalidDocument) as refused:
        check_field(TIER | change, {"old": {"field": "contact.taken"}})
    assert [problem.path for problem in refused.value.problems] == [path]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (" Ann@Acme.COM ", "ann@acme.com"), ("josé@bücher.de", "josé@bücher.de"), ("ann@acme.test", "ann@acme.test"),
        ("ann", None), ("a b@acme.com", None), ("ann@localhost", None), ("ann@acme.com\n,x@y.zz", None), (7, None),
        ("a" * 300 + "@acme.com", None),
    ],
)  # fmt: skip
def test_addresses_have_one_spelling(sent, kept) -> None:
    assert normalise_email(sent) == kept


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("acme.com", "acme.com"), ("mail.acme.co.uk", "acme.co.uk"), ("WWW.Acme.PL.", "acme.pl"), ("acme.com.hr", "acme.com.hr"),
        ("gmail.com", None), ("wp.pl", None), ("net.hr", None), ("inbox.lt", None), ("co.uk", None), ("localhost", None), ("", None),
    ],
)  # fmt: skip
def test_company_domain_is_what_was_registered(host, domain) -> None:
    assert company_domain(host) == domain
