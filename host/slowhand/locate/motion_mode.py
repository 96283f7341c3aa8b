"""Without a strip: orientation from gyroscope and accelerometer alone, by VQF (Laidig and Seel 2023).

Heading is arbitrary and place unknown. VQF works at a fixed rate, so the first rows only measure it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from vqf import VQF

from slowhand.locate.pose import POSE_DTYPE, Mode, Phase

RATE_ROWS = 20        # rows from whose spacing the rate is taken: a tenth of a second at 200 Hz
LONGEST_GAP_S = 0.35  # a longer one forgets the attitude: nobody knows how the hand turned


class Orientation:
    """Orientation row by row; what a row gives depends on the rows before it, not on how they were cut up."""

    def __init__(self) -> None:
        self._steps: list[float] = []
        self._filter: VQF | None = None
        self._last_us: int | None = None
        self._q = np.full(4, np.nan)

    def process(self, sensed: np.ndarray) -> np.ndarray:
        """Poses (POSE_DTYPE) for rows of SENSED_DTYPE: ``q`` and ``omega``; place NaN, ``located`` false."""
        poses = unknown_poses(sensed, Mode.MOTION)
        for i in range(len(sensed)):
            row = sensed[i]
            self._take(row)
            poses[i]["q"] = self._q
            if row["motion_ok"]:
                poses[i]["omega"] = row["gyro"] - self._bias()
        return poses

    def state(self) -> dict[str, Any]:
        """Everything that later rows depend on."""
        inner = None if self._filter is None else deepcopy(self._filter.state)
        return {"steps": list(self._steps), "last_us": self._last_us, "q": self._q.copy(), "vqf": inner}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned."""
        self._steps = list(state["steps"])
        self._last_us = state["last_us"]
        self._q = state["q"].copy()
        self._filter = None
        if len(self._steps) == RATE_ROWS:
            self._filter = self._new_filter()
            self._filter.state = deepcopy(state["vqf"])

    def _take(self, row: np.void) -> None:
        t_us = int(row["t_us"])
        seconds = 0.0 if self._last_us is None else (t_us - self._last_us) * 1e-6
        self._last_us = t_us
        if seconds > LONGEST_GAP_S and self._filter is not None:
            self._filter.resetState()
            self._q = np.full(4, np.nan)
        if not row["motion_ok"]:
            return
        if self._filter is None:
            if not row["gap"] and seconds > 0.0:
                self._steps.append(seconds)
            if len(self._steps) == RATE_ROWS:
                self._filter = self._new_filter()
            return
        self._filter.update(np.ascontiguousarray(row["gyro"]), np.ascontiguousarray(row["accel"]))
        self._q = self._filter.getQuat6D()

    def _new_filter(self) -> VQF:
        # The median step is robust against a lost row among the first.
        return VQF(float(np.median(self._steps)))

    def _bias(self) -> np.ndarray:
        return np.zeros(3) if self._filter is None else np.asarray(self._filter.getBiasEstimate()[0])


def unknown_poses(sensed: np.ndarray, mode: Mode) -> np.ndarray:
    """Poses that know nothing but time and mode."""
    poses = np.zeros(len(sensed), POSE_DTYPE)
    poses["t_us"] = sensed["t_us"]
    poses["mode"] = mode
    poses["phase"] = Phase.RUNNING
    for name in ("p", "v", "q", "omega", "sigma_p", "sigma_yaw"):
        poses[name] = np.nan
    return poses
