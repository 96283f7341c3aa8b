"""A link that comes back: when the cable goes it closes, tries again ever more slowly, and says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from slowhand.errors import LinkError
from slowhand.link.contract import Link

FIRST_RETRY_S = 0.25     # a board that resets is back within half a second
LONGEST_RETRY_S = 1.0    # with the plug in the hand a second is long; a try costs far less than a millisecond


@dataclass(frozen=True)
class LinkChange:
    """The link went up or down. ``words`` says why, in one line; ``at_s`` is on the injected clock."""

    up: bool
    at_s: float
    words: str


class ReconnectingLink:
    """Wraps another link. Once opened, ``read`` and ``write`` never raise: a link that is down reads ``b""``.

    Args:
        link: what is opened, and opened again; the same name may be another device by then.
        now_s: a clock in seconds that never jumps.
        wait: sleeps for so many seconds; called by ``read`` while the link is down.
    """

    def __init__(
        self,
        link: Link,
        now_s: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = link.name
        self.up = False
        self.words = "not opened yet"
        self.reconnects = 0
        self.dropped_writes = 0       # calls of `write` while it was down
        self.dropped_bytes = 0
        self._link = link
        self._now_s = now_s
        self._wait = wait
        self._wanted = False
        self._was_up = False
        self._pause_s = FIRST_RETRY_S
        self._next_try_s = 0.0
        self._changes: list[LinkChange] = []

    def open(self) -> None:
        """Open it now; for a command that should end when the port is wrong.

        Raises:
            LinkError: the first attempt failed; nothing is tried again.
        """
        if self.up:
            return
        self._link.open()
        self._wanted = True
        self._went_up()

    def open_when_there(self) -> None:
        """Begin to try, in ``read``, until the port is there; for a program that waits for its glove."""
        self._wanted = True
        self._next_try_s = self._now_s()

    def read(self, timeout_s: float) -> bytes:
        self._check_wanted()
        if not self.up:
            self._try_again(timeout_s)
            return b""
        try:
            data = self._link.read(timeout_s)
        except LinkError as error:
            self._went_down(str(error))
            return b""
        if data:
            self._pause_s = FIRST_RETRY_S  # only a link that brings something has earned a quick return
        return data

    def write(self, data: bytes) -> None:
        self._check_wanted()
        if self.up:
            try:
                self._link.write(data)
                return
            except LinkError as error:
                self._went_down(str(error))
        if data:
            self.dropped_writes += 1
            self.dropped_bytes += len(data)

    def close(self) -> None:
        self._wanted = False
        self.up = False
        self.words = "closed"
        self._link.close()

    def take_changes(self) -> tuple[LinkChange, ...]:
        """What happened since the last call, in order."""
        changes = tuple(self._changes)
        self._changes.clear()
        return changes

    def _check_wanted(self) -> None:
        if not self._wanted:
            raise LinkError(f"{self.name}: is not open")

    def _try_again(self, timeout_s: float) -> None:
        ahead_s = self._next_try_s - self._now_s()
        if ahead_s > 0:
            self._wait(min(ahead_s, max(timeout_s, 0.0)))
            if self._now_s() < self._next_try_s:
                return
        try:
            self._link.open()
        except LinkError as error:
            self.words = str(error)
            self._schedule()
            return
        self._went_up()

    def _went_up(self) -> None:
        self.reconnects += self._was_up
        self._was_up = self.up = True
        self.words = f"{self.name}: open"
        self._changes.append(LinkChange(True, self._now_s(), self.words))

    def _went_down(self, words: str) -> None:
        self._link.close()
        self.up = False
        self.words = words
        self._changes.append(LinkChange(False, self._now_s(), words))
        self._schedule()

    def _schedule(self) -> None:
        self._next_try_s = self._now_s() + self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_RETRY_S)
