"""The coach: holds every row against the limits, chooses what to say, and sets the glove's reflex."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from slowhand.coach.cue import Cue, ReflexLimits
from slowhand.coach.cues import CueChooser, line_for, most_urgent
from slowhand.coach.flag import Flag
from slowhand.coach.flags import FlagTracker, Moment
from slowhand.coach.motion_pace import PACE_COLUMNS, MotionPace, motion_pace_reading, surely_slow
from slowhand.coach.pace_lead import PACE_LINE, PaceLead
from slowhand.coach.readings import IDLE, OK, UNKNOWN, Reading, height_unknown, pace_reading, pressure_reading
from slowhand.coach.receiver import Receiver
from slowhand.coach.reflex import ReflexPlanner
from slowhand.coach.zones import BackZones
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import GloveProfile
from slowhand.strokes.segment import LEAVES_START_CM_S
from slowhand.strokes.stroke import Stroke

CHOICES = ("spine", "neck", "kidney", "open")   # what a giver may choose without a strip
LIFTED_US = 1_500_000   # longer than a hop to the next stroke
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


@dataclass
class _Latest:
    """The last row, for the gauges and the line."""

    t_us: int = 0
    phase: int = Phase.AWAIT_AWAY
    contact: bool = False
    located: bool = False
    x_known: bool = False         # also where it is not located
    speed_cm_s: float = math.nan
    total_n: float = math.nan
    at_least: bool = False
    zone_n: list[float] = field(default_factory=list)
    said: Flag | None = None      # the last flag that was cued
    said_us: int = 0
    calm_since_us: int | None = None      # no flag since then, and nothing unknown of pace and pressure
    touched_us: int | None = None         # when there was contact last
    pace: MotionPace = field(default_factory=MotionPace)   # without a strip


class Coach:
    """Judges touches row by row; splitting them into other blocks changes nothing.

    Args:
        profile: of the glove, for the reflex's thresholds.
        receiver: whose back and limits hold.
        mode: without a strip there are no zones but the one that is chosen (``choose_zone``).
    """

    def __init__(self, profile: GloveProfile, receiver: Receiver, mode: Mode) -> None:
        self.limits = receiver.personal_limits()
        self.mode = mode
        self._placed = mode is Mode.STRIP
        self._zones = BackZones(receiver, self.limits)
        self._flags = FlagTracker(self._zones, self.limits, self._placed)
        self._cues = CueChooser(self.limits.cue, self._placed)
        self._reflex = ReflexPlanner(profile, self._zones, self.limits, self._placed)
        self.pacing = PaceLead(self.limits, mode)
        self._ears: dict[str, Callable[[object], None]] = {   # by the kind of what is told
            "pace": lambda value: self.pacing.hear(value),          # not bound: pacing may be another coach's
            "pulse": lambda value: self.pacing.pulse_began(value),  # told by the engine: the glove's pulses have begun
        }
        self._chosen: str | None = None
        self._pending: list[Flag] = []    # closed by choose_zone; given out with the next block
        self._open: list[Flag] = []
        self._last_us: int | None = None
        self._running = False
        self._start_rest_until_us: int | None = None   # while the hand still rests at the start pose
        self._latest = _Latest()

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

    def tell(self, kind: str, value: object) -> None:
        """What a person says in mid-session ; it holds from the next row on.

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
        zone_n, zone_at_least = (column.tolist() for column in self._zones.forces(touch))
        columns = [touch[name].tolist() for name in (*_SCALARS, *_VECTORS)]
        columns.append([MotionPace(*row) for row in zip(*(touch[name].tolist() for name in PACE_COLUMNS), strict=True)])
        for i, values in enumerate(zip(*columns, strict=True)):
            self._row(values, zone_n[i], zone_at_least[i], changed, cues)
            new = self._look_ahead(touch, i)
            if new is not None:
                limits.append(new)
        return Coached(tuple(changed), tuple(cues), tuple(limits))

    def _row(
        self, values: tuple, zone_n: list[float], zone_at_least: list[bool], changed: list[Flag], cues: list[Cue]
    ) -> None:
        (t_us, gap, phase, contact, located, x_known, speed, total, at_least, heading, haptic,
         velocity, cop, place, pace) = values
        if gap and self._last_us is not None and t_us - self._last_us > 1000 * self.limits.noise.hole_ms:
            self._note(changed, self._flags.end(self._last_us))
        self._last_us = t_us
        now = self._latest
        now.t_us, now.phase, now.contact, now.located, now.x_known = t_us, phase, contact, located, x_known
        now.speed_cm_s, now.total_n, now.at_least, now.zone_n, now.pace = speed, total, at_least, zone_n, pace
        self.pacing.ready(phase == Phase.RUNNING)
        if phase != Phase.RUNNING:
            if self._running:
                self._note(changed, self._flags.end(t_us))
            self._running = False
            now.calm_since_us = None   # praise is for what comes after the steps
            self._start_rest_until_us = t_us + START_REST_US if contact else None
            return
        self._running = True
        if self._rests_at_start(t_us, contact, speed):
            zone_n = [
                0.0 if force <= zone.limit.alarm else force
                for force, zone in zip(zone_n, self._zones.zones, strict=True)
            ]
        self._note(
            changed,
            self._flags.step(
                Moment(
                    t_us, contact, speed, (velocity[0], velocity[1]), total, at_least, zone_n, zone_at_least,
                    (cop[0], cop[1]), (place[0], place[1]), heading, haptic, pace[:3], pace[3:5], pace[7:],
                )
            ),
        )
        if self._open:
            # The value of an open flag grows without a change that is told; speak about it as it is now.
            self._open = self._flags.open_flags()
        cue = self._cues.step(t_us, self._open)
        if cue is not None:
            cues.append(cue)
            now.said, now.said_us = most_urgent([f for f in self._open if f.kind.value == cue.kind]), t_us
        if self.pacing.on:
            may_speak = not self._open and self._cues.quiet(t_us)
            cue = self.pacing.step(t_us, contact, self._flags.kneading, pace, may_speak)
            cues += [cue] if cue is not None else []
        if self._open or now.calm_since_us is None or not self._is_calm():
            now.calm_since_us = t_us
        if contact:
            now.touched_us = t_us

    def _is_calm(self) -> bool:
        """Whether the last row is known to be slow and of a known force; or known to be off the skin."""
        now = self._latest
        if now.at_least:
            return False
        if self.mode is Mode.MOTION and now.contact:
            return surely_slow(now.t_us, now.pace, self.limits)
        return not now.contact or now.speed_cm_s <= self.limits.too_fast.warn

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
        return Coached(flags_changed=tuple(flags))

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
        now = self._latest
        if self.mode is Mode.MOTION:
            return motion_pace_reading(now.t_us, now.contact, now.at_least, now.pace, self.limits)
        return pace_reading(
            now.t_us, now.phase == Phase.RUNNING, now.contact, now.at_least, now.speed_cm_s, self.limits
        )

    def pressure(self) -> Reading:
        """The pressure gauge after the last row."""
        now = self._latest
        everywhere = None if self._placed else self._chosen or "spine"
        return pressure_reading(
            now.t_us, now.phase == Phase.RUNNING, now.contact, now.total_n, now.at_least, now.zone_n,
            self._zones, self.limits, everywhere, now.located,
        )

    def current_line(self) -> tuple[str, str]:
        """The one line for the page, and its level (``readings``)."""
        now, timing = self._latest, self.limits.cue
        if now.phase == Phase.AWAIT_AWAY:
            return "Hold your hand still, well away from the back.", UNKNOWN
        if now.phase == Phase.AWAIT_START_POSE:
            return "Now rest your hand at the start, fingers towards the feet.", UNKNOWN
        flag = most_urgent(self._open)
        if flag is not None:
            return line_for(flag, self._placed), flag.severity.value
        if self._placed and not now.located:
            words = f"{height_unknown(now.zone_n)}: stay light." if now.x_known else "place unknown: keep off the spine."
            return words.capitalize(), UNKNOWN
        if now.at_least:
            return "A pad cannot tell: stay light.", UNKNOWN
        if now.said is not None and now.t_us - now.said_us < 1e6 * timing.refractory_s:
            return line_for(now.said, self._placed), IDLE
        if self.pacing.says(now.t_us, 1e6 * timing.repeat_most_s / 2.0):
            return PACE_LINE, IDLE
        if now.touched_us is None:
            return "Begin lightly: let your hands sink in and feel.", IDLE
        if now.t_us - now.touched_us > LIFTED_US:
            return "Take your time.", IDLE
        if now.contact and math.isnan(now.speed_cm_s) and (self.mode is not Mode.MOTION or self.pace().level == UNKNOWN):
            return "Pace unknown: go on gently.", UNKNOWN
        if not self._is_calm():   # above the limit, but not yet for long enough to be told
            return "Go on slowly.", IDLE
        level = OK if now.contact else IDLE
        if now.calm_since_us is not None and now.t_us - now.calm_since_us >= 1e6 * timing.praise_after_s:
            return "Lovely: slow and even.", level
        return ("Good. Go on slowly." if now.contact else "Go on slowly."), level
