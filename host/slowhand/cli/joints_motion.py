"""The motion board and the plate: rest, a turn, and whether both field sensors see the same earth."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from slowhand.cli.joints import BUS_WIRES, SILENT_ROWS, Check, Finding, Piece
from slowhand.sensing.profile import GloveProfile
from slowhand.wire.messages_gen import Channels

G = 9.80665              # m/s2
MOTION_CHIP = "the motion board (ICM-20948, 0x69 or 0x68)"
STILL_S = 1.0
STILL_GYRO = 0.25        # rad/s about the mean: a held hand trembles by 0.1
GYRO_OFFSET = 0.35       # rad/s; the chip's zero offset is 0.09 at most, the rest is slack
STILL_ACCEL = 0.8        # m/s2 about the mean
G_TOLERANCE = 1.0        # m/s2; 50 mg of offset on each axis (ICM-20948 datasheet) are 0.85
PALM_DOWN = 0.7          # of the specific force along z: within 45 degrees
TURN_DEG = 30.0
TURN_TOLERANCE_DEG = 15.0
RAISED_DEG = 50.0        # gravity's turn from which on it tells which way was up
TIP_UP = 0.6             # of the specific force along x, fingertips up: within 53 degrees
QUIET_S = 0.1
QUIET_GYRO = 0.5         # rad/s
QUIET_ACCEL = 0.6        # m/s2 from 1 g: gravity dominates
SAME_FIELD_UT = 15.0     # two calibrated sensors 60 mm apart, away from iron; one turned by 90 degrees is 28 off or more
CHANGE_UT = 20.0         # from here on a change of the field has a direction
CHANGE_SHARE = 0.5       # of the change; 90 degrees of a wrong mounting are 1.4


class StillCheck(Check):
    """At rest the accelerometer reads gravity, the gyroscope nearly nothing, and up is where the board's z points."""

    joint = "motion"
    prompt = "Hold the hand still, palm down, an arm's length from the strip, from magnets and steel."

    def __init__(self, glove: GloveProfile) -> None:
        self._glove = glove
        self._window: deque[np.void] = deque()
        self._rows = self._silent = 0
        self._why = "the hand was not held still for a second"
        # means at rest, hand frame; the fields corrected by the profile
        self.accel: np.ndarray | None = None
        self.gyro: np.ndarray | None = None
        self.fields: np.ndarray | None = None

    def take(self, piece: Piece) -> None:
        if self.accel is not None:
            return
        there = bool(piece.channels & Channels.MOTION)
        for wire, raw in zip(piece.wire, piece.raw, strict=True):
            self._rows += 1
            if not there or wire["i2c_fault"]:
                self._silent += 1
                self._window.clear()
                continue
            self._window.append(raw)
            span_s = (raw["t_us"] - self._window[0]["t_us"]) * 1e-6
            if span_s >= STILL_S:
                if self._judge(np.array(self._window)):
                    return
                while self._window and (raw["t_us"] - self._window[0]["t_us"]) * 1e-6 > STILL_S * 0.9:
                    self._window.popleft()   # ten looks a second are enough

    def _judge(self, rows: np.ndarray) -> bool:
        accel, gyro = rows["accel"].mean(0), rows["gyro"].mean(0)
        shaken = (np.abs(rows["gyro"] - gyro).max() > STILL_GYRO or np.linalg.norm(gyro) > GYRO_OFFSET
                  or np.linalg.norm(rows["accel"] - accel, axis=1).max() > 3 * STILL_ACCEL)
        size = float(np.linalg.norm(accel))
        if shaken:
            return False   # and a reason that a moment of rest has shown stays the one to tell
        if abs(size - G) > G_TOLERANCE:
            self._why = f"at rest it reads {size:.1f} m/s2 instead of 9.8: the board is broken, or not an ICM-20948"
        elif accel[2] < PALM_DOWN * size:
            self._why = "up is not where its z points: is it flat on the back of the hand, chip up, and the palm down?"
        else:
            self.accel, self.gyro, self.fields = accel, gyro, mean_fields(rows, self._glove)
            return True
        return False

    def finding(self) -> Finding | None:
        if self.accel is not None and self.gyro is not None:
            seen = {"accel_m_s2": _rounded(self.accel), "gyro_rad_s": _rounded(self.gyro, 3)}
            return Finding(self.joint, True, f"{np.linalg.norm(self.accel):.2f} m/s2 at rest, z up", seen)
        if self._silent >= SILENT_ROWS and self._silent == self._rows:
            return self.gave_up()
        return None

    def gave_up(self) -> Finding:
        if self._rows == 0:
            return Finding(self.joint, False, "no sample came in")
        if self._silent > self._rows / 2:
            return Finding(self.joint, False, f"{MOTION_CHIP} does not answer: look at {BUS_WIRES}")
        return Finding(self.joint, False, f"{MOTION_CHIP}: {self._why}")


class TurnCheck(Check):
    """The gyroscope's turn carries gravity to where the accelerometer finds it."""

    joint = "turn"
    prompt = "Raise the hand slowly until the fingertips point to the ceiling, and hold it so."

    def __init__(self, still: StillCheck, glove: GloveProfile) -> None:
        self._still, self._glove = still, glove
        self._attitude = np.eye(3)              # hand now -> hand at rest
        self._last_us: int | None = None
        self._quiet: list[np.void] = []
        self._most_deg = 0.0
        self._error_deg: float | None = None
        self.turned_deg = 0.0
        self.raised_deg = 0.0                    # by gravity
        self.accel: np.ndarray | None = None     # means at the turn's end, hand frame
        self.fields: np.ndarray | None = None

    def take(self, piece: Piece) -> None:
        if self._still.accel is None or self.raised_deg >= RAISED_DEG:
            return
        for wire, raw in zip(piece.wire, piece.raw, strict=True):
            if wire["i2c_fault"]:
                self._quiet.clear()
                continue
            self._advance(raw)
            if self._look(raw):
                return

    def _advance(self, raw: np.void) -> None:
        t_us = int(raw["t_us"])
        dt_s = min(max(t_us - self._last_us, 0) * 1e-6, 0.1) if self._last_us is not None else 0.0
        self._last_us = t_us
        self._attitude = self._attitude @ small_turn((raw["gyro"] - self._still.gyro) * dt_s)
        self._most_deg = max(self._most_deg, turn_deg(self._attitude))

    def _look(self, raw: np.void) -> bool:
        """Compare with gravity in a quiet moment; true when nothing more is wanted."""
        moving = np.linalg.norm(raw["gyro"]) > QUIET_GYRO or abs(np.linalg.norm(raw["accel"]) - G) > QUIET_ACCEL
        if moving or turn_deg(self._attitude) < TURN_DEG:
            self._quiet.clear()
            return False
        self._quiet.append(raw)
        if (raw["t_us"] - self._quiet[0]["t_us"]) * 1e-6 < QUIET_S:
            return False
        rows = np.array(self._quiet)
        self._quiet.clear()
        return self._compare(rows)

    def _compare(self, rows: np.ndarray) -> bool:
        accel, rest = rows["accel"].mean(0), np.asarray(self._still.accel)
        error_deg = angle_deg(self._attitude @ accel, rest)
        if error_deg > TURN_TOLERANCE_DEG:
            if self.accel is None:
                self._error_deg = error_deg
            return False
        raised_deg = angle_deg(accel, rest)
        if self.accel is None or raised_deg > self.raised_deg:
            self.accel, self.fields, self._error_deg = accel, mean_fields(rows, self._glove), error_deg
            self.raised_deg, self.turned_deg = raised_deg, turn_deg(self._attitude)
        return self.raised_deg >= RAISED_DEG

    def finding(self) -> Finding | None:
        if self._still.accel is None:
            return Finding(self.joint, None, "not checked: the motion board gave nothing to start from")
        return self.gave_up() if self.raised_deg >= RAISED_DEG else None

    def gave_up(self) -> Finding:
        if self._last_us is None:
            return Finding(self.joint, False, "no motion value came in: look at the motion board's wires", self._seen())
        if self.accel is not None:
            return Finding(self.joint, True, f"turned by {self.turned_deg:.0f} degrees; gyroscope and gravity agree to "
                                             f"{self._error_deg:.0f}", self._seen())
        if self._error_deg is not None:
            return Finding(self.joint, False, f"gyroscope and gravity disagree by {self._error_deg:.0f} degrees: is the "
                                              "board loose on the plate? If it is not, the board is broken", self._seen())
        return Finding(self.joint, False, f"turned by {self._most_deg:.0f} degrees only, {TURN_DEG:.0f} are needed, then a "
                                          "moment of rest; if it was turned, the gyroscope is broken", self._seen())

    def _seen(self) -> dict[str, Any]:
        return {"turned_deg": round(self._most_deg, 1), "disagreement_deg": self._error_deg and round(self._error_deg, 1)}


class FacingCheck(Check):
    """With the fingertips up, up is along the board's x: it is not mounted sideways or backwards."""

    joint = "facing"

    def __init__(self, turn: TurnCheck) -> None:
        self._turn = turn

    def gave_up(self) -> Finding:
        accel, raised_deg = self._turn.accel, self._turn.raised_deg
        if accel is None or raised_deg < RAISED_DEG:
            return Finding(self.joint, None, "which way the motion board points was not seen: the fingertips were not raised")
        seen = {"accel_m_s2": _rounded(accel)}
        if accel[0] < TIP_UP * np.linalg.norm(accel):
            return Finding(self.joint, False, "with the fingertips up, up is not along the motion board's x: it must point "
                                              "to the fingertips (or the hand was turned otherwise: try again)", seen)
        return Finding(self.joint, True, "the motion board's x points to the fingertips", seen)


class PlateCheck(Check):
    """Both field sensors see one earth: equal where they are calibrated, else equal in how it changes on a turn.

    An uncalibrated chip adds up to 500 uT of its own, the same in every attitude: the change of the field is free of it.
    """

    joint = "plate"

    def __init__(self, still: StillCheck, turn: TurnCheck) -> None:
        self._still, self._turn = still, turn

    def gave_up(self) -> Finding:
        rest = self._still.fields
        if rest is None or not np.isfinite(rest).all():
            return Finding(self.joint, None, "not checked: it takes both field sensors and the motion board")
        apart_ut = float(np.linalg.norm(rest[0] - rest[1]))
        seen: dict[str, Any] = {"apart_ut": round(apart_ut, 1)}
        if apart_ut <= SAME_FIELD_UT:
            return Finding(self.joint, True, f"both field sensors see the same earth, to {apart_ut:.0f} uT", seen)
        if self._turn.fields is None or not np.isfinite(self._turn.fields).all():
            return Finding(self.joint, None, f"the field sensors differ by {apart_ut:.0f} uT at rest, as uncalibrated ones "
                                             "do, and there was no turn to compare them by", seen)
        changes = self._turn.fields - rest
        size_ut = float(np.linalg.norm(changes[0]))
        off = float(np.linalg.norm(changes[0] - changes[1])) / max(size_ut, CHANGE_UT)
        seen |= {"change_ut": [_rounded(change) for change in changes], "change_off": round(off, 2)}
        if size_ut < CHANGE_UT:
            return Finding(self.joint, None, f"raising the hand changed the field by {size_ut:.0f} uT only: do it again "
                                             "facing north or south", seen)
        if off > CHANGE_SHARE:
            return Finding(self.joint, False, "the two field sensors saw different turns: does the second board's "
                                              "y point to the fingertips, its x to the right? No magnet near?", seen)
        return Finding(self.joint, True, f"both field sensors saw the same turn of the earth's field, to {off:.0%} "
                                         "(they are not calibrated yet)", seen)


def mean_fields(rows: np.ndarray, glove: GloveProfile) -> np.ndarray:
    """(2, 3) uT, hand frame, corrected by the profile; NaN where there is no sensor."""
    fields = np.full((2, 3), np.nan)
    for k, magnetometer in enumerate(glove.magnetometer):
        raw = rows[f"m{k}"].mean(0)
        fields[k] = np.array(magnetometer.soft_iron) @ (raw - np.array(magnetometer.hard_iron_ut))
    return fields


def small_turn(angle: np.ndarray) -> np.ndarray:
    """Rotation matrix of a rotation vector (3,) in radians (Rodrigues)."""
    size = float(np.linalg.norm(angle))
    if size < 1e-12:
        return np.eye(3)
    x, y, z = angle / size
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned: np.ndarray = np.eye(3) + np.sin(size) * cross + (1.0 - np.cos(size)) * (cross @ cross)
    return turned


def turn_deg(rotation: np.ndarray) -> float:
    """Angle of a rotation matrix, degrees."""
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1.0) / 2.0, -1.0, 1.0))))


def angle_deg(a: np.ndarray, b: np.ndarray) -> float:
    """Angle between two vectors, degrees."""
    return float(np.degrees(np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1.0, 1.0))))


def _rounded(values: np.ndarray, digits: int = 2) -> list[float]:
    return [round(float(v), digits) for v in values]
