"""A hand that presses touches the skin: the loaded pads' mean place lies on the back.

The skin's height is that of the strip along the spine, less a fall-off to the sides (some 25 mm at 100 mm from the
midline, 45 mm at 150 mm), less the magnets' height above the skin. It is a weak measurement: flesh gives, backs
differ, fingers bend. Working with the loaded pads' place and not the sensor's takes in how the hand tilts.
"""

from __future__ import annotations

import math

from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import FALL, N_QUICK, N_SHAPE, SHAPE, SHIFT, THICK, A, P, Q
from slowhand.locate.rotation import matrix_of

# fall(x) = CURVE x^2 / (1 + FLATTEN x^2): 25 mm at 100 mm, 45 mm at 150 mm.
CURVE = 3.125     # 1/m
FLATTEN = 25.0    # 1/m2
BEYOND = 0.25     # m of doubt per m beyond the strip's ends: necks and sacra drop off as they like


@kernel
def height_innovation(x, n, lever, frame, par, work):
    """Write how much too low the touching point is believed (m) to ``work.nu`` and its row; returns the variance, m2.

    ``lever`` (3,) is the force-weighted mean place of the loaded pads, hand frame, m. Only row 0 is used.
    """
    rot, arm, row = work.rot, work.lever, work.rows[0]
    matrix_of(x[Q : Q + 4], rot)
    for i in range(3):
        arm[i] = rot[i, 0] * lever[0] + rot[i, 1] * lever[1] + rot[i, 2] * lever[2]
    for j in range(n):
        row[j] = 0.0
    px, py, pz = x[P] + arm[0], x[P + 1] + arm[1], x[P + 2] + arm[2]
    flat = 1.0 / (1.0 + FLATTEN * px * px)
    fall = CURVE * px * px * flat
    slope_x = 2.0 * CURVE * px * flat * flat * x[FALL + SHIFT]
    height, slope_y, beyond = _strip_height(x, py, frame, row, n)
    work.nu[0] = height - x[FALL + SHIFT] * fall - frame.height + x[THICK + SHIFT] - pz
    row[P] = slope_x
    row[P + 1] = -slope_y
    row[P + 2] = 1.0
    row[A] = arm[1] + slope_y * arm[2]
    row[A + 1] = slope_x * arm[2] - arm[0]
    row[A + 2] = -slope_y * arm[0] - slope_x * arm[1]
    noise = par.height_noise + par.height_far * abs(px) + BEYOND * beyond
    variance = noise * noise
    if n > N_QUICK:
        row[FALL] = fall
        row[THICK] = -1.0
    else:
        variance += (par.fall * fall) ** 2 + par.thick**2
    return variance


@inner
def _strip_height(x, y, frame, row, n):
    """Height and slope of the strip's line at ``y``, and how far ``y`` is beyond its ends (straight from there)."""
    inside = min(max(y, 0.0), frame.length)
    past = y - inside
    height, slope = 0.0, 0.0
    for k in range(N_SHAPE):
        coefficient = x[SHAPE + SHIFT + k]
        if k == 0:
            value, rise = inside / frame.length, 1.0 / frame.length
        else:
            wave = k * math.pi / frame.length
            value, rise = math.sin(wave * inside), wave * math.cos(wave * inside)
        value += rise * past
        height += coefficient * value
        slope += coefficient * rise
        if n > N_QUICK:
            row[SHAPE + k] = -value
    return height, slope, abs(past)
