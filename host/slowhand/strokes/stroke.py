"""One stroke and its measures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of stroke, with massage's own names."""

    GLIDE = "glide"        # effleurage
    KNEAD = "knead"        # petrissage
    PRESS = "press"        # sustained compression
    FRICTION = "friction"  # short, deep, fast, in place
    TAP = "tap"            # tapotement
    UNKNOWN = "unknown"    # how the hand moved is not known, and the force alone does not tell


@dataclass(frozen=True)
class Stroke:
    """A finished stroke. Measures that need a place are ``None`` where the place was unknown."""

    start_us: int
    end_us: int
    kind: Kind
    mean_cm_s: float | None
    peak_cm_s: float | None
    path_mm: float | None
    cadence_per_min: float | None   # of cyclic strokes
    mean_n: float
    peak_n: float
    peak_at_least: bool             # a pad was saturated: peak and mean are lower bounds
    impulse_n_s: float
    min_spine_mm: float | None
    region: str | None              # neck, shoulders, upper, middle, lower, sacrum
    side: str | None                # left, right, centre
    evenness: float | None          # 0..1, 1 = constant speed (glides) or rhythm (trains)
    direction_deg: float | None     # of travel in the back's x-y plane, 0 = to the feet, 90 = to the receiver's left
    speed_sigma_cm_s: float | None = None   # one standard deviation of the mean speed
    flags: tuple[str, ...] = ()     # kinds of the flags that overlap it, in order of their start
    muscle: str | None = None       # that a hand feels under most of it, by its name in the body atlas
    fibre_deg: float | None = None  # of glides and straight friction against that muscle's fibres: 0 along, 90 across
    fibre_sigma_deg: float | None = None
    spine_sigma_mm: float | None = None         # of the smallest distance from the spine
    cadence_sigma_per_min: float | None = None
