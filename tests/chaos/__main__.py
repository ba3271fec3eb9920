"""`make chaos`: long runs, one after another; exit code 1 when a promise was broken."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos import story

RUNS = int(os.environ.get("CHAOS_RUNS", "5"))
KILLS = int(os.environ.get("CHAOS_KILLS", "100"))

if __name__ == "__main__":
    broken = False
    for seed in range(1, RUNS + 1):
        with TemporaryDirectory(prefix="leadlight-chaos-", ignore_cleanup_errors=True) as directory:
            report = story.run(Path(directory) / "data", KILLS, seed)
        print(f"run {seed}: {report}", flush=True)
        broken = broken or bool(report.wrong)
    sys.exit(1 if broken else 0)
