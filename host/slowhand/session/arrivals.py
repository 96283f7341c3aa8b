"""What has come in from the glove: the latest row, how fresh it is, and at what rate rows come."""

from __future__ import annotations

from collections import deque

import numpy as np

from slowhand.clock import DeviceClock

RATE_OVER_S = 1.0


class Arrivals:
    """Keeps count of rows as they come; times are seconds on a clock that never jumps."""

    def __init__(self) -> None:
        self.row: np.void | None = None   # the latest touch row
        self.row_s = 0.0                  # and when it came in
        self._counts: deque[tuple[float, int]] = deque()

    def begin(self) -> None:
        """A new session: what came before belongs to none of its gaps."""
        self.row = None

    def add(self, touch: np.ndarray, now_s: float) -> list[tuple[int, int]]:
        """One block of TOUCH_DTYPE rows. Returns its gaps: the rows before and after each, device microseconds."""
        last_us = int(self.row["t_us"]) if self.row is not None else None
        gaps = []
        for i in np.flatnonzero(touch["gap"]).tolist():
            before_us = int(touch["t_us"][i - 1]) if i else last_us
            if before_us is not None:
                gaps.append((before_us, int(touch["t_us"][i])))
        self.row, self.row_s = touch[-1].copy(), now_s
        self._counts.append((now_s, len(touch)))
        return gaps

    def quiet_s(self, now_s: float) -> float | None:
        """How long ago the latest row came; None: none yet."""
        return now_s - self.row_s if self.row is not None else None

    def late_s(self, clock: DeviceClock, now_s: float) -> float:
        """How old the latest row is by the glove's clock; 0 where that is not known."""
        age_s = clock.age_s(int(self.row["t_us"]), now_s) if self.row is not None else None
        return age_s or 0.0

    def rate_hz(self, now_s: float) -> float | None:
        """Rows per second over the last second."""
        while self._counts and self._counts[0][0] < now_s - RATE_OVER_S:
            self._counts.popleft()
        if len(self._counts) < 2:
            return None
        # The first arrival only marks where the time begins.
        rows = sum(rows for _, rows in self._counts) - self._counts[0][1]
        over_s = self._counts[-1][0] - self._counts[0][0]
        return rows / over_s if over_s > 0.0 else None   # one read may bring several blocks
