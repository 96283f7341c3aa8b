"""How far the simulated world is from what the pipeline assumes: friendly, realistic, harsh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import FRIENDLY_BODY, REALISTIC_BODY, BodyErrors
from slowhand.sim.magnets import FRIENDLY_FIELD, REALISTIC_FIELD, FieldErrors
from slowhand.sim.motion_sensor import FRIENDLY_MOTION, REALISTIC_MOTION, MotionErrors
from slowhand.sim.pads import FRIENDLY_PADS, REALISTIC_PADS, PadErrors


@dataclass(frozen=True)
class Level:
    """How far the simulated world is from what the pipeline assumes."""

    body: BodyErrors
    motion: MotionErrors
    field: FieldErrors
    pads: PadErrors
    flex_mm: float
    unsteady: float      # of the force, RMS, relative
    slip_mm: float       # of the start pose
    turn_deg: float


FRIENDLY = Level(FRIENDLY_BODY, FRIENDLY_MOTION, FRIENDLY_FIELD, FRIENDLY_PADS, 0.0, 0.03, 1.5, 1.0)
REALISTIC = Level(REALISTIC_BODY, REALISTIC_MOTION, REALISTIC_FIELD, REALISTIC_PADS, 1.5, 0.06, 4.0, 3.0)
# A steel bed, a careless start, a strip laid in a hurry, fingers that bend: what still must not lead to wrong places.
HARSH = Level(
    BodyErrors(moment=0.06, tilt_deg=4.0, place_mm=3.0, gradient_ut_m=25.0, shape=1.4),
    MotionErrors(accel_bias=0.05, gyro_bias=np.radians(0.6), scale=0.008, misalignment_deg=1.0),
    FieldErrors(hard_iron_ut=4.0, soft_iron=0.03, misalignment_deg=1.0, lever_mm=2.0, lag_ms=3.0),
    PadErrors(gain=0.06, hysteresis=1.0, creep=1.5, preload_n=0.06),
    flex_mm=3.0, unsteady=0.08, slip_mm=9.0, turn_deg=6.0,
)
LEVELS = {"friendly": FRIENDLY, "realistic": REALISTIC, "harsh": HARSH}
