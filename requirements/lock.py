"""Writes the lock files: exact versions with hashes, for every platform, and no address of a package index."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OPTIONS = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-annotate", "--quiet")


def lock(name: str, *extra: str) -> None:
    """Writes `<name>.lock`; versions already there stay unless pyproject.toml forbids them."""
    target = HERE / f"{name}.lock"
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "compile", "pyproject.toml", *OPTIONS, *extra, "--custom-compile-command=make lock"]
    subprocess.run([*command, f"--output-file={target}"], cwd=HERE.parent, check=True, stdout=subprocess.DEVNULL)


lock("runtime")
lock("dev", "--group=dev", "--constraint=requirements/runtime.lock")
