"""How well a pulse is followed: where the hand's turns lie between the pulses, how fast they come, and how evenly."""

from __future__ import annotations

import cmath
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

import numpy as np

from slowhand.coach.limits import FollowingRules
from slowhand.coach.pacing import GLIDE, PaceTarget
from slowhand.strokes.rhythm import evenness_of

CADENCE_FRESH_US = 2_000_000   # a cadence that was heard longer ago says nothing about now


@dataclass(frozen=True)
class Figures:
    """How a stretch of turns stands to the pulses; ``None`` is unknown.

    With phases p_k (in periods, 0 = on a pulse), z = mean of exp(2 pi i p_k): the mean phase is arg z / 2 pi and the
    spread the circular standard deviation sqrt(-2 ln abs(z)) / 2 pi (Mardia and Jupp, Directional Statistics, 2.3).
    """

    turns: int = 0
    rate_error_pct: float | None = None   # above 0: too fast; from the median time between turns
    phase: float | None = None            # -0.5..0.5 of the period, above 0: after the pulse
    spread: float | None = None           # of the phase, in periods
    evenness: float | None = None         # 0..1, 1: every stroke takes as long as the next


class Verdict(StrEnum):
    """How the pulse is followed."""

    UNKNOWN = "unknown"
    WITH = "with"                  # the only one that may be drawn green
    BESIDE = "beside"              # the right pace, but not at the pulses
    UNEVEN = "uneven"
    A_LITTLE_FAST = "a little fast"
    FAST = "fast"
    A_LITTLE_SLOW = "a little slow"
    SLOW = "slow"


TOO_FAST = (Verdict.A_LITTLE_FAST, Verdict.FAST)


def judge(figures: Figures, kind: str, rules: FollowingRules) -> Verdict:
    """What the figures of a stretch mean.

    A glide turns at the pulse. A kneading circle has no beginning: only that it stays in step counts, not where.
    """
    rate = figures.rate_error_pct
    if rate is None:
        return Verdict.UNKNOWN
    if rate > rules.rate_good_pct:
        return Verdict.FAST if rate > rules.rate_far_pct else Verdict.A_LITTLE_FAST
    if rate < -rules.rate_good_pct:
        return Verdict.SLOW if rate < -rules.rate_far_pct else Verdict.A_LITTLE_SLOW
    if figures.evenness is not None and figures.evenness < rules.even_good:
        return Verdict.UNEVEN
    if figures.phase is None or figures.spread is None or figures.evenness is None:
        return Verdict.BESIDE     # the pace is known to be right, being in step is not
    if figures.spread > rules.spread_good:
        return Verdict.BESIDE
    return Verdict.BESIDE if kind == GLIDE and abs(figures.phase) > rules.phase_good else Verdict.WITH


@dataclass(frozen=True, slots=True)
class _Turn:
    at_us: int
    phase: float            # in periods; NaN where no pulse is known
    share: float | None     # of the period, since the turn before; None for the first of a run


class Following:
    """Takes the hand's turns as they become known; each is held against the pulse that led it then."""

    def __init__(self, rules: FollowingRules) -> None:
        self._rules = rules
        self._target: PaceTarget | None = None
        self._origin_us: int | None = None
        self._recent: deque[_Turn] = deque(maxlen=rules.turns_most)
        self._last_us: int | None = None      # the latest turn
        self._cadence: tuple[int, float] | None = None   # when, and its share of the period
        # Of the whole session:
        self._turns = 0
        self._shares: list[float] = []
        self._phases: list[float] = []
        self._rates: list[float] = []          # shares by cadence alone
        self._verdicts: dict[Verdict, int] = {}

    @property
    def target(self) -> PaceTarget | None:
        """What the hand is held against."""
        return self._target

    def lead(self, target: PaceTarget | None, origin_us: int | None) -> None:
        """From now on the pulse is this one; one of its pulses began at ``origin_us`` (None: there are none)."""
        if target == self._target and origin_us == self._origin_us:
            return
        self._recent.clear()   # what is looked back on has one pulse
        if target != self._target:
            self._last_us = self._cadence = None
        self._target, self._origin_us = target, origin_us

    def turn(self, at_us: int) -> Verdict:
        """The hand turned, began a glide, or began another kneading circle at ``at_us``. Returns how it follows."""
        target, last_us = self._target, self._last_us
        if target is None or (last_us is not None and at_us - last_us < self._rules.apart_least * target.period_us):
            return Verdict.UNKNOWN
        share = None if last_us is None else (at_us - last_us) / target.period_us
        if share is not None and share > self._rules.break_periods:
            share = None
            self._recent.clear()
        self._last_us = at_us
        self._turns += 1
        phase = math.nan
        if self._origin_us is not None:
            phase = (at_us - self._origin_us) % target.period_us / target.period_us
            self._phases.append(phase)
        if share is not None:
            self._shares.append(share)
        self._recent.append(_Turn(at_us, phase, share))
        verdict = judge(self.figures(at_us), target.kind, self._rules)
        self._verdicts[verdict] = self._verdicts.get(verdict, 0) + 1
        return verdict

    def cadence(self, t_us: int, per_min: float) -> None:
        """The cadence of kneading where its turns are not known: the rate alone can be judged."""
        if self._target is None:
            return
        share = 60e6 / per_min / self._target.period_us
        self._cadence = t_us, share
        self._rates.append(share)

    def figures(self, t_us: int) -> Figures:
        """Of the latest stretch, as known at ``t_us``; unknown when the hand has not turned for long."""
        target, rules = self._target, self._rules
        if target is None:
            return Figures()
        recent = list(self._recent)
        if not recent or t_us - recent[-1].at_us > rules.break_periods * target.period_us:
            recent = []
        if len(recent) >= rules.turns_least:
            shares = [turn.share for turn in recent if turn.share is not None]
            return _figures(len(recent), shares, [turn.phase for turn in recent])
        if self._cadence is not None and t_us - self._cadence[0] <= CADENCE_FRESH_US:
            return Figures(len(recent), _rate_error(self._cadence[1]))
        return Figures(len(recent))

    def verdict(self, t_us: int) -> Verdict:
        """How the pulse is followed at ``t_us``."""
        return Verdict.UNKNOWN if self._target is None else judge(self.figures(t_us), self._target.kind, self._rules)

    def session(self) -> Figures:
        """Of all turns so far, each against the pulse of its time."""
        if len(self._shares) < self._rules.turns_least - 1:
            return Figures(self._turns, _rate_error(median(self._rates)) if self._rates else None)
        return _figures(self._turns, self._shares, self._phases)

    def share_with(self) -> float | None:
        """The share of the turns, of those that could be judged, that were with the pulse."""
        known = sum(count for verdict, count in self._verdicts.items() if verdict is not Verdict.UNKNOWN)
        return self._verdicts.get(Verdict.WITH, 0) / known if known else None


def _figures(turns: int, shares: Sequence[float], phases: Sequence[float]) -> Figures:
    known = [phase for phase in phases if phase == phase]
    phase, spread = circular(known) if known else (None, None)
    return Figures(
        turns, _rate_error(median(shares)) if shares else None, phase, spread, evenness_of(np.array(shares))
    )


def circular(phases: Sequence[float]) -> tuple[float | None, float | None]:
    """Circular mean (-0.5..0.5] and standard deviation of phases in periods; None where they cancel out."""
    mean = sum(cmath.exp(2j * math.pi * phase) for phase in phases) / len(phases)
    length = min(abs(mean), 1.0)
    if length < 1e-9:
        return None, None
    return cmath.phase(mean) / (2.0 * math.pi), math.sqrt(max(-2.0 * math.log(length), 0.0)) / (2.0 * math.pi)


def _rate_error(share: float) -> float:
    """Per cent by which a stroke that takes ``share`` of the period is too fast."""
    return 100.0 * (1.0 / share - 1.0)
