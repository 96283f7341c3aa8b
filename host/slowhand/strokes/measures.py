"""The measures of one stroke, from the rows that it lasted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slowhand.strokes.places import region_of, side_of
from slowhand.strokes.rhythm import evenness_of
from slowhand.strokes.stroke import Kind, Stroke

KNOWN_SHARE = 0.8   # of a stroke's time in which a place must be known for its measures to be given
HAND_FIT_MM = 2.0   # a pad's place in the hand: fingers bend, and no hand is quite the profile's
# Error of a mean speed. A place that is wrong by a millimetre is corrected within about a second, which looks like
# 0.9 mm/s; a field map that is stretched by a few percent stretches every way; and a hand that taps bounces. Where speed
# and places disagree (the trunk of a seated receiver sways, which the hand's sensor feels as well) one of them is wrong.
SIGMA_PER_S = 0.9
SIGMA_SHARE = 0.025
SIGMA_LEAST_CM_S = 0.05
SIGMA_TAP_CM_S = 0.6
AGREE_US = 300_000   # over so long the way by speed is compared with the way by places: tremor has gone by, a sway has not

# One row: t_us, step_s, speed_cm_s, vx, vy, total_n, total_at_least, spine_mm, cop_x_mm, cop_y_mm, sigma_x_mm, sigma_y_mm,
# spine_sigma_mm, and how far the skin's point under the centre went since the row before, x and y
Row = tuple[
    int, float, float, float, float, float, bool, float, float, float, float, float, float, float, float
]


@dataclass(frozen=True)
class StrokeRows:
    """The rows of one stroke, column by column."""

    t_us: np.ndarray
    step_s: np.ndarray       # time that each row stands for: since the row before it
    speed_cm_s: np.ndarray   # NaN where unknown
    velocity: np.ndarray     # (n, 2) cm/s
    total_n: np.ndarray
    at_least: np.ndarray
    spine_mm: np.ndarray     # NaN where no pad is loaded or the place is unknown
    cop_mm: np.ndarray       # (n, 2)
    sigma_mm: np.ndarray     # (n, 2), of the hand's place
    spine_sigma_mm: np.ndarray   # of the x of the pad that is nearest to the spine
    went_mm: np.ndarray      # (n, 2) by places, since the row before

    @classmethod
    def of(cls, rows: Sequence[Row]) -> StrokeRows:
        table = np.array(rows, dtype=np.float64).reshape(len(rows), 15)
        return cls(
            np.array([row[0] for row in rows], dtype=np.int64), table[:, 1], table[:, 2], table[:, 3:5],
            table[:, 5], table[:, 6] > 0, table[:, 7], table[:, 8:10], table[:, 10:12], table[:, 12], table[:, 13:],
        )


def measure(
    rows: StrokeRows, kind: Kind, start_us: int, end_us: int, back_length_mm: float,
    cadence_per_min: float | None = None, rhythm_evenness: float | None = None,
    travel_mm: tuple[float, float] | None = None, cadence_sigma_per_min: float | None = None,
) -> Stroke:
    """The stroke with all its measures; those that need a place are None unless it was known for most of it.

    Side and distance from the spine need x alone.

    Args:
        rows: what was measured from ``start_us`` to ``end_us``.
        cadence_per_min, cadence_sigma_per_min, rhythm_evenness: of cyclic strokes.
        travel_mm: x and y from its first to its last place, of glides.
    """
    known = np.isfinite(rows.speed_cm_s)
    placed = _for_most(rows, known)
    x_mm, y_mm = (_mean_place(rows, axis) for axis in (0, 1))   # x may be known where y is not
    spine_mm, spine_sigma_mm = _nearest_to_spine(rows) if x_mm is not None else (None, None)
    force = np.where(np.isfinite(rows.total_n), rows.total_n, 0.0)
    mean_cm_s, peak_cm_s, path_mm = _travelled(rows, known) if placed else (None, None, None)
    return Stroke(
        start_us=start_us, end_us=end_us, kind=kind,
        mean_cm_s=mean_cm_s,
        peak_cm_s=peak_cm_s,
        path_mm=path_mm,
        cadence_per_min=cadence_per_min,
        mean_n=_mean_force(rows, force),
        peak_n=float(np.max(force, initial=0.0)),
        peak_at_least=bool(rows.at_least.any()),
        impulse_n_s=float(np.sum(force * rows.step_s)),
        min_spine_mm=spine_mm,
        region=region_of(y_mm, back_length_mm) if y_mm is not None else None,
        side=side_of(x_mm) if x_mm is not None else None,
        evenness=_glide_evenness(rows, known) if kind is Kind.GLIDE and placed else rhythm_evenness,
        direction_deg=_direction(travel_mm) if placed and travel_mm else None,
        speed_sigma_cm_s=None if mean_cm_s is None else _speed_sigma(rows, known, kind, mean_cm_s),
        spine_sigma_mm=spine_sigma_mm,
        cadence_sigma_per_min=cadence_sigma_per_min,
    )


def _travelled(rows: StrokeRows, known: np.ndarray) -> tuple[float, float, float]:
    """Mean and peak speed, cm/s, and the length of the path, mm, over the rows whose speed is known."""
    path_mm = float(10.0 * np.sum(rows.speed_cm_s[known] * rows.step_s[known]))
    return 0.1 * path_mm / max(_time(rows, known), 1e-9), float(np.max(rows.speed_cm_s[known])), path_mm


def _glide_evenness(rows: StrokeRows, known: np.ndarray) -> float | None:
    """How even the speed is between the ends: every glide begins and ends at rest, which is not unevenness."""
    edge = len(known) // 10
    inner = slice(edge, len(known) - edge)
    return evenness_of(rows.speed_cm_s[inner][known[inner]])


def _speed_sigma(rows: StrokeRows, known: np.ndarray, kind: Kind, mean_cm_s: float) -> float:
    place = 0.1 * SIGMA_PER_S * float(np.mean(rows.sigma_mm[known]))
    bounce = SIGMA_TAP_CM_S if kind is Kind.TAP else 0.0
    off = _disagreement(rows)
    # A speed is never negative: of a hand at rest its noise is all there is, and of a fast one it cancels out.
    noise = off * off / max(math.hypot(off, mean_cm_s), 1e-9)
    return math.hypot(SIGMA_LEAST_CM_S, place, SIGMA_SHARE * mean_cm_s, bounce, noise)


def _disagreement(rows: StrokeRows) -> float:
    """By how much, RMS in cm/s, the velocity differs from what places say within ``AGREE_US``; 0 when too short to tell."""
    off_mm = 10.0 * rows.velocity * rows.step_s[:, None] - rows.went_mm
    known = np.isfinite(off_mm).all(axis=1)
    ahead = np.searchsorted(rows.t_us, rows.t_us + AGREE_US)
    begin = np.flatnonzero(ahead < len(rows.t_us))
    if not len(begin):
        return 0.0
    gone = np.cumsum(np.where(known[:, None], off_mm, 0.0), axis=0)
    span_s = (rows.t_us[ahead[begin]] - rows.t_us[begin]) * 1e-6
    apart_cm_s = 0.1 * np.hypot(*(gone[ahead[begin]] - gone[begin]).T) / span_s
    return float(np.sqrt(np.mean(apart_cm_s**2)))


def _nearest_to_spine(rows: StrokeRows) -> tuple[float | None, float | None]:
    """The smallest distance of a loaded pad and its sigma."""
    loaded = np.flatnonzero(np.isfinite(rows.spine_mm))
    if not len(loaded):
        return None, None
    nearest = loaded[np.argmin(rows.spine_mm[loaded])]
    return float(rows.spine_mm[nearest]), math.hypot(HAND_FIT_MM, float(rows.spine_sigma_mm[nearest]))


def _time(rows: StrokeRows, which: np.ndarray) -> float:
    return float(np.sum(rows.step_s[which]))


def _mean_force(rows: StrokeRows, force: np.ndarray) -> float:
    # A contact's first row has no time of its own yet, but leaving out the softest of a tap's twelve rows at 100 Hz
    # would make the mean 8 % too large: it counts like any other.
    step_s = np.where(rows.step_s > 0, rows.step_s, np.median(rows.step_s))
    time_s = float(np.sum(step_s))
    return float(np.sum(force * step_s)) / time_s if time_s > 0 else float(np.mean(force))


def _for_most(rows: StrokeRows, known: np.ndarray) -> bool:
    return bool(known.any()) and _time(rows, known) >= KNOWN_SHARE * _time(rows, np.ones_like(known))


def _mean_place(rows: StrokeRows, axis: int) -> float | None:
    place = rows.cop_mm[:, axis]
    known = np.isfinite(place)
    return float(np.mean(place[known])) if _for_most(rows, known) else None


def _direction(travel_mm: tuple[float, float]) -> float | None:
    """Degrees, -180..180: 0 towards the feet, 90 to the receiver's left."""
    x, y = travel_mm
    return math.degrees(math.atan2(x, y)) if x or y else None
