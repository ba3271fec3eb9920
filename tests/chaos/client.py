"""A client that sends numbered events and never gives one up before it was acknowledged."""

import random
import threading
import time
from collections.abc import Callable
from uuid import uuid4

from httpx2 import Client, HTTPError

BATCH = 20
PEOPLE = 40
LOST_ANSWERS = 7
KINDS = ("Pricing Viewed", "Demo Watched", "Form Submitted", "Order Completed", "Webinar Attended")


class Sender(threading.Thread):
    """Sends batch after batch, each again and again until a 200; `acknowledged` holds the numbers of those that carry one.

    The answer to every LOST_ANSWERS-th batch gets lost on the way, so it is sent again. `is_idempotent` False gives
    every attempt new message ids, as a client without any would.
    """

    def __init__(self, url: Callable[[], str], key: str, seed: int, *, is_idempotent: bool = True) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._key = key
        self._random = random.Random(seed)
        self._seed = seed
        self._is_idempotent = is_idempotent
        self._ending = threading.Event()
        self._number = 0
        self.acknowledged: list[str] = []
        self.attempts = 0

    def run(self) -> None:
        with Client(timeout=10) as client:
            while not self._ending.is_set():
                batch = [self._call() for _ in range(BATCH)]
                self._send(client, batch)
                if self._number // BATCH % LOST_ANSWERS == 0:
                    self._send(client, batch)
                self.acknowledged += [call["properties"]["number"] for call in batch if call["type"] == "track"]

    def end(self) -> None:
        """Begin no further batch."""
        self._ending.set()

    def finish(self) -> None:
        """Begin no further batch, and return when the last was acknowledged."""
        self.end()
        self.join(120)
        if self.is_alive():
            raise AssertionError("the server never acknowledged the last batch")

    def _send(self, client: Client, batch: list[dict]) -> None:
        while True:
            self.attempts += 1
            calls = batch if self._is_idempotent else [call | {"messageId": uuid4().hex} for call in batch]
            try:
                answer = client.post(f"{self._url()}/v1/batch", json={"batch": calls}, auth=(self._key, ""))
                if answer.status_code == 200:
                    assert answer.json()["accepted"] == len(batch), answer.text
                    return
                assert answer.status_code in {429, 502, 503}, answer.text
            except HTTPError:
                pass
            time.sleep(0.05)

    def _call(self) -> dict:
        self._number += 1
        number = f"{self._seed}-{self._number}"
        who = self._random.randrange(PEOPLE)
        call = {"messageId": f"chaos-{number}", "anonymousId": f"b{self._seed}-{who}"}
        if self._random.random() < 0.1:
            email = f"p{self._seed}-{who}@example.pl"
            return call | {"type": "identify", "traits": {"email": email, "country": "PL", "employees": 200}}
        return call | {"type": "track", "event": self._random.choice(KINDS), "properties": {"number": number}}
