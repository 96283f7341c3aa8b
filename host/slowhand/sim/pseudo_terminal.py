"""One end of a pseudo-terminal: to the host it looks like a serial port that can be opened, closed and lost."""

from __future__ import annotations

import errno
import os
import select
import tty
from pathlib import Path


class PseudoTerminal:
    """``path`` is what the host opens. No call blocks."""

    def __init__(self) -> None:
        self._fd, slave = os.openpty()
        self.path = os.ttyname(slave)
        tty.setraw(self._fd)
        os.set_blocking(self._fd, False)
        os.close(slave)  # so that a host's closing can be seen
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)

    def fileno(self) -> int:
        return self._fd

    def is_open(self) -> bool:
        """A host holds the port open."""
        return not any(event & select.POLLHUP for _, event in self._poll.poll(0))

    def make_raw(self) -> None:
        """No echo and no line editing, whatever the last host left behind."""
        tty.setraw(self._fd)

    def read(self) -> bytes:
        """What the host has sent; empty when there is nothing or nobody."""
        try:
            return os.read(self._fd, 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno == errno.EIO:  # Linux: the host has closed the port
                return b""
            raise

    def write(self, data: bytes) -> int:
        """Bytes taken; fewer than given when the host does not read."""
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            if error.errno == errno.EIO:
                return 0
            raise

    def close(self) -> None:
        os.close(self._fd)


def point_link(link: Path, target: str) -> None:
    """Make ``link`` a symbolic link to ``target``, in one step.

    Raises:
        FileExistsError: there is something else of that name.
    """
    if link.exists() and not link.is_symlink():
        raise FileExistsError(f"{link} exists and is no link; remove it or choose another port name")
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
