"""The command line: the only place where parts are put together."""

from slowhand.cli.app import main

__all__ = ["main"]
