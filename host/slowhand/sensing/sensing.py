"""From raw rows to SI units: the first stage of the pipeline, causal and row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from slowhand.sensing import motion_rows, pad_rows
from slowhand.sensing.curves import PadCurve, pad_curves
from slowhand.sensing.profile import GloveProfile
from slowhand.sensing.rows import PAD_COUNT, RAW_DTYPE, SENSED_DTYPE

# Rows this many periods apart miss one in between even where `seq` does not jump: the glove missed its ticks.
GAP_PERIODS = 2.5
SEQ_MODULUS = 65536


@dataclass(frozen=True)
class PadHealth:
    """What is known about one pad's channel so far."""

    name: str
    ok: bool
    why: str          # "" or "shorted", "stuck"
    zero_n: float     # zero level that is subtracted: how far it has drifted from the profile's zero
    felt: bool        # it has been loaded at least once; never felt may mean: open


class Sensing:
    """Calibrated rows from raw ones. Any split of the input gives the same rows, to the bit.

    Counts become newtons through the pads' curves, less a zero level that only moves while nothing can be in
    contact; biases and irons of the profile are removed; what cannot be believed is marked, never mended.
    """

    def __init__(self, profile: GloveProfile, rate_hz: float = 200.0) -> None:
        curves = pad_curves(profile.pad)
        self._names = tuple(pad.name for pad in profile.pad)
        self._force_table = np.stack([curve.force_table_n for curve in curves])
        self._at_least_table = np.stack([curve.at_least_table for curve in curves])
        self._short_count = np.array([_short_count(curve) for curve in curves])
        self._accel_bias = np.array(profile.motion.accel_bias)
        self._gyro_bias = np.array(profile.motion.gyro_bias)
        self._magnetometers = [
            (np.array(magnetometer.hard_iron_ut), np.array(magnetometer.soft_iron))
            for magnetometer in profile.magnetometer
        ]
        self._gap_us = round(GAP_PERIODS * 1e6 / rate_hz)
        self._last = np.array([-1, -1], "i8")  # t_us and seq of the previous row
        self._pads = pad_rows.new_state()
        self._motion = motion_rows.new_state()

    def process(self, raw: np.ndarray) -> np.ndarray:
        """``RAW_DTYPE`` rows (n,) in, ``SENSED_DTYPE`` rows (n,) out. Time must increase from row to row."""
        # Columns are copied: the compiled loops then always see one memory layout, also for a block of one row,
        # and never compile again in mid-session.
        column = {name: raw[name].copy() for name in RAW_DTYPE.names or ()}
        n, out = len(raw), np.zeros
        gap, dt_s = out(n, "?"), out(n)
        _spacing(self._last, column["t_us"], column["seq"], self._gap_us, gap, dt_s)
        force, at_least, pad_ok = out((n, PAD_COUNT)), out((n, PAD_COUNT), "?"), out((n, PAD_COUNT), "?")
        pad_rows.sense_pads(
            self._pads, column["t_us"], gap, dt_s, column["pads"], column["accel"],
            self._force_table, self._at_least_table, self._short_count, force, at_least, pad_ok,
        )
        field, motion_ok, field_new = self._known_fields(column), out(n, "?"), out((n, 2), "?")
        motion_rows.sense_motion(
            self._motion, column["t_us"], gap, dt_s, column["accel"], column["gyro"], field,
            column["faults"], column["mag_new"], column["haptic"], force, motion_ok, field_new,
        )
        rows = np.zeros(n, SENSED_DTYPE)
        rows["t_us"], rows["haptic"], rows["gap"], rows["dt_s"] = column["t_us"], column["haptic"], gap, dt_s
        rows["force"], rows["at_least"], rows["pad_ok"] = force, at_least, pad_ok
        rows["motion_ok"], rows["field_new"] = motion_ok, field_new
        rows["accel"] = column["accel"] - self._accel_bias
        rows["gyro"] = column["gyro"] - self._gyro_bias
        rows["field"] = self._calibrated(field)
        return rows

    def health(self) -> tuple[PadHealth, ...]:
        """The pads' channels as of the last row, in wire order."""
        return tuple(
            PadHealth(
                name,
                ok=not (pad["stuck"] or pad["shorted"]),
                why="shorted" if pad["shorted"] else "stuck" if pad["stuck"] else "",
                zero_n=float(pad["zero_n"]),
                felt=bool(pad["felt"]),
            )
            for name, pad in zip(self._names, self._pads, strict=True)
        )

    def _known_fields(self, column: dict[str, np.ndarray]) -> np.ndarray:
        """Raw fields (n, 2, 3) in uT of the magnetometers that the profile knows; NaN for others."""
        field = np.full((len(column["t_us"]), 2, 3), np.nan)
        for k, name in enumerate(("m0", "m1")[: len(self._magnetometers)]):
            field[:, k] = column[name]
        return field

    def _calibrated(self, raw_field: np.ndarray) -> np.ndarray:
        field = np.full_like(raw_field, np.nan)
        for k, (hard_iron, soft_iron) in enumerate(self._magnetometers):
            free = raw_field[:, k] - hard_iron
            # Written out instead of a matrix product, whose order of summing depends on the block's length.
            for axis in range(3):
                row = soft_iron[axis]
                field[:, k, axis] = row[0] * free[:, 0] + row[1] * free[:, 1] + row[2] * free[:, 2]
            field[np.all(raw_field[:, k] == 0.0, axis=1), k] = np.nan  # a chip that reads zeros reads nothing
        return field


def warm_up(profile: GloveProfile) -> None:
    """Compile the row loops (or load them from the cache), so that the first block of a session is no slower."""
    Sensing(profile).process(np.zeros(1, RAW_DTYPE))


def _short_count(curve: PadCurve) -> int:
    full = float(curve.conductance_us(curve.max_force_n)) * pad_rows.SHORT_CONDUCTANCE_FACTOR
    return int(np.ceil(curve.ratio_count(full)))


@njit(cache=True)
def _spacing(last, t_us, seq, gap_us, gap, dt_s):  # pragma: no cover - compiled
    for i in range(t_us.shape[0]):
        step_us = t_us[i] - last[0]
        follows = last[1] >= 0 and seq[i] == (last[1] + 1) % SEQ_MODULUS and step_us <= gap_us
        gap[i] = not follows
        dt_s[i] = step_us * 1e-6 if follows else 0.0
        last[0] = t_us[i]
        last[1] = seq[i]
