"""From a target pace to the soft pulse that leads it."""

from __future__ import annotations

from dataclasses import dataclass

ON_MS = 80             # long enough for a coin motor to be felt, short enough to be a tick
STRENGTH = 90          # of 255: a lead, not a warning
SHORTEST_MS, LONGEST_MS = 300, 30_000   # faster is no pace, slower cannot be followed


@dataclass(frozen=True)
class PacePulse:
    """As the wire's Pace message: ``period_ms`` 0 stops."""

    period_ms: int
    on_ms: int
    strength: int


STOP = PacePulse(0, 0, 0)


def pulse_for_glides(speed_cm_s: float, length_mm: float) -> PacePulse:
    """One pulse at each turn: a glide of ``length_mm`` at ``speed_cm_s`` lasts from one to the next."""
    return _every(100.0 * length_mm / speed_cm_s)


def pulse_for_cadence(per_min: float) -> PacePulse:
    """One pulse for each kneading circle."""
    return _every(60_000.0 / per_min)


def _every(period_ms: float) -> PacePulse:
    return PacePulse(round(min(max(period_ms, SHORTEST_MS), LONGEST_MS)), ON_MS, STRENGTH)
