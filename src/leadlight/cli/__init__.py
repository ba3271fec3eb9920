"""The command line: one module per command; only what is asked for is imported, so every start is quick."""

import sys
from importlib import import_module

import typer

from leadlight.kit.errors import LeadlightError

# Command -> module with `add_to(cli)`, in the order of --help.
COMMANDS = {
    "serve": "leadlight.cli.serve",
    "web": "leadlight.cli.web",
    "worker": "leadlight.cli.worker",
    "migrate": "leadlight.cli.migrate",
    "prepare": "leadlight.cli.prepare",
    "load-demo": "leadlight.cli.load_demo",
    "keys": "leadlight.cli.keys",
    "sign-in": "leadlight.cli.sign_in",
    "health": "leadlight.cli.health",
    "doctor": "leadlight.cli.doctor",
    "plan": "leadlight.cli.plan",
    "apply": "leadlight.cli.apply",
    "pull": "leadlight.cli.pull",
    "score": "leadlight.cli.score",
    "demo-events": "leadlight.cli.demo_events",
    "reference": "leadlight.cli.reference",
}


def main() -> None:
    """Entry point of `leadlight`; refusals are one line on stderr and exit code 1."""
    asked = sys.argv[1:2]
    cli = command_line([*asked] if asked and asked[0] in COMMANDS else list(COMMANDS))
    try:
        cli()
    except LeadlightError as error:
        print(f"leadlight: {message(error)}", file=sys.stderr)
        sys.exit(1)


def command_line(names: list[str]) -> typer.Typer:
    """The commands named, as typer runs them."""
    cli = typer.Typer(
        name="leadlight",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @cli.callback()
    def root() -> None:
        """Leadlight: marketing automation in which every score adds up.

        Try it: `leadlight serve --demo`
        """

    for name in names:
        import_module(COMMANDS[name]).add_to(cli)
    return cli


def message(error: LeadlightError) -> str:
    """What happened, and the remedy when the error has one, in one line."""
    title = error.title()
    words = title if error.detail in ("", title) else f"{error.detail}. {title}"
    return " ".join(f"{words}.".split())
