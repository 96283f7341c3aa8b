"""What the charts are drawn from: one session's results, wherever they come from (store, replay, raw log)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.coach.flag import Flag
from slowhand.strokes.stroke import Stroke


@dataclass(frozen=True)
class Band:
    """Warn and alarm limit of one quantity, in the unit of its axis."""

    warn: float
    alarm: float


@dataclass(frozen=True)
class SessionRecord:
    """One session, ready to be charted.

    ``touch`` is a TOUCH_DTYPE array (one row per sample); times are device microseconds. ``limits`` holds a
    band per flag kind, in that flag's unit.
    """

    title: str
    subtitle: str
    mode: str                       # "strip", "motion", "force"
    touch: np.ndarray
    strokes: tuple[Stroke, ...]
    flags: tuple[Flag, ...]
    limits: dict[str, Band]
    back_length_mm: float
    shoulder_width_mm: float
    magnets_mm: tuple[float, ...] = ()   # y of the strip's magnets; empty without a strip
    notes: tuple[str, ...] = ()          # "the host was killed: whole up to 12:03:04", shown on the page

    @property
    def start_us(self) -> int:
        """Device time of the first row; 0 for an empty session."""
        return int(self.touch["t_us"][0]) if len(self.touch) else 0

    def seconds(self, t_us: np.ndarray | int) -> np.ndarray:
        """Session seconds of device microseconds."""
        return (np.asarray(t_us) - self.start_us) / 1e6

    @property
    def duration_s(self) -> float:
        return float(self.seconds(int(self.touch["t_us"][-1]))) if len(self.touch) else 0.0

    def row_weights_s(self) -> np.ndarray:
        """Seconds that each row stands for, shape (n,); a gap before a row counts for nothing."""
        if len(self.touch) < 2:
            return np.zeros(len(self.touch))
        step = np.diff(self.touch["t_us"], prepend=self.touch["t_us"][0]) / 1e6
        step[self.touch["gap"]] = 0.0
        return step
