"""Somebody outside: knows the address of a server, a write key and a secret key, and nothing else."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from httpx2 import Client, Response

from tests.factories.processes import Serving, run_cli, wait_for

Json = Any
DAY_SECONDS = 86_400


@dataclass
class Outsider:
    """HTTP calls as a customer's systems make them; every answer that is not 2xx fails the test unless asked for."""

    serving: Serving
    client: Client
    write_key: str
    secret_key: str

    @classmethod
    def of(cls, serving: Serving) -> "Outsider":
        data = str(serving.data_dir)
        write_key, secret_key = (
            run_cli("keys", "create", "--kind", kind, "--data", data).stdout.strip() for kind in ("write", "secret")
        )
        return cls(serving, Client(base_url=serving.url, timeout=60), write_key, secret_key)

    def ask(self, method: str, path: str, **request: Json) -> Response:
        """Any answer of the management API."""
        headers = {"Authorization": f"Bearer {self.secret_key}"} | request.pop("headers", {})
        return self.client.request(method, f"/api{path}", headers=headers, **request)

    def api(self, method: str, path: str, **request: Json) -> Json:
        answer = self.ask(method, path, **request)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str, **params: Json) -> Json:
        return self.api("GET", path, params=params)

    def post(self, path: str, body: Json = None) -> Json:
        return self.api("POST", path, json=body)

    def send(self, call: str, **body: Json) -> None:
        """One call of the Segment API."""
        answer = self.client.post(f"/v1/{call}", json=body, auth=(self.write_key, ""))
        assert answer.status_code == 200, answer.text

    def settle(self) -> None:
        self.post("/test/settle")

    def advance(self, days: float) -> None:
        self.post("/test/advance", {"seconds": days * DAY_SECONDS})

    def contact(self, **identifier: str) -> Json:
        """The one contact of an identifier."""
        (found,) = self.get("/contacts", **identifier)["items"]
        return found

    def statement(self, contact_id: str, model: str = "default") -> Json:
        """The contact's score under a model, with decimal numbers, after a look at its sums."""
        text = self.ask("GET", f"/contacts/{contact_id}/scores").text
        (found,) = [one for one in decimals(text) if one["model"] == model]
        assert sum(line["points"] for line in found["lines"] if line["level"] == "global") == found["total"]
        return found

    def events(self, contact_id: str, kind: str) -> list[Json]:
        """What the timeline tells of one kind, newest first."""
        return self.get(f"/contacts/{contact_id}/timeline", kind=kind)["items"]

    def put(self, kind: str, key: str, document: Json) -> Json:
        return self.api("PUT", f"/definitions/{kind}/{key}", json=document)

    def publish(self, kind: str, key: str, document: Json, **wish: Json) -> Json:
        """Put and publish; waits for the job if there is one."""
        self.put(kind, key, document)
        return self.await_job(self.post(f"/definitions/{kind}/{key}/publish", wish or None))

    def await_job(self, publication: Json) -> Json:
        """The publication, once its job is done."""
        if publication["state"] == "publishing":
            job = wait_for(lambda: self._ended(publication["job"]["id"]), "the publication")
            assert job["state"] == "done", job
        return publication

    def _ended(self, job_id: str) -> Json:
        job = self.get(f"/jobs/{job_id}")
        return job if job["state"] not in ("queued", "running") else None

    def cli(self, *arguments: str) -> "Any":
        """A command on the server's data directory."""
        return run_cli(*arguments, "--data", str(self.serving.data_dir))


def decimals(text: str) -> Json:
    """JSON with exact numbers."""
    import json  # noqa: PLC0415 - exact numbers, which the client does not read

    return json.loads(text, parse_float=Decimal)
