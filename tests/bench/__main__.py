"""`python -m tests.bench [NAME ...]`: measure everything, or what is named, and print one table.

BENCH_SCALE=0.01 shrinks the workspaces. They are made once a day and kept under the directory for temporary files.
"""

import platform
import sys
from collections.abc import Callable
from os import cpu_count, getloadavg

from leadlight.kit.clock import machine_us
from leadlight.kit.days import from_us
from tests.bench import accept, contact_page, files, latency, memory, midnight, recompute, throughput
from tests.bench.figures import Figure, table

MEASURES: dict[str, Callable[[], list[Figure]]] = {
    "accept": accept.figures,
    "memory": memory.figures,
    "files": files.figures,
    "recompute": recompute.figures,
    "page": contact_page.figures,
    "latency": latency.figures,
    "throughput": throughput.figures,
    "midnight": midnight.figures,
}


def main(names: list[str]) -> int:
    """Exit code 1 for an unknown name; missed targets are shown, not punished."""
    if unknown := set(names) - MEASURES.keys():
        print(f"found {', '.join(sorted(unknown))}, expected some of: {', '.join(MEASURES)}")
        return 1
    figures: list[Figure] = []
    for name in names or MEASURES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        figures += MEASURES[name]()
    load = getloadavg()[0]
    print(
        f"{from_us(machine_us()):%Y-%m-%d %H:%M} UTC, {cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}\n"
    )
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
