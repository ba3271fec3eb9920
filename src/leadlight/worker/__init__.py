"""The worker process: everything that happens without anybody asking."""

from leadlight.worker.loops import run

__all__ = ["run"]
