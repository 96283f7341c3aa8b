"""What is wrong with the glove's sensors, in words for the page: which one, and what to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from slowhand.sensing.sensing import PadHealth
from slowhand.wire.messages_gen import Status, StatusFaults

UNFELT_AFTER_S = 60.0   # a giver who uses a pad at all has pressed with it by then
BUILTIN_STATUSES = 2    # in a row, a second apart: one may have been made just before the thresholds came


class GloveHealth:
    """Remembers what the glove has said of itself since it began to talk."""

    def __init__(self) -> None:
        self._statuses: deque[Status] = deque(maxlen=BUILTIN_STATUSES)

    def heard(self, statuses: Iterable[Status]) -> None:
        self._statuses.extend(statuses)

    def forget(self) -> None:
        """The glove is gone or was reset: what it said before says nothing about now."""
        self._statuses.clear()

    def warning(self, pads: Sequence[PadHealth], heard_s: float, field_sensors: int, guarded: bool) -> str:
        """All that is wrong, in one line; empty when all is well.

        Args:
            pads: their health.
            heard_s: for how long samples have come.
            field_sensors: how many are needed for a place; 0 where no place is looked for.
            guarded: thresholds have been sent to the glove.
        """
        faults = self._statuses[-1].faults if self._statuses else 0
        lines = (
            *_pad_faults(pads, heard_s, faults), *_field_faults(faults, field_sensors), *self._motion_faults(faults),
            *self._reflex_faults(guarded),
        )
        return " ".join(lines)

    def _motion_faults(self, faults: int) -> Iterator[str]:
        if faults & StatusFaults.MOTION_ABSENT:
            yield "The glove's motion sensor does not answer: check its wires."
        elif faults & StatusFaults.I2C_BUS:
            yield "The glove's sensor bus is disturbed: check the wires to the back of the hand."
        if faults & StatusFaults.SUPPLY_LOW:
            volts = self._statuses[-1].supply_mv / 1000
            yield f"The glove's supply is low ({volts:.1f} V): try another cable or port."

    def _reflex_faults(self, guarded: bool) -> Iterator[str]:
        full = len(self._statuses) == BUILTIN_STATUSES
        if guarded and full and all(status.faults & StatusFaults.LIMITS_BUILTIN for status in self._statuses):
            yield (
                "The thresholds do not reach the glove: it warns only at its built-in limits, not near the spine. "
                "Unplug it and plug it in again."
            )


def _pad_faults(pads: Sequence[PadHealth], heard_s: float, faults: int) -> Iterator[str]:
    bad = [f"{pad.name} ({pad.why})" for pad in pads if not pad.ok]
    if bad:
        yield f"A pad cannot be used: {', '.join(bad)}. Its force is not counted."
    elif faults & StatusFaults.PAD_SHORTED:
        yield "A pad reads full scale and does not warn in the glove: its wires touch; see `slowhand doctor --joints`."
    unfelt = [pad.name for pad in pads if pad.ok and not pad.felt]
    silent = faults & StatusFaults.PAD_SILENT
    if unfelt and len(unfelt) < len(pads) and (silent or heard_s > UNFELT_AFTER_S):
        yield f"Nothing felt yet by {', '.join(unfelt)}: press it once; if this stays, check its wire."
    elif silent:
        yield "A pad has felt nothing for a minute: press each once; if this stays, see `slowhand doctor --joints`."


def _field_faults(faults: int, field_sensors: int) -> Iterator[str]:
    first, second = faults & StatusFaults.FIELD0_ABSENT, faults & StatusFaults.FIELD1_ABSENT
    if field_sensors == 0:
        return
    if first and (second or field_sensors == 1):
        yield "No field sensor of the glove answers: the place on the back stays unknown; check its wires."
    elif first:
        yield "The field sensor in the motion sensor does not answer: the place is less sure; check its wires."
    elif second and field_sensors > 1:
        yield "The second field sensor, towards the wrist, does not answer: the place is less sure; check its wires."
