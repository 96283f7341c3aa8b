"""Leads the pace: which pulse the glove makes now, how the hand follows it, and the rare word about it."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.coach.cue import Cue
from slowhand.coach.following import TOO_FAST, Figures, Following, Verdict
from slowhand.coach.limits import Limits
from slowhand.coach.motion_pace import MotionPace
from slowhand.coach.pacing import GLIDE, KNEAD, STOP, PacePulse, Pacer, PaceTarget
from slowhand.coach.readings import IDLE, OK, UNKNOWN
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.strokes.grouping import ROUND_FRICTION_PER_MIN
from slowhand.strokes.kneading import Cycles, KneadingTracker
from slowhand.strokes.legs import Motion, Part
from slowhand.strokes.paced import ROUND_CADENCE
from slowhand.wire.messages_gen import CuePattern

PACE_LINE = "A little slower: with the pulse."
CADENCE_EVERY_US = 1_000_000   # a cadence is heard over several cycles: more often would be the same again

_WORDS = {
    Verdict.WITH: "with the pulse",
    Verdict.BESIDE: "the right pace",
    Verdict.UNEVEN: "not even yet",
    Verdict.A_LITTLE_FAST: "a little fast",
    Verdict.FAST: "faster than the pulse",
    Verdict.A_LITTLE_SLOW: "a little slow",
    Verdict.SLOW: "slower than the pulse",
}


@dataclass(frozen=True)
class Led:
    """What leads now and how it is followed; for the page."""

    choice: str                    # "off", "auto", "glide" or "knead"
    target: PaceTarget | None
    origin_us: int | None          # when a pulse of the glove began, device time; None: there are none
    words: str
    level: str                     # of ``readings``
    figures: Figures


class PaceLead:
    """One session's pacing; nothing happens, and nothing is measured, until a pace is asked for.

    ``silence`` is for practice without feedback: no pulse, no ring, no word, but the measuring goes on.
    """

    def __init__(self, limits: Limits, mode: Mode) -> None:
        self.go_on_in(mode)
        self._rules = limits.following
        self._pacer = Pacer(limits.pace)
        self._pacer.use_technique(None, _most(limits))
        self._following = Following(limits.following)
        self._origin_us: int | None = None     # of the pulses that lead now
        self._silent = False
        self._ready = mode is not Mode.STRIP   # nothing buzzes while the giver is asked to hold still
        self._asked = False                    # a pace was asked for in this session
        self._t_us = 0
        self._contact = False
        self._kneaded_us = 0                   # the latest boundary between kneading circles
        self._glided_us = 0                    # the latest end of a glide
        self._heard_us = 0                     # when a cadence was taken last
        self._other: str | None = None         # what the hand does that the pulse does not lead
        self._fast_since_us: int | None = None
        self._said_us: int | None = None       # when the word was given last
        self._said = 0                         # how often
        self._lapses = 0                       # how often since the pulse was followed

    # -- what is told ----------------------------------------------------------------------------------------------

    @property
    def choice(self) -> object:
        """What was asked for, as `hear` takes it."""
        return self._pacer.choice

    def hear(self, value: object) -> None:
        """The pace that the giver wants: see `Pacer.hear`. Raises BadInputError."""
        self._pacer.hear(value)
        self._asked = self._asked or self._pacer.target is not None
        self._retarget()

    def pulse_began(self, value: object) -> None:
        """The glove's pulses of now began at this device time (int, us), or ``None``: it makes none.

        Raises:
            BadInputError: no such time.
        """
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise BadInputError(f"pulse: found {value!r}, expected a time in microseconds, or null")
        self._origin_us = value
        self._follow()

    def use_technique(self, name: str | None, limits: Limits) -> None:
        """The technique that is used now, and the limits that it is judged by."""
        self._pacer.use_technique(name, _most(limits))
        self._retarget()

    def use_step(self, target: PaceTarget | None) -> None:
        """The pace of the routine's step; ``None``: it has none."""
        self._pacer.use_step(target)
        self._retarget()

    def go_on_in(self, mode: Mode) -> None:
        """The mode from the next row on."""
        self._sees_glides = mode is Mode.STRIP   # without one, turns of slow glides are lost in the sensor's drift

    def silence(self, silent: bool) -> None:
        """Practice without feedback begins or ends."""
        self._silent = silent
        self._follow()

    def ready(self, ready: bool) -> None:
        """Whether the start procedure is complete (or there is none): before that nothing leads."""
        if ready != self._ready:
            self._ready, self._origin_us = ready, self._origin_us if ready else None
            self._follow()

    # -- what the glove and the page want to know ------------------------------------------------------------------

    @property
    def on(self) -> bool:
        """A pace leads, or is measured in silence."""
        return self._pacer.target is not None

    @property
    def pulse(self) -> PacePulse:
        """What the glove should do now."""
        target = self._pacer.target
        return target.pulse if target is not None and self._ready and not self._silent else STOP

    def led(self) -> Led:
        """For the page, as of the last row."""
        target = None if self._silent else self._pacer.target
        if target is None:
            return Led("off", None, None, "no pulse", IDLE, Figures())
        verdict = self._following.verdict(self._t_us) if self._ready else Verdict.UNKNOWN
        words, level = _WORDS.get(verdict, ""), OK if verdict is Verdict.WITH else IDLE
        if verdict is Verdict.UNKNOWN:
            words, level = self._why_unknown(target), UNKNOWN
        elif not self._contact and level == OK:
            level = IDLE   # between strokes: what was good is said, and not drawn as if it went on
        choice = "auto" if self._pacer.automatic else target.kind
        return Led(choice, target, self._origin_us, words, level, self._following.figures(self._t_us))

    def says(self, t_us: int, for_us: float) -> bool:
        """Whether the word about the pace was given less than ``for_us`` ago."""
        return self._said_us is not None and t_us - self._said_us < for_us

    def session_figures(self) -> dict[str, float | int | None] | None:
        """How the pace was followed in the whole session, for summary.json; ``None``: none was asked for."""
        if not self._asked:
            return None
        figures, with_pulse = self._following.session(), self._following.share_with()
        return {
            "turns": figures.turns,
            "rate_error_pct": _rounded(figures.rate_error_pct, 2),
            "phase_periods": _rounded(figures.phase, 4),
            "spread_periods": _rounded(figures.spread, 4),
            "evenness": _rounded(figures.evenness, 4),
            "with_pulse_share": _rounded(with_pulse, 4),
            "words": self._said,
        }

    # -- row by row ------------------------------------------------------------------------------------------------

    def step(self, t_us: int, contact: bool, motion: KneadingTracker, pace: MotionPace, may_speak: bool) -> Cue | None:
        """One row while a pace is asked for. Returns the word about the pace, where it is due.

        Args:
            motion: what has just ended of the hand's motion, and its cycles.
            pace: without a strip, as in TOUCH_DTYPE.
            may_speak: nothing more urgent has been said of late.
        """
        self._t_us, self._contact = t_us, contact
        before_us = self._kneaded_us, self._glided_us
        heard = pace.cadence_per_min == pace.cadence_per_min
        if motion.cycles is not None and not heard:   # where the motion tells the rhythm the force need not
            self._circles(motion.cycles)
        elif motion.part is not None:
            self._leg(motion.part, goes_on=contact and motion.moving)
        if heard and t_us - self._heard_us >= CADENCE_EVERY_US:
            self._cadence(t_us, pace)
        turned = before_us != (self._kneaded_us, self._glided_us)
        return self._word(t_us) if turned and may_speak and not self._silent else None

    def _leg(self, leg: Part, goes_on: bool) -> None:
        if leg.motion is not Motion.LEG or leg.chord_mm < self._rules.glide_least_mm:
            return
        times = [] if leg.start_us <= self._glided_us else [leg.start_us]
        self._glided_us = leg.end_us
        # A glide begins where the one before it turned; one that ends in rest or in the air has not begun another.
        self._turns(GLIDE, times + ([leg.end_us] if goes_on else []))

    def _circles(self, cycles: Cycles) -> None:
        """Cycles are told at each half; only those that follow each other end to end are circles."""
        for start_us, end_us in cycles.spans_us:
            if start_us > self._kneaded_us:
                self._turns(KNEAD, [start_us])
                self._kneaded_us = start_us
            if start_us == self._kneaded_us:
                self._turns(KNEAD, [end_us])
                self._kneaded_us = end_us

    def _cadence(self, t_us: int, pace: MotionPace) -> None:
        self._heard_us = t_us
        if not (pace.roundness >= ROUND_CADENCE and pace.cadence_per_min < ROUND_FRICTION_PER_MIN):
            return
        self._kneaded_us = t_us
        self._hand_does(KNEAD)
        target = self._pacer.target
        if target is not None and target.kind == KNEAD:
            self._following.cadence(t_us, pace.cadence_per_min)

    def _turns(self, kind: str, times: list[int]) -> None:
        for at_us in times:
            self._hand_does(kind)
            target = self._pacer.target
            if target is not None and target.kind == kind:
                self._following.turn(at_us)

    def _hand_does(self, kind: str) -> None:
        if self._pacer.automatic and self._pacer.hand_does(kind):
            self._retarget()
        target = self._pacer.target
        self._other = kind if target is not None and target.kind != kind else None

    def _word(self, t_us: int) -> Cue | None:
        rules, verdict = self._rules, self._following.verdict(t_us)
        if verdict not in TOO_FAST:
            self._fast_since_us = None
            if verdict is Verdict.WITH:
                self._lapses = min(self._lapses, 1)   # followed at last: another lapse may be named as soon as the first
            return None
        if self._fast_since_us is None:
            self._fast_since_us = t_us
        pause_us = 1e6 * min(rules.again_after_s * 2.0 ** (self._lapses - 1), rules.again_most_s)
        if self.says(t_us, pause_us) or t_us - self._fast_since_us < 1e6 * rules.off_for_s:
            return None
        self._said_us, self._said, self._lapses = t_us, self._said + 1, self._lapses + 1
        return Cue(t_us, "pace", "info", int(CuePattern.SLOWER), rules.cue_strength, PACE_LINE)

    # -- the pulse that leads --------------------------------------------------------------------------------------

    def _retarget(self) -> None:
        """The target may have changed: the glove begins its pulses anew, and says when."""
        target = self._pacer.target
        if target != self._following.target:
            self._origin_us, self._fast_since_us, self._other = None, None, None
        self._follow()

    def _follow(self) -> None:
        self._following.lead(self._pacer.target, None if self._silent else self._origin_us)

    def _why_unknown(self, target: PaceTarget) -> str:
        if not self._ready:
            return "after the start steps"
        if self._other is not None:
            return "the pulse is for glides" if target.kind == GLIDE else "the pulse is for kneading"
        if target.kind == GLIDE and not self._sees_glides:
            return "cannot be timed without the strip"
        return "find the pulse"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _most(limits: Limits) -> dict[str, float]:
    return {GLIDE: limits.too_fast.warn, KNEAD: limits.too_fast_knead.warn}
