"""The commands' common frame: help, errors as one line, exit codes."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console

import slowhand
from slowhand.errors import SlowhandError

app = typer.Typer(
    name="slowhand",
    help="A glove that helps a person give a good back rub. A companion, not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
say = Console(stderr=True, highlight=False, soft_wrap=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"slowhand {slowhand.__version__}")
        raise typer.Exit


@app.callback()
def slowhand_command(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Only --version stands before a command."""


def main() -> None:
    """Run a command; a SlowhandError becomes one line and exit code 2, Ctrl-C a quiet 130, SIGTERM a quiet 143.

    A reader of our output that has seen enough (`| head`) ends the command in silence; typer sees to that.
    """
    from slowhand.cli import calibrate, data, demo, doctor, glove, live, sessions  # noqa: F401  (they register their commands)

    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except SlowhandError as error:
        say.print(f"slowhand: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    """Leave through every `with` and `finally`, so that nothing temporary and no child stays; a second one kills."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(128 + number)
