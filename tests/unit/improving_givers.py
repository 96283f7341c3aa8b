"""Givers who learn, and one who forgets: minutes of glides of which ever fewer, or more, are too fast."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.unit.touch_scenes import Scene

GLIDE_MM = 300.0


def giver(fast_share: Callable[[float], float], minutes: float, seed: int) -> np.ndarray:
    """Touches of glides up and down beside the spine; ``fast_share`` of the minute are at 26-34 cm/s, others at 8-18."""
    random, scene, seconds, way = np.random.default_rng(seed), Scene(at=(60.0, 50.0)).lift(0.5), 0.0, 1.0
    while seconds < 60.0 * minutes:
        fast = random.random() < fast_share(seconds / 60.0)
        cm_s = random.uniform(26.0, 34.0) if fast else random.uniform(8.0, 18.0)
        scene.glide(0.0, way * GLIDE_MM, cm_s).lift(0.4)
        seconds += 0.1 * GLIDE_MM / cm_s + 0.4
        way = -way
    return scene.rows()
