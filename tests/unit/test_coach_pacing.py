"""Who sets the pace, what the glove is asked for, and the word that is seldom said about it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from slowhand.coach.coach import Coach
from slowhand.coach.cue import Cue
from slowhand.coach.limits import shipped_limits
from slowhand.coach.pace_lead import PACE_LINE
from slowhand.coach.pacing import GLIDE, KNEAD, ON_MS, STOP, Pacer, PaceTarget
from slowhand.coach.receiver import Receiver
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene

GLOVE = load_glove()


def a_coach(mode: Mode = Mode.STRIP) -> Coach:
    return Coach(GLOVE, Receiver(), mode)


def to_and_fro(count: int, period_s: float, mm: float = 240.0) -> Scene:
    """Glides without a lift, one every ``period_s``, after half a second of landing."""
    scene = Scene(at=(60.0, 80.0)).hold(0.5, 8.0)
    for k in range(count):
        scene.glide(0.0, mm if k % 2 == 0 else -mm, 0.1 * mm / period_s)
    return scene


def cues_of(coach: Coach, scene: Scene, mode: Mode = Mode.STRIP) -> list[Cue]:
    rows = scene.rows(mode)
    return [cue for part in np.array_split(rows, 50) for cue in coach.process(part).cues]


def test_the_pulse_of_a_target() -> None:
    glide, knead = PaceTarget(GLIDE, 6.0, 300.0), PaceTarget(KNEAD, 40.0)
    assert (glide.pulse.period_ms, glide.pulse.on_ms, glide.period_us) == (5000, ON_MS, 5_000_000)
    assert knead.period_us == 1_500_000


def test_the_technique_has_its_own_pace_and_the_elbow_is_very_slow() -> None:
    pacer = Pacer(shipped_limits().pace)
    pacer.hear("auto")
    palm = pacer.target
    pacer.use_technique("elbow")
    elbow = pacer.target
    assert palm is not None and elbow is not None and elbow.value <= palm.value / 3
    pacer.use_technique("something new")
    assert pacer.target == palm


@pytest.mark.parametrize("technique", ["fingers", "palm", "fist", "forearm", "elbow"])
@pytest.mark.parametrize("asked", ["auto", {"kind": "glide", "cm_s": 18.0}, {"kind": "knead", "per_min": 75.0}])
def test_nothing_leads_a_hand_to_a_pace_that_is_too_fast_for_its_technique(technique: str, asked: object) -> None:
    coach = a_coach()
    coach.tell("pace", asked)
    coach.tell("technique", technique)
    coach.process(Scene().lift(1.0).rows())
    coach.tell("step", "start")
    for k in range(len(coach.guide.plan.step)):
        coach.process(Scene().lift(1.0).rows(start_us=(k + 1) * 1_000_000))
        target = coach.pacing.led().target
        assert target is not None
        warn = getattr(shipped_limits().technique, technique)
        assert target.value <= (warn.warn if target.kind == GLIDE else shipped_limits().too_fast_knead.warn)
        coach.tell("step", "next")


def test_nothing_leads_a_hand_faster_than_the_receiver_wants_it() -> None:
    receiver = Receiver.model_validate({"limits": {"too_fast": {"warn": 5.0}}})
    coach = Coach(GLOVE, receiver, Mode.STRIP)
    coach.tell("pace", {"kind": "glide", "cm_s": 12.0})
    target = coach.pacing.led().target
    assert target is not None and target.value == 5.0


def test_a_step_goes_more_slowly_and_less_far_with_the_elbow() -> None:
    rules = shipped_limits().pace
    pacer = Pacer(rules)
    pacer.use_step(PaceTarget(GLIDE, 9.0, rules.glide_mm["palm"]))
    pacer.hear("auto")
    pacer.use_technique("elbow")
    assert pacer.target == PaceTarget(GLIDE, pytest.approx(2.25), rules.glide_mm["elbow"])
    pacer.use_step(PaceTarget(KNEAD, 40.0))
    assert pacer.target == PaceTarget(KNEAD, pytest.approx(12.0))
    pacer.use_technique("fingers")
    assert pacer.target == PaceTarget(KNEAD, 40.0)


def test_the_routine_step_comes_before_the_technique_and_the_giver_before_both() -> None:
    pacer = Pacer(shipped_limits().pace)
    pacer.use_step(PaceTarget(KNEAD, 30.0))
    assert pacer.target is None
    pacer.hear("auto")
    assert pacer.target == PaceTarget(KNEAD, 30.0)
    pacer.hear({"kind": "glide", "cm_s": 8})
    assert pacer.target == PaceTarget(GLIDE, 8.0, 300.0)
    pacer.hear({"kind": "knead"})
    assert pacer.target == PaceTarget(KNEAD, 40.0)
    pacer.hear(None)
    assert pacer.target is None


def test_slower_and_faster_keep_within_bounds_and_can_be_said_again() -> None:
    pacer = Pacer(shipped_limits().pace)
    for first in ("auto", {"kind": "glide", "cm_s": 6, "length_mm": 250}):
        pacer.hear(first)
        pacer.hear("slower")
        assert pacer.target is not None and pacer.target.value == pytest.approx(4.8)
        again = Pacer(shipped_limits().pace)
        again.hear(pacer.choice)
        assert again.target is not None and again.target.value == pytest.approx(4.8)
        for _ in range(30):
            pacer.hear("slower")
        assert pacer.target.value == pytest.approx(shipped_limits().pace.slowest_cm_s)
        for _ in range(30):
            pacer.hear("faster")
        assert pacer.target.value == pytest.approx(shipped_limits().pace.fastest_cm_s)


@pytest.mark.parametrize(
    "wrong",
    ["quick", 6, True, [], {"kind": "glide", "cm_s": None}, {"kind": "glide", "cm_s": 60}, {"kind": "knead", "per_min": "40"},
     {"kind": "knead", "per_min": float("nan")}, {"kind": "auto", "scale": True}, {"cm_s": 6}, "slower", {"kind": []}],
)  # fmt: skip
def test_what_is_no_pace_is_refused_in_one_line_and_changes_nothing(wrong: object) -> None:
    coach = a_coach()
    with pytest.raises(BadInputError) as refusal:
        coach.tell("pace", wrong)
    assert "pace" in str(refusal.value) and "\n" not in str(refusal.value)
    assert coach.pacing.pulse == STOP and coach.pacing.session_figures() is None


def test_glides_at_the_pulse_are_followed_whatever_the_blocks() -> None:
    rows = to_and_fro(10, 5.0).rows()
    figures = []
    for parts in (1, 7, 400):
        coach = a_coach()
        coach.tell("pace", {"kind": "glide", "cm_s": 6})
        coach.tell("pulse", 500_000)
        for part in np.array_split(rows, parts):
            coach.process(part)
        figures.append((coach.pacing.led(), coach.pacing.session_figures()))
    assert figures[0] == figures[1] == figures[2]
    led, session = figures[0]
    assert (led.words, led.level) == ("with the pulse", "ok")
    assert session is not None and session["turns"] == 10 and session["with_pulse_share"] == 1.0
    assert session["rate_error_pct"] == pytest.approx(0.0, abs=0.5)
    assert session["phase_periods"] == pytest.approx(0.0, abs=0.01)


def test_strokes_that_lift_between_glides_count_from_where_they_begin() -> None:
    scene = Scene(at=(60.0, 80.0)).lift(0.5)
    for _ in range(8):   # 3 s of glide, then back in the air
        scene.glide(0.0, 240.0, 8.0).lift(1.0).hop(60.0, 80.0)
    coach = a_coach()
    coach.tell("pace", {"kind": "glide", "cm_s": 6})
    coach.tell("pulse", 500_000)
    cues_of(coach, scene)
    session = coach.pacing.session_figures()
    assert session is not None and session["turns"] == 8
    assert session["rate_error_pct"] == pytest.approx(0.0, abs=0.5)
    assert session["phase_periods"] == pytest.approx(0.0, abs=0.01)


def test_automatic_pacing_goes_over_to_kneading_and_back_with_the_hand() -> None:
    coach = a_coach()
    coach.tell("pace", "auto")
    scene = to_and_fro(4, 5.0).circles(10, 40.0)
    cues_of(coach, scene)
    led = coach.pacing.led()
    assert led.target == PaceTarget(KNEAD, 40.0) and led.choice == "auto"
    assert coach.pacing.pulse.period_ms == 1500
    assert led.words == "the right pace"   # nobody has said when the pulses began
    cues_of(coach, to_and_fro(4, 5.0))     # a contact of its own, later
    assert coach.pacing.led().target == PaceTarget(GLIDE, 6.0, 300.0)


def test_kneading_without_a_strip_is_followed_by_the_swelling_of_the_force() -> None:
    coach = a_coach(Mode.FORCE)
    coach.tell("pace", {"kind": "knead", "per_min": 40})
    coach.tell("pulse", 0)
    cues_of(coach, Scene().lift(0.5).swell(20.0, 40.0, 15.0, 0.4), Mode.FORCE)
    led = coach.pacing.led()
    assert led.words == "with the pulse" and led.figures.rate_error_pct == pytest.approx(0.0, abs=2.0)


def test_what_cannot_be_known_is_said_and_never_green() -> None:
    coach = a_coach(Mode.FORCE)
    coach.tell("pace", "auto")
    cues_of(coach, Scene().hold(10.0, 8.0), Mode.FORCE)
    assert (coach.pacing.led().words, coach.pacing.led().level) == ("cannot be timed without the strip", "unknown")
    coach = a_coach()
    coach.tell("pace", {"kind": "knead", "per_min": 40})
    cues_of(coach, to_and_fro(5, 5.0))
    assert (coach.pacing.led().words, coach.pacing.led().level) == ("the pulse is for kneading", "unknown")


def test_a_hurried_giver_is_told_rarely_and_a_slow_one_never() -> None:
    coach = a_coach()
    coach.tell("pace", {"kind": "glide", "cm_s": 6})
    coach.tell("pulse", 0)
    cues = cues_of(coach, to_and_fro(100, 3.0))    # five minutes, two thirds too fast
    times = [cue.t_us * 1e-6 for cue in cues]
    assert [cue.text for cue in cues] == [PACE_LINE] * len(cues) and cues[0].severity == "info"
    assert times[0] > 12.0 + 9.0                   # four turns to know it, and then 12 s of patience
    pauses = [b - a for a, b in pairwise(times)]
    assert all(p >= least - 0.01 for p, least in zip(pauses, (30, 60, 120), strict=True))
    slow = a_coach()
    slow.tell("pace", {"kind": "glide", "cm_s": 6})
    assert cues_of(slow, to_and_fro(20, 8.0)) == []


def test_a_flag_goes_before_the_word_about_the_pace() -> None:
    coach = a_coach()
    coach.tell("pace", {"kind": "glide", "cm_s": 6})
    hard = to_and_fro(30, 3.0)
    hard.forces = [np.full_like(force, 70.0) for force in hard.forces]   # too hard, all the time
    kinds = {cue.kind for cue in cues_of(coach, hard)}
    assert "too_hard" in kinds and "pace" not in kinds


def test_the_line_is_shown_for_a_while() -> None:
    coach = a_coach()
    coach.tell("pace", {"kind": "glide", "cm_s": 6})
    rows = to_and_fro(30, 3.0).rows()
    said_us = next(cue.t_us for part in np.array_split(rows, 1000) for cue in coach.process(part).cues)
    assert coach.current_line()[0] == PACE_LINE
    coach.process(rows[(rows["t_us"] > said_us + 1_000_000) & (rows["t_us"] < said_us + 8_000_000)])
    assert coach.current_line()[0] != PACE_LINE


def test_practice_in_silence_is_measured_but_not_led() -> None:
    coach = a_coach()
    coach.tell("pace", {"kind": "glide", "cm_s": 6})
    coach.pacing.silence(True)
    assert coach.pacing.pulse == STOP
    assert cues_of(coach, to_and_fro(40, 3.0)) == []
    assert coach.pacing.led().choice == "off"
    session = coach.pacing.session_figures()
    assert session is not None and session["rate_error_pct"] == pytest.approx(66.7, abs=1.0)
    assert session["phase_periods"] is None


def test_when_the_pulses_began_must_be_a_time() -> None:
    for wrong in ("now", 1.5, True):
        with pytest.raises(BadInputError, match="pulse: found"):
            a_coach().tell("pulse", wrong)


def test_an_automatic_pulse_takes_the_pace_of_the_routines_step() -> None:
    coach = Coach(load_glove(), Receiver(), Mode.STRIP)
    coach.tell("pace", "auto")
    coach.process(Scene().lift(0.5).rows())
    own = coach.pacing.led().target
    coach.tell("step", "start")
    targets = []
    for k in range(len(coach.guide.plan.step)):
        coach.process(Scene().lift(0.5).rows(start_us=1_000_000 * (k + 1)))
        targets.append((coach.guide.routine.step.name, coach.pacing.led().target))
        coach.tell("step", "next")
    led = dict(targets)
    assert led["shoulders"] == PaceTarget("knead", 40.0)
    assert led["upper"] is not None and (led["upper"].kind, led["upper"].value) == ("glide", 9.0)
    assert led["neck"] is not None and led["neck"].value == 4.0
    coach.tell("step", "stop")
    coach.process(Scene().lift(0.5).rows(start_us=60_000_000))
    assert coach.pacing.led().target == own
