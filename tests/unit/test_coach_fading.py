"""Cues about the pace thin out as the giver improves, come back when the giver does worse, and safety never fades."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.cue import Cue
from slowhand.coach.fading import FADING_KINDS, Fading
from slowhand.coach.flag import Flag, FlagKind
from slowhand.coach.limits import FadingRule, Limits, shipped_limits
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from tests.unit.improving_givers import giver
from tests.unit.touch_scenes import Scene

RULE = shipped_limits().fading
MINUTES = 5.0
SAFETY = [kind.value for kind in FlagKind if kind.value not in FADING_KINDS]


def after(errors: list[float], now_s: float, rule: FadingRule = RULE, kind: str = "too_fast") -> Fading:
    """Errors at these seconds of contact, looked at after ``now_s`` of it."""
    fading, at = Fading(rule), 0.0
    for second in errors:
        fading.worked(round(1e6 * (second - at)))
        fading.note(kind)
        at = second
    fading.worked(round(1e6 * (now_s - at)))
    return fading


def test_what_hurts_never_fades() -> None:
    assert set(SAFETY) == {"spine_pressure", "neck_pressure", "kidney_pressure", "sensitive_pressure", "too_hard"}
    for kind in SAFETY:
        fading = after([1.0] * 8, 500.0, kind=kind)
        assert (fading.faded(kind), fading.wait_us(kind, False), fading.pause(kind)) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("errors", "now", "faded"),
    [
        ([], 300.0, 0.0), ([1.0, 2.0], 300.0, 0.0),                     # nothing to have improved from
        ([1.0, 2.0, 3.0, 4.0], 5.0, 0.0), ([1.0, 2.0, 3.0, 4.0], 48.5, 0.75), ([1.0, 2.0, 3.0, 4.0], 200.0, 1.0),
        ([float(k) for k in range(1, 41)], 73.5, 0.0),                  # 40, then still 12: as bad as it gets
        ([float(k) for k in range(1, 41)], 79.5, 0.5),
    ],
)  # fmt: skip
def test_it_is_the_fall_from_the_worst_stretch(errors: list[float], now: float, faded: float) -> None:
    fading = after(errors, now)
    assert fading.faded("too_fast") == pytest.approx(faded)
    assert fading.wait_us("too_fast", alarm=False) == pytest.approx(1e6 * RULE.late_s * faded)
    assert fading.wait_us("too_fast", alarm=True) == pytest.approx(0.5e6 * RULE.late_s * faded)
    assert fading.pause("too_fast") == pytest.approx(1.0 + (RULE.rarer - 1.0) * faded)
    assert fading.faded("too_fast_knead") == 0.0


@given(st.lists(st.floats(0.0, 600.0), max_size=40), st.floats(0.0, 600.0))
def test_it_lies_between_none_and_all_and_more_errors_never_fade_more(errors: list[float], now: float) -> None:
    past = sorted(e for e in errors if e <= now)
    fading = after(past, now)
    before = fading.faded("too_fast")
    assert 0.0 <= before <= 1.0
    fading.note("too_fast")
    assert fading.faded("too_fast") <= before or before == 0.0


def unfaded() -> Limits:
    rule = RULE.model_copy(update={"late_s": 1e-9, "rarer": 1.0})
    return shipped_limits().model_copy(update={"fading": rule})


@cache
def cues_of(course: str, seed: int, faded: bool) -> tuple[tuple[Cue, ...], tuple[Flag, ...]]:
    share = {"improves": lambda m: 0.6 - 0.11 * m, "relapses": lambda m: 0.6 if m < 1 or m > 3 else 0.04,
             "stays": lambda m: 0.5}[course]
    coach = Coach(load_glove(), Receiver(), Mode.STRIP)
    if not faded:
        coach.use_limits(unfaded())
    found = coach.process(giver(share, MINUTES, seed))
    return found.cues, found.flags_changed


def per_minute(cues: tuple[Cue, ...], since: float, until: float) -> float:
    return sum(since <= cue.t_us / 60e6 < until for cue in cues) / (until - since)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_giver_who_improves_is_told_less_and_flags_are_as_they_were(seed: int) -> None:
    cues, flags = cues_of("improves", seed, True)
    full, same = cues_of("improves", seed, False)
    assert flags == same and per_minute(cues, 0, 1) == per_minute(full, 0, 1) > 5.0
    late, full_late = per_minute(cues, 3, 5), per_minute(full, 3, 5)
    assert late <= 0.7 * full_late


@pytest.mark.parametrize("seed", [1, 2])
def test_a_giver_who_does_worse_again_is_told_again(seed: int) -> None:
    cues, full = cues_of("relapses", seed, True)[0], cues_of("relapses", seed, False)[0]
    assert per_minute(cues, 4, 5) >= 0.85 * per_minute(full, 4, 5) > 4.0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_giver_who_stays_as_he_is_is_told_as_before(seed: int) -> None:
    cues, full = cues_of("stays", seed, True)[0], cues_of("stays", seed, False)[0]
    assert len(cues) >= 0.85 * len(full)


def test_once_faded_the_line_waits_as_the_buzz_does_and_the_gauge_does_not() -> None:
    bad = Scene(at=(60.0, 20.0)).lift(0.5)
    for k in range(5):
        bad.glide(0, 300 if k % 2 == 0 else -300, 28.0).lift(0.4)
    calm = bad.hop(60.0, 20.0)
    for k in range(40):
        calm.glide(0, 300 if k % 2 == 0 else -300, 10.0, 8.0)
    coach = Coach(load_glove(), Receiver(), Mode.STRIP)
    coach.process(calm.rows())
    start_us = 5000 * sum(map(len, calm.xs))
    rows = Scene(at=(60.0, 20.0)).glide(0, 200, 28.0).rows(start_us=start_us)
    rows["gap"] = False
    assert coach.process(rows).cues == () and [f.kind for f in coach.open_flags] == [FlagKind.TOO_FAST]
    assert coach.pace().level == "warn" and coach.current_line() == ("Go on slowly.", "idle")
    hard = Scene(at=(0.0, 100.0)).hold(0.2, 9.0).rows(start_us=start_us + 5000 * len(rows))
    hard["gap"] = False
    [cue] = coach.process(hard).cues
    assert cue.kind == "spine_pressure" and cue.t_us - hard["t_us"][0] <= 60_000


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=10))
def test_fading_does_not_depend_on_how_the_stream_is_split(cuts: list[int]) -> None:
    rows = improving()
    coach = Coach(load_glove(), Receiver(), Mode.STRIP)
    parts = [coach.process(rows[a:b]) for a, b in pairwise([0, *sorted(cuts), len(rows)])]
    assert [cue for part in parts for cue in part.cues] == whole()


@cache
def improving() -> np.ndarray:
    return giver(lambda minute: 0.7 - 0.4 * minute, 1.5, seed=7)


@cache
def whole() -> list[Cue]:
    return list(Coach(load_glove(), Receiver(), Mode.STRIP).process(improving()).cues)
