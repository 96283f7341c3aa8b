"""Joins the parts of a contact's motion into strokes: which legs are glides, which are one train, what is a press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from slowhand.strokes.legs import Motion, Part
from slowhand.strokes.rhythm import evenness_of
from slowhand.strokes.stroke import Kind

STRIDE_MM = 30.0         # a leg this long is travel; a shorter one alone is none
IN_PLACE_MM = 90.0       # the widest circle that is still kneading in one place
ROUND = 0.15             # area over chord squared of a rounded leg: 0.39 for a half circle, 0 for a straight one
TRAIN_LEGS = 4           # two full cycles make a train
RETURN_SHARE = 0.9       # two legs are a cycle when they miss the starting point by less than this share,
ROUND_RETURN_SHARE = 1.4  # more when both go round: where a circle is farthest from its start is ill defined
EVEN_RATIO = 1.8         # legs of one train take times within this ratio,
FIRST_RATIO = 2.5        # but the first ones, from rest, may differ more
END_RATIO = 4.0          # and the very first and last ones hold the landing, the getting up to speed and the lifting
PRESS_US = 800_000       # a rest this long between other strokes is a press; a shorter one is a pause
BLIND_SHARE = 0.3        # a stroke of which this share went unseen is named by its force, if that has a rhythm
SEEN_ONE_WAY = 0.7       # and is a glide if it was seen to go a stride, most of it in one leg: a rub goes to and fro
SWAY_CM_S = 1.5          # to and fro more slowly than this is no kneading: breath and balance move a still hand
RUB_MM = 60.0                      # the longest straight leg of friction
ROUND_FRICTION_PER_MIN = 150.0     # circles this fast are friction: nobody kneads like that
STRAIGHT_FRICTION_PER_MIN = 80.0   # to and fro over less than STRIDE_MM is friction from here
LONG_FRICTION_PER_MIN = 140.0      # and over more than that from here


@dataclass(frozen=True)
class Group:
    """Parts that make one stroke. ``kind`` is None when only the force can tell (at rest, or motion unknown)."""

    kind: Kind | None
    start_us: int
    end_us: int
    cycle_us: float | None = None    # of a train: the time of one cycle
    evenness: float | None = None    # of a train: how equal its cycles are, 0..1
    blind_us: int = 0                # how much of it went unseen
    dx_mm: float = 0.0               # of a glide: from its first to its last place
    dy_mm: float = 0.0
    cadence_sigma_per_min: float | None = None   # of a train without a strip: as the locator states it


def train_kind(legs: Sequence[Part]) -> Kind | None:
    """What legs that go to and fro in one place are; None for a hand that only sways while it presses.

    Kneading goes round, at any pace but the fastest, or squeezes to and fro slowly over a small way;
    friction is straight, short and fast. What is straight, long and slow are glides, one after the other.
    """
    per_min = 30e6 / median(leg.duration_us for leg in legs)
    length = median(leg.chord_mm for leg in legs)
    # Areas of one turning sense add up; a wobble, or a bowed way gone both ways, cancels out.
    roundness = abs(sum(leg.area_mm2 for leg in legs)) / max(sum(leg.chord_mm**2 for leg in legs), 1e-9)
    if roundness >= ROUND:
        return Kind.FRICTION if per_min >= ROUND_FRICTION_PER_MIN else Kind.KNEAD
    if length < STRIDE_MM:
        if per_min >= STRAIGHT_FRICTION_PER_MIN:
            return Kind.FRICTION
        return Kind.KNEAD if length * per_min >= 300.0 * SWAY_CM_S else None  # a leg is half a cycle
    return Kind.FRICTION if per_min >= LONG_FRICTION_PER_MIN and length <= RUB_MM else Kind.GLIDE


def continues(run: Sequence[Part], leg: Part) -> bool:
    """Whether ``leg`` goes on with the to and fro of ``run`` (possibly empty)."""
    if not _may_repeat(leg):
        return False
    if not run:
        return True
    if not _returns(run[-1], leg):
        return False
    usual = _usual_us(run)
    ratio = EVEN_RATIO if len(run) >= TRAIN_LEGS - 1 else FIRST_RATIO
    shorter = END_RATIO if len(run) == 1 else ratio
    return usual / shorter <= leg.duration_us <= usual * ratio


def _returns(leg: Part, following: Part) -> bool:
    """Whether the second leg leads back to where the first one began."""
    gap = ((leg.dx_mm + following.dx_mm) ** 2 + (leg.dy_mm + following.dy_mm) ** 2) ** 0.5
    share = ROUND_RETURN_SHARE if _turning(leg) * _turning(following) > ROUND**2 else RETURN_SHARE
    return gap <= share * max(leg.chord_mm, following.chord_mm)


def _ends(run: Sequence[Part], last: Part) -> bool:
    """Whether ``last``, with which the contact ends, is one more leg of ``run`` although it took longer."""
    if len(run) < TRAIN_LEGS - 1 or not _may_repeat(last) or not _returns(run[-1], last):
        return False
    usual = _usual_us(run)
    return usual / FIRST_RATIO <= last.duration_us <= usual * END_RATIO


def _usual_us(run: Sequence[Part]) -> float:
    return median(part.duration_us for part in run[-5:])


def _turning(leg: Part) -> float:
    """Signed roundness: beyond ROUND for a leg that goes round."""
    return leg.area_mm2 / leg.chord_mm**2 if leg.chord_mm > 0 else 0.0


def _may_repeat(leg: Part) -> bool:
    return leg.motion is Motion.LEG and leg.chord_mm <= IN_PLACE_MM and leg.duration_us > 0


class Grouper:
    """Takes the parts of one contact in order; gives each stroke once nothing later can change it.

    A run of legs that go to and fro in one place is held back until it is long enough to be a train or has
    proved to be something else. What is too small to be a stroke of its own (a hook at a glide's end, the
    hand settling) goes to the stroke beside it. Rests shorter than ``PRESS_US`` only part strokes.
    """

    def __init__(self, start_us: int) -> None:
        self._start_us = start_us
        self._run: list[Part] = []         # legs that may become a train
        self._calm: list[Part] = []        # rests and small legs, since the last stroke
        self._last: Group | None = None    # may still take in what is beside it
        self._made_any = False
        self._seen_mm, self._seen_us = 0.0, 0

    def add(self, part: Part) -> list[Group]:
        """The next part of the contact. Returns strokes that are finished."""
        if part.motion is not Motion.BLIND:
            self._seen_mm, self._seen_us = self._seen_mm + part.path_mm, self._seen_us + part.duration_us
        if self._run and continues(self._run, part):
            self._run.append(part)
            return []
        done = self._settle_run()
        if continues((), part):
            self._run.append(part)
        elif part.motion is Motion.LEG and part.chord_mm >= STRIDE_MM:
            done += self._put(_glide(part))
        else:
            self._calm.append(part)
        return done

    def finish(self, last: Part) -> list[Group]:
        """The contact is over with this part, which may have been cut short."""
        done: list[Group] = []
        if _ends(self._run, last):
            self._seen_mm, self._seen_us = self._seen_mm + last.path_mm, self._seen_us + last.duration_us
            self._run.append(last)
            return [*self._settle_run(), *self._finish_calm(last.end_us)]
        cut_short = (
            len(self._run) >= TRAIN_LEGS
            and last.motion is Motion.LEG
            and last.chord_mm <= 1.3 * median(leg.chord_mm for leg in self._run)
        )
        if cut_short:
            done += self._settle_run()
            self._calm.append(last)
        else:
            done += self.add(last)
            done += self._settle_run()
        return [*done, *self._finish_calm(last.end_us)]

    def _finish_calm(self, end_us: int) -> list[Group]:
        if not self._made_any:
            return [self._one_stroke(end_us)]
        done = self._settle_calm(None)
        if self._last is not None:
            done.append(self._last)
        return done

    def _one_stroke(self, end_us: int) -> Group:
        """A contact without a leg or a rest to name it by: pressing, or a glide of which too little was seen."""
        blind_us = end_us - self._start_us - self._seen_us
        longest = max((part.chord_mm for part in self._calm if part.motion is Motion.LEG), default=0.0)
        travels = self._seen_mm >= STRIDE_MM and longest >= SEEN_ONE_WAY * self._seen_mm
        glide = blind_us >= BLIND_SHARE * (end_us - self._start_us) and travels
        return Group(Kind.GLIDE if glide else None, self._start_us, end_us, blind_us=blind_us)

    def _settle_run(self) -> list[Group]:
        run, self._run = self._run, []
        kind = train_kind(run) if len(run) >= TRAIN_LEGS else Kind.GLIDE
        if kind in (Kind.KNEAD, Kind.FRICTION):
            # The first and the last leg hold the landing and the lifting too.
            cycles = np.array([a.duration_us + b.duration_us for a, b in pairwise(run[1:-1])])
            group = Group(kind, run[0].start_us, run[-1].end_us, float(np.median(cycles)), evenness_of(cycles[::2]))
            return self._put(group)
        done: list[Group] = []
        for leg in run:
            if leg.chord_mm >= STRIDE_MM:
                done += self._put(_glide(leg))
            else:
                self._calm.append(leg)
        return done

    def _put(self, group: Group) -> list[Group]:
        """``group`` is a stroke; settles what lies between the last one and it."""
        unseen = any(part.motion is Motion.BLIND for part in self._calm)
        done = self._settle_calm(group)
        last = self._last
        # A glide that was lost from sight and is seen again going the same way is still that glide.
        if unseen and last is not None and last.kind is group.kind is Kind.GLIDE and _same_way(last, group):
            self._calm = []
            dx_mm, dy_mm = last.dx_mm + group.dx_mm, last.dy_mm + group.dy_mm
            self._last = replace(last, end_us=group.end_us, dx_mm=dx_mm, dy_mm=dy_mm)
            return done
        if last is not None:
            done.append(last)
        # A small leg right before belongs to it: the hand was already on its way.
        if self._calm:
            group = _stretched(group, self._calm[0].start_us, group.end_us, self._calm)
            self._calm = []
        self._last, self._made_any = group, True
        return done

    def _settle_calm(self, following: Group | None) -> list[Group]:
        """What was calm becomes a press, or a pause between two strokes, or goes to its neighbour.

        What is left in ``_calm`` belongs to ``following``. Landing and lifting are no pauses: a hand that
        settles before its first stroke, or rests a moment before it lifts, is already or still in that stroke.
        Nor is a stretch of unknown motion: within a contact it goes on with what was seen before it.
        """
        calm, self._calm = self._calm, []
        rests = [i for i, part in enumerate(calm) if part.motion is Motion.REST]
        first, last = (rests[0], rests[-1]) if rests else (len(calm), len(calm))
        if rests and calm[last].end_us - calm[first].start_us >= PRESS_US:
            done = [self._last] if self._last is not None else []
            self._last, self._made_any = Group(None, calm[0].start_us, calm[-1].end_us), True
            return done
        if self._last is None:
            self._calm = calm
            return []
        before = calm if following is None else calm[:first]
        if before:
            self._last = _stretched(self._last, self._last.start_us, before[-1].end_us, before)
        self._calm = [] if following is None else calm[last + 1 :]
        return []


def _glide(leg: Part) -> Group:
    return Group(Kind.GLIDE, leg.start_us, leg.end_us, dx_mm=leg.dx_mm, dy_mm=leg.dy_mm)


def _same_way(a: Group, b: Group) -> bool:
    return a.dx_mm * b.dx_mm + a.dy_mm * b.dy_mm > 0


def _stretched(group: Group, start_us: int, end_us: int, by: Sequence[Part]) -> Group:
    unseen_us = sum(part.duration_us for part in by if part.motion is Motion.BLIND)
    return replace(group, start_us=start_us, end_us=end_us, blind_us=group.blind_us + unseen_us)
