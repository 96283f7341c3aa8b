"""What one call of ``Pipeline.process`` found."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from slowhand.coach.cue import Cue, ReflexLimits
from slowhand.coach.flag import Flag
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touch import TOUCH_DTYPE


@dataclass(frozen=True)
class Results:
    """Results of one block, each list in the order of time."""

    touch: np.ndarray = field(default_factory=lambda: np.zeros(0, TOUCH_DTYPE))
    strokes: tuple[Stroke, ...] = ()        # finished in this block
    flags_changed: tuple[Flag, ...] = ()    # raised, made worse, or closed in this block
    cues: tuple[Cue, ...] = ()
    limits: tuple[ReflexLimits, ...] = ()   # each change of the reflex's thresholds
