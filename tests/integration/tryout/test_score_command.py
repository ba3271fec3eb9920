"""`leadlight score` as people run it, on files of every kind."""

import csv
import gzip
import io
import json
from pathlib import Path

import duckdb
import pytest

from tests.factories.tryout import named, run_process, run_score, viewed, write_lines

CALLS = [
    named("u1", email="ana@firm.example", name="Ana Šarić", title="Director of Logistics", country="HR"),
    *(viewed("u1", day) for day in (2, 3, 4)),
    named("u2", email="ivo@other.example", country="DE"),
    viewed("u2", 4, "/careers"),
]


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "events.jsonl", CALLS)


def leads_of(*arguments, stdin=None):
    done = run_score(*arguments, "--format", "json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_list_is_ranked_and_explained(events):
    first, second = leads_of(events)
    assert (first["name"], first["rank"], second["email"]) == ("Ana Šarić", 1, "ivo@other.example")
    assert first["total"] > 0 > second["engagement"]
    assert any(
        reason.startswith("Viewed pricing +") and "(3 times, last on 4 March)" in reason for reason in first["reasons"]
    )


def test_lines_add_up_to_the_score(events):
    for lead in leads_of(events):
        [statement] = lead["scores"]
        assert sum(round(100 * line["points"]) for line in statement["lines"]) == round(100 * lead["total"])
        assert statement["as_of"] == "2026-03-04"


def test_table_reads_well(events):
    done = run_process(events)
    text = done.stdout.decode()
    assert "Scores as of 2026-03-04" in text
    assert "Ana Šarić" in text
    assert b"6 events of 2 contacts scored as of 2026-03-04" in done.stderr


def test_gzip_and_standard_input_give_the_same(events, tmp_path):
    expected = leads_of(events)
    packed = tmp_path / "events.jsonl.gz"
    packed.write_bytes(gzip.compress(events.read_bytes()))
    assert leads_of(packed) == expected
    assert leads_of("-", stdin=events.read_bytes()) == expected
    assert leads_of("-", stdin=packed.read_bytes()) == expected


def test_json_array_gives_the_same(events, tmp_path):
    array = tmp_path / "events.json"
    array.write_text(json.dumps(CALLS, indent=2))
    assert leads_of(array) == leads_of(events)


def test_csv_and_parquet_give_the_same(tmp_path):
    table = tmp_path / "events.csv"
    table.write_text(
        "type;user_id;email;timestamp;url;country\n"
        "identify;u1;ana@firm.example;2026-03-01 09:00;;HR\n"
        ";u1;;2026-03-02 10:00;https://www.firm.example/pricing;\n"
        ";u1;;2026-03-03 10:00;https://www.firm.example/pricing;\n"
    )
    parquet = tmp_path / "events.parquet"
    duckdb.sql(f"copy (select * from read_csv('{table}', timestampformat = '%Y-%m-%d %H:%M')) to '{parquet}'")
    [from_csv] = leads_of(table)
    [from_parquet] = leads_of(parquet)
    assert from_csv["events"] == 3
    assert from_csv == from_parquet


def test_events_known_by_email_belong_to_the_contact_of_that_email(tmp_path):
    table = tmp_path / "events.csv"
    table.write_text(
        "Adres,Akcja,Kiedy\nAna@firm.example,Demo Watched,2026-03-02\nana@firm.example,Chat Started,2026-03-02\n"
    )
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("email,first_name,account.name,account.employees\nana@firm.example,Ana,Firm,80\n")
    mapping = ["--map", "Adres=email", "--map", "Akcja=event", "--map", "Kiedy=timestamp"]
    [lead] = leads_of(table, "--contacts", contacts, *mapping)
    assert (lead["name"], lead["company"], lead["events"]) == ("Ana", "Firm", 2)
    assert "50 to 999 employees +15.00" in lead["reasons"]


def test_contacts_are_no_behaviour(events, tmp_path):
    contacts = write_lines(tmp_path / "contacts.jsonl", [{"user_id": "u3", "name": "Jonas", "title": "CEO"}])
    leads = leads_of(events, "--contacts", contacts)
    [jonas] = [lead for lead in leads if lead["name"] == "Jonas"]
    assert (jonas["events"], jonas["last_event"], jonas["engagement"]) == (0, None, 0)
    assert jonas["fit"] == 20


def test_message_sent_twice_counts_once(tmp_path):
    once = write_lines(tmp_path / "once.jsonl", [viewed("u1", 2, messageId="m1")])
    twice = write_lines(tmp_path / "twice.jsonl", [viewed("u1", 2, messageId="m1")] * 2)
    assert leads_of(twice) == leads_of(once)
    assert b"1 sent twice, counted once" in run_score(twice).stderr


def test_order_of_lines_does_not_matter(events, tmp_path):
    assert leads_of(write_lines(tmp_path / "reversed.jsonl", CALLS[::-1])) == leads_of(events)


def test_several_files_are_one_history(tmp_path):
    one = write_lines(tmp_path / "one.jsonl", CALLS[:3])
    other = write_lines(tmp_path / "other.jsonl", CALLS[3:])
    assert leads_of(one, other) == leads_of(write_lines(tmp_path / "all.jsonl", CALLS))


def test_bad_lines_are_told_and_left_out(events, tmp_path):
    bad = tmp_path / "bad.jsonl"
    lines = [b"{broken", b"", b'{"type": "track", "userId": "u1", "event": "x"}', b'{"type": "page"}', b"[1]"]
    bad.write_bytes(events.read_bytes() + b"\n".join(lines) + b"\n")
    done = run_process(bad, "--format", "json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)) == 2
    told = done.stderr.decode()
    for line in (7, 9, 10, 11):
        assert f"bad.jsonl:{line}: " in told
    assert "4 left out." in told


def test_as_of_an_earlier_day(events):
    done = run_score(events, "--as-of", "2026-03-02", "--format", "json")
    [lead] = json.loads(done.stdout)[:1]
    assert lead["scores"][0]["as_of"] == "2026-03-02"
    assert lead["last_event"].startswith("2026-03-02")
    assert b"3 after that day, not counted" in done.stderr


def test_own_model(events, tmp_path):
    model = tmp_path / "my-model.yaml"
    model.write_text(
        "label: Mine\n"
        "rules:\n  - {key: price, label: Saw a price, dimension: engagement, did: page_viewed, points: 7}\n"
        "bands:\n  - {key: cold, label: Cold}\n"
    )
    first, _ = leads_of(events, "--model", model)
    assert (first["total"], first["scores"][0]["model"]) == (21.0, "my-model")


def test_broken_model_is_refused(events, tmp_path):
    model = tmp_path / "model.yaml"
    model.write_text("rules:\n  - {key: price, points: many}\n")
    done = run_score(events, "--model", model)
    assert done.returncode == 1
    assert b"rules[0].points" in done.stderr
    assert done.stdout == b""


def test_csv_for_spreadsheets(tmp_path):
    events = write_lines(tmp_path / "events.jsonl", [named("u1", name="=cmd()"), viewed("u1", 2)])
    done = run_score(events, "--format", "csv")
    [row] = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert (row["rank"], row["name"], row["user_id"]) == ("1", "'=cmd()", "u1")


def test_top_and_visitors(tmp_path):
    calls = [viewed(f"u{n}", 2, "/pricing" if n else "/") for n in range(3)]
    calls.append({"type": "page", "anonymousId": "b1", "timestamp": "2026-03-02T12:00:00Z", "properties": {}})
    events = write_lines(tmp_path / "events.jsonl", calls)
    assert [lead["user_id"] for lead in leads_of(events, "--top", 2)] == ["u1", "u2"]
    assert [lead["anonymous_id"] for lead in leads_of(events, "--visitors")].count("b1") == 1


def test_map_of_a_column_that_is_nowhere_is_refused(tmp_path):
    table = tmp_path / "events.csv"
    table.write_text("user_id,event,timestamp\nu1,x,2026-03-02\n")
    done = run_score(table, "--map", "Akcja=event")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no column 'Akcja'" in done.stderr


def test_empty_and_missing_files(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert leads_of(empty) == []
    done = run_score(tmp_path / "missing.jsonl")
    assert done.returncode == 1
    assert b"missing.jsonl: No such file" in done.stderr
