"""The judge of strokes and coach, judged: known answers give known figures, and nothing unknown is ever "ok"."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.locate.pose import Mode
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.strokes.stroke import Kind, Stroke
from slowhand.strokes.touch import TOUCH_DTYPE
from tests.bench.bench_coach import groups, markdown
from tests.bench.coach_conditions import JUDGED
from tests.bench.coach_figures import EXCUSES, Tally, at_least, at_most, calm_lines, flag_lines, sigma_lines, stroke_lines
from tests.bench.coach_reflex import crossings, late_ms
from tests.integration.coach_score import FlagScore, StrokeScore, score_flags, score_strokes, stated_mm
from tests.integration.coach_truth import taps_of

SLOW_MS = 40


@cache
def session() -> SimOutput:
    return Simulation("limits", 5, 100.0).run()


@cache
def touch() -> np.ndarray:
    """Rows with the place known to 2 and 3 mm."""
    rows = np.zeros(len(session().truth), TOUCH_DTYPE)
    rows["t_us"], rows["located"] = session().truth["t_us"], True
    rows["pad_sigma_mm"] = [2.0, 3.0]
    return rows


def perfect_flags(scale: float = 1.0, wide_mm: float = 0.0) -> list[Flag]:
    """What an all-knowing coach would say, 40 ms after each crossing."""
    return [
        Flag(t.start_us, t.end_us, t.start_us + 1000 * SLOW_MS, FlagKind(t.kind), Severity(t.severity), t.value, t.limit,
             t.unit, t.x_mm, t.y_mm)
        for t in session().flags_with(scale, wide_mm)
    ]


def perfect_strokes() -> list[Stroke]:
    return [
        Stroke(t.start_us, t.end_us, Kind(t.kind), t.mean_cm_s, t.peak_cm_s, t.path_mm, t.cadence_per_min, t.mean_n, t.peak_n,
               False, 1.0, t.min_spine_mm, t.region, t.side, None, None, speed_sigma_cm_s=0.5, spine_sigma_mm=2.0,
               cadence_sigma_per_min=0.5)
        for t in session().strokes
    ]


def judged(flags: list[Flag], mm: float | np.ndarray = 0.0) -> dict[str, FlagScore]:
    return score_flags(session(), touch(), flags, mm)


def test_the_session_has_what_is_asked_about() -> None:
    kinds = {flag.kind for flag in session().flags}
    assert kinds >= {"too_fast", "spine_pressure", "too_hard", "too_fast_knead"}
    assert {stroke.kind for stroke in session().strokes} >= {"glide", "press", "knead"}


def test_the_truth_itself_scores_one() -> None:
    for kind, score in judged(perfect_flags()).items():
        assert score.found == score.there and score.wrong == 0, kind
        assert score.there == 0 or score.recall == score.precision == 1.0
        assert all(late == SLOW_MS for late in score.late_ms)
    strokes = score_strokes(session(), perfect_strokes())
    assert strokes.accuracy == strokes.f1 == 1.0 and strokes.unknown == 0.0
    assert [error for _, error in strokes.cadences["knead"]] == [0.0] * len(strokes.cadences["knead"])
    assert all(set(pulls) == {0.0} for pulls in strokes.pulls.values())


def test_a_flag_that_is_missing_moved_or_of_another_kind_is_seen() -> None:
    flags = perfect_flags(1.12)
    there = judged(flags)["spine_pressure"].there
    gone = next(flag for flag in flags if flag.kind is FlagKind.SPINE_PRESSURE)
    rest = [flag for flag in flags if flag is not gone]
    assert judged(rest)["spine_pressure"].found == there - 1
    moved = replace(gone, start_us=gone.end_us + 500_000, end_us=gone.end_us + 600_000)
    score = judged([*rest, moved])["spine_pressure"]
    assert score.found == there - 1 and score.wrong == 1
    score = judged([*rest, replace(gone, kind=FlagKind.SENSITIVE_PRESSURE)])
    assert score["spine_pressure"].found == there - 1 and score["sensitive_pressure"].wrong == 1


def test_a_missed_event_is_unseen_only_where_the_place_was_unknown_all_the_while() -> None:
    flags = perfect_flags(1.12)
    gone = next(flag for flag in flags if flag.kind is FlagKind.SPINE_PRESSURE)
    rest = [flag for flag in flags if flag is not gone]
    assert judged(rest)["spine_pressure"].blind == 0
    rows = touch().copy()
    rows["located"][(rows["t_us"] >= gone.start_us) & (rows["t_us"] <= gone.end_us)] = False
    score = score_flags(session(), rows, rest)["spine_pressure"]
    assert score.blind == 1 and score.found == score.there - 1    # it counts as missed all the same


def test_what_is_near_a_limit_or_an_edge_counts_neither_way() -> None:
    exact = judged(perfect_flags())
    within, beyond = judged(perfect_flags(0.90)), judged(perfect_flags(0.80))
    for kind, score in exact.items():
        assert kind == "too_fast_knead" or (within[kind].wrong == 0 and within[kind].right == score.right)
    assert sum(score.near for score in within.values()) > sum(score.near for score in exact.values())
    assert sum(score.wrong for score in beyond.values()) > 0
    wide = perfect_flags(1.0, 6.0)
    counts = [sum(judged(wide, mm)[kind].wrong for kind in exact) for mm in (0.0, 6.0)]
    assert counts[0] > 0 == counts[1]


def test_the_excuse_is_so_many_sigmas_by_axis_and_ten_millimetres_at_most() -> None:
    assert stated_mm(touch(), 2.0)[0].tolist() == [[4.0, 6.0]] * 6
    assert stated_mm(touch(), 4.0)[0].tolist() == [[8.0, 10.0]] * 6
    unknown = touch()[:1].copy()
    unknown["pad_sigma_mm"] = np.nan
    assert stated_mm(unknown, 2.0).tolist() == [[[10.0, 10.0]] * 6]


def test_strokes_of_another_kind_shifted_cut_or_unknown_are_seen() -> None:
    good = perfect_strokes()
    count = len(good)
    other = score_strokes(session(), [replace(good[0], kind=Kind.TAP), *good[1:]])
    lost = (good[0].end_us - good[0].start_us) / 1e4
    assert other.time_us - other.right_us == pytest.approx(1e4 * lost, abs=1e4) and other.f1 == 1.0
    shifted = score_strokes(session(), [replace(good[0], start_us=good[0].start_us - 260_000), *good[1:]])
    assert shifted.matched == count - 1 and shifted.accuracy == 1.0
    assert score_strokes(session(), [replace(good[0], end_us=good[0].end_us + 240_000), *good[1:]]).matched == count
    middle = (good[1].start_us + good[1].end_us) // 2
    halves = [replace(good[1], end_us=middle), replace(good[1], start_us=middle)]
    cut = score_strokes(session(), [good[0], *halves, *good[2:]])
    assert cut.matched == count - 1 and cut.reported == count + 1 and cut.accuracy == pytest.approx(1.0, abs=0.001)
    assert score_strokes(session(), []).accuracy == score_strokes(session(), []).f1 == 0.0
    untold = score_strokes(session(), [replace(s, kind=Kind.UNKNOWN) for s in good])
    assert untold.accuracy == 0.0 and untold.unknown == pytest.approx(1.0)


def test_a_wrong_cadence_and_one_that_is_not_told_are_both_seen() -> None:
    good = perfect_strokes()
    trains = [stroke for stroke in good if stroke.kind is Kind.KNEAD]
    told = [replace(s, cadence_per_min=s.cadence_per_min + 3.0) if s is trains[0] else s for s in good]
    told = [replace(s, cadence_per_min=None) if s is trains[1] else s for s in told]
    errors = [error for _, error in score_strokes(session(), told).cadences["knead"]]
    assert errors[0] == pytest.approx(3.0) and np.isnan(errors[1])
    lines = {line.label: line for line in stroke_lines(score_strokes(session(), told))}
    if 20.0 <= (trains[0].cadence_per_min or 0.0) <= 130.0:
        assert lines["knead cadence, 20-130 a minute, worst"].holds is False


def test_a_sigma_that_is_too_small_misses_and_none_at_all_is_unknown() -> None:
    off = [replace(s, mean_cm_s=(s.mean_cm_s or 0.0) + 0.9) for s in perfect_strokes()]
    lines = {line.label: line for line in sigma_lines(score_strokes(session(), off))}
    assert lines["mean speed within two sigma"].holds is True
    off = [replace(s, mean_cm_s=(s.mean_cm_s or 0.0) + 1.1) for s in perfect_strokes()]
    lines = {line.label: line for line in sigma_lines(score_strokes(session(), off))}
    assert lines["mean speed within two sigma"].holds is False
    bare = [replace(s, speed_sigma_cm_s=None) for s in perfect_strokes()]
    [line] = [x for x in sigma_lines(score_strokes(session(), bare)) if x.label.startswith("mean speed")]
    assert line.value == "unknown" and line.holds is False


def whole(**kinds: FlagScore) -> Tally:
    return Tally({excuse: {k.value: kinds.get(k.value, FlagScore(there=100, found=100, right=100, late_ms=[50.0]))
                           for k in FlagKind} for excuse in EXCUSES})


def verdicts(tally: Tally) -> dict[str, bool | None]:
    return {line.label: line.holds for line in flag_lines(tally)}


def test_each_bound_of_a_flag_is_kept_or_missed_by_itself() -> None:
    assert set(verdicts(whole()).values()) == {True, None} and verdicts(whole())["too_fast_knead raised after, p95"] is None
    for found, holds in ((97, True), (96, False)):
        score = FlagScore(there=100, found=found, right=100, late_ms=[90.0])
        assert verdicts(whole(too_hard=score))["too_hard recall"] is holds
        score = FlagScore(there=100, found=100, right=found, wrong=100 - found, late_ms=[90.0])
        assert verdicts(whole(too_hard=score))["too_hard precision"] is holds
    for late, holds in ((90.0, True), (91.0, False)):
        score = FlagScore(there=100, found=100, right=100, late_ms=[late])
        assert verdicts(whole(neck_pressure=score))["neck_pressure raised after, p95"] is holds
        score = FlagScore(there=100, found=100, right=100, late_ms=[late + 160.0])
        assert verdicts(whole(too_fast=score))["too_fast raised after, p95"] is holds
    never = verdicts(whole(kidney_pressure=FlagScore()))   # a kind that no session has is not proved good
    assert never["kidney_pressure recall"] is False and never["kidney_pressure raised after, p95"] is False
    mute = verdicts(whole(kidney_pressure=FlagScore(there=100)))
    assert mute["kidney_pressure recall"] is False and mute["kidney_pressure precision"] is False


def test_calm_needs_an_hour_and_less_than_one_false_alarm_in_half_of_it() -> None:
    for minutes, alarms, holds in ((60.0, 1, True), (60.0, 2, False), (59.0, 0, False), (90.0, 2, True)):
        [line] = calm_lines(Tally(minutes=minutes, false_alarms=alarms))
        assert line.holds is holds


def test_kinds_and_boundaries_have_bounds_and_what_is_unknown_never_holds() -> None:
    for right, holds in ((900, True), (899, False)):
        line = stroke_lines(StrokeScore(right_us=right, time_us=1000, matched=9, there=10, reported=10))[0]
        assert line.holds is holds
    assert [line.holds for line in stroke_lines(StrokeScore(matched=8, there=10, reported=9))[:2]] == [False, False]
    assert at_least("", np.nan, 0.5).holds is False and at_most("", np.nan, 0.5, "ms").holds is False
    assert at_least("", np.nan, None).holds is None and at_most("", np.inf, 15.0, "ms").holds is False


def test_scores_of_sessions_add_up_and_what_is_beside_is_kept_apart() -> None:
    results = {(name, mode): Tally() for name, condition in JUDGED.items() for mode in condition.modes}
    for tally in results.values():
        part = whole()
        part.flags["zones tapped"] = part.flags["none"]
        tally.add(part).add(Tally(minutes=60.0))
    lines = groups(results)
    judged_there = sum(not JUDGED[name].beside for name, mode in results if mode is Mode.STRIP)
    [recall] = [line for line in lines["Flags, strip mode"] if line.label == "too_hard recall"]
    assert recall.worst == f"{100 * judged_there} of {100 * judged_there}"
    assert all(line.holds is None for title, group in lines.items() for line in group
               if "Beside" in title or "motion" in title or "force" in title)
    rows = [row for row in markdown(lines) if row.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


def test_the_giver_who_taps_says_where_the_next_stroke_goes() -> None:
    taps = taps_of(session())
    assert len(taps) == len(session().strokes)
    assert {zone for _, zone in taps} <= {"spine", "neck", "kidney", "open"} and len({zone for _, zone in taps}) >= 3
    for (t_us, zone), stroke in zip(taps, session().strokes, strict=True):
        assert t_us <= stroke.start_us
        if stroke.kind == "press" and stroke.region == "neck" and (stroke.min_spine_mm or 99.0) < 20.0:
            assert zone in ("neck", "spine")


def test_the_reflex_is_timed_from_the_true_crossing() -> None:
    edges = np.array([1_012_000.0, 5_000_000.0, 9_400_000.0])
    assert late_ms([1_000_000, 5_030_000], edges) == [12.0, -30.0]
    assert late_ms([7_000_000], edges) == [np.inf]             # never felt
    assert late_ms([9_000_000], edges) == [400.0]
    assert late_ms([5_900_000], edges) == []                   # the motor may still be running
    begun = crossings(session())
    over = [flag.start_us for flag in session().flags if flag.kind != "too_fast" and flag.kind != "too_fast_knead"]
    assert begun and all(min(abs(t_us - start) for start in over) < 1_500_000 for t_us in begun)
