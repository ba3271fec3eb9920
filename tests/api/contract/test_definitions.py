"""Definitions as the outside keeps them: versions, publication with its job, rollback, files in git."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.factories.outside import Outsider

pytestmark = pytest.mark.xdist_group("outside")  # one server for all

MODEL: dict[str, Any] = {
    "label": "Versions",
    "rules": [{"key": "seen", "label": "Seen", "did": "page_viewed", "points": 7, "fade": {"half_life": "11d"}}],
    "bands": [{"key": "cold", "label": "Cold"}, {"key": "ready", "label": "Ready", "from": 50}],
    "sales_ready": "ready",
}
DEARER = copy.deepcopy(MODEL)
DEARER["rules"][0]["points"] = 60


def test_publish_announce_and_roll_back(outside: Outsider) -> None:
    outside.send(
        "page", userId="versioned", timestamp="2026-02-20T10:00:00Z", properties={"url": "https://shop.example/"}
    )
    outside.send("identify", userId="versioned", traits={"email": "versioned@gmail.com"})
    outside.settle()
    contact_id = outside.contact(user_id="versioned")["id"]

    def hand_offs() -> int:
        outside.settle()
        return len(outside.get("/handoffs", contact=contact_id, model="versions")["items"])

    outside.publish("score-models", "versions", MODEL)
    first = outside.ask("GET", f"/contacts/{contact_id}/scores").json()
    dearer = copy.deepcopy(DEARER)
    dearer["rules"][0]["fade"] = {"expire": "365d"}
    outside.publish("score-models", "versions", dearer)
    assert outside.statement(contact_id, "versions")["band"] == "ready"
    assert hand_offs() == 0
    rolled = outside.post("/definitions/score-models/versions/rollback", {"version": 1})
    outside.await_job(rolled)
    assert [one for one in outside.get(f"/contacts/{contact_id}/scores") if one["model"] == "versions"] == [
        one for one in first if one["model"] == "versions"
    ]
    dearer["label"] = "Versions, announced"
    outside.publish("score-models", "versions", dearer, announce=True)
    assert hand_offs() == 1
    versions = outside.get("/definitions/score-models/versions/versions")["items"]
    assert [(one["version"], one["state"]) for one in versions] == [(3, "published"), (2, "archived"), (1, "archived")]
    assert versions[-2]["changes"]


def test_if_match_keeps_two_people_apart(outside: Outsider) -> None:
    path = "/definitions/webhooks/apart"
    made = outside.ask("PUT", path, json={"url": "https://one.example/"}, headers={"If-None-Match": "*"})
    assert made.status_code == 200
    assert (
        outside.ask("PUT", path, json={"url": "https://two.example/"}, headers={"If-None-Match": "*"}).status_code
        == 412
    )
    outside.put("webhooks", "apart", {"url": "https://other.example/"})
    stale = {"If-Match": made.headers["etag"]}
    for method, more in (("PUT", {"json": {"url": "https://mine.example/"}}), ("DELETE", {})):
        assert outside.ask(method, path, headers=stale, **more).status_code == 412
    assert outside.ask("POST", f"{path}/publish", headers=stale).status_code == 412
    assert outside.get(path)["document"] == {"url": "https://other.example/"}


def test_a_wrong_model_names_every_place(outside: Outsider) -> None:
    wrong = copy.deepcopy(MODEL)
    wrong["rules"][0] |= {"points": "many", "limits": {"fortnight": 2}, "where": {"url.path": {"matches": "("}}}
    refused = outside.ask("PUT", "/definitions/score-models/wrong", json=wrong)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    paths = {one["path"] for one in refused.json()["problems"]}
    assert {"rules[0].points", "rules[0].limits.fortnight", "rules[0].where.url.path.matches"} <= paths
    assert outside.ask("GET", "/definitions/score-models/wrong").status_code == 404


@pytest.mark.timeout(240)
def test_files_and_server_say_the_same(outside: Outsider, tmp_path: Path) -> None:
    outside.send("identify", userId="in-git", traits={"email": "in-git@gmail.com"})
    outside.settle()
    outside.publish("webhooks", "in-git", {"url": "https://git.example/hook", "description": "ęśąčž – “quoted”: #1"})
    files = tmp_path / "config"
    assert outside.cli("pull", str(files)).returncode == 0
    planned = outside.cli("plan", str(files))
    assert planned.returncode == 0, planned.stderr
    assert "in-git" not in planned.stdout
    path = files / "webhooks" / "in-git.yaml"
    path.write_text(path.read_text().replace("git.example", "moved.example"))
    assert "in-git" in outside.cli("plan", str(files)).stdout
    (files / "score-models" / "in-git.yaml").write_text(json.dumps(MODEL))
    applied = outside.cli("apply", str(files))
    assert applied.returncode == 0, applied.stderr
    assert outside.get("/definitions/webhooks/in-git")["document"]["url"] == "https://moved.example/hook"
    now = outside.post("/test/settle")["now"]
    assert {item["scores"]["in-git"]["as_of"] for item in outside.get("/contacts")["items"]} == {now[:10]}
    again = tmp_path / "again"
    assert outside.cli("pull", str(again)).returncode == 0
    assert {one.name: one.read_text() for one in again.rglob("*.yaml")} == {
        one.name: one.read_text() for one in files.rglob("*.yaml")
    }
    shutil.copy(path, files / "webhooks" / "broken.yaml")
    (files / "webhooks" / "broken.yaml").write_text("url: [not, an, address]\n")
    broken = outside.cli("apply", str(files))
    assert broken.returncode == 1
    assert "broken" in broken.stderr
