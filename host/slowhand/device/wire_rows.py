"""Sample and Field messages as table rows, still in the chips' own integers and axes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from slowhand.wire.messages_gen import Field, FieldFlags, Sample, SampleFlags

# One row per Sample. `sensing.chips` turns it into SI units and the hand frame with the scales of Hello.
WIRE_DTYPE = np.dtype(
    [
        ("t_us", "i8"),            # device microseconds on the unwrapped line, strictly increasing
        ("seq", "i4"),             # 0..65535, wraps
        ("pads", "i4", 6),         # counts, 0..adc_max of Hello
        ("accel", "i2", 3),        # chip axes and LSB from here on
        ("gyro", "i2", 3),
        ("field0", "i2", 3),       # the last one received; only new where fresh0; 0 before the first
        ("field1", "i2", 3),
        ("fresh0", "?"),
        ("fresh1", "?"),
        ("overflow0", "?"),        # beyond the chip's range; stays with the value
        ("overflow1", "?"),
        ("field0_lag_us", "i4"),   # when it was read, after this row's t_us; 0 where not fresh
        ("field1_lag_us", "i4"),
        ("motor_on", "?"),         # during the sample, or while this row's field was measured
        ("i2c_fault", "?"),        # motion values are old or absent
        ("overrun", "?"),          # the glove missed a tick before this sample
        ("reflex", "?"),
        ("gap", "?"),              # rows are missing before this one, a reset lies before it, or it is the first
    ]
)

NO_ROWS = np.zeros(0, WIRE_DTYPE)  # shared: most pieces of bytes end no sample
NO_ROWS.flags.writeable = False

# As plain integers: a flag class in the inner loop would cost as much as decoding the frame.
_MOTOR, _REFLEX, _I2C, _OVERRUN = (
    int(SampleFlags.MOTOR_ON), int(SampleFlags.REFLEX_ACTIVE), int(SampleFlags.I2C_FAULT), int(SampleFlags.OVERRUN),
)  # fmt: skip
_FRESH0, _FRESH1, _FIELD_MOTOR, _OVERFLOW0, _OVERFLOW1 = (
    int(FieldFlags.FRESH0), int(FieldFlags.FRESH1), int(FieldFlags.MOTOR_ON),
    int(FieldFlags.OVERFLOW0), int(FieldFlags.OVERFLOW1),
)  # fmt: skip

_Held: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], bool, bool]  # field0, field1, overflow0, overflow1
NO_FIELD: _Held = ((0, 0, 0), (0, 0, 0), False, False)


def rows_from(tuples: list[tuple]) -> np.ndarray:
    """Rows that `RowBuilder` made, as one WIRE_DTYPE array."""
    return np.array(tuples, WIRE_DTYPE) if tuples else NO_ROWS


class RowBuilder:
    """Joins each Field to the Sample of its tick, which follows it on the line.

    A Field whose Sample was lost is dropped and counted: joined to the next Sample it would be a tick too late.
    """

    def __init__(self) -> None:
        self.orphan_fields = 0
        self.disordered_samples = 0   # not later than the row before: dropped
        self._last_us: int | None = None
        self._pending: tuple[int, Field] | None = None
        self._held: _Held = NO_FIELD
        self._gap = True

    def state(self) -> dict[str, Any]:
        pending = self._pending
        return {
            "orphan_fields": self.orphan_fields,
            "disordered_samples": self.disordered_samples,
            "last_us": self._last_us,
            "pending": [pending[0], pending[1].pack().hex()] if pending else None,
            "held": self._held,
            "gap": self._gap,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.orphan_fields = state["orphan_fields"]
        self.disordered_samples = state["disordered_samples"]
        self._last_us = state["last_us"]
        pending = state["pending"]
        self._pending = (pending[0], Field.unpack(bytes.fromhex(pending[1]))) if pending else None
        field0, field1, overflow0, overflow1 = state["held"]
        self._held = (tuple(field0), tuple(field1), overflow0, overflow1)
        self._gap = state["gap"]

    def reset(self) -> None:
        """The glove began anew: what was pending or held is of another boot, and a gap lies here."""
        self._drop_pending()
        self._held = NO_FIELD
        self._gap = True

    def add_field(self, t_us: int, field: Field) -> None:
        self._drop_pending()
        self._pending = (t_us, field)

    def add_sample(self, t_us: int, seq: int, missing: int, sample: Sample) -> tuple | None:
        """The row of a sample, as a tuple for `rows_from`; ``None`` when its time does not increase.

        Args:
            t_us: on the unwrapped line.
            missing: samples lost just before this one.
        """
        last_us = self._last_us
        if last_us is not None and t_us <= last_us:
            self.disordered_samples += 1
            self._gap = True
            return None
        fresh0, fresh1, lag0_us, lag1_us, field_motor = self._join_field(t_us, missing)
        field0, field1, overflow0, overflow1 = self._held
        flags = sample.flags
        row = (
            t_us, seq, sample.pads, sample.accel, sample.gyro, field0, field1, fresh0, fresh1, overflow0, overflow1,
            lag0_us, lag1_us, bool(flags & _MOTOR) or field_motor, bool(flags & _I2C), bool(flags & _OVERRUN),
            bool(flags & _REFLEX), self._gap or missing > 0,
        )  # fmt: skip
        self._last_us = t_us
        self._gap = False
        return row

    def _join_field(self, t_us: int, missing: int) -> tuple[bool, bool, int, int, bool]:
        if self._pending is None:
            return False, False, 0, 0, False
        field_us, field = self._pending
        if missing and self._last_us is not None:
            tick_us = (t_us - self._last_us) // (missing + 1)
            if field_us < t_us - tick_us // 2:
                self._drop_pending()  # read in the tick of a sample that was lost
                return False, False, 0, 0, False
        self._pending = None
        flags = field.flags
        self._held = (field.field0, field.field1, bool(flags & _OVERFLOW0), bool(flags & _OVERFLOW1))
        fresh0, fresh1 = bool(flags & _FRESH0), bool(flags & _FRESH1)
        lag0_us = field_us - t_us if fresh0 else 0
        lag1_us = field_us + field.lag1_us - t_us if fresh1 else 0
        return fresh0, fresh1, lag0_us, lag1_us, bool(flags & _FIELD_MOTOR)

    def _drop_pending(self) -> None:
        if self._pending is not None:
            self.orphan_fields += 1
            self._pending = None
