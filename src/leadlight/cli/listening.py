"""The listening socket; `serve` holds it, so that callers wait in its queue while the web process starts again."""

import errno
import socket
import time

from leadlight.kit.config import Settings
from leadlight.kit.errors import LeadlightError

# The web process of a killed `serve` gives the port back within moments.
PATIENCE_SECONDS = 3.0
QUEUE = 2048


class AddressTaken(LeadlightError):
    """The address cannot be listened on. Choose another with --host and --port."""

    code = "address_taken"


def listen(settings: Settings) -> socket.socket:
    """A listening socket on host and port; raises AddressTaken."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
            return socket.create_server((settings.host, settings.port), family=family, backlog=QUEUE)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise AddressTaken(f"{settings.host} port {settings.port}: {error.strerror}") from error
            time.sleep(0.1)
