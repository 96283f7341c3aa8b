"""A sentence of the score card and the figures behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from slowhand.strokes.stroke import Stroke


@dataclass(frozen=True)
class Figure:
    """One measured figure, and on how much data it rests."""

    name: str
    value: float
    unit: str
    over: float            # how much data: seconds of contact, strokes, turns
    over_unit: str
    limit: float | None = None   # that it is held against, in the same unit

    @property
    def words(self) -> str:
        """As a giver reads it."""
        over = time_words(self.over) if self.over_unit == "s" else f"{self.over:.0f} {self.over_unit}"
        beside = f"in {over}" if self.limit is None else f"limit {number_words(self.limit)} {self.unit}"
        return f"{self.name}: {number_words(self.value)} {self.unit}".rstrip() + f" ({beside})"


@dataclass(frozen=True)
class Sentence:
    """Something that is said of one topic."""

    topic: str
    words: str
    figures: tuple[Figure, ...] = ()
    why: str = ""


def number_words(value: float) -> str:
    """Two digits that count; nothing is gained from more."""
    if value == int(value) or abs(value) >= 20.0:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1.0 else f"{value:.2f}"


def time_words(seconds: float) -> str:
    """A stretch of time as one says it."""
    if seconds < 1.0:
        return "less than a second"
    if seconds < 119.5:
        whole = round(seconds)
        return f"{whole} second{'s' if whole != 1 else ''}"
    return f"{seconds / 60.0:.0f} minutes"


def middle_of(strokes: Sequence[Stroke], name: str) -> tuple[float, int] | None:
    """The middle (median) of a measure of strokes and how many have it; ``None``: none has."""
    known = [value for value in (getattr(stroke, name) for stroke in strokes) if value is not None]
    return (median(known), len(known)) if known else None


def middle_and_error(strokes: Sequence[Stroke], name: str) -> tuple[float, float, int] | None:
    """Median, its standard error, and of how many.

    The error of a median is 1.2533 s / sqrt(n) for a normal spread s, here 1.4826 times the median absolute
    deviation. Without a strip the speed's own sigma is an error that strokes share, and does not become smaller.
    """
    found = middle_of(strokes, name)
    if found is None:
        return None
    middle, n = found
    known = [value for value in (getattr(stroke, name) for stroke in strokes) if value is not None]
    spread = 1.4826 * median(abs(value - middle) for value in known)
    sigmas = [stroke.speed_sigma_cm_s for stroke in strokes if stroke.speed_sigma_cm_s is not None]
    return middle, math.hypot(1.2533 * spread / math.sqrt(n), median(sigmas) if sigmas else 0.0), n
