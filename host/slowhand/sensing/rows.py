"""The two tables that every sample passes through: what came in, and what it means in SI units."""

from __future__ import annotations

import numpy as np

PAD_COUNT = 6

FAULT_I2C = 1        # motion values are old or absent
FAULT_OVERRUN = 2    # the glove missed a tick before this row
FAULT_REFLEX = 4     # the glove's reflex was active
FAULT_OVERFLOW0 = 8  # first magnetometer beyond its range
FAULT_OVERFLOW1 = 16

# One row per sample, as in a raw log: hand frame, before any calibration.
RAW_DTYPE = np.dtype(
    [
        ("t_us", "i8"),         # device microseconds, unwrapped, strictly increasing
        ("seq", "i4"),          # 0..65535, wraps
        ("pads", "i4", 6),      # ADC counts 0..1023
        ("accel", "f8", 3),     # specific force, m/s2
        ("gyro", "f8", 3),      # rad/s
        ("m0", "f8", 3),        # uT; NaN where there is none
        ("m1", "f8", 3),        # uT; NaN where there is none
        ("mag_new", "?"),       # m0 and m1 are fresh in this row
        ("haptic", "?"),        # the motor runs
        ("faults", "u1"),       # FAULT_*
    ]
)

# One row per sample after `Sensing`: calibrated, hand frame.
SENSED_DTYPE = np.dtype(
    [
        ("t_us", "i8"),
        ("dt_s", "f8"),         # since the previous row; 0 for the first row and after a gap
        ("gap", "?"),           # rows are missing before this one (or the stream begins here)
        ("force", "f8", 6),     # N; NaN where the pad is not usable
        ("at_least", "?", 6),   # the pad is saturated: the force is a lower bound
        ("pad_ok", "?", 6),     # false: open, shorted or stuck
        ("motion_ok", "?"),     # accel and gyro are usable
        ("accel", "f8", 3),     # m/s2, bias removed
        ("gyro", "f8", 3),      # rad/s, bias removed
        ("field", "f8", (2, 3)),  # uT, hard and soft iron removed; NaN where there is none
        ("field_new", "?", 2),  # fresh, not overflowed
        ("haptic", "?"),
    ]
)
