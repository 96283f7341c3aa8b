"""Hard and soft iron of one magnetometer: while it is turned about, the earth's field keeps its strength.

Model: ``|soft_iron @ (reading - hard_iron)| = strength``. A sphere (no soft iron) has 4 unknowns; the ellipsoid has 5
more and is taken only when it is needed and when enough directions were seen to know them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from slowhand_calibration.directions import coverage, thinned

NEW_READING_UT = 1.5        # four times the noise of one reading (0.3-0.4 uT, AK09916 and LIS3MDL)
LEAST_READINGS = 50
LEAST_SPREAD_UT = 3.0       # of readings along one axis, RMS: a turn of 10 degrees; below, a fit would be one to noise
ELLIPSOID_COVERAGE = 0.85   # with less, the 5 more unknowns follow the noise and the hard iron with them
ELLIPSOID_FROM_UT = 0.6     # a residual below is the chips' noise: there is nothing left to explain
ELLIPSOID_GAIN = 0.7        # it must leave no more than this of the sphere's residual
SOFT_LOSS_UT = 1.0          # from here on a reading pulls ever less
OUTLIER_SIGMAS = 4.0
OUTLIER_UT = 2.0            # nearer than this is no outlier, however quiet the rest
TO_SIGMA = 1.4826           # from the median of absolute values, for normal noise


@dataclass(frozen=True)
class FieldFit:
    """What one magnetometer's readings tell: ``corrected = soft_iron @ (raw - hard_iron)``."""

    hard_iron_ut: np.ndarray        # (3,)
    soft_iron: np.ndarray           # (3, 3), symmetric, determinant 1: it changes shape and not scale
    strength_ut: float              # of the field around it
    residual_ut: float              # RMS of what is left of the strength's constancy, without outliers
    hard_iron_sigma_ut: float       # along the least known direction
    coverage: float                 # share of the field's directions that were seen, 0..1
    outliers: float                 # share of readings that fit nothing, 0..1
    readings: int                   # after thinning

    @property
    def ellipsoid(self) -> bool:
        """Soft iron was found and is taken away."""
        return not np.array_equal(self.soft_iron, np.eye(3))

    def corrected(self, raw_ut: np.ndarray) -> np.ndarray:
        """Readings (n, 3) without the iron."""
        return (raw_ut - self.hard_iron_ut) @ self.soft_iron.T


def fit_field(raw_ut: np.ndarray) -> FieldFit | None:
    """The iron in readings (n, 3), uT, in the order of time; ``None`` when there are too few different ones.

    Robust: readings beside iron or a passing magnet are left out as long as most are good.
    """
    points = raw_ut[thinned(raw_ut, NEW_READING_UT)]
    if len(points) < LEAST_READINGS or np.std(points, axis=0).max() < LEAST_SPREAD_UT:
        return None
    middle = _rough_middle(points)
    start = np.append(middle, np.median(np.linalg.norm(points - middle, axis=1)))
    sphere = _settle(points, _sphere_residual, start)
    seen = coverage(points - sphere.x[:3])
    if seen < ELLIPSOID_COVERAGE or sphere.residual_ut <= ELLIPSOID_FROM_UT:
        return sphere.as_fit(points, seen)
    ellipsoid = _settle(points, _ellipsoid_residual, np.append(sphere.x, np.zeros(5)))
    better = ellipsoid.residual_ut <= ELLIPSOID_GAIN * sphere.residual_ut and ellipsoid.outliers <= sphere.outliers
    return (ellipsoid if better else sphere).as_fit(points, seen)


def field_coverage(raw_ut: np.ndarray) -> float:
    """Share of directions seen so far, quick enough to be shown while the hand turns; 0 while that is not known."""
    points = raw_ut[thinned(raw_ut, 3.0 * NEW_READING_UT)]
    if len(points) < 10:
        return 0.0
    middle = _rough_middle(points)
    strength = np.median(np.linalg.norm(points - middle, axis=1))
    # A short arc of a turn, with its noise, fits a small sphere as well as the true one.
    return coverage(points - middle) if 20.0 <= strength <= 80.0 else 0.0


def _rough_middle(points: np.ndarray) -> np.ndarray:
    """The centre of the sphere through points (n, 3), by linear least squares: |p|^2 = 2 p.c + const."""
    near = points - np.median(points, axis=0)
    distance = np.linalg.norm(near, axis=1)
    # All of a sphere lies within a diameter of any point inside, and the median distance is two thirds of a radius.
    kept = near[distance <= 3.0 * np.median(distance)]
    design = np.column_stack([2.0 * kept, np.ones(len(kept))])
    solution = np.linalg.lstsq(design, np.einsum("ij,ij->i", kept, kept), rcond=None)[0]
    return np.median(points, axis=0) + solution[:3]


@dataclass(frozen=True)
class _Settled:
    x: np.ndarray
    residual_ut: float
    sigma_ut: float
    outliers: float

    def as_fit(self, points: np.ndarray, seen: float) -> FieldFit:
        soft = _shape(self.x[4:]) if len(self.x) > 4 else np.eye(3)
        return FieldFit(self.x[:3], soft, abs(float(self.x[3])), self.residual_ut, self.sigma_ut, seen, self.outliers,
                        len(points))


def _settle(points: np.ndarray, residual: Callable[[np.ndarray, np.ndarray], np.ndarray], start: np.ndarray) -> _Settled:
    """Fit robustly, leave the outliers out, and fit what is left plainly."""
    x = least_squares(residual, start, args=(points,), loss="soft_l1", f_scale=SOFT_LOSS_UT).x
    left = np.abs(residual(x, points))
    good = left <= max(OUTLIER_SIGMAS * TO_SIGMA * float(np.median(left)), OUTLIER_UT)
    last = least_squares(residual, x, args=(points[good],))
    rms = float(np.sqrt(np.mean(last.fun**2)))
    covariance = np.linalg.pinv(last.jac.T @ last.jac)[:3, :3] * rms**2
    return _Settled(last.x, rms, float(np.sqrt(np.linalg.eigvalsh(covariance)[-1])), float(np.mean(~good)))


def _sphere_residual(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - x[:3], axis=1) - x[3]


def _ellipsoid_residual(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.linalg.norm((points - x[:3]) @ _shape(x[4:]), axis=1) - x[3]


def _shape(stretch: np.ndarray) -> np.ndarray:
    """The symmetric matrix of determinant 1 whose logarithm has these 5 free entries (its trace is 0)."""
    xx, yy, xy, xz, yz = stretch
    values, axes = np.linalg.eigh([[xx, xy, xz], [xy, yy, yz], [xz, yz, -xx - yy]])
    return (axes * np.exp(values)) @ axes.T
