"""Which muscle a stroke works on, and how it runs against the fibres: along, across, or between."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Protocol

import numpy as np

from slowhand.strokes.measures import KNOWN_SHARE, StrokeRows
from slowhand.strokes.stroke import Kind, Stroke

SMOOTH_S = 0.05        # of the direction of motion: a fifth of the fastest friction's cycle
STRAIGHT = 0.7         # resultant of the axes of motion: 1 on a line, 0 on a circle; friction below this goes round
MOSTLY = 0.5           # of its time, that a stroke must be over a muscle to be named by it
MOST_SIGMA_DEG = 30.0  # a stroke that goes as much along as across has 45 and more: no angle tells it


class FibreMap(Protocol):
    """Where muscles lie on this receiver's back, as a hand feels them; places in mm of the back frame, arrays alike.

    (Of the body atlas, `coach.atlas_grid.AtlasGrid`.)
    """

    @property
    def muscle_names(self) -> tuple[str, ...]:
        """By the index that `felt` gives."""

    def felt(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Index of the muscle at each place, -1 where there is none or the place is NaN."""

    def fibres(self, x_mm: np.ndarray, y_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Axis of its fibres, degrees as `Stroke.direction_deg`, and their standard deviation; NaN where none is."""


def over_muscles(stroke: Stroke, rows: StrokeRows, fibres: FibreMap) -> Stroke:
    """``stroke``, which lasted ``rows``, with the muscle under it and its angle against the fibres."""
    angle_deg, sigma_deg = against_fibre(rows, stroke.kind, fibres) or (None, None)
    return replace(stroke, muscle=muscle_under(rows, fibres), fibre_deg=angle_deg, fibre_sigma_deg=sigma_deg)


def muscle_under(rows: StrokeRows, fibres: FibreMap) -> str | None:
    """The muscle under the centre of pressure for most of a stroke; None where no single one is, or none is known."""
    placed = np.isfinite(rows.cop_mm).all(axis=1)
    total_s = float(np.sum(rows.step_s))
    if total_s <= 0 or not np.any(placed) or np.sum(rows.step_s[placed]) < KNOWN_SHARE * total_s:
        return None
    felt = fibres.felt(rows.cop_mm[placed, 0], rows.cop_mm[placed, 1])
    time_s = np.bincount(felt + 1, weights=rows.step_s[placed], minlength=2)   # the first is that of none
    most = int(np.argmax(time_s[1:]))
    return fibres.muscle_names[most] if time_s[1 + most] >= MOSTLY * np.sum(time_s) else None


def against_fibre(rows: StrokeRows, kind: Kind, fibres: FibreMap) -> tuple[float, float] | None:
    """Angle between a stroke's way and the fibres under it, 0 along to 90 across, and its standard deviation.

    Of glides and of friction on a line. Every stretch of the way counts by its length, with the fibres under it. Axes
    are averaged by their doubled angles, and the spread of the way is sqrt(-2 ln R) of those, halved (Mardia and Jupp,
    Directional Statistics, 2000). The stated deviation holds that, what the atlas does not know of the fibres, and what
    the place may be off: fibres are asked for at the four corners of its error, which have its mean and its variance.

    None where speed or place are unknown for more than a fifth of the time, for more than a fifth of the way no muscle
    lies below, or the way crosses fibres of so many directions that an angle would say nothing.
    """
    if kind not in (Kind.GLIDE, Kind.FRICTION):
        return None
    known = np.isfinite(rows.speed_cm_s) & np.isfinite(rows.cop_mm).all(axis=1)
    if not known.any() or np.sum(rows.step_s[known]) < KNOWN_SHARE * np.sum(rows.step_s):
        return None
    velocity = _smooth(rows, known)
    way = np.hypot(velocity[:, 0], velocity[:, 1]) * rows.step_s[known]
    direction = np.exp(2j * np.arctan2(velocity[:, 0], velocity[:, 1]))
    whole = float(np.sum(way))
    if whole <= 0 or (kind is Kind.FRICTION and abs(np.sum(way * direction)) < STRAIGHT * whole):
        return None
    turned, over, atlas_deg2 = _against(rows.cop_mm[known], rows.sigma_mm[known], way, direction, fibres)
    resultant = abs(turned) / over if over >= KNOWN_SHARE * whole else 0.0
    if resultant < 1e-6:
        return None
    spread_deg = math.degrees(math.sqrt(-2.0 * math.log(min(resultant, 1.0)))) / 2.0
    sigma_deg = math.hypot(spread_deg, math.sqrt(atlas_deg2))
    if sigma_deg > MOST_SIGMA_DEG:
        return None
    return abs(math.degrees(math.atan2(turned.imag, turned.real))) / 2.0, sigma_deg


def _against(
    cop_mm: np.ndarray, sigma_mm: np.ndarray, way: np.ndarray, direction: np.ndarray, fibres: FibreMap
) -> tuple[complex, float, float]:
    """Sum of the doubled angles between way and fibres, how much of the way that is, and the atlas' own variance."""
    turned, over, weighted_deg2 = 0j, 0.0, 0.0
    for corner in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        place = cop_mm + math.sqrt(2.0) * np.nan_to_num(sigma_mm) * corner
        axis_deg, axis_sigma_deg = fibres.fibres(place[:, 0], place[:, 1])
        there = np.isfinite(axis_deg)
        part = way[there] / 4.0
        turned += complex(np.sum(part * direction[there] * np.exp(-2j * np.radians(axis_deg[there]))))
        over += float(np.sum(part))
        weighted_deg2 += float(np.sum(part * axis_sigma_deg[there] ** 2))
    return turned, over, weighted_deg2 / over if over > 0 else 0.0


def _smooth(rows: StrokeRows, known: np.ndarray) -> np.ndarray:
    """Velocity (n, 2) of the known rows, averaged over ``SMOOTH_S``: noise turns a slow hand's direction."""
    width = max(round(SMOOTH_S / max(float(np.median(rows.step_s)), 1e-4)), 1)
    box, count = np.ones(min(width, len(known))), known.astype(float)
    velocity = np.where(known[:, None], rows.velocity, 0.0)
    return np.column_stack(
        [np.convolve(axis, box, "same") / np.maximum(np.convolve(count, box, "same"), 1.0) for axis in velocity.T]
    )[known]
