"""The strip's field and its derivatives, in closed form.

One magnet: ``B = k/r^3 (3 (m.u) u - m)``, ``k = mu0/4pi``, ``r`` from magnet to sensor, ``u = r/|r|`` (Jackson,
Classical Electrodynamics, 5.56). Its derivatives by the sensor's place (symmetric, traceless) and by the moment:

    dB/dp = 3k/r^5 [m r' + r m' + (m.r) I - 5 (m.r) r r' / r^2],   dB/dm = k/r^3 (3 u u' - I)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import MAGNETS, N_SHAPE, PER_MAGNET, SHAPE, SHIFT

K_UT = 0.1                # mu0/4pi in uT m3 / (A m2)
CLOSEST_M2 = 0.008**2     # the discs are 8 mm wide: nearer than that no dipole, and no sensor, is
STEEPEST = 0.7            # no spine is steeper; keeps the square root real while the filter gropes


class FieldMap(NamedTuple):
    """Where the magnets are believed to be; rebuilt from the nominal state whenever that changes."""

    place: np.ndarray   # (M, 3) m
    moment: np.ndarray  # (M, 3) A m2
    dy: np.ndarray      # (M, S) how y of a magnet changes with each shape (the ribbon keeps its length)
    slope: np.ndarray   # (M,) dz/ds


def empty_map(magnets: int) -> FieldMap:
    """Room for ``magnets`` magnets."""
    return FieldMap(
        np.zeros((magnets, 3)), np.zeros((magnets, 3)), np.zeros((magnets, N_SHAPE)), np.zeros(magnets)
    )


@kernel
def build_map(x, ribbon, field_map):
    """Lay the magnets out along the shape that the nominal state ``x`` gives the ribbon.

    Magnets stand upright on the ribbon: their moments lean with its slope.
    """
    magnets = ribbon.sign.shape[0]
    y = 0.0
    for i in range(magnets):
        z = 0.0
        slope = 0.0
        for k in range(N_SHAPE):
            z += x[SHAPE + SHIFT + k] * ribbon.basis[i, k]
            slope += x[SHAPE + SHIFT + k] * ribbon.slope_basis[i, k]
        slope = min(max(slope, -STEEPEST), STEEPEST)
        field_map.slope[i] = slope
        if i > 0:
            middle = 0.5 * (slope + field_map.slope[i - 1])
            run = math.sqrt(1.0 - middle * middle)
            y += ribbon.pitch * run
            for k in range(N_SHAPE):
                bend = 0.5 * (ribbon.slope_basis[i, k] + ribbon.slope_basis[i - 1, k])
                field_map.dy[i, k] = field_map.dy[i - 1, k] - ribbon.pitch * middle * bend / run
        own = MAGNETS + SHIFT + PER_MAGNET * i
        strength = ribbon.moment * ribbon.sign[i]
        field_map.moment[i, 0] = strength * x[own]
        field_map.moment[i, 1] = strength * (x[own + 1] - slope)
        field_map.moment[i, 2] = strength * (x[own + 2] + math.sqrt(1.0 - slope * slope))
        field_map.place[i, 0] = x[own + 3]
        field_map.place[i, 1] = y + x[own + 4]
        field_map.place[i, 2] = z + x[own + 5]


@kernel
def add_dipole(rx, ry, rz, mx, my, mz, b, jac, by_moment):
    """Add one dipole's field (uT) to ``b`` and its gradient (uT/m) to ``jac``; write dB/dm to ``by_moment``."""
    r2 = max(rx * rx + ry * ry + rz * rz, CLOSEST_M2)
    inv2 = 1.0 / r2
    k3 = K_UT * inv2 * math.sqrt(inv2)
    mr = mx * rx + my * ry + mz * rz
    t = 3.0 * mr * inv2
    b[0] += k3 * (t * rx - mx)
    b[1] += k3 * (t * ry - my)
    b[2] += k3 * (t * rz - mz)
    k5 = 3.0 * k3 * inv2
    f = 5.0 * mr * inv2
    xx = k5 * (2.0 * mx * rx + mr - f * rx * rx)
    yy = k5 * (2.0 * my * ry + mr - f * ry * ry)
    xy = k5 * (mx * ry + my * rx - f * rx * ry)
    xz = k5 * (mx * rz + mz * rx - f * rx * rz)
    yz = k5 * (my * rz + mz * ry - f * ry * rz)
    jac[0, 0] += xx
    jac[1, 1] += yy
    jac[2, 2] -= xx + yy
    jac[0, 1] += xy
    jac[0, 2] += xz
    jac[1, 2] += yz
    k3u = 3.0 * k3 * inv2
    by_moment[0, 0] = k3u * rx * rx - k3
    by_moment[1, 1] = k3u * ry * ry - k3
    by_moment[2, 2] = k3u * rz * rz - k3
    by_moment[0, 1] = k3u * rx * ry
    by_moment[0, 2] = k3u * rx * rz
    by_moment[1, 2] = k3u * ry * rz
    by_moment[1, 0] = by_moment[0, 1]
    by_moment[2, 0] = by_moment[0, 2]
    by_moment[2, 1] = by_moment[1, 2]


@kernel
def strip_field(at, field_map, b, jac, by_moment):
    """Write the strip's field (uT) and gradient (uT/m) at ``at`` (3,) to ``b`` (3,) and ``jac`` (3, 3)."""
    for i in range(3):
        b[i] = 0.0
        for j in range(3):
            jac[i, j] = 0.0
    place, moment = field_map.place, field_map.moment
    for i in range(place.shape[0]):
        add_dipole(
            at[0] - place[i, 0], at[1] - place[i, 1], at[2] - place[i, 2],
            moment[i, 0], moment[i, 1], moment[i, 2], b, jac, by_moment,
        )
    _mirror(jac)


@kernel
def strip_field_rows(at, ribbon, field_map, n, b, jac, one, by_moment, rows):
    """As ``strip_field``, and write the derivatives by shapes and magnets to ``rows`` (3, n), as far as n reaches."""
    for i in range(3):
        b[i] = 0.0
        for j in range(3):
            jac[i, j] = 0.0
        for k in range(N_SHAPE):
            rows[i, SHAPE + k] = 0.0
    place, moment = field_map.place, field_map.moment
    for i in range(place.shape[0]):
        for r in range(3):
            for c in range(3):
                one[r, c] = 0.0
        add_dipole(
            at[0] - place[i, 0], at[1] - place[i, 1], at[2] - place[i, 2],
            moment[i, 0], moment[i, 1], moment[i, 2], b, one, by_moment,
        )
        _mirror(one)
        for r in range(3):
            for c in range(3):
                jac[r, c] += one[r, c]
        _shape_columns(i, ribbon, field_map, one, by_moment, rows)
        own = MAGNETS + PER_MAGNET * i
        if own < n:
            strength = ribbon.moment * ribbon.sign[i]
            for r in range(3):
                for c in range(3):
                    rows[r, own + c] = by_moment[r, c] * strength
                    rows[r, own + 3 + c] = -one[r, c]


@inner
def _shape_columns(i, ribbon, field_map, one, by_moment, rows):
    slope = field_map.slope[i]
    lean = slope / math.sqrt(1.0 - slope * slope)
    strength = ribbon.moment * ribbon.sign[i]
    for k in range(N_SHAPE):
        dy, dz = field_map.dy[i, k], ribbon.basis[i, k]
        my = -strength * ribbon.slope_basis[i, k]
        mz = lean * my
        for r in range(3):
            moved = one[r, 1] * dy + one[r, 2] * dz
            rows[r, SHAPE + k] += by_moment[r, 1] * my + by_moment[r, 2] * mz - moved


@inner
def _mirror(jac):
    jac[1, 0] = jac[0, 1]
    jac[2, 0] = jac[0, 2]
    jac[2, 1] = jac[1, 2]
