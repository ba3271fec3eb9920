"""Large workspaces are made once a day and kept under the system's directory for temporary files."""

import subprocess
import sys
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir

from leadlight.kit.clock import machine_us
from leadlight.kit.days import from_us
from tests.bench.figures import scaled

CONTACTS = scaled(1_000_000)
EVENTS = scaled(20_000_000)
ROOM = Path(gettempdir()) / "leadlight-bench"


def large_workspace() -> Path:
    """A data directory with CONTACTS and EVENTS, as the pipeline would have left it today."""
    data = ROOM / f"{CONTACTS}-{EVENTS}-{from_us(machine_us()):%Y-%m-%d}"
    if not (data / "complete").exists():
        for earlier in ROOM.glob(f"{CONTACTS}-{EVENTS}-*"):
            rmtree(earlier)
        data.mkdir(parents=True)
        sizes = ["--contacts", str(CONTACTS), "--events", str(EVENTS)]
        subprocess.run([sys.executable, "-m", "tests.bench.datasets", "--data", str(data), *sizes], check=True)
        (data / "complete").touch()
    return data
