"""Chooses the one thing to say: by urgency, one at a time, and never so often that it nags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from slowhand.coach.cue import Cue
from slowhand.coach.fading import Fading
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.limits import CueTiming, shipped_limits
from slowhand.coach.ramp import Hint
from slowhand.coach.techniques import Technique
from slowhand.wire.messages_gen import CuePattern


@dataclass(frozen=True)
class Advice:
    """What a kind of flag makes the coach say. Lower ``urgency`` numbers come first."""

    urgency: int
    pattern: CuePattern
    warn: str
    alarm: str


ADVICE: dict[FlagKind, Advice] = {
    FlagKind.SPINE_PRESSURE: Advice(
        0, CuePattern.SPINE, "Lighter: that is the spine.", "Off the spine, please."
    ),
    FlagKind.NECK_PRESSURE: Advice(1, CuePattern.SPINE, "Gently: that is the neck.", "Much lighter on the neck."),
    FlagKind.SENSITIVE_PRESSURE: Advice(
        1, CuePattern.SPINE, "Lighter: a sore place.", "Ease off the sore place, please."
    ),
    FlagKind.KIDNEY_PRESSURE: Advice(
        2, CuePattern.LIGHTER, "Lighter over the kidneys.", "Much lighter over the kidneys."
    ),
    FlagKind.TOO_HARD: Advice(3, CuePattern.LIGHTER, "A little lighter, please.", "Much lighter, please."),
    FlagKind.TOO_FAST: Advice(4, CuePattern.SLOWER, "Slower, please.", "Much slower, please."),
    FlagKind.TOO_FAST_KNEAD: Advice(4, CuePattern.SLOWER, "Knead more slowly.", "Knead much more slowly."),
}
# Without a strip nobody knows that it is the spine.
UNPLACED_SPINE = Advice(
    0, CuePattern.SPINE, "Lighter, unless you are off the spine.", "Much lighter, unless you are off the spine."
)


def advice_for(flag: Flag, places_known: bool, technique: Technique | None = None) -> Advice:
    """What to say about a flag to a giver who works with ``technique``."""
    if flag.kind is FlagKind.SPINE_PRESSURE and not places_known:
        return UNPLACED_SPINE
    advice = ADVICE[flag.kind]
    if flag.kind is FlagKind.TOO_FAST and technique is not None and technique.slower:
        return replace(advice, warn=technique.slower, alarm=technique.much_slower)
    return advice


def line_for(flag: Flag, places_known: bool = True, technique: Technique | None = None) -> str:
    """The coach's line about a flag."""
    advice = advice_for(flag, places_known, technique)
    return advice.alarm if flag.severity is Severity.ALARM else advice.warn


def most_urgent(flags: Sequence[Flag]) -> Flag | None:
    """The flag to speak about first: by urgency, alarms before warnings, then the older one."""
    return min(flags, key=_rank, default=None)


def _rank(flag: Flag) -> tuple[int, bool, int]:
    return ADVICE[flag.kind].urgency, flag.severity is Severity.WARN, flag.start_us


class CueChooser:
    """Gives at most one cue at a time.

    After a cue nothing is said for ``refractory_s``, except what is more urgent than it (another kind that
    comes before it, or its own alarm): that need only let the pattern finish (``urgent_s``). A flag that
    stays open is named again after 2, 4, 8, 8 ... seconds; one that has closed is not named at all. Where the giver
    has improved, cues about the pace come later and with longer pauses (``Fading``). A hint, which is no flag, is
    given when nothing else is open, as a line without a buzz.
    """

    def __init__(self, timing: CueTiming, places_known: bool = True, fading: Fading | None = None) -> None:
        self._timing = timing
        self._places_known = places_known
        self._fading = fading or Fading(shipped_limits().fading)
        self._technique: Technique | None = None
        self._last: Flag | None = None        # the flag that the last cue was about; None: it was a hint
        self._last_us: int | None = None
        self._said: dict[tuple[str, int], tuple[int, int, Severity]] = {}  # flag -> when, how often, how bad

    def use(self, timing: CueTiming, technique: Technique | None = None) -> None:
        """Other times, and what the giver works with, from now on."""
        self._timing, self._technique = timing, technique

    def step(self, t_us: int, open_flags: Sequence[Flag], hint: Hint | None = None) -> Cue | None:
        """The cue to give now, if any. Call it for every row."""
        if not open_flags:
            self._said.clear()
            return self._remark(t_us, hint) if hint is not None else None
        due = [flag for flag in open_flags if self._is_due(flag, t_us)]
        flag = most_urgent(due)
        if flag is None or not self._may_speak(flag, t_us):
            return None
        _, times, _ = self._said.get(flag.key, (0, 0, flag.severity))
        self._said[flag.key] = (t_us, times + 1, flag.severity)
        self._last, self._last_us = flag, t_us
        alarm = flag.severity is Severity.ALARM
        return Cue(
            t_us, flag.kind.value, flag.severity.value,
            int(advice_for(flag, self._places_known, self._technique).pattern),
            self._timing.alarm_strength if alarm else self._timing.warn_strength,
            line_for(flag, self._places_known, self._technique),
        )

    def holds_back(self, flag: Flag, t_us: int) -> bool:
        """Whether a flag is not spoken of yet, because the giver has improved and may notice it alone."""
        if flag.key in self._said:
            return False
        wait_us = self._fading.wait_us(flag.kind.value, flag.severity is Severity.ALARM)
        return wait_us > 0.0 and t_us - flag.raised_us < wait_us

    def quiet(self, t_us: int) -> bool:
        """Whether nothing has been said for ``refractory_s``: what is least urgent (the pace) waits for that."""
        return self._last_us is None or t_us - self._last_us >= 1e6 * self._timing.refractory_s

    def _remark(self, t_us: int, hint: Hint) -> Cue | None:
        if t_us - hint.since_us < self._fading.wait_us(hint.kind, alarm=False):
            return None
        if self._last_us is not None and t_us - self._last_us < self._pause_us(hint.kind):
            return None
        self._last, self._last_us = None, t_us
        return Cue(t_us, hint.kind, "info", int(CuePattern.NONE), 0, hint.text)

    def _is_due(self, flag: Flag, t_us: int) -> bool:
        said = self._said.get(flag.key)
        if said is None:
            return not self.holds_back(flag, t_us)
        last_us, times, severity = said
        if flag.severity is not severity:  # it has grown worse since
            return True
        pause_s = min(self._timing.refractory_s * 2.0 ** (times - 1), self._timing.repeat_most_s)
        return t_us - last_us >= 1e6 * pause_s * self._fading.pause(flag.kind.value)

    def _may_speak(self, flag: Flag, t_us: int) -> bool:
        if self._last_us is None:
            return True
        more_urgent = self._last is None or _rank(flag)[:2] < _rank(self._last)[:2]
        pause_us = 1e6 * self._timing.urgent_s if more_urgent else self._pause_us(flag.kind.value)
        return t_us - self._last_us >= pause_us

    def _pause_us(self, kind: str) -> float:
        return 1e6 * self._timing.refractory_s * self._fading.pause(kind)
