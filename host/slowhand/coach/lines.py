"""The coach's one line for the page: the start procedure, a flag, what is unknown, and praise for what is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from slowhand.coach.cues import line_for, most_urgent
from slowhand.coach.flag import Flag
from slowhand.coach.motion_pace import MotionPace, surely_slow
from slowhand.coach.readings import IDLE, OK, UNKNOWN, height_unknown
from slowhand.coach.techniques import Terms
from slowhand.locate.pose import Mode, Phase

LIFTED_US = 1_500_000   # longer than a hop to the next stroke


@dataclass
class Latest:
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
    said: str = ""                # the line of the last cue
    said_us: int = 0
    calm_since_us: int | None = None      # no flag since then, and nothing unknown of pace and pressure
    touched_us: int | None = None         # when there was contact last
    pace: MotionPace = field(default_factory=MotionPace)   # without a strip

    @property
    def off_skin(self) -> bool:
        """Whether the hand has been off for longer than a hop: a pause, and nothing to praise."""
        return self.touched_us is None or self.t_us - self.touched_us > LIFTED_US


def is_calm(now: Latest, terms: Terms, mode: Mode) -> bool:
    """Whether the last row is known to be slow and of a known force; or known to be off the skin."""
    if now.at_least or terms.unfelt is not None:
        return False
    if mode is Mode.MOTION and now.contact:
        return surely_slow(now.t_us, now.pace, terms.in_force)
    return not now.contact or now.speed_cm_s <= terms.in_force.too_fast.warn


def current_line(
    now: Latest, spoken_of: Sequence[Flag], terms: Terms, mode: Mode, pace_level: str, lagging: str = ""
) -> tuple[str, str]:
    """The line and its level (``readings``).

    ``spoken_of`` are the open flags that may be named, ``lagging`` a word about the pulse that leads.
    """
    if now.phase == Phase.AWAIT_AWAY:
        return "Hold your hand still, well away from the back.", UNKNOWN
    if now.phase == Phase.AWAIT_START_POSE:
        return "Now rest your hand at the start, fingers towards the feet.", UNKNOWN
    if not terms.feedback:
        return "Practice without feedback: go by feel.", IDLE
    flag = most_urgent(spoken_of)
    if flag is not None:
        return line_for(flag, mode is Mode.STRIP, terms.technique), flag.severity.value
    return _unknown_line(now, terms, mode) or _calm_line(now, terms, mode, pace_level, lagging)


def _unknown_line(now: Latest, terms: Terms, mode: Mode) -> tuple[str, str] | None:
    if terms.unfelt is not None:
        return terms.unfelt.line, UNKNOWN
    if mode is Mode.STRIP and not now.located:
        words = f"{height_unknown(now.zone_n)}: stay light." if now.x_known else "place unknown: keep off the spine."
        return words.capitalize(), UNKNOWN
    return ("A pad cannot tell: stay light.", UNKNOWN) if now.at_least else None


def _calm_line(now: Latest, terms: Terms, mode: Mode, pace_level: str, lagging: str) -> tuple[str, str]:
    timing = terms.limits.cue
    if now.said and now.t_us - now.said_us < 1e6 * timing.refractory_s:
        return now.said, IDLE
    if lagging:
        return lagging, IDLE
    if now.touched_us is None:
        return "Begin lightly: let your hands sink in and feel.", IDLE
    if now.off_skin:
        return "Take your time.", IDLE
    if now.contact and math.isnan(now.speed_cm_s) and (mode is not Mode.MOTION or pace_level == UNKNOWN):
        return "Pace unknown: go on gently.", UNKNOWN
    if not is_calm(now, terms, mode):   # above the limit, but not yet for long enough to be told
        return "Go on slowly.", IDLE
    level = OK if now.contact else IDLE
    if now.calm_since_us is not None and now.t_us - now.calm_since_us >= 1e6 * timing.praise_after_s:
        return "Lovely: slow and even.", level
    return ("Good. Go on slowly." if now.contact else "Go on slowly."), level
