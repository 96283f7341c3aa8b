"""What can go wrong, named. Every error says what happened, where, and what to do next."""

from __future__ import annotations


class SlowhandError(Exception):
    """Root of every error that a user may meet.

    ``str(error)`` is one line, fit to be printed as it is.
    """


class BadInputError(SlowhandError, ValueError):
    """A file, an option or a table that cannot be used: a text in a number's place, a broken TOML file."""


class LinkError(SlowhandError, OSError):
    """The way to the glove is closed: no such port, access denied, cable pulled out."""


class NotAGloveError(LinkError):
    """The port is open but what answers is no glove, or nothing answers."""


class JointError(SlowhandError):
    """A joint of the glove does not show what it should: a loose wire, a bridge of solder, a chip that is silent."""


class CalibrationError(SlowhandError):
    """A calibration that cannot be believed: the glove moved, too few directions were seen, iron was near."""


class ProtocolMismatchError(SlowhandError):
    """A glove answers, but speaks another version of the wire than this host."""


class StoreError(SlowhandError, OSError):
    """The session file cannot be opened or written: full disk, no permission, made by a newer version."""


class MissingToolError(SlowhandError):
    """A program that this command needs is not installed; the message names the package."""
