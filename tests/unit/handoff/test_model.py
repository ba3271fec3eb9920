import msgspec
import pytest

from leadlight.handoff import (
    Answer,
    MoveNotAllowed,
    ReasonMissing,
    State,
    Verb,
    decide,
    document,
    open_one,
    with_actions,
)
from leadlight.handoff.model import apply_answer, clip, heaviest, points_text
from leadlight.scoring import Line
from tests.factories.handoff import MODEL, NOW, contact, event, line, opened, score, statement


@pytest.mark.parametrize(
    ("before", "after", "hands_over"),
    [
        ("cold", "ready", True),
        ("warm", "ready", True),
        ("warm", "hot", True),  # past the band counts as into it
        ("cold", "warm", False),
        ("ready", "ready", False),
        ("ready", "hot", False),
        ("hot", "ready", False),
        ("ready", "warm", False),
        ("gone", "ready", True),  # a band the model no longer has counts as the first
    ],
)
def test_crossing_into_the_sales_ready_band_hands_over(before, after, hands_over):
    person = contact()
    assert decide(MODEL, before, score(person.id, after), person, set()) is hands_over


def test_a_contact_in_work_is_not_handed_over_again():
    person = contact()
    in_work = {(person.id, "default")}
    assert not decide(MODEL, "cold", score(person.id), person, in_work)
    assert decide(msgspec.structs.replace(MODEL, key="other"), "cold", score(person.id), person, in_work)


def test_an_anonymous_visitor_is_not_handed_over():
    person = contact(is_known=False)
    assert not decide(MODEL, "cold", score(person.id), person, set())


def test_a_model_without_a_sales_ready_band_hands_nobody_over():
    person = contact()
    assert not decide(msgspec.structs.replace(MODEL, sales_ready=None), "cold", score(person.id), person, set())


def test_the_heaviest_rules_are_told_with_all_their_points():
    lines = [
        line("pricing", 1000, day=1),
        line("pricing", 1500, day=2),  # 10 + 15 = 25
        line("demo", 2400),
        line("role", 800, day=None),
        line("careers", -3000),
        line("demo", 9900, level="tag:fair"),  # another ledger
        *(line(f"page{n}", 100 + n) for n in range(5)),
    ]
    told = [(reason.label, reason.points_hundredths) for reason in heaviest(statement(*lines))]
    assert told == [("Pricing", 2500), ("Demo", 2400), ("Role", 800), ("Page4", 104), ("Page3", 103)]


def test_a_hand_off_says_who_why_and_what_last():
    person = contact()
    made = open_one(person, score(person.id), statement(line("pricing", 5250), line("demo", 3000)), [], NOW)
    made = with_actions(made, [event(NOW - n, f"Event {n}") for n in range(12)])
    told = document(made)
    assert told["sentence"] == "Reached 82.50 points, grade B1: Pricing (+52.50), Demo (+30.00)."
    assert told["opener"] == "Hello Łucja, you have been looking at what we do (Pricing). May I answer any question?"
    assert (told["name"], told["email"], told["total"], told["fit"]) == (
        "Łucja Šarić",
        "lucja@firma.example",
        82.5,
        30.0,
    )
    assert [action["name"] for action in told["actions"]] == [f"Event {n}" for n in range(10)]
    assert told["actions"][0]["url"] == "firma.example/pricing"


def test_a_hand_off_of_somebody_hardly_known_can_be_read_too():
    person = contact(profile={"first_name": 5}, email=None)
    told = document(open_one(person, score(person.id, total=-50), statement(), [event(NOW, path=None)], NOW))
    assert told["sentence"] == "Reached -0.50 points, grade B1."
    assert (told["name"], told["reasons"], told["actions"][0]["url"]) == (None, [], None)


def test_the_widest_hand_off_fits_into_a_webhook():
    wide = "\x01" * 5_000
    lines: list[Line] = [line(f"rule{n}", 100, label=wide) for n in range(9)]
    person = contact(profile={"name": wide, "first_name": wide}, email="x" * 254)
    made = open_one(person, score(person.id), statement(*lines), [event(NOW, wide, wide) for _ in range(20)], NOW)
    answered = apply_answer(made, Answer(Verb.REJECT, "\x01" * 500), NOW)
    assert len(msgspec.json.encode(document(answered))) < 19_000


@pytest.mark.parametrize(
    ("hundredths", "text"), [(0, "+0.00"), (5, "+0.05"), (-5, "-0.05"), (-1250, "-12.50"), (100, "+1.00")]
)
def test_points_are_written_with_sign_and_two_decimals(hundredths, text):
    assert points_text(hundredths) == text


def test_clipping_counts_bytes_as_json():
    assert clip("short") == "short"
    assert clip("é" * 200) == "é" * 100
    assert clip("\x01" * 200) == "\x01" * 33  # six bytes each


ALLOWED = {
    (State.OPEN, Verb.ACCEPT): State.ACCEPTED,
    (State.OPEN, Verb.REJECT): State.REJECTED,
    (State.ACCEPTED, Verb.REJECT): State.REJECTED,
    (State.ACCEPTED, Verb.CONTACTED): State.CONTACTED,
    (State.ACCEPTED, Verb.WON): State.WON,
    (State.ACCEPTED, Verb.LOST): State.LOST,
    (State.CONTACTED, Verb.REJECT): State.REJECTED,
    (State.CONTACTED, Verb.WON): State.WON,
    (State.CONTACTED, Verb.LOST): State.LOST,
}
REPEATS = {
    (State.ACCEPTED, Verb.ACCEPT),
    (State.CONTACTED, Verb.CONTACTED),
    (State.WON, Verb.WON),
    (State.LOST, Verb.LOST),
    (State.REJECTED, Verb.REJECT),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_every_answer_in_every_state(state, verb):
    before = msgspec.structs.replace(
        opened(), state=state, reason="no budget" if verb in {Verb.REJECT, Verb.LOST} else None
    )
    answer = Answer(verb, before.reason)
    if (state, verb) in REPEATS:
        assert apply_answer(before, answer, NOW) is before
    elif (state, verb) in ALLOWED:
        assert apply_answer(before, answer, NOW).state is ALLOWED[state, verb]
    else:
        with pytest.raises(MoveNotAllowed):
            apply_answer(before, answer, NOW)


@pytest.mark.parametrize("verb", [Verb.REJECT, Verb.LOST])
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_rejecting_and_losing_need_a_reason(verb, reason):
    with pytest.raises(ReasonMissing):
        apply_answer(opened(), Answer(verb, reason), NOW)


def test_another_amount_is_no_repeat():
    accepted = apply_answer(opened(), Answer(Verb.ACCEPT), NOW)
    won = apply_answer(accepted, Answer(Verb.WON, amount_hundredths=1_000_000), NOW + 7)
    assert (won.amount_hundredths, won.answered_at_us, won.closed_at_us) == (1_000_000, NOW, NOW + 7)
    with pytest.raises(MoveNotAllowed):
        apply_answer(won, Answer(Verb.WON, amount_hundredths=5), NOW)
