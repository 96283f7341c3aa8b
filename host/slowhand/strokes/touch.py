"""What the hand does to the skin at one instant: one row per sample, in the units of track.csv."""

from __future__ import annotations

import numpy as np

TOUCH_DTYPE = np.dtype(
    [
        ("t_us", "i8"),
        ("gap", "?"),             # rows are missing before this one
        ("mode", "u1"),           # locate.Mode
        ("phase", "u1"),          # locate.Phase
        ("located", "?"),
        # when located, and where x alone is known: then pos_mm, pad_mm, cop_mm and the sigmas hold x alone, and heading
        # and spine_mm are known
        ("x_known", "?"),
        ("pos_mm", "f8", 3),      # motion sensor, back frame; NaN where unknown
        ("sigma_mm", "f8", 2),    # of x and y
        ("heading_rad", "f8"),    # of hand x in the back's x-y plane, 0 = towards the feet; NaN where unknown
        ("pad_mm", "f8", (6, 2)),  # each pad's x and y, back frame; NaN where unknown
        ("pad_sigma_mm", "f8", (6, 2)),
        ("force_n", "f8", 6),     # NaN where the pad is not usable
        ("at_least", "?", 6),     # that pad is saturated: a lower bound
        ("total_n", "f8"),        # sum over usable pads
        ("total_at_least", "?"),  # a lower bound: some pad is saturated or unusable
        ("contact", "?"),         # hysteresis: on at 1.0 N total, off at 0.5 N
        ("cop_mm", "f8", 2),      # centre of pressure; NaN where unknown or nothing is pressed
        ("velocity_cm_s", "f8", 2),  # of the CoP over the skin, back x and y; NaN where unknown
        ("speed_cm_s", "f8"),     # its length
        ("spine_mm", "f8"),       # smallest abs(x) of a loaded pad; NaN if none or unknown
        ("spine_sigma_mm", "f8"),  # of that pad's x
        ("haptic", "?"),
        # Pace without a strip, as in POSE_DTYPE; NaN (times: 0) where unknown and in the other modes.
        ("cadence_per_min", "f8"),
        ("cadence_sigma", "f8"),
        ("cadence_round", "f8"),
        ("stroke_start_us", "i8"),
        ("stroke_end_us", "i8"),
        ("stroke_cm_s", "f8"),
        ("stroke_sigma_cm_s", "f8"),
        ("stroke_peak_cm_s", "f8"),
        ("stroke_peak_sigma_cm_s", "f8"),
    ]
)
