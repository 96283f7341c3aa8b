"""The two steps of a calibration as checks of a `JointWalk`: the glove lies still, then it is turned about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from slowhand.cli.joints import Check, Finding, Piece
from slowhand.errors import CalibrationError
from slowhand.sensing.rows import FAULT_I2C, RAW_DTYPE
from slowhand_calibration.directions import thinned
from slowhand_calibration.field_fit import NEW_READING_UT, field_coverage
from slowhand_calibration.glove_fit import Recording
from slowhand_calibration.rest import STILL_S, first_still

LOOK_EVERY_S = 0.5
FIELDS = ("m0", "m1")
MOVED = "the glove moved: it must lie still on a table for 5 seconds, before the turning"


def recording_of(rows: np.ndarray) -> Recording:
    """What a fit needs of RAW_DTYPE rows; a magnetometer that never said anything is left out.

    Raises:
        CalibrationError: nothing of the motion sensor, or of the first magnetometer, came in.
    """
    usable = ~rows["haptic"] & (rows["faults"] & FAULT_I2C == 0) & np.any(rows["accel"] != 0.0, axis=1)
    there = [name for name in FIELDS if np.any(np.nan_to_num(rows[name]) != 0.0)]
    if not usable.any() or "m0" not in there:
        what = "first magnetometer" if usable.any() else "motion sensor"
        raise CalibrationError(f"the {what} said nothing: look at its wires with slowhand doctor --joints")
    for name in there:   # until its first reading a chip stands at zero
        usable &= np.any(np.nan_to_num(rows[name]) != 0.0, axis=1)
    rows = rows[usable]
    fields = tuple(np.ascontiguousarray(rows[name]) for name in there)
    return Recording(rows["t_us"] * 1e-6, rows["accel"].copy(), rows["gyro"].copy(), fields)


class LieStill(Check):
    """Done when the glove has lain still for five seconds."""

    joint = "still"
    prompt = ("1 of 2: lay the glove, or the hand in it, flat on a table and keep it still for 5 seconds, "
              "1 m away from the strip, iron and loudspeakers.")

    def __init__(self) -> None:
        self.rows = np.zeros(0, RAW_DTYPE)   # the last seconds
        self.done = False
        self._looked_us = 0

    def take(self, piece: Piece) -> None:
        if self.done or len(piece.raw) == 0:
            return
        self.rows = np.concatenate([self.rows, piece.raw])
        now_us = int(self.rows["t_us"][-1])
        self.rows = self.rows[self.rows["t_us"] >= now_us - (STILL_S + LOOK_EVERY_S) * 1e6]
        if now_us - self._looked_us >= LOOK_EVERY_S * 1e6 and now_us - self.rows["t_us"][0] >= STILL_S * 1e6:
            self._looked_us = now_us
            seen = recording_of(self.rows)
            self.done = first_still(seen.t_s, seen.accel, seen.gyro, seen.fields) is not None

    def finding(self) -> Finding | None:
        return Finding(self.joint, True, "it lay still") if self.done else None

    def gave_up(self) -> Finding:
        return Finding(self.joint, False, MOVED)


class TurnAbout(Check):
    """Done after some seconds of the glove's own time; says how many of all directions were seen.

    ``shown`` is called twice a second with that share (0..1) and the seconds that are left.
    """

    joint = "tumble"
    prompt = ("2 of 2: turn the hand slowly through all directions: palm up and down, fingers to the ceiling, the floor and "
              "every wall. Rest for a moment here and there.")

    def __init__(self, still: LieStill, seconds: float, shown: Callable[[float, float], None]) -> None:
        self._still, self._seconds, self._shown = still, seconds, shown
        self._pieces: list[np.ndarray] = []
        self._fields = np.zeros((0, 3))
        self._looked_us, self._looked_at = 0, 0
        self._over = False

    def take(self, piece: Piece) -> None:
        if self._over or len(piece.raw) == 0:
            return
        self._pieces.append(piece.raw)
        now_us, first_us = int(piece.raw["t_us"][-1]), int(self._pieces[0]["t_us"][0])
        left_s = self._seconds - (now_us - first_us) * 1e-6
        self._over = left_s <= 0
        if self._over or now_us - self._looked_us >= LOOK_EVERY_S * 1e6:
            self._looked_us = now_us
            latest = np.concatenate([rows["m0"] for rows in self._pieces[self._looked_at :]])
            self._looked_at = len(self._pieces)
            # thinned as they come, so that a long tumble is looked at as quickly as a short one
            self._fields = np.concatenate([self._fields, latest[thinned(latest, NEW_READING_UT)]])
            self._shown(field_coverage(self._fields), max(left_s, 0.0))

    def finding(self) -> Finding | None:
        if not self._still.done:
            return Finding(self.joint, False, MOVED)
        return Finding(self.joint, True, "turned") if self._over else None

    def gave_up(self) -> Finding:
        return Finding(self.joint, False, "the samples stopped: look at the cable with slowhand doctor --joints")

    def rows(self) -> np.ndarray:
        """RAW_DTYPE rows of both steps."""
        return np.concatenate([self._still.rows, *self._pieces])
