"""Starts an installed `leadlight serve` on an empty directory and fetches the page: `serve_wheel.py LEADLIGHT DATA_DIR`."""

import re
import subprocess
import sys
import time
import urllib.request

PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
PATIENCE_SECONDS = 90


def main(leadlight: str, data: str) -> None:
    server = subprocess.Popen([leadlight, "serve", "--data", data, "--port", str(PORT)], stdin=subprocess.DEVNULL)
    try:
        wait_until_ready(server)
        page = fetch("/")
        scripts = re.findall(r'(?:src|href)="(/[^"]+)"', page)
        assert any(path.startswith("/assets/") for path in scripts), f"the page names no built script: {page}"
        for path in scripts:
            assert fetch(path), f"{path} is empty"
        print(f"The installed wheel serves its interface: {', '.join(scripts)}")
    finally:
        server.terminate()
        server.wait(30)


def wait_until_ready(server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended with {server.returncode}"
        try:
            if '"ready":true' in fetch("/api/health"):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"the server was not ready after {PATIENCE_SECONDS} s")


def fetch(path: str) -> str:
    with urllib.request.urlopen(BASE + path, timeout=10) as response:
        return str(response.read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
