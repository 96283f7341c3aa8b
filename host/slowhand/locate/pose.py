"""Where the hand is: one row per sample, back frame."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Mode(IntEnum):
    """What the locator works with; always shown to the user."""

    STRIP = 0    # place and speed known
    MOTION = 1   # no strip: orientation only, place unknown
    FORCE = 2    # pads only


class Phase(IntEnum):
    """Where the start procedure stands."""

    AWAIT_AWAY = 0        # waiting for the hand held still, well away from the back
    AWAIT_START_POSE = 1  # away was seen; waiting for rest at the start pose
    RUNNING = 2           # start procedure complete (in motion and force mode: always)


POSE_DTYPE = np.dtype(
    [
        ("t_us", "i8"),
        ("mode", "u1"),        # Mode
        ("phase", "u1"),       # Phase
        ("located", "?"),      # the place can be believed: sigma of x and y at most 15 mm and not lost
        # x can be believed: when located, and where only y is ambiguous. Then p[0], sigma_p[0], q, omega and sigma_yaw
        # are valid, and the rest of p, sigma_p and v is NaN.
        ("x_known", "?"),
        ("p", "f8", 3),        # motion sensor in the back frame, m; NaN where unknown
        ("v", "f8", 3),        # its velocity, m/s; NaN where unknown
        ("q", "f8", 4),        # rotation hand -> back, w first; in motion mode heading is arbitrary
        ("omega", "f8", 3),    # rad/s, hand frame, bias removed
        ("sigma_p", "f8", 3),  # one standard deviation, m
        ("sigma_yaw", "f8"),   # rad
        # Pace in motion mode; NaN in the other modes and where it is not known.
        ("cadence_per_min", "f8"),
        ("cadence_sigma", "f8"),
        ("cadence_round", "f8"),    # 0 for to and fro on a line, 1 for circles
        ("stroke_start_us", "i8"),  # of the latest pass from one turning point to the next that has ended; 0: none
        ("stroke_end_us", "i8"),
        ("stroke_cm_s", "f8"),      # its mean speed over the skin, and one standard deviation
        ("stroke_sigma_cm_s", "f8"),
        ("stroke_peak_cm_s", "f8"),  # the largest speed that it held for 150 ms
        ("stroke_peak_sigma_cm_s", "f8"),
    ]
)
# What of it is a number, NaN where unknown; the two times are 0 there.
PACE_FIELDS = (
    "cadence_per_min", "cadence_sigma", "cadence_round",
    "stroke_cm_s", "stroke_sigma_cm_s", "stroke_peak_cm_s", "stroke_peak_sigma_cm_s",
)
