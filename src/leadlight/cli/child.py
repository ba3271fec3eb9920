"""One process that `serve` keeps alive."""

import asyncio
import sys
from collections.abc import Mapping

import structlog

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
WELL_AFTER_SECONDS = 30.0
STOP_SECONDS = 12.0


class Child:
    """Started again whenever it ends, after a pause that doubles while it keeps ending early."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], fds: tuple[int, ...]) -> None:
        self.name = name
        self._arguments = arguments
        self._environment = environment
        self._fds = fds
        self._process: asyncio.subprocess.Process | None = None

    async def keep(self) -> None:
        """Run for ever; cancel to stop, then call `stop`."""
        pause = FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            code = await self.run_once()
            pause = FIRST_PAUSE_SECONDS if loop.time() - started > WELL_AFTER_SECONDS else pause
            log.warning("process_ended", name=self.name, exit_code=code, restart_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def run_once(self) -> int:
        """Start it and wait for its end; its exit code (negative: the signal that ended it)."""
        self._process = await start(self._arguments, self._environment, self._fds)
        return await self._process.wait()

    async def stop(self) -> None:
        """End it gently, then hard."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("process_killed", name=self.name)
            process.kill()
            await process.wait()


async def start(
    arguments: list[str], environment: Mapping[str, str], fds: tuple[int, ...] = ()
) -> asyncio.subprocess.Process:
    """A command of ours as a process of its own: Ctrl-C reaches only us, and our end closes its stdin."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "leadlight.cli",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        env=environment,
        pass_fds=fds,
        start_new_session=True,
    )
