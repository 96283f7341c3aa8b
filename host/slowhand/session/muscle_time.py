"""For how long each muscle was worked on, of the body atlas as a hand feels it."""

from __future__ import annotations

import numpy as np

from slowhand.coach.atlas_grid import grid_of
from slowhand.coach.receiver import Receiver

NONE = "none"


def contact_s_by_muscle(touch: np.ndarray, step_s: np.ndarray, receiver: Receiver) -> dict[str, dict[str, float]]:
    """Seconds of contact at a known place, by muscle and side of the receiver; their sum is that of all of them.

    A row's time is parted among its loaded pads by their force: a palm that lies on two muscles works on both. Under
    "none" is what lay on no muscle of the atlas.

    Args:
        touch: TOUCH_DTYPE rows.
        step_s: seconds that each stands for.
    """
    grid = grid_of(receiver)
    here = touch["contact"] & touch["located"]
    force = np.maximum(np.nan_to_num(touch["force_n"][here]), 0.0)
    total = force.sum(axis=1, keepdims=True)
    time_s = np.divide(force, total, out=np.zeros_like(force), where=total > 0) * step_s[here, None]
    x, y = touch["pad_mm"][here][..., 0], touch["pad_mm"][here][..., 1]
    felt = grid.felt(x, y)
    found: dict[str, dict[str, float]] = {}
    for k, name in enumerate((*grid.muscle_names, NONE)):
        of_it = felt == (k if name != NONE else -1)
        seconds = {"left": float(time_s[of_it & (x > 0)].sum()), "right": float(time_s[of_it & (x <= 0)].sum())}
        if any(seconds.values()):
            found[name] = {side: round(value, 3) for side, value in seconds.items()}
    return found
