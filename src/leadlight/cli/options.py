"""Options that commands share, and the settings they give."""

import os
from pathlib import Path
from typing import Annotated

import typer

from leadlight.kit.config import Settings

DataDir = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data directory. [default: ./leadlight-data]", show_default=False),
]


def settings_from(data: Path | None, **overrides: object) -> Settings:
    """Settings of the environment, over which the options given win; raises InvalidSetting."""
    return Settings.load(os.environ, {"data_dir": data, **overrides})


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "Examples:\n\n" + "\n\n".join(f"`{line}`" for line in lines)
