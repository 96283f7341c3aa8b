"""From the chips' integers and axes to raw rows: SI units in the hand frame, the same for a glove and a raw log."""

from __future__ import annotations

import numpy as np

from slowhand.sensing.curves import ADC_MAX
from slowhand.sensing.rows import (
    FAULT_I2C,
    FAULT_OVERFLOW0,
    FAULT_OVERFLOW1,
    FAULT_OVERRUN,
    FAULT_REFLEX,
    RAW_DTYPE,
)
from slowhand.wire.messages_gen import Channels, Hello

# Each chip's axes in the hand frame: hand axis i = sign * chip axis. The frame is the same for both hands (x to the
# fingertips, y left, z out), so only the pads' places mirror.
MOTION_AXES = ((0, 1.0), (1, 1.0), (2, 1.0))
FIELD0_AXES = ((0, 1.0), (1, -1.0), (2, -1.0))   # AK09916: y and z oppose the accelerometer's (ICM-20948 datasheet)
FIELD1_AXES = ((1, 1.0), (0, -1.0), (2, 1.0))    # LIS3MDL: mounted turned by 90 degrees on the plate


class ChipReader:
    """Turns WIRE_DTYPE rows into RAW_DTYPE rows that say in themselves what cannot be believed.

    A raw log has no column for faults. So motion values that the glove could not read become zeros, which is what a
    dead chip reads; and a field beyond its range repeats the last good value and is not marked as new. A session
    analysed from its exported raw log then gives what it gave live.
    """

    def __init__(self, hello: Hello) -> None:
        self._good = np.zeros((2, 3))  # last good field of each magnetometer, uT, hand frame
        self.use(hello)

    def use(self, hello: Hello) -> None:
        """Take the scales and channels of a (new) Hello."""
        self._hello = hello
        self._has_motion = bool(hello.channels & Channels.MOTION)
        self._has_field = (bool(hello.channels & Channels.FIELD0), bool(hello.channels & Channels.FIELD1))

    @property
    def has_motion(self) -> bool:
        """The glove has a motion sensor."""
        return self._has_motion

    @property
    def has_field(self) -> bool:
        """The glove has at least one magnetometer."""
        return any(self._has_field)

    def raw(self, wire: np.ndarray) -> np.ndarray:
        """RAW_DTYPE rows (n,) of WIRE_DTYPE rows (n,), in their order; the last good fields are kept for the next."""
        hello = self._hello
        rows = np.zeros(len(wire), RAW_DTYPE)
        rows["t_us"], rows["seq"], rows["haptic"] = wire["t_us"], wire["seq"], wire["motor_on"]
        rows["pads"] = _full_scale_counts(wire["pads"], hello.adc_max)
        usable = ~wire["i2c_fault"] & self._has_motion
        rows["accel"] = np.where(usable[:, None], _turned(wire["accel"], hello.accel_scale, MOTION_AXES), 0.0)
        rows["gyro"] = np.where(usable[:, None], _turned(wire["gyro"], hello.gyro_scale, MOTION_AXES), 0.0)
        new = np.zeros(len(wire), bool)
        for k, (name, scale, axes) in enumerate(
            (("m0", hello.field0_scale, FIELD0_AXES), ("m1", hello.field1_scale, FIELD1_AXES))
        ):
            good = wire[f"fresh{k}"] & ~wire[f"overflow{k}"] & self._has_field[k]
            rows[name] = self._held(k, _turned(wire[f"field{k}"], scale, axes), good)
            new |= good
        rows["mag_new"] = new
        rows["faults"] = _faults(wire)
        return rows

    def _held(self, k: int, field_ut: np.ndarray, good: np.ndarray) -> np.ndarray:
        """Each row's last good field; NaN throughout when the glove has no such magnetometer."""
        if not self._has_field[k]:
            return np.full_like(field_ut, np.nan)
        known = np.vstack([self._good[k], field_ut])
        # Index of the last good row up to each row; 0 stands for what was known before this block.
        latest = np.maximum.accumulate(np.where(good, np.arange(1, len(good) + 1), 0))
        held = known[latest]
        if len(held):
            self._good[k] = held[-1]
        return held


def _turned(chip: np.ndarray, scale: float, axes: tuple[tuple[int, float], ...]) -> np.ndarray:
    hand = np.empty(chip.shape)
    for axis, (from_axis, sign) in enumerate(axes):
        hand[:, axis] = chip[:, from_axis] * (sign * scale)
    return hand


def _full_scale_counts(counts: np.ndarray, adc_max: int) -> np.ndarray:
    """Counts as if the converter's full scale were 1023."""
    if adc_max in (ADC_MAX, 0):
        return counts
    return np.rint(counts * (ADC_MAX / adc_max)).astype(counts.dtype)


def _faults(wire: np.ndarray) -> np.ndarray:
    faults = np.zeros(len(wire), "u1")
    for marked, bit in (
        (wire["i2c_fault"], FAULT_I2C),
        (wire["overrun"], FAULT_OVERRUN),
        (wire["reflex"], FAULT_REFLEX),
        (wire["overflow0"] & wire["fresh0"], FAULT_OVERFLOW0),
        (wire["overflow1"] & wire["fresh1"], FAULT_OVERFLOW1),
    ):
        faults[marked] |= bit
    return faults
