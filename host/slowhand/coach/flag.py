"""A flag: a stretch of time in which a limit was broken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FlagKind(StrEnum):
    TOO_FAST = "too_fast"
    SPINE_PRESSURE = "spine_pressure"
    NECK_PRESSURE = "neck_pressure"
    KIDNEY_PRESSURE = "kidney_pressure"
    SENSITIVE_PRESSURE = "sensitive_pressure"
    TOO_HARD = "too_hard"
    TOO_FAST_KNEAD = "too_fast_knead"


class Severity(StrEnum):
    WARN = "warn"
    ALARM = "alarm"


@dataclass(frozen=True)
class Flag:
    """One flag. ``end_us`` is ``None`` while it is open.

    ``value`` is the largest value so far and ``limit`` the limit of its severity, both in ``unit``.
    """

    start_us: int
    end_us: int | None
    raised_us: int
    kind: FlagKind
    severity: Severity
    value: float
    limit: float
    unit: str
    x_mm: float | None    # CoP where the value was largest; None where the place was unknown
    y_mm: float | None
    sore: int | None = None   # which sore place, numbered as they were named; None for every other kind

    @property
    def key(self) -> tuple[str, int]:
        """Name and start, by which two reports are of one flag: one push may hurt two sore places at once."""
        return self.kind.value if self.sore is None else f"{self.kind.value}.{self.sore}", self.start_us
