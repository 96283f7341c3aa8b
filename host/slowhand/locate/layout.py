"""Which number of the filter's vectors is what.

The **error state** is what the covariance speaks of. The **nominal state** is the estimate itself; it is one
longer, since its attitude is a unit quaternion (hand -> back, w first) where the error has a small rotation in the
back frame: ``R_true = exp(error) R``.

The first ``N_QUICK`` errors are those of a hand on a known strip. A hypothesis of the search carries only them,
and the kernels take the number of active errors as an argument.
"""

from __future__ import annotations

# Error state: first index of each block.
P = 0        # place of the motion sensor, m (3)
V = 3        # velocity, m/s (3)
A = 6        # attitude, rad (3)
BG = 9       # gyro bias, rad/s (3)
BA = 12      # accel bias, m/s2 (3)
BE = 15      # field without the strip in the middle of the back, uT (3)
N_QUICK = 18
H = 18       # residual hard iron of both magnetometers, uT (2 x 3)
G = 24       # gradient of the room's field, uT/m: xx, yy, xy, xz, yz (5)
TILT = 29    # direction of gravity against the back frame, rad (2)
SHAPE = 31   # height of the strip along its length, m (N_SHAPE)
N_SHAPE = 5  # linear, and sin(k pi s / length) for k = 1..4
FALL = 36    # how much of the expected fall-off to the sides there is (1)
THICK = 37   # height of the pads above where the profile puts them, m (1)
MAGNETS = 38  # per magnet: moment, relative (3); place, m (3)
PER_MAGNET = 6

# Nominal state: blocks from BG on stand one later.
Q = 6        # quaternion (4)
SHIFT = 1


def error_size(magnets: int) -> int:
    """Number of error states with ``magnets`` magnets on the strip."""
    return MAGNETS + PER_MAGNET * magnets
