"""What a magnetometer on the hand should see: ``B = R' (strip + Be + G d) + h``.

Compared in the back frame: ``nu = R (seen - h) - (strip + Be + G d)``, with ``d`` from the middle of the back. Turning
leaves equal noise on all axes as it is.
"""

from __future__ import annotations

from slowhand.locate.field_map import strip_field, strip_field_rows
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BE, N_QUICK, SHIFT, A, G, H, P, Q
from slowhand.locate.rotation import matrix_of


@kernel
def field_innovation(x, n, k, seen, lever, ribbon, field_map, frame, work):
    """Write innovation (uT, back frame) to ``work.nu`` and its derivatives to ``work.rows`` for sensor ``k``.

    ``seen`` and ``lever`` are (3,), hand frame. Returns the square of the strip's part, uT2.
    """
    rot, rows, at, arm, jac, b = work.rot, work.rows, work.at, work.lever, work.jac, work.b
    matrix_of(x[Q : Q + 4], rot)
    for i in range(3):
        arm[i] = rot[i, 0] * lever[0] + rot[i, 1] * lever[1] + rot[i, 2] * lever[2]
        at[i] = x[P + i] + arm[i]
    for i in range(3):
        for j in range(n):
            rows[i, j] = 0.0
    if n > N_QUICK:
        strip_field_rows(at, ribbon, field_map, n, b, jac, work.one, work.by_moment, rows)
    else:
        strip_field(at, field_map, b, jac, work.by_moment)
    strip2 = b[0] * b[0] + b[1] * b[1] + b[2] * b[2]
    _add_room(x, at, frame, b, jac)
    for i in range(3):
        back = 0.0
        for j in range(3):
            back += rot[i, j] * (seen[j] - x[H + SHIFT + 3 * k + j])
            rows[i, P + j] = jac[i, j]
            if n > N_QUICK:
                rows[i, H + 3 * k + j] = rot[i, j]
        rows[i, BE + i] = 1.0
        work.nu[i] = back - b[i]
    _attitude_rows(rows, jac, arm, b)
    if n > N_QUICK:
        _gradient_rows(rows, at, frame)
    return strip2


@inner
def _add_room(x, at, frame, b, jac):
    dx, dy, dz = at[0] - frame.centre[0], at[1] - frame.centre[1], at[2] - frame.centre[2]
    g = G + SHIFT
    xx, yy, xy, xz, yz = x[g], x[g + 1], x[g + 2], x[g + 3], x[g + 4]
    b[0] += x[BE + SHIFT] + xx * dx + xy * dy + xz * dz
    b[1] += x[BE + SHIFT + 1] + xy * dx + yy * dy + yz * dz
    b[2] += x[BE + SHIFT + 2] + xz * dx + yz * dy - (xx + yy) * dz
    jac[0, 0] += xx
    jac[1, 1] += yy
    jac[2, 2] -= xx + yy
    jac[0, 1] += xy
    jac[1, 0] += xy
    jac[0, 2] += xz
    jac[2, 0] += xz
    jac[1, 2] += yz
    jac[2, 1] += yz


@inner
def _attitude_rows(rows, jac, arm, b):
    # A turn by e moves the sensor by e x arm and turns what was seen by e x b:
    # d nu = -(jac [arm] - [b]) e, so the rows of the prediction are [b]x - jac [arm]x.
    for i in range(3):
        rows[i, A] = -(jac[i, 1] * arm[2] - jac[i, 2] * arm[1])
        rows[i, A + 1] = -(jac[i, 2] * arm[0] - jac[i, 0] * arm[2])
        rows[i, A + 2] = -(jac[i, 0] * arm[1] - jac[i, 1] * arm[0])
    rows[0, A + 1] -= b[2]
    rows[0, A + 2] += b[1]
    rows[1, A] += b[2]
    rows[1, A + 2] -= b[0]
    rows[2, A] -= b[1]
    rows[2, A + 1] += b[0]


@inner
def _gradient_rows(rows, at, frame):
    dx, dy, dz = at[0] - frame.centre[0], at[1] - frame.centre[1], at[2] - frame.centre[2]
    rows[0, G] = dx
    rows[2, G] = -dz
    rows[1, G + 1] = dy
    rows[2, G + 1] = -dz
    rows[0, G + 2] = dy
    rows[1, G + 2] = dx
    rows[0, G + 3] = dz
    rows[2, G + 3] = dx
    rows[1, G + 4] = dz
    rows[2, G + 4] = dy
