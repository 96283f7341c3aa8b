"""Finds the strokes in a stream of touches: online, causal, the same for any splitting of the stream."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

import numpy as np

from slowhand.locate.pose import Mode, Phase
from slowhand.strokes.fibres import FibreMap, over_muscles
from slowhand.strokes.grouping import BLIND_SHARE, Group, Grouper
from slowhand.strokes.legs import MotionSplitter
from slowhand.strokes.measures import Row, StrokeRows, measure
from slowhand.strokes.paced import Pace, Pass
from slowhand.strokes.rhythm import cycle_of, evenness_of, force_cycle_of, turning_cycle_of
from slowhand.strokes.stroke import Kind, Stroke

SHORTEST_US = 80_000        # a contact shorter than this is a stroke only within a tap train
TAP_US = 200_000            # a contact shorter than this may be a tap
TAP_APART_US = 600_000      # longest pause between the taps of one train
TAPS = 3                    # and the fewest that make one
HOLE_US = 50_000            # rows missing for longer end a contact; a tap cannot hide in less
LEAVES_START_CM_S = 3.0     # from the start pose straight into a stroke: faster than the hand's swaying at rest
LONGEST_US = 300_000_000    # a contact is cut here: a glove left under a leg must not fill the memory
FORCE_FRICTION_US = 400_000  # a force that beats faster than 150 a minute is friction
# Error of a train's length, one standard deviation: its two ends together.
TURN_CYCLES = 0.035         # of a cycle, told by turning points: each to a fortieth of a cycle
BEAT_CYCLES = 0.1           # and by the swelling of the force
SURE_PER_MIN = 2.0          # a cadence that is less sure is not told
SEEN_SHARE = 0.95           # of a train, to count its turns
AGREES = 0.1
STRIKE_US = 5_000           # a tap's beginning is known to a row

_SCALARS = (
    "t_us", "gap", "phase", "contact", "speed_cm_s", "total_n", "total_at_least", "spine_mm", "spine_sigma_mm",
    "heading_rad",
)
_PACE = (
    "cadence_per_min", "cadence_sigma", "cadence_round", "stroke_start_us", "stroke_end_us", "stroke_cm_s",
    "stroke_sigma_cm_s", "stroke_peak_cm_s",
)


@dataclass
class _Contact:
    start_us: int
    splitter: MotionSplitter
    grouper: Grouper
    rows: list[Row] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)   # finished, not yet given out
    pace: Pace | None = None                            # without a strip

    def rows_between(self, start_us: int, end_us: int) -> list[Row]:
        first = bisect_left(self.rows, start_us, key=itemgetter(0))
        return self.rows[first : bisect_left(self.rows, end_us + 1, key=itemgetter(0))]


@dataclass(frozen=True)
class _ShortContact:
    start_us: int
    end_us: int
    rows: list[Row]
    groups: list[Group]


class StrokeTracker:
    """Turns touches into strokes.

    A contact ends with the first row that is no longer in contact (or the last one before a hole of more
    than ``HOLE_US``); it is parted into strokes by its motion (``legs``, ``grouping``). Contacts under
    ``TAP_US`` wait until it is known whether they belong to a train of taps. Nothing is a stroke before the
    start procedure is complete, nor is the rest at the start pose that completes it. Without ``fibres`` strokes have
    no muscle and no angle against its fibres.
    """

    def __init__(self, back_length_mm: float, fibres: FibreMap | None = None) -> None:
        self._back_length_mm, self._fibres = back_length_mm, fibres
        self._last_us: int | None = None
        self._contact: _Contact | None = None
        self._taps: list[_ShortContact] = []
        self._at_start = False   # this contact is still the rest at the start pose

    def process(self, touch: np.ndarray) -> list[Stroke]:
        """Rows of TOUCH_DTYPE in the order of time; returns the strokes that are finished, in order."""
        return [stroke for _, stroke in self.process_by_row(touch)]

    def process_by_row(self, touch: np.ndarray) -> list[tuple[int, Stroke]]:
        """As ``process``, each stroke with the index of the row at which it was known to be finished."""
        columns = [touch[name].tolist() for name in (*_SCALARS, "velocity_cm_s", "cop_mm", "sigma_mm", "pos_mm", "mode")]
        columns.append(list(zip(*(touch[name].tolist() for name in _PACE), strict=True)))
        found: list[tuple[int, Stroke]] = []
        for i, values in enumerate(zip(*columns, strict=True)):
            found += [(i, stroke) for stroke in self._row(values)]
        return found

    def _row(self, values: tuple) -> list[Stroke]:
        (t_us, gap, phase, contact, speed, total, at_least, spine, spine_sigma, heading,
         velocity, cop, sigma, place, mode, pace) = values
        done: list[Stroke] = []
        if gap and self._last_us is not None and t_us - self._last_us > HOLE_US:
            done += self.finish()
        last_us = t_us if self._last_us is None else self._last_us
        self._last_us = t_us
        self._at_start = contact and (phase != Phase.RUNNING or (self._at_start and not speed > LEAVES_START_CM_S))
        if self._contact is not None and self._contact.pace is not None:
            self._contact.pace.step(t_us, pace[0], pace[1], pace[2], Pass(*pace[3:]))
        if contact and not self._at_start:
            row = (
                t_us, (t_us - last_us) * 1e-6, speed, *velocity, total, at_least, spine, *cop, *sigma, spine_sigma,
            )
            done += self._press(row, (place[0], place[1]), heading)
            if mode == Mode.MOTION and self._contact is not None and self._contact.pace is None:
                self._contact.pace = Pace(self._contact.start_us)
        elif self._contact is not None:
            done += self._release(t_us)
        elif self._taps and t_us - self._taps[-1].end_us >= TAP_APART_US:
            done += self._settle_taps()
        return done

    def finish(self) -> list[Stroke]:
        """The stream ends or breaks here: what is still open ends with the last row."""
        done: list[Stroke] = []
        if self._contact is not None and self._last_us is not None:
            done += self._release(self._last_us)
        done += self._settle_taps()
        self._last_us = None
        return done

    def _press(self, row: tuple, place_mm: tuple[float, float], heading_rad: float) -> list[Stroke]:
        t_us = row[0]
        done: list[Stroke] = []
        if self._contact is not None and t_us - self._contact.start_us > LONGEST_US:
            done += self._release(t_us)
        if self._contact is None:
            if self._taps and t_us - self._taps[-1].end_us >= TAP_APART_US:
                done += self._settle_taps()
            # The contact begins here: the time before this row does not belong to it.
            self._contact = _Contact(t_us, MotionSplitter(t_us), Grouper(t_us))
            row = (t_us, 0.0, *row[2:])
        contact = self._contact
        lever_mm = (row[8] - place_mm[0], row[9] - place_mm[1])
        part = contact.splitter.step(t_us, row[3], row[4], place_mm, lever_mm, heading_rad)
        contact.rows.append((*row, *contact.splitter.went_mm))
        if part is not None:
            contact.groups += contact.grouper.add(part)
        if t_us - contact.start_us >= TAP_US and (contact.groups or self._taps):
            done += self._settle_taps()
            done += self._give_out(contact)
        return done

    def _release(self, end_us: int) -> list[Stroke]:
        contact, self._contact = self._contact, None
        if contact is None:
            return []
        contact.groups += contact.grouper.finish(contact.splitter.finish(end_us))
        if end_us - contact.start_us < TAP_US:
            self._taps.append(_ShortContact(contact.start_us, end_us, contact.rows, contact.groups))
            return []
        if contact.pace is not None:
            contact.groups = contact.pace.groups(end_us)
        return self._settle_taps() + self._give_out(contact)

    def _give_out(self, contact: _Contact) -> list[Stroke]:
        strokes = [self._stroke(group, contact.rows_between(group.start_us, group.end_us)) for group in contact.groups]
        if contact.pace is not None:
            strokes = [contact.pace.told(stroke) for stroke in strokes]
        if contact.groups:
            contact.rows = contact.rows_between(contact.groups[-1].end_us, contact.rows[-1][0])
            contact.groups = []
        return strokes

    def _settle_taps(self) -> list[Stroke]:
        """The short contacts so far are a train of taps, or strokes of their own, or nothing."""
        taps, self._taps = self._taps, []
        if len(taps) >= TAPS:
            return [self._tap_train(taps)]
        return [
            self._stroke(group, tap.rows)
            for tap in taps
            if tap.end_us - tap.start_us >= SHORTEST_US
            for group in tap.groups
        ]

    def _tap_train(self, taps: list[_ShortContact]) -> Stroke:
        rows = [row for tap in taps for row in tap.rows]
        intervals = np.array([b.start_us - a.start_us for a, b in pairwise(taps)], dtype=np.float64)
        columns = StrokeRows.of(rows)
        stroke = measure(
            columns, Kind.TAP, taps[0].start_us, taps[-1].end_us, self._back_length_mm,
            cadence_per_min=60e6 / float(intervals.mean()), rhythm_evenness=evenness_of(intervals),
            cadence_sigma_per_min=60e6 * STRIKE_US / (float(intervals.mean()) * float(intervals.sum())),
        )
        return over_muscles(stroke, columns, self._fibres) if self._fibres else stroke

    def _stroke(self, group: Group, rows: list[Row]) -> Stroke:
        columns = StrokeRows.of(rows)
        kind, cycle_us, off_cycles = group.kind, group.cycle_us, TURN_CYCLES
        duration_us = group.end_us - group.start_us
        blind = group.blind_us >= BLIND_SHARE * duration_us
        if kind is None or (blind and cycle_us is None):
            cycle_us, off_cycles = force_cycle_of(columns.t_us, columns.total_n) if len(rows) > 1 else None, BEAT_CYCLES
            kind = _kind_by_force(cycle_us, kind or (Kind.UNKNOWN if blind else Kind.PRESS))
        elif cycle_us is not None:
            cycle_us = _refined(columns, cycle_us, kind)
        cadence = 60e6 / cycle_us if cycle_us else None
        sigma = group.cadence_sigma_per_min
        if sigma is None and cycle_us:   # over so many cycles the first and the last one's error is shared out
            sigma = 60e6 * off_cycles / duration_us
            cadence = cadence if sigma <= SURE_PER_MIN else None
        stroke = measure(
            columns, kind, group.start_us, group.end_us, self._back_length_mm,
            cadence_per_min=cadence, cadence_sigma_per_min=sigma if cadence else None,
            rhythm_evenness=group.evenness,
            travel_mm=(group.dx_mm, group.dy_mm) if kind is Kind.GLIDE else None,
        )
        return over_muscles(stroke, columns, self._fibres) if self._fibres else stroke


def _kind_by_force(cycle_us: float | None, otherwise: Kind) -> Kind:
    if cycle_us is None:
        return otherwise
    return Kind.FRICTION if cycle_us < FORCE_FRICTION_US else Kind.KNEAD


def _refined(rows: StrokeRows, cycle_us: float, kind: Kind) -> float:
    """The cycle by the velocity, near what the turning points say.

    A rub turns sharply: its turns are counted. Where a hand that goes round turns is blunt: half counting, half
    autocorrelation err less than either.
    """
    known = np.isfinite(rows.speed_cm_s)
    if known.sum() < 10:
        return cycle_us
    t_us, velocity = rows.t_us[known], rows.velocity[known]
    found = cycle_of(t_us, velocity, guess_us=cycle_us)
    by_rhythm = found[0] if found else cycle_us
    rubs = kind is Kind.FRICTION
    by_turns = turning_cycle_of(t_us, velocity, skip=not rubs, settled=rubs)
    if by_turns is None or known.mean() < SEEN_SHARE or abs(by_turns / by_rhythm - 1.0) > AGREES:
        return by_rhythm   # turns were missed
    return by_turns if rubs else 0.5 * (by_turns + by_rhythm)
