"""Options that several commands share, and how they are read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import slowhand.locate
from slowhand.errors import BadInputError


class ModeName(StrEnum):
    """What the session works with; ``locate.pose.Mode`` as it is typed."""

    STRIP = "strip"
    MOTION = "motion"
    FORCE = "force"


def _shipped_strip(path: Path | None) -> Path | None:
    """The shipped file for the word "nominal"."""
    return Path(slowhand.locate.__path__[0]) / "reference_strip.toml" if path == Path("nominal") else path


JsonFlag = Annotated[bool, typer.Option("--json", help="Print for a program to read.")]
Database = Annotated[Path | None, typer.Option("--db", help="Session file (default: in the user's data folder).")]
Glove = Annotated[Path | None, typer.Option("--glove", help="glove.toml (default: the nominal right hand, size M).")]
Strip = Annotated[
    Path | None,
    typer.Option("--strip", callback=_shipped_strip, help='strip.toml, or "nominal"; without it: motion mode.'),
]
Receiver = Annotated[Path | None, typer.Option("--receiver", help="receiver.toml (default: nominal, prone).")]
Wish = Annotated[
    ModeName | None, typer.Option("--mode", help="At most this mode (default: the best that what is present allows).")
]
Http = Annotated[str, typer.Option("--http", metavar="HOST:PORT", help="Where the page is served.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Serve the page, do not open it.")]

HTTP_DEFAULT = "127.0.0.1:8765"


def address(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``; raises BadInputError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise BadInputError(f"--http {text}: expected HOST:PORT, for example {HTTP_DEFAULT}")
    return host.strip("[]") or "127.0.0.1", int(port)

