"""What each joint of a glove must show to be believed, judged from samples alone: no port, no clock, no screen here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from slowhand.sensing.rows import PAD_COUNT
from slowhand.wire.messages_gen import Ack, Channels, Cue, CuePattern, Nak, NakReason, Status, StatusFaults

PAD_NAMES = ("thumb", "index", "middle", "ring", "heel", "edge")
PAD_PINS = ("A0", "A1", "A2", "A3", "A6", "A7")
FIELD_CHIPS = ("the motion board's own magnetometer (AK09916, 0x0C)", "the second field sensor (LIS3MDL, 0x1C or 0x1E)")
BUS_WIRES = "its 5 V, GND, SDA (A4) and SCL (A5)"

RISE_COUNTS = 40         # 0.1 N on an FSR 402, 2.4 N on an A401: a clear press, far above the converter's noise
FULL_SCALE_COUNTS = 1015   # of 1023; a 402 pressed with all one's might stays below 970
SAME_COUNTS = 3          # two pads that stay this close through a press are one and the same wire
SAME_ROWS = 20
SILENT_ROWS = 300        # rows without a sign of life after which a chip is called absent; it is looked for every 10 ms
SUPPLY_MV = (4000, 5800)   # 4.4-5.25 V of USB, measured to 10 % (the chip's own reference)


@dataclass(frozen=True)
class Finding:
    """What one joint showed. ``ok`` is None when it could not be checked: that is not fine either."""

    joint: str
    ok: bool | None
    words: str
    seen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """What came in at once: the same rows in the chips' integers and in the hand frame, and what came beside them."""

    wire: np.ndarray                    # WIRE_DTYPE
    raw: np.ndarray                     # RAW_DTYPE
    channels: int                       # Channels of the latest Hello
    statuses: tuple[Status, ...] = ()
    answers: tuple[Ack | Nak, ...] = ()


class Check:
    """One joint: ``take`` until ``finding`` is there, or ask ``gave_up`` when the time is over."""

    joint = ""
    prompt = ""                   # what the person should do; empty: nothing
    command: Cue | None = None    # what the glove should do at the beginning
    early = False                 # takes from the beginning of the walk: what it judges needs no asking

    def take(self, piece: Piece) -> None:
        """Look at what came in."""

    def finding(self) -> Finding | None:
        """What the joint showed, once that is known."""
        return self.gave_up()

    def gave_up(self) -> Finding:
        """What there is to say when nothing more comes."""
        raise NotImplementedError


class PadCheck(Check):
    """A count that rises with a press and falls again, alone."""

    def __init__(self, pad: int) -> None:
        self.joint = PAD_NAMES[pad]
        self.prompt = f"Press the {PAD_NAMES[pad]} pad, then let go."
        self._pad, self._pin = pad, PAD_PINS[pad]
        self._all: list[np.ndarray] = []   # counts of every pad
        self._pressed: list[np.ndarray] = []
        self._low, self._peak, self._pressing, self._done = 1 << 16, -1, False, False

    def take(self, piece: Piece) -> None:
        for counts in piece.wire["pads"]:
            if not self._done:
                self._all.append(counts)
                self._step(int(counts[self._pad]), counts)

    def _step(self, count: int, counts: np.ndarray) -> None:
        if not self._pressing:
            self._low = min(self._low, count)
            self._pressing = count >= self._low + RISE_COUNTS
        if self._pressing:
            self._pressed.append(counts)
            self._peak = max(self._peak, count)
            self._done = count <= self._low + (self._peak - self._low) / 3

    def finding(self) -> Finding | None:
        if not self._done:
            return None
        if self._peak >= FULL_SCALE_COUNTS:
            return self._bad(f"jumps to full scale ({self._peak}): the pad's two wires touch, or its resistor to ground is "
                             f"not connected to {self._pin}")
        twin = self._twin()
        if twin is not None:
            return self._bad(f"reads the same as the {PAD_NAMES[twin]} pad: a bridge of solder or wire between {self._pin} "
                             f"and {PAD_PINS[twin]}")
        words = f"{self._low} at rest, {self._peak} when pressed, and down again"
        return Finding(self.joint, True, words, self._seen())

    def gave_up(self) -> Finding:
        if not self._all:
            return self._bad("no sample came in")
        own = np.array(self._all)[:, self._pad]
        if own.min() >= FULL_SCALE_COUNTS:
            return self._bad(f"stays at full scale: {self._pin} touches 5 V, or its resistor to ground is missing")
        if self._pressing:
            return self._bad(f"rose from {self._low} to {self._peak} and does not fall: something presses on the pad, or "
                             f"the resistor from {self._pin} to ground is loose")
        other = self._other()
        if other is not None:
            return self._bad(f"did not rise, but the {PAD_NAMES[other]} pad did: are the wires to {self._pin} and "
                             f"{PAD_PINS[other]} exchanged?")
        return self._bad(f"did not rise (counts {own.min()} to {own.max()}): look at the pad's wire to 5 V, at its wire to "
                         f"{self._pin}, and for a short from {self._pin} to ground")

    def _twin(self) -> int | None:
        pressed = np.array(self._pressed)
        if len(pressed) < SAME_ROWS:
            return None
        apart = np.abs(pressed - pressed[:, [self._pad]]).max(0)
        return next((k for k in range(PAD_COUNT) if k != self._pad and apart[k] <= SAME_COUNTS), None)

    def _other(self) -> int | None:
        spans = np.ptp(np.array(self._all), axis=0)
        risen = [k for k in range(PAD_COUNT) if k != self._pad and spans[k] >= RISE_COUNTS]
        return risen[0] if len(risen) == 1 else None

    def _bad(self, words: str) -> Finding:
        return Finding(self.joint, False, words, self._seen())

    def _seen(self) -> dict[str, Any]:
        own = [int(counts[self._pad]) for counts in self._all]
        return {"pin": self._pin, "least": min(own, default=None), "most": max(own, default=None)}


class FieldCheck(Check):
    """A magnetometer that measures, changes and stays within what a hand can meet."""

    early = True
    ENOUGH = 30                  # fresh values
    # Earth's 25-65 uT, an uncalibrated chip's own offset (ICM-20948: 300 uT on each axis), a strip not far off.
    PLAUSIBLE_UT = (5.0, 1000.0)

    def __init__(self, number: int) -> None:
        self.joint = f"field{number}"
        self._number, self._chip = number, FIELD_CHIPS[number]
        self._channel = (Channels.FIELD0, Channels.FIELD1)[number]
        self._rows, self._overflows, self._there = 0, 0, False
        self._values: list[np.ndarray] = []

    def take(self, piece: Piece) -> None:
        k = self._number
        self._there = bool(piece.channels & self._channel)
        self._rows += len(piece.wire)
        overflow, fresh = piece.wire[f"overflow{k}"], piece.wire[f"fresh{k}"]
        self._overflows += int((overflow & fresh).sum())
        self._values.extend(piece.raw[f"m{k}"][fresh & ~overflow & ~piece.wire["motor_on"]])

    def finding(self) -> Finding | None:
        if len(self._values) < self.ENOUGH:
            return self.gave_up() if self._rows >= SILENT_ROWS else None
        values = np.array(self._values)
        middle_ut = float(np.linalg.norm(values.mean(0)))
        seen = {"field_ut": round(middle_ut, 1), "overflows": self._overflows}
        if not np.ptp(values, axis=0).any():
            return Finding(self.joint, False, f"{self._chip} always gives the same value: power it off and on; "
                                              "if it stays so, the board is broken", seen)
        if not self.PLAUSIBLE_UT[0] <= middle_ut <= self.PLAUSIBLE_UT[1]:
            return Finding(self.joint, False, f"{self._chip} reads {middle_ut:.0f} uT, which no hand meets away from "
                                              "magnets: move strip, motor and steel away from the plate", seen)
        return Finding(self.joint, True, f"{middle_ut:.0f} uT", seen)

    def gave_up(self) -> Finding:
        seen = {"overflows": self._overflows}
        if self._rows == 0:
            return Finding(self.joint, False, "no sample came in", seen)
        if self._overflows:
            return Finding(self.joint, False, f"{self._chip} is beyond its range: a magnet is too near", seen)
        what = "sends too few values" if self._there else "does not answer"
        return Finding(self.joint, False, f"{self._chip} {what}: look at {BUS_WIRES}", seen)


class SupplyCheck(Check):
    """The supply as the glove itself measures it."""

    joint, early = "supply", True

    def __init__(self) -> None:
        self._status: Status | None = None

    def take(self, piece: Piece) -> None:
        if piece.statuses and piece.statuses[-1].supply_mv:
            self._status = piece.statuses[-1]

    def finding(self) -> Finding | None:
        if self._status is None:
            return None
        mv = self._status.supply_mv
        seen = {"supply_v": round(mv / 1000, 2)}
        if self._status.faults & StatusFaults.SUPPLY_LOW or mv < SUPPLY_MV[0]:
            return Finding(self.joint, False, f"{mv / 1000:.2f} V is too low: another cable or USB port, and look for a "
                                              "short between 5 V and ground", seen)
        if mv > SUPPLY_MV[1]:
            return Finding(self.joint, False, f"{mv / 1000:.2f} V is more than USB gives: unplug the glove", seen)
        return Finding(self.joint, True, f"{mv / 1000:.2f} V (to 10 %)", seen)

    def gave_up(self) -> Finding:
        return Finding(self.joint, None, "the glove did not say what its supply is: unknown")


class MotorCheck(Check):
    """A cue that the glove takes, plays and ends. Whether it can be felt, only a person knows."""

    joint, prompt = "motor", "The motor should buzz now."
    command: Cue | None = Cue(int(CuePattern.LIGHTER), 255)

    def __init__(self) -> None:
        self._there, self._acked, self._refused = True, False, ""
        self._buzzed = self._ended = False

    def take(self, piece: Piece) -> None:
        self._there = bool(piece.channels & Channels.MOTOR)
        for answer in piece.answers:
            if answer.command == Cue.TYPE:
                self._acked = self._acked or isinstance(answer, Ack)
                if isinstance(answer, Nak):
                    known = answer.reason in set(NakReason)
                    self._refused = NakReason(answer.reason).name.lower() if known else str(answer.reason)
        for row in piece.wire:
            by_cue = bool(row["motor_on"]) and not row["reflex"]   # the reflex may buzz too: that is not our cue
            self._ended = self._ended or (self._buzzed and not row["motor_on"])
            self._buzzed = self._buzzed or by_cue

    def finding(self) -> Finding | None:
        if self._refused:
            return Finding(self.joint, False, f"the glove refuses the cue ({self._refused}): flash the firmware of this "
                                              "release", self._seen())
        if self._acked and self._ended:
            return Finding(self.joint, True, "told to buzz; the glove says it did. Only you can tell whether it was felt",
                           self._seen())
        return None

    def gave_up(self) -> Finding:
        if not self._there:
            words = "the glove's firmware says that it has no motor"
        elif not self._acked:
            words = "the glove does not answer the cue: unplug it, plug it in again"
        elif not self._buzzed:
            words = "the glove took the cue but did not play it: let its motor cool down, take all force off the pads"
        else:
            words = "the motor does not stop: unplug the glove"
        return Finding(self.joint, False, words, self._seen())

    def _seen(self) -> dict[str, Any]:
        return {"pin": "D3", "answered": self._acked, "ran": self._buzzed, "stopped": self._ended, "felt": None}


NOT_FELT = ("not felt: look at the motor's wires, at the transistor (base to D3 through 1 kOhm, collector to the motor, "
            "emitter to ground), and at the diode (its ring towards 5 V)")
