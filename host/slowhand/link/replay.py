"""A recording in a glove's place: the bytes of a session, piece by piece as they came in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from slowhand.errors import LinkError


class ReplayLink:
    """Reads recorded pieces; what is written is dropped and counted.

    Args:
        chunks: pairs of (host time in seconds, bytes), as they were recorded.
        speed: 1 as it was, 2 twice as fast; ``None`` as fast as it is read.
        now_s, wait: clock and sleep, as for `ReconnectingLink`.
    """

    def __init__(
        self,
        chunks: Iterable[tuple[float, bytes]],
        speed: float | None = None,
        name: str = "replay",
        now_s: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        if speed is not None and not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.name = name
        self.finished = False                      # all has been read
        self.host_s: float | None = None           # the recorded time of what was read last
        self.dropped_writes = 0
        self._chunks = iter(chunks)
        self._next: tuple[float, bytes] | None = None
        self._speed = speed
        self._now_s = now_s
        self._wait = wait
        self._open = False
        self._lead_s: float | None = None          # clock minus (recorded time / speed), from the first piece

    def open(self) -> None:
        self._open = True

    def read(self, timeout_s: float) -> bytes:
        self._check_open()
        timeout_s = max(timeout_s, 0.0)
        if self._next is None:
            self._next = next(self._chunks, None)
        if self._next is None:
            self.finished = True
            self._wait(timeout_s)
            return b""
        recorded_s, data = self._next
        early_s = self._early_s(recorded_s)
        if early_s > 0:
            self._wait(min(early_s, timeout_s))
            if early_s > timeout_s:
                return b""
        self._next = None
        self.host_s = recorded_s
        return data

    def write(self, data: bytes) -> None:
        self._check_open()
        self.dropped_writes += 1

    def close(self) -> None:
        self._open = False

    def _early_s(self, recorded_s: float) -> float:
        """How long it is until a piece is due."""
        if self._speed is None:
            return 0.0
        due_s = recorded_s / self._speed
        if self._lead_s is None:
            self._lead_s = self._now_s() - due_s
        return due_s + self._lead_s - self._now_s()

    def _check_open(self) -> None:
        if not self._open:
            raise LinkError(f"{self.name}: is not open")
