"""The walk from joint to joint: one open link, one check after the other, and what the whole walk tells of the cable."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from slowhand.cli.joints import (
    Check,
    FieldCheck,
    Finding,
    MotorCheck,
    PadCheck,
    Piece,
    SupplyCheck,
)
from slowhand.cli.joints_motion import FacingCheck, PlateCheck, StillCheck, TurnCheck
from slowhand.device import DeviceOutput, GloveDevice, NoticeKind
from slowhand.errors import NotAGloveError
from slowhand.link.contract import Link
from slowhand.sensing.chips import ChipReader
from slowhand.sensing.profile import GloveProfile
from slowhand.sensing.rows import PAD_COUNT, RAW_DTYPE
from slowhand.wire.messages_gen import Status

FIRST_SAMPLE_S = 8.0   # a board's boot loader takes two, three attempts to identify take three
READ_S = 0.02
PIECE_ROWS = 10
RESET_CAUSES = {1: "power", 2: "its reset line", 4: "a drop of the supply", 8: "its watchdog"}


def all_checks(glove: GloveProfile) -> list[Check]:
    """Every joint, in the order of the walk: what needs a hand at rest first, the motor last."""
    still = StillCheck(glove)
    turn = TurnCheck(still, glove)
    pads = [PadCheck(pad) for pad in range(PAD_COUNT)]
    # The field sensors have seen enough when the hand has been at rest, so the turn goes on from there without a gap.
    plate: list[Check] = [still, FieldCheck(0), FieldCheck(1), turn, FacingCheck(turn), PlateCheck(still, turn)]
    return [*plate, SupplyCheck(), *pads, MotorCheck()]


@dataclass
class Totals:
    """What went wrong on the way while the joints were looked at."""

    rows: int = 0
    rows_without_motion: int = 0
    lost_before: int = 0
    bad_before: int = 0
    lost: int = 0
    bad: int = 0
    restarts: int = 0
    first: Status | None = None
    last: Status | None = None
    causes: set[str] = field(default_factory=set)

    def findings(self) -> list[Finding]:
        return [self._cable(), self._bus()]

    def _cable(self) -> Finding:
        dropped = _grown(self.first, self.last, "frames_dropped")
        seen: dict[str, Any] = {"samples": self.rows, "lost_frames": self.lost, "bad_frames": self.bad,
                                "dropped_by_glove": dropped, "resets": self.restarts, "reset_causes": sorted(self.causes)}
        if self.rows == 0:
            return Finding("cable", False, "no sample came in", seen)
        if self.restarts:
            by = f" by {', '.join(sorted(self.causes))}" if self.causes else ""
            return Finding("cable", False, f"the glove was reset {self.restarts} times in mid-walk{by}: a loose cable, or a "
                                           "short between 5 V and ground when the hand moves", seen)
        if self.lost or self.bad:
            return Finding("cable", False, f"{self.lost} frames lost, {self.bad} bad among {self.rows} samples: use another, "
                                           "shorter USB cable, no hub, and strain relief at the wrist", seen)
        return Finding("cable", True, f"{self.rows} samples, none lost", seen)

    def _bus(self) -> Finding:
        errors = _grown(self.first, self.last, "i2c_errors")
        seen = {"i2c_errors": errors, "samples_without_motion": self.rows_without_motion}
        if errors is None:
            return Finding("bus", None, "the glove said nothing of its sensor bus: unknown", seen)
        if errors or self.rows_without_motion:
            return Finding("bus", False, f"{errors} errors on the sensor bus, {self.rows_without_motion} samples without "
                                         "motion: SDA (A4) or SCL (A5) is loose, too long, or touches something", seen)
        return Finding("bus", True, "no error on the sensor bus", seen)


class JointWalk:
    """Asks, looks, and says what it found, joint by joint.

    ``ask`` is called with each check's prompt, ``found`` with each finding; ``clock`` gives seconds. Raises LinkError
    and its leaves, or ProtocolMismatchError, when there is no glove to look at.
    """

    def __init__(self, link: Link, device: GloveDevice, clock: Callable[[], float], wait_s: float) -> None:
        self.totals = Totals()
        self._link, self._device, self._clock, self._wait_s = link, device, clock, wait_s
        self._reader: ChipReader | None = None
        self._early: list[Check] = []
        self._pieces: deque[Piece] = deque()

    def run(self, checks: list[Check], ask: Callable[[str], None], found: Callable[[Finding], None]) -> list[Finding]:
        self._device.link_opened(self._clock())
        self._await_samples()
        findings = []
        for number, check in enumerate(checks):
            self._early = [later for later in checks[number + 1 :] if later.early]
            findings.append(self._look(check, ask))
            found(findings[-1])
        for finding in self._end():
            findings.append(finding)
            found(finding)
        return findings

    def _await_samples(self) -> None:
        until_s = self._clock() + FIRST_SAMPLE_S
        while self.totals.rows == 0:
            self._exchange()
            problem = self._device.problem()
            if problem is not None:
                raise type(problem)(f"{self._link.name}: {problem}")
            if self._clock() > until_s:
                raise NotAGloveError(f"{self._link.name}: {self._device.words}")
        # what a boot loader said, and half a frame of an earlier stream, are no losses
        self.totals.lost_before, self.totals.bad_before = self._device.lost_frames, self._device.bad_frames

    def _look(self, check: Check, ask: Callable[[str], None]) -> Finding:
        finding = check.finding()
        if finding is not None:
            return finding
        if check.prompt:
            ask(check.prompt)
        if check.command is not None:
            self._device.cue(check.command.pattern, check.command.strength)
        until_s = self._clock() + self._wait_s
        while finding is None and self._clock() < until_s:
            piece = self._next_piece()
            for taker in (check, *self._early):
                taker.take(piece)
            finding = check.finding()
        return finding or check.gave_up()

    def _next_piece(self) -> Piece:
        """The next few rows. What a slow computer reads late and in one go is still looked at joint by joint."""
        if not self._pieces:
            self._exchange()
        return self._pieces.popleft()

    def _exchange(self) -> None:
        """Read and write once; at least one piece is there afterwards, perhaps an empty one."""
        output = self._device.feed(self._link.read(READ_S), self._clock())
        self._link.write(self._device.poll(self._clock()))
        self._count(output)
        raw = self._to_hand_frame(output)
        channels = self._device.hello.channels if self._device.hello else 0
        self._pieces.append(Piece(output.rows[:0], raw[:0], channels, output.statuses, output.answers))
        for at in range(0, len(raw), PIECE_ROWS):
            cut = slice(at, at + PIECE_ROWS)
            self._pieces.append(Piece(output.rows[cut], raw[cut], channels))

    def _to_hand_frame(self, output: DeviceOutput) -> np.ndarray:
        parts = []
        for hello, rows in output.parts():
            if hello is not None:
                self._reader = self._reader or ChipReader(hello)
                self._reader.use(hello)
            if self._reader is not None:
                parts.append(self._reader.raw(rows))
        return np.concatenate(parts) if parts else np.zeros(0, RAW_DTYPE)

    def _count(self, output: DeviceOutput) -> None:
        totals = self.totals
        totals.rows += len(output.rows)
        totals.rows_without_motion += int(output.rows["i2c_fault"].sum())
        restarts = sum(notice.kind is NoticeKind.GLOVE_RESTARTED for notice in output.notices)
        totals.restarts += restarts if totals.rows else 0   # opening the port resets the board: that is no fault
        for status in output.statuses:
            if totals.restarts:
                totals.causes |= {words for bit, words in RESET_CAUSES.items() if status.reset_cause & bit}
            totals.first, totals.last = totals.first or status, status

    def _end(self) -> list[Finding]:
        self.totals.lost = self._device.lost_frames - self.totals.lost_before
        self.totals.bad = self._device.bad_frames - self.totals.bad_before
        self._device.stop()
        self._link.write(self._device.poll(self._clock()))
        return self.totals.findings()


def _grown(first: Status | None, last: Status | None, name: str) -> int | None:
    """How far a counter of the glove (16 bits, wraps) has come between the first status and the last."""
    if first is None or last is None:
        return None
    return int(getattr(last, name) - getattr(first, name)) & 0xFFFF
