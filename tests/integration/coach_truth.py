"""Judges flags and strokes by what really happened in a simulated session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from slowhand.coach.coach import Coach
from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.locate.locator import Locator
from slowhand.locate.pose import POSE_DTYPE, Mode, Phase
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import SENSED_DTYPE
from slowhand.sensing.sensing import Sensing
from slowhand.sim.simulation import SimOutput
from slowhand.sim.truth import TrueFlag
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touching import Toucher

MARGIN = 0.12            # events within this share of a limit count neither way
EDGE_MM = 10.0           # nor do those that hang on this many millimetres of place: a pad counts where it may be
SLACK_US = 100_000
BOUNDARY_US = 250_000
GRID_US = 10_000


@dataclass
class FlagScore:
    """Events of one kind: really there and found, reported and true, and how soon they were known."""

    there: int = 0
    found: int = 0
    reported: int = 0
    true: int = 0
    late_ms: list[float] = field(default_factory=list)

    def add(self, other: FlagScore) -> None:
        self.there += other.there
        self.found += other.found
        self.reported += other.reported
        self.true += other.true
        self.late_ms += other.late_ms


@dataclass
class StrokeScore:
    """Time with the right kind, strokes whose two ends are right, and errors of the cadence of kneading."""

    right_us: int = 0
    time_us: int = 0
    matched: int = 0
    there: int = 0
    reported: int = 0
    cadence_errors: list[float] = field(default_factory=list)

    def add(self, other: StrokeScore) -> None:
        self.right_us += other.right_us
        self.time_us += other.time_us
        self.matched += other.matched
        self.there += other.there
        self.reported += other.reported
        self.cadence_errors += other.cadence_errors

    @property
    def accuracy(self) -> float:
        return self.right_us / max(self.time_us, 1)

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(self.there + self.reported, 1)


def receiver_of(out: SimOutput) -> Receiver:
    """The receiver's file as the simulated body would have it."""
    body = out.body
    return Receiver(
        posture=body.posture, back_length_mm=float(body.back_length_mm), shoulder_width_mm=float(body.shoulder_width_mm),
        sensitive=tuple(
            SensitivePlace(x_mm=float(p.x_mm), y_mm=float(p.y_mm), radius_mm=float(p.radius_mm), max_n=float(p.max_n))
            for p in body.sensitive
        ),
    )  # fmt: skip


def touches_from_truth(out: SimOutput) -> np.ndarray:
    """Touches as perfect sensors and a perfect locator would give them."""
    truth = out.truth
    sensed, pose = np.zeros(len(truth), SENSED_DTYPE), np.zeros(len(truth), POSE_DTYPE)
    sensed["t_us"] = pose["t_us"] = truth["t_us"]
    sensed["force"], sensed["pad_ok"], sensed["gap"][:1] = truth["force_n"], True, True
    pose["located"], pose["phase"] = True, np.where(truth["started"], Phase.RUNNING, Phase.AWAIT_START_POSE)
    for name in ("p", "v", "q", "omega"):
        pose[name] = truth[name]
    return Toucher(load_glove(None, out.hand.side)).process(sensed, pose)


def touches_from_sensors(out: SimOutput) -> np.ndarray:
    """Touches as the whole chain makes them from the simulated sensors, with all their errors."""
    glove, receiver = load_glove(None, out.hand.side), receiver_of(out)
    sensed = Sensing(glove, out.rate_hz).process(out.raw)
    locator = Locator(Mode.STRIP, load_strip(), glove, receiver.posture, receiver.back_length_mm)
    return Toucher(glove).process(sensed, locator.process(sensed))


def judged_flags(out: SimOutput, touch: np.ndarray) -> tuple[list[Flag], list[Cue]]:
    """The last state of every flag that the coach raises over ``touch``, and its cues."""
    coach = Coach(load_glove(None, out.hand.side), receiver_of(out), Mode.STRIP)
    coached = coach.process(touch)
    last = {(f.kind, f.start_us, f.raised_us): f for f in (*coached.flags_changed, *coach.finish().flags_changed)}
    return sorted(last.values(), key=lambda flag: flag.start_us), list(coached.cues)


def judged_strokes(out: SimOutput, touch: np.ndarray) -> list[Stroke]:
    tracker = StrokeTracker(float(out.body.back_length_mm))
    return tracker.process(touch) + tracker.finish()


def score_flags(out: SimOutput, flags: Sequence[Flag], edge_mm: float = EDGE_MM) -> dict[str, FlagScore]:
    """Flags against truth, by kind: what any good pipeline must find, and what none may report."""
    sure, possible = out.flags_with(1.0 + MARGIN, -edge_mm), out.flags_with(1.0 - MARGIN, edge_mm)
    scores: dict[str, FlagScore] = {}
    for true in sure:
        score = scores.setdefault(true.kind, FlagScore())
        score.there += 1
        score.found += any(_same(flag, true) for flag in flags)
    for flag in flags:
        score = scores.setdefault(flag.kind.value, FlagScore())
        score.reported += 1
        score.true += any(_same(flag, true) for true in possible)
        begun = [true.start_us for true in out.flags if _same(flag, true)]
        if begun:  # the one that this flag is about: two may follow each other closely
            start_us = min(begun, key=lambda start: abs(start - flag.start_us))
            score.late_ms.append((flag.raised_us - start_us) / 1e3)
    return scores


def score_strokes(out: SimOutput, strokes: Sequence[Stroke]) -> StrokeScore:
    """Strokes against truth; friction's true cadence counts its ramps too and is not compared."""
    score = StrokeScore(there=len(out.strokes), reported=len(strokes))
    free = list(strokes)
    for true in out.strokes:
        grid = np.arange(true.start_us, true.end_us, GRID_US)
        right = np.zeros(len(grid), bool)
        for stroke in strokes:
            if stroke.kind.value == true.kind:
                right |= (grid >= stroke.start_us) & (grid < stroke.end_us)
        score.time_us += GRID_US * len(grid)
        score.right_us += GRID_US * int(np.count_nonzero(right))
        match = next((s for s in free if _near(s.start_us, true.start_us) and _near(s.end_us, true.end_us)), None)
        if match is None:
            continue
        free.remove(match)
        score.matched += 1
        if true.kind in ("knead", "tap") and true.cadence_per_min and match.cadence_per_min:
            score.cadence_errors.append(abs(match.cadence_per_min - true.cadence_per_min))
    return score


def _same(flag: Flag, true: TrueFlag) -> bool:
    end_us = flag.end_us if flag.end_us is not None else flag.raised_us
    overlap = flag.start_us <= true.end_us + SLACK_US and true.start_us <= end_us + SLACK_US
    return flag.kind.value == true.kind and overlap


def _near(a_us: int, b_us: int) -> bool:
    return abs(a_us - b_us) <= BOUNDARY_US
