"""Slow random motion: of hands, fingers, forces and backs."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, sosfilt


def slow_noise(rng: np.random.Generator, n: int, columns: int, rate_hz: float, low: float, high: float) -> np.ndarray:
    """Random motion of unit RMS between two frequencies in Hz, shape (n, columns)."""
    lead = int(2.0 * rate_hz / low) + 1
    sos = butter(2, [low, high], "bandpass", fs=rate_hz, output="sos")
    out = sosfilt(sos, rng.normal(0.0, 1.0, (n + lead, columns)), axis=0)[lead:]
    # the theoretical RMS, so that a short run is not scaled by its own chance
    return out / np.sqrt((high - low) / (rate_hz / 2.0) * 1.11)
