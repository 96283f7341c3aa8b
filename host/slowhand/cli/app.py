"""The commands' common frame: help, errors as one line, exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

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
    """Run a command; a SlowhandError becomes one line and exit code 2, Ctrl-C a quiet 130."""
    from slowhand.cli import data, demo, doctor, glove, live, sessions  # noqa: F401  (they register their commands)

    try:
        app()
    except SlowhandError as error:
        say.print(f"slowhand: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `slowhand sessions | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
