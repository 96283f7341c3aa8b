"""A session beside an earlier one: said only where the difference is more than chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from slowhand.coach.flag import Flag
from slowhand.coach.score_facts import SessionFacts
from slowhand.coach.score_plan import JudgeRules
from slowhand.coach.score_well import PACE
from slowhand.coach.score_words import Figure, Sentence, middle_and_error, number_words, time_words
from slowhand.strokes.stroke import Kind, Stroke

FEWEST_FLAGS = 5   # in both sessions together: with fewer a difference is chance


@dataclass(frozen=True)
class Earlier:
    """What is stored of an earlier session, one with feedback and in the same mode."""

    session_id: int
    mode: str
    strokes: tuple[Stroke, ...]
    flags: tuple[Flag, ...]
    same_limits: bool        # its pace was judged by the same limits


def worked_s(strokes: tuple[Stroke, ...]) -> float:
    """Seconds of strokes."""
    return 1e-6 * sum(stroke.end_us - stroke.start_us for stroke in strokes)


def compared_with(facts: SessionFacts, earlier: Earlier, rules: JudgeRules) -> tuple[Sentence, ...]:
    """What can be told of the pace, then and now; empty where nothing can."""
    if facts.mode != earlier.mode or worked_s(earlier.strokes) < rules.earlier_s:
        return ()
    return (*_speed(facts, earlier, rules), *_fast_strokes(facts, earlier, rules))


def _speed(facts: SessionFacts, earlier: Earlier, rules: JudgeRules) -> Iterator[Sentence]:
    then = middle_and_error([s for s in earlier.strokes if s.kind is Kind.GLIDE], "mean_cm_s")
    now = middle_and_error(facts.strokes_of(Kind.GLIDE), "mean_cm_s")
    if then is None or now is None or min(then[2], now[2]) < rules.glides_least:
        return
    difference = now[0] - then[0]
    sure = abs(difference) > max(rules.differs_cm_s, rules.differs_sigmas * math.hypot(now[1], then[1]))
    name = f"session {earlier.session_id}"
    figures = (
        Figure("the middle glide now", round(now[0], 1), "cm/s", now[2], "glides"),
        Figure(f"in {name}", round(then[0], 1), "cm/s", then[2], "glides"),
    )
    if sure:
        than = f"than in {name}" + (", which had feedback" if facts.practice else "")
        pair = f"{number_words(round(now[0], 1))} instead of {number_words(round(then[0], 1))} cm/s"
        yield Sentence("speed", f"Your glides were {'slower' if difference < 0 else 'faster'} {than}: {pair}.", figures)
    elif facts.practice:
        words = f"Without feedback your glides were about as fast as with it in {name}: no difference can be told."
        yield Sentence("speed", words, figures)


def _known_share(strokes: tuple[Stroke, ...]) -> float:
    all_s = worked_s(strokes)
    known = tuple(s for s in strokes if s.mean_cm_s is not None or s.cadence_per_min is not None)
    return worked_s(known) / all_s if all_s > 0.0 else 0.0


def _fast_strokes(facts: SessionFacts, earlier: Earlier, rules: JudgeRules) -> Iterator[Sentence]:
    """Counts in two stretches of time: with the same rate, the first has a binomial share of all of them."""
    if not earlier.same_limits or min(_known_share(facts.strokes), _known_share(earlier.strokes)) < rules.known_share:
        return
    now, then = len(facts.flags_of(*PACE)), sum(flag.kind.value in PACE for flag in earlier.flags)
    now_s, then_s = worked_s(facts.strokes), worked_s(earlier.strokes)
    both, share = now + then, now_s / (now_s + then_s)
    if both < FEWEST_FLAGS:
        return
    off = now - both * share
    if abs(off) <= rules.differs_sigmas * math.sqrt(both * share * (1.0 - share)):
        return
    words = (f"{'Fewer' if off < 0 else 'More'} fast strokes than in session {earlier.session_id}: "
             f"{now} in {time_words(now_s)}, {then} in {time_words(then_s)} then.")
    figures = (Figure("fast strokes now", now, "times", now_s, "s"),
               Figure(f"in session {earlier.session_id}", then, "times", then_s, "s"))
    yield Sentence("fast_strokes", words, figures)
