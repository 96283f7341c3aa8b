"""The coach: holds every row against the limits, chooses what to say, and sets the glove's reflex."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from slowhand.coach.cue import Cue, ReflexLimits
from slowhand.coach.cues import CueChooser
from slowhand.coach.fading import Fading
from slowhand.coach.flag import Flag
from slowhand.coach.flags import FlagTracker, Moment
from slowhand.coach.guide import KINDS as GUIDE_KINDS
from slowhand.coach.guide import Guide
from slowhand.coach.judged import JudgedLog
from slowhand.coach.limits import Limits
from slowhand.coach.lines import Latest, current_line, is_calm
from slowhand.coach.motion_pace import PACE_COLUMNS, MotionPace, motion_pace_reading
from slowhand.coach.pace_lead import PACE_LINE, PaceLead
from slowhand.coach.ramp import Ramp
from slowhand.coach.readings import ALARM, Reading, pace_reading, pressure_reading
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.coach.reflex import ReflexPlanner
from slowhand.coach.techniques import Terms, pace_unfelt, pressure_unfelt, technique_named, without_feedback
from slowhand.coach.zones import BackZones
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import GloveProfile
from slowhand.strokes.segment import LEAVES_START_CM_S
from slowhand.strokes.stroke import Stroke

CHOICES = ("spine", "neck", "kidney", "open")   # what a giver may choose without a strip
STOP_LINE = "Stop: hands off, ask."
START_REST_US = 3_000_000   # the start procedure is complete within its second rest, which may go on so long

_SCALARS = (
    "t_us", "gap", "phase", "contact", "located", "x_known", "speed_cm_s", "total_n", "total_at_least", "heading_rad",
    "haptic",
)
_VECTORS = ("velocity_cm_s", "cop_mm", "pos_mm")


@dataclass(frozen=True)
class Coached:
    """What the coach found in one block, each list in the order of time."""

    flags_changed: tuple[Flag, ...] = ()
    cues: tuple[Cue, ...] = ()
    limits: tuple[ReflexLimits, ...] = ()


class Coach:
    """Judges touches row by row; splitting them into other blocks changes nothing.

    Args:
        profile: of the glove, for the reflex's thresholds.
        receiver: whose back and limits hold.
        mode: without a strip there are no zones but the one that is chosen (``choose_zone``).
        feedback: False for a practice in which flags are found, but nothing is said of them.
    """

    def __init__(self, profile: GloveProfile, receiver: Receiver, mode: Mode, feedback: bool = True) -> None:
        self._terms = Terms(receiver, receiver.personal_limits())
        self._limits = self._terms.in_force
        self.mode = mode
        self._placed = mode is Mode.STRIP
        self._zones = BackZones(receiver, self._limits)
        self._flags = FlagTracker(self._zones, self._limits, self._placed)
        self._fading = Fading(self._limits.fading)
        self._ramp = Ramp(self._limits, receiver.back_length_mm)
        self._cues = CueChooser(self._limits.cue, self._placed, self._fading)
        self._reflex = ReflexPlanner(profile, self._zones, self._limits, self._placed)
        self.pacing = PaceLead(self._limits, mode)
        self._ears: dict[str, Callable[[object], None]] = {   # by the kind of what is told
            "technique": self._use_technique, "feedback": self._use_feedback,
            "pace": lambda value: self.pacing.hear(value),          # not bound: pacing may be another coach's
            "pulse": lambda value: self.pacing.pulse_began(value),  # told by the engine: the glove's pulses have begun
            **{kind: partial(self._tell_guide, kind) for kind in GUIDE_KINDS},
        }
        self.guide = Guide(profile, receiver, mode)
        self.judged = JudgedLog()
        self.deep_at_once = 0   # how often an area was pressed deeper than advised, whether or not there was time to say so
        self.silent_us = 0   # of the session, after its start procedure, in which nothing was said
        self._chosen: str | None = None
        self._pending: list[Flag] = []    # closed by choose_zone; given out with the next block
        self._open: list[Flag] = []
        self._last_us: int | None = None
        self._running = False
        self._start_rest_until_us: int | None = None   # while the hand still rests at the start pose
        self._latest = Latest()
        self._judge_anew(replace(self._terms, feedback=feedback))
        self._adapt()

    def choose_zone(self, name: str | None) -> None:
        """Without a strip, where the giver says that the hand is; ``None``: not known.

        Raises:
            BadInputError: no such zone.
        """
        if name is not None and name not in CHOICES:
            raise BadInputError(f"zone: found {name!r}, expected one of {', '.join(CHOICES)}")
        self._chosen = name
        self._pending += self._flags.choose_zone(name)
        self._open = self._flags.open_flags()
        self._reflex.choose_zone(name)

    def use_receiver(self, receiver: Receiver) -> None:
        """The receiver has said more of themselves: their limits, sore places and measures hold from the next row on.

        Open flags go on where nothing about them has changed, and end at the last row otherwise (``FlagTracker.use``).
        """
        self._judge_anew(replace(self._terms, receiver=receiver, limits=receiver.personal_limits()))
        self.guide.answers.use_base(receiver)
        self._adapt()

    def _tell_guide(self, kind: str, value: object) -> None:
        self.guide.hear(kind, value)
        self._adapt()

    def _adapt(self) -> None:
        """What was said about places and pressure holds from the next row on."""
        answers = self.guide.answers
        self.use_limits(answers.limits(), answers.places())
        for place_mm, force_n in self.guide.take_deeper():
            self._ramp.allow(place_mm, force_n)

    def use_limits(self, limits: Limits, places: Sequence[SensitivePlace] | None = None) -> None:
        """Other limits for flags, zones, gauges and the glove's reflex from the next row on.

        ``places``: the sore places as they are now; ``None``: as they were.
        """
        receiver = self._terms.receiver
        if places is not None:
            receiver = receiver.model_copy(update={"sensitive": tuple(places)})
        self._judge_anew(replace(self._terms, receiver=receiver, limits=limits))

    def go_on_from(self, before: Coach) -> None:
        """What a person has said to a coach that another takes over from still holds."""
        self._judge_anew(before._terms)
        self.silent_us, self.deep_at_once = before.silent_us, before.deep_at_once
        self.pacing, self.guide, self.judged = before.pacing, before.guide, before.judged
        self.pacing.go_on_in(self.mode)
        self.guide.go_on_in(self.mode)
        self.use_limits(self.guide.answers.limits())

    def _use_technique(self, name: object) -> None:
        self._judge_anew(replace(self._terms, technique=technique_named(name)))

    def _use_feedback(self, wanted: object) -> None:
        if not isinstance(wanted, bool):
            raise BadInputError(f"feedback: found {wanted!r}, expected true or false")
        self._judge_anew(replace(self._terms, feedback=wanted))

    def _judge_anew(self, terms: Terms) -> None:
        """Hand the terms that hold now to all that judges by them."""
        if terms == self._terms:
            return
        self._terms, self._limits = terms, terms.in_force
        before, self._zones = self._zones.zones, BackZones(terms.receiver, self._limits)
        self._pending += self._flags.use(self._zones, self._limits)
        self._open = self._flags.open_flags()
        self._fading.use(self._limits.fading)
        self._ramp.use(self._limits, terms.receiver.back_length_mm)
        self._cues.use(self._limits.cue, terms.technique)
        self._reflex.use(self._zones, self._limits, at_alarm=not terms.feedback)
        self.pacing.use_technique(self.technique, self._limits)
        self.pacing.silence(not terms.feedback)
        # Forces of the last row are those in the zones of then.
        known = dict(zip([(zone.kind, zone.place) for zone in before], self._latest.zone_n, strict=False))
        self._latest.zone_n = [known.get((zone.kind, zone.place), math.nan) for zone in self._zones.zones]

    def tell(self, kind: str, value: object) -> None:
        """What a person says in mid-session; it holds from the next row on.

        Raises:
            BadInputError: no such kind, or a value that it cannot have.
        """
        hear = self._ears.get(kind)
        if hear is None:
            raise BadInputError(f"told: found {kind!r}, expected one of {', '.join(sorted(self._ears)) or 'nothing'}")
        hear(value)

    def process(self, touch: np.ndarray, strokes: Sequence[Stroke] = ()) -> Coached:
        """Judge rows of TOUCH_DTYPE in the order of time.

        ``strokes`` are those that ended in this block; flags and cues need only the rows, so that they are
        causal to the row.
        """
        changed, self._pending = self._pending, []
        cues: list[Cue] = []
        limits: list[ReflexLimits] = []
        if len(touch):
            self.judged.note(int(touch["t_us"][0]), self._terms, self.guide.answers.in_force)
        zone_n, zone_at_least = (column.tolist() for column in self._zones.forces(touch))
        columns = [touch[name].tolist() for name in (*_SCALARS, *_VECTORS)]
        columns.append([MotionPace(*row) for row in zip(*(touch[name].tolist() for name in PACE_COLUMNS), strict=True)])
        for i, values in enumerate(zip(*columns, strict=True)):
            self._row(values, zone_n[i], zone_at_least[i], changed, cues)
            new = self._look_ahead(touch, i)
            if new is not None:
                limits.append(new)
            if values[0] >= self.guide.due_us:
                self.guide.look(touch, i, bool(self._open), self._terms.feedback)
                self.pacing.use_step(self.guide.pace(self._limits.pace))
        self.guide.take(touch, strokes)
        return Coached(tuple(changed), tuple(cues), tuple(limits))

    def _row(
        self, values: tuple, zone_n: list[float], zone_at_least: list[bool], changed: list[Flag], cues: list[Cue]
    ) -> None:
        (t_us, gap, phase, contact, located, x_known, speed, total, at_least, heading, haptic,
         velocity, cop, place, pace) = values
        step_us = t_us - self._last_us if self._last_us is not None else 0
        if gap and self._last_us is not None and step_us > 1000 * self._limits.noise.hole_ms:
            self._note(changed, self._flags.end(self._last_us))
        step_us = 0 if gap else step_us
        self._last_us = t_us
        now = self._latest
        now.t_us, now.phase, now.contact, now.located, now.x_known = t_us, phase, contact, located, x_known
        now.speed_cm_s, now.total_n, now.at_least, now.zone_n, now.pace = speed, total, at_least, zone_n, pace
        self.pacing.ready(phase == Phase.RUNNING)
        if phase != Phase.RUNNING:
            self._not_started(t_us, contact, changed)
            return
        self._running = True
        if self._rests_at_start(t_us, contact, speed):
            zone_n = [0.0 if n <= zone.limit.alarm else n for n, zone in zip(zone_n, self._zones.zones, strict=True)]
        moment = Moment(
            t_us, contact, speed, (velocity[0], velocity[1]), total, at_least, zone_n, zone_at_least,
            (cop[0], cop[1]), (place[0], place[1]), heading, haptic, pace[:3], pace[3:5], pace[7:],
        )
        self._note(changed, self._flags.step(moment))
        if self._open:
            # The value of an open flag grows without a change that is told; speak about it as it is now.
            self._open = self._flags.open_flags()
        self._speak(t_us, step_us, contact, contact and located, (cop[0], cop[1]), total, cues)
        if self.pacing.on:
            may_speak = not self._open and self._cues.quiet(t_us)
            cue = self.pacing.step(t_us, contact, self._flags.kneading, pace, may_speak)
            cues += [cue] if cue is not None else []
        now.touched_us = t_us if contact else now.touched_us
        if self._open or now.calm_since_us is None or now.off_skin or not is_calm(now, self._terms, self.mode):
            now.calm_since_us = t_us

    def _not_started(self, t_us: int, contact: bool, changed: list[Flag]) -> None:
        """A row of the start procedure, also of one in mid-session: nothing is judged."""
        if self._running:
            self._note(changed, self._flags.end(t_us))
        self._running = False
        self._latest.calm_since_us = None   # praise is for what comes after the steps
        self._start_rest_until_us = t_us + START_REST_US if contact else None

    def _speak(
        self, t_us: int, step_us: int, contact: bool, placed: bool, cop_mm: tuple[float, float], total_n: float,
        cues: list[Cue],
    ) -> None:
        """Count what has been practised, and say what is due, unless nothing shall be said."""
        if contact:
            self._fading.worked(step_us)
        felt = placed and self._terms.unfelt is None
        if self._ramp.step(t_us, felt, cop_mm, total_n):
            self._fading.note("ramp")
            self.deep_at_once += 1
        if not self._terms.feedback:
            self.silent_us += step_us
            return
        cue = self._cues.step(t_us, self._open, self._ramp.hint(t_us))
        if cue is None:
            return
        cues.append(cue)
        now = self._latest
        now.said_us, now.said = t_us, cue.text
        if cue.kind == "ramp":
            self._ramp.said(t_us)

    def _rests_at_start(self, t_us: int, contact: bool, speed_cm_s: float) -> bool:
        """Whether this is still the rest, at the top of the spine, that the giver was asked for.

        As for strokes, it lasts until the hand lifts or leaves; its weight is no warning, a push is an alarm.
        """
        until_us = self._start_rest_until_us
        if until_us is None or (contact and t_us <= until_us and not speed_cm_s > LEAVES_START_CM_S):
            return until_us is not None
        self._start_rest_until_us = None
        return False

    def _note(self, changed: list[Flag], flags: list[Flag]) -> None:
        if flags:
            changed += flags
            self._open = self._flags.open_flags()
            for flag in flags:
                if flag.end_us is None and flag.raised_us == self._last_us:
                    self._fading.note(flag.kind.value)

    def _look_ahead(self, touch: np.ndarray, i: int) -> ReflexLimits | None:
        now = self._latest
        if not self._reflex.due(now.t_us):
            return None
        may_touch = now.contact or now.at_least   # a pad that cannot be read may be the one that presses
        if not now.x_known:
            return self._reflex.step(now.t_us, None, None, (math.nan, math.nan), may_touch)
        row = touch[i]
        velocity = row["velocity_cm_s"].tolist()
        return self._reflex.step(
            now.t_us, row["pad_mm"].tolist(), row["pad_sigma_mm"].tolist(), (velocity[0], velocity[1]), may_touch
        )

    def finish(self) -> Coached:
        """The session is over: closes the open flags at the last row."""
        flags = [*self._pending, *(self._flags.end(self._last_us) if self._last_us is not None else [])]
        self._pending, self._open = [], []
        self.judged.note(None, self._terms, self.guide.answers.in_force)
        return Coached(flags_changed=tuple(flags))

    @property
    def receiver(self) -> Receiver:
        """Whose back it is, with all that was said of it by now."""
        return self._terms.receiver

    @property
    def limits(self) -> Limits:
        """The receiver's limits by now, whatever the giver works with."""
        return self._terms.limits

    @property
    def pace_warn_cm_s(self) -> float:
        """From where on a stroke is too fast with what the giver works with now."""
        return self._limits.too_fast.warn

    @property
    def technique(self) -> str | None:
        """What the giver works with (``techniques.TECHNIQUES``); ``None``: nothing was said."""
        return self._terms.technique.name if self._terms.technique else None

    @property
    def feedback(self) -> bool:
        """Whether anything is said; without it flags are found all the same."""
        return self._terms.feedback

    @property
    def chosen_zone(self) -> str | None:
        """Where the giver says that the hand is (``CHOICES``); ``None``: not known."""
        return self._chosen

    @property
    def open_flags(self) -> tuple[Flag, ...]:
        """Flags that are open now."""
        return tuple(self._open)

    def pace(self) -> Reading:
        """The pace gauge after the last row."""
        now, terms = self._latest, self._terms
        running = now.phase == Phase.RUNNING
        if self.mode is Mode.MOTION:
            reading = motion_pace_reading(now.t_us, now.contact, now.at_least, now.pace, self._limits)
        else:
            reading = pace_reading(now.t_us, running, now.contact, now.at_least, now.speed_cm_s, self._limits)
        if not terms.feedback:
            return without_feedback(reading)
        return pace_unfelt(reading, terms.unfelt, now.contact) if terms.unfelt else reading

    def pressure(self) -> Reading:
        """The pressure gauge after the last row."""
        now, terms = self._latest, self._terms
        everywhere = None if self._placed else self._chosen or "spine"
        running = now.phase == Phase.RUNNING
        reading = pressure_reading(
            now.t_us, running, now.contact, now.total_n, now.at_least, now.zone_n,
            self._zones, self._limits, everywhere, now.located,
        )
        if not terms.feedback:
            return without_feedback(reading)
        return pressure_unfelt(reading, terms.unfelt, running) if terms.unfelt else reading

    def current_line(self) -> tuple[str, str]:
        """The one line for the page, and its level (``readings``)."""
        now = self._latest
        if self.guide.says_stop(now.t_us):
            return STOP_LINE, ALARM
        spoken_of = [flag for flag in self._open if not self._cues.holds_back(flag, now.t_us)]
        lagging = PACE_LINE if self.pacing.says(now.t_us, 1e6 * self._limits.cue.repeat_most_s / 2.0) else ""
        return current_line(now, spoken_of, self._terms, self.mode, self.pace().level, lagging)
