"""Clients that never finish what they say hold up nobody else."""

import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.factories.outside import Outsider

pytestmark = pytest.mark.xdist_group("outside")  # one server for all

MANY = 300


def test_half_sent_requests_do_not_hold_up_others(outside: Outsider) -> None:
    address = urlsplit(outside.serving.url)
    held = []
    try:
        for number in range(MANY):
            client = socket.create_connection((address.hostname, address.port), timeout=5)
            begin = b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            client.sendall(begin[: number % len(begin)] if number % 2 else begin + b'\r\n{"userId": "slow')
            held.append(client)
        started = time.monotonic()
        for number in range(10):
            outside.send("track", userId="beside-slow", event="Said", messageId=f"beside-{number}")
        outside.settle()
        assert time.monotonic() - started < 10
    finally:
        for client in held:
            client.close()
    assert len(outside.events(outside.contact(user_id="beside-slow")["id"], "said")) == 10
    assert outside.get("/contacts", user_id="slow")["items"] == []
