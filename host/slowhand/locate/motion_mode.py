"""Without a strip: orientation by VQF (Laidig and Seel 2023) from gyroscope and accelerometer, and the pace.

Heading is arbitrary and place unknown. VQF works at a fixed rate, so the first rows only measure it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
from vqf import VQF

from slowhand.locate.book import POSES, ROWS
from slowhand.locate.motion_track import Track, follow, new_track
from slowhand.locate.pose import PACE_FIELDS, POSE_DTYPE, Mode, Phase
from slowhand.sensing.rows import SENSED_DTYPE

RATE_ROWS = 20        # rows from whose spacing the rate is taken: a tenth of a second at 200 Hz
LONGEST_GAP_S = 0.35  # a longer one forgets the attitude: nobody knows how the hand turned


class MotionMode:
    """Orientation and pace, row by row; what a row gives depends on the rows before it, not on how they were cut up.

    Args:
        pads: (6, 3) their places in the hand frame, m.
    """

    def __init__(self, pads: np.ndarray) -> None:
        self._pads = np.ascontiguousarray(pads, dtype=np.float64)
        self._orientation = Orientation()
        self._track = new_track()

    def process(self, sensed: np.ndarray) -> np.ndarray:
        """Poses (POSE_DTYPE) for rows of SENSED_DTYPE: ``q``, ``omega`` and pace; place NaN, ``located`` false."""
        poses = unknown_poses(sensed, Mode.MOTION)
        felt = self._orientation.process(sensed)
        poses["q"] = felt.shown
        poses["omega"] = np.where(sensed["motion_ok"][:, None], sensed["gyro"] - felt.bias, np.nan)
        rows = np.ascontiguousarray(sensed, SENSED_DTYPE).view(ROWS)
        track = self._track
        follow(
            rows, felt.attitude, felt.bias, felt.bias_sigma, self._pads, poses.view(POSES),
            track.now, track.drift, track.beats,
        )
        return poses

    def state(self) -> dict[str, Any]:
        """Everything that later rows depend on."""
        track = self._track
        parts = (track.now, tuple(track.drift), tuple(track.beats))
        return {"orientation": self._orientation.state(), "track": deepcopy(parts)}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned."""
        self._orientation.restore(state["orientation"])
        now, drift, beats = deepcopy(state["track"])
        fresh = new_track()
        self._track = Track(now, type(fresh.drift)(*drift), type(fresh.beats)(*beats))


class Felt:
    """VQF's findings for a block of rows."""

    def __init__(self, rows: int) -> None:
        self.attitude = np.full((rows, 4), np.nan)   # hand -> world, z up; NaN in rows without motion
        self.shown = np.full((rows, 4), np.nan)      # the same, held through such rows
        self.bias = np.zeros((rows, 3))              # of the gyroscope, rad/s
        self.bias_sigma = np.full(rows, np.nan)


class Orientation:
    """VQF over blocks of rows, with the same bits for any cutting."""

    def __init__(self) -> None:
        self._steps: list[float] = []
        self._filter: VQF | None = None
        self._last_us: int | None = None
        self._q = np.full(4, np.nan)

    def process(self, sensed: np.ndarray) -> Felt:
        """Attitude and bias for rows of SENSED_DTYPE."""
        felt = Felt(len(sensed))
        if not len(sensed):
            return felt
        t_us = sensed["t_us"]
        before = np.concatenate([[t_us[0] if self._last_us is None else self._last_us], t_us[:-1]])
        seconds = (t_us - before) * 1e-6
        self._last_us = int(t_us[-1])
        # Stretches without a long gap; within each, rows that felt nothing are passed over.
        cuts = np.flatnonzero(seconds > LONGEST_GAP_S)
        for begin, end in zip([0, *cuts], [*cuts, len(sensed)], strict=True):
            if begin in cuts and self._filter is not None:
                self._filter.resetState()
                self._q = np.full(4, np.nan)
            self._stretch(sensed, seconds, int(begin), int(end), felt)
        return felt

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

    def _stretch(self, sensed: np.ndarray, seconds: np.ndarray, begin: int, end: int, felt: Felt) -> None:
        while self._filter is None and begin < end:
            if sensed["motion_ok"][begin] and not sensed["gap"][begin] and seconds[begin] > 0.0:
                self._steps.append(float(seconds[begin]))
            if len(self._steps) == RATE_ROWS:
                self._filter = self._new_filter()
            begin += 1
        if self._filter is None or begin == end:
            return
        seen = begin + np.flatnonzero(sensed["motion_ok"][begin:end])
        at = np.full(end - begin, -1)
        if len(seen):
            found = self._filter.updateBatch(
                np.ascontiguousarray(sensed["gyro"][seen]), np.ascontiguousarray(sensed["accel"][seen])
            )
            felt.attitude[seen], felt.bias_sigma[seen] = found["quat6D"], found["biasSigma"]
            felt.bias[seen] = found["bias"]
            at[seen - begin] = seen
        latest = np.maximum.accumulate(at)
        felt.shown[begin:end] = np.where(latest[:, None] >= 0, felt.attitude[latest], self._q)
        self._q = felt.shown[end - 1].copy()

    def _new_filter(self) -> VQF:
        # The median step is robust against a lost row among the first.
        return VQF(float(np.median(self._steps)))


def unknown_poses(sensed: np.ndarray, mode: Mode) -> np.ndarray:
    """Poses that know nothing but time and mode."""
    poses = np.zeros(len(sensed), POSE_DTYPE)
    poses["t_us"] = sensed["t_us"]
    poses["mode"] = mode
    poses["phase"] = Phase.RUNNING
    for name in ("p", "v", "q", "omega", "sigma_p", "sigma_yaw", *PACE_FIELDS):
        poses[name] = np.nan
    return poses
