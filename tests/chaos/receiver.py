"""A webhook receiver that counts what arrives; it outlives every server under test."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Listens on a free port of loopback. `opened` maps a webhook id to the hand-off it told of; `deliveries` counts ids."""

    def __init__(self) -> None:
        self.opened: dict[str, str] = {}
        self.deliveries: Counter[str] = Counter()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                receiver.take(self.headers["webhook-id"], body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, webhook_id: str, body: dict[str, object]) -> None:
        """Note one delivery."""
        self.deliveries[webhook_id] += 1
        data = body["data"]
        if body["type"] == "hand_off.opened" and isinstance(data, dict):
            self.opened[webhook_id] = data["id"]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
