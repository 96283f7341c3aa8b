"""What every way to a glove offers. The conformance suite in tests/unit/test_link_conformance.py is its meaning."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Link(Protocol):
    """Bytes in, bytes out. Used by one thread; only ``close`` may be called from another.

    ``LinkError`` means: closed for now. After it, ``close`` and then ``open`` may be tried again. Its text is one line
    that says what happened, where, and what to do.
    """

    name: str
    """What a person calls it: the port's path or URL."""

    def open(self) -> None:
        """Open it; nothing happens when it is open.

        Raises:
            LinkError: no such port, access denied, in use by another program, no serial port.
        """

    def read(self, timeout_s: float) -> bytes:
        """Whatever has come in, at once; else what comes first within ``timeout_s``; ``b""`` when nothing does.

        Raises:
            LinkError: not open, or the cable was pulled out.
        """

    def write(self, data: bytes) -> None:
        """Send all of ``data``.

        Raises:
            LinkError: not open, the cable was pulled out, or the other side takes nothing for a second.
        """

    def close(self) -> None:
        """Close it. Never raises; nothing happens when it is closed."""
