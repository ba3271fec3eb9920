"""How a list reads, and what a spreadsheet may not take for a formula."""

import csv
import io
from datetime import date

import msgspec
import pytest

from leadlight.kit.days import day_number
from leadlight.tryout import Lead, Reason, print_csv
from leadlight.tryout.output import points_text, why

NOVEMBER_4 = day_number(date(2026, 11, 4))


def lead(**more) -> Lead:
    usual = {"total": 1250, "fit": 0, "engagement": 1250, "grade": "D4", "band": "Cold", "name": "Ana", "email": None}
    usual |= {"user_id": "u1", "anonymous_id": None, "company": None, "events": 3, "last_event_us": None, "reasons": []}
    return msgspec.convert(usual | more, Lead)


def rows_of(capsys, *leads: Lead) -> list[dict[str, str]]:
    print_csv(leads)
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_reasons_in_words():
    reasons = [Reason("Viewed pricing", 3, 2400, NOVEMBER_4), Reason("Home market", 1, 1000, None)]
    assert why(reasons) == "Viewed pricing +24.00 (3 times, last on 4 November); Home market +10.00"


def test_single_and_negative_reasons():
    assert why([Reason("Bounced", 1, -1500, NOVEMBER_4)]) == "Bounced -15.00 (once on 4 November)"


@pytest.mark.parametrize(("hundredths", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-1250, "-12.50")])
def test_points_have_two_decimals(hundredths, text):
    assert points_text(hundredths) == text


@pytest.mark.parametrize("name", ["=1+1", "+48 22", "-2+3", "@cmd", "\tx"])
def test_formula_is_written_as_text(capsys, name):
    assert rows_of(capsys, lead(name=name))[0]["name"] == f"'{name}"


def test_negative_score_stays_a_number(capsys):
    row = rows_of(capsys, lead(total=-1250))[0]
    assert (row["rank"], row["total"]) == ("1", "-12.50")


def test_reasons_cannot_be_formulas(capsys):
    assert rows_of(capsys, lead(reasons=[Reason("=x", 1, 100, None)]))[0]["why"] == "'=x +1.00"
