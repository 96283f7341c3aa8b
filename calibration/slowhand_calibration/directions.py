"""How much of the sphere of directions has been seen, and readings that say something new."""

from __future__ import annotations

import numpy as np

REACH_DEG = 20.0    # a reading stands for the directions this near to it
_PLACES = 200       # directions that are asked for, spread evenly
_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def even_directions(count: int) -> np.ndarray:
    """Unit vectors (count, 3), spread evenly over the sphere (Fibonacci's spiral)."""
    number = np.arange(count)
    height = 1.0 - (2.0 * number + 1.0) / count
    around = np.sqrt(1.0 - height**2)
    return np.column_stack([around * np.cos(_GOLDEN * number), around * np.sin(_GOLDEN * number), height])


_ASKED = even_directions(_PLACES)


def coverage(vectors: np.ndarray) -> float:
    """Share (0..1) of all directions that lie within `REACH_DEG` of one of ``vectors`` (n, 3), of any unit."""
    size = np.linalg.norm(vectors, axis=1)
    there = vectors[size > 0] / size[size > 0, None]
    if len(there) == 0:
        return 0.0
    return float(np.mean((_ASKED @ there.T).max(axis=1) >= np.cos(np.radians(REACH_DEG))))


def thinned(points: np.ndarray, step: float) -> np.ndarray:
    """Indices of the points (n, 3) that lie at least ``step`` from the last one kept.

    A hand that rests in one attitude would otherwise outweigh all others in a fit.
    """
    kept: list[int] = []
    last = np.full(3, np.inf)
    for number, point in enumerate(points):
        away = point - last
        if not away @ away < step * step:   # also true for the first, whose distance is infinite
            kept.append(number)
            last = point
    return np.array(kept, int)
