"""From light to deep: what is advised rises with the time worked in an area; going deep at once is remarked, not flagged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.limits import LimitOverride, shipped_limits
from slowhand.coach.ramp import Ramp
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.wire.messages_gen import CuePattern
from tests.unit.touch_scenes import Scene, height_unknown, unplaced

LINE = "Begin lighter here: let it warm up."
RULE, FULL_N = shipped_limits().ramp, shipped_limits().too_hard.warn
HERE = ("upper", "left")


def hints_of(scene: Scene, coach: Coach | None = None, mode: Mode = Mode.STRIP) -> list[float]:
    """When the coach remarked it, s."""
    coach = coach or Coach(load_glove(), Receiver(), mode)
    found = coach.process(scene.rows(mode))
    assert found.flags_changed == ()
    assert all((c.severity, c.pattern, c.text) == ("info", CuePattern.NONE, LINE) for c in found.cues if c.kind == "ramp")
    return [cue.t_us * 1e-6 for cue in found.cues if cue.kind == "ramp"]


def test_the_advised_force_rises_evenly_from_light_to_what_too_hard_warns_of() -> None:
    ramp = Ramp(shipped_limits(), 450.0)
    assert ramp.advised_n(0.0) == ramp.advised_n(RULE.light_s) == RULE.light_n
    halfway = ramp.advised_n((RULE.light_s + RULE.full_s) / 2)
    assert halfway == pytest.approx((RULE.light_n + FULL_N) / 2)
    assert ramp.advised_n(RULE.full_s - 1e-6) == pytest.approx(FULL_N, abs=1e-3)
    assert ramp.advised_n(RULE.full_s) is None


@given(st.floats(0, 200), st.floats(0, 200), st.floats(1.0, 200.0))
def test_it_never_falls_and_never_exceeds_the_receivers_own_limit(a: float, b: float, warn: float) -> None:
    limits = shipped_limits().changed({"too_hard": LimitOverride(warn=warn, alarm=2 * warn)})
    ramp = Ramp(limits, 450.0)
    early, late = (ramp.advised_n(s) for s in sorted((a, b)))
    assert late is None or (early is not None and early <= late + 1e-9 and late <= warn + 1e-9)


def test_deep_at_once_in_a_cold_area_is_remarked_softly_and_not_again_and_again() -> None:
    times = hints_of(Scene(at=(60.0, 100.0)).lift(0.5).hold(15.0, 40.0))
    assert times == [pytest.approx(0.5 + 1e-3 * RULE.must_last_ms, abs=0.2)]
    coach = Coach(load_glove(), Receiver(), Mode.STRIP)
    coach.process(Scene(at=(60.0, 100.0)).lift(0.5).hold(1.0, 40.0).rows())
    assert coach.current_line() == (LINE, "idle")


def test_light_work_and_a_short_push_are_not_remarked() -> None:
    assert hints_of(Scene(at=(60.0, 100.0)).lift(0.5).hold(10.0, 18.0)) == []
    assert hints_of(Scene(at=(60.0, 100.0)).lift(0.5).hold(5.0, 10.0).hold(0.4, 40.0).hold(5.0, 10.0)) == []


def test_once_it_is_warm_deep_is_fine_there_but_not_elsewhere() -> None:
    warm = Scene(at=(60.0, 100.0)).lift(0.5).hold(RULE.full_s + 1.0, 10.0).hold(5.0, 50.0).lift(0.5)
    assert hints_of(warm) == []
    [there] = hints_of(warm.hop(-60.0, 100.0).hold(2.0, 50.0))
    assert there > RULE.full_s + 7.0


def test_the_time_of_contact_counts_and_the_time_in_the_air_does_not() -> None:
    ramp = Ramp(shipped_limits(), 450.0)
    for k in range(2000):
        ramp.step(5000 * k, placed=k % 400 < 200, cop_mm=(60.0, 100.0), total_n=8.0)
    assert ramp.worked_s(HERE) == pytest.approx(5.0, abs=0.6) and ramp.worked_s(("upper", "right")) == 0.0


def test_missing_rows_are_no_work() -> None:
    ramp = Ramp(shipped_limits(), 450.0)
    for t_us in (0, 100_000, 60_000_000, 60_100_000):
        ramp.step(t_us, True, (60.0, 100.0), 8.0)
    assert ramp.worked_s(HERE) == pytest.approx(0.2)


@pytest.mark.parametrize("hide", [unplaced, height_unknown])
def test_where_the_place_is_unknown_nothing_is_judged(hide) -> None:  # type: ignore[no-untyped-def]
    rows = Scene(at=(120.0, 100.0)).lift(0.5).hold(5.0, 40.0).rows()
    hide(rows)
    assert [cue for cue in Coach(load_glove(), Receiver(), Mode.STRIP).process(rows).cues if cue.kind == "ramp"] == []


@pytest.mark.parametrize("mode", [Mode.MOTION, Mode.FORCE])
def test_without_a_strip_nothing_is_judged(mode: Mode) -> None:
    coach = Coach(load_glove(), Receiver(), mode)
    coach.choose_zone("open")
    assert hints_of(Scene().lift(0.5).hold(5.0, 40.0), coach, mode) == []


def test_a_flag_is_more_urgent_than_the_remark() -> None:
    rows = Scene(at=(60.0, 300.0)).lift(0.5).hold(10.0, 35.0).rows()   # over the kidneys
    found = Coach(load_glove(), Receiver(), Mode.STRIP).process(rows)
    assert {cue.kind for cue in found.cues} == {"kidney_pressure"}
