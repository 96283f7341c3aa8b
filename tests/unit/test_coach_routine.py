"""The guided back rub follows the hands: what is done counts wherever it is done, and nobody is forced on."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.coach.coach import Coach
from slowhand.coach.receiver import Receiver
from slowhand.coach.routine_plan import RoutinePlan, shipped_routine
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene, unplaced

GLOVE, PLAN = load_glove(), shipped_routine()
NAMES = [step.name for step in PLAN.step]


def begun(minutes: int = 10, mode: Mode = Mode.STRIP) -> Coach:
    coach = Coach(GLOVE, Receiver(), mode)
    coach.tell("step", {"minutes": minutes})
    coach.tell("step", "start")
    return coach


def at_step(name: str, minutes: int = 10) -> Coach:
    coach = begun(minutes)
    while coach.guide.routine.step.name != name:
        coach.tell("step", "next")
    return coach


def after(coach: Coach, rows: np.ndarray) -> Coach:
    last = coach.guide._looked_us
    rows["t_us"] += 0 if last is None else last + 5000
    rows["gap"] = False
    coach.process(rows)
    return coach


def shoulder(side: float, seconds: float) -> Scene:
    """Over all of one shoulder, lane by lane."""
    scene = Scene(at=(side * 34.0, 10.0))
    while 0.005 * sum(map(len, scene.xs)) < seconds:
        for x in range(34, 160, 18):
            scene.hop(side * x, 8.0).glide(0.0, 66.0, 4.0).glide(0.0, -66.0, 4.0)
    return scene


def test_the_shipped_routine_is_in_the_taught_order_and_fills_its_minutes() -> None:
    assert NAMES == ["ask", "settle", "feel", "shoulders", "upper", "middle", "lower", "neck", "close"]
    regions = [region for step in PLAN.step for region in step.regions]
    assert sorted(regions) == sorted({"neck", "shoulders", "upper", "middle", "lower", "sacrum"})
    assert sum(step.minutes for step in PLAN.step) == PLAN.nominal_minutes


def test_minutes_that_do_not_add_up_are_refused() -> None:
    table = PLAN.model_dump() | {"nominal_minutes": 25.0}
    with pytest.raises(ValueError, match="add up to 25"):
        RoutinePlan.model_validate(table)


def test_the_total_scales_every_step() -> None:
    coach = begun(30)
    routine = coach.guide.routine
    assert routine.seconds_of(PLAN.step[3]) == pytest.approx(1.5 * 60.0 * PLAN.step[3].minutes)
    assert routine.view().left_s == pytest.approx(30 * 60.0)


@pytest.mark.parametrize("bad", ["go", None, {"minutes": 0}, {"minutes": 20.5}, {"minutes": True}, {"hours": 1}, 3])
def test_what_is_no_step_is_refused(bad: object) -> None:
    with pytest.raises(BadInputError):
        begun().tell("step", bad)


def test_the_giver_turns_the_steps() -> None:
    coach = begun()
    view = lambda: coach.guide.routine.view()   # noqa: E731
    assert (view().step.name, view().next_title) == ("ask", "Settle")
    coach.tell("step", "back")
    assert view().step.name == "ask"
    for _ in NAMES[1:]:
        coach.tell("step", "next")
    assert (view().step.name, view().next_title) == ("close", "")
    coach.tell("step", "next")
    assert view().finished and not view().running
    coach.tell("step", "start")
    assert view().running and view().step.name == "ask"
    coach.tell("step", "stop")
    assert not view().running and not view().finished


def test_hands_that_rest_end_the_asking_and_then_settle() -> None:
    coach = after(begun(), Scene(at=(90.0, 150.0)).hold(PLAN.following.follow_s + 1.0, 5.0).rows())
    assert coach.guide.routine.step.name == "settle"
    after(coach, Scene(at=(90.0, 150.0)).hold(25.0, 5.0).rows())
    assert coach.guide.routine.step.name == "feel"


def test_both_sides_must_be_worked_in_time_and_everywhere() -> None:
    coach = at_step("shoulders", 2)
    after(coach, shoulder(1.0, 60.0).rows())
    view = coach.guide.routine.view()
    assert view.progress == pytest.approx(0.5, abs=0.01) and view.hint.startswith("Right shoulder: ")
    after(coach, Scene(at=(-60.0, 40.0)).hold(30.0, 5.0).rows())   # enough time, but in one place
    assert coach.guide.routine.view().progress < 0.75
    assert coach.guide.routine.view().hint == "Right shoulder: not everywhere yet."
    after(coach, shoulder(-1.0, 60.0).rows())
    view = coach.guide.routine.view()
    assert (view.progress, view.ready, view.hint) == (1.0, True, "Both sides have had enough.")
    assert coach.guide.routine.step.name == "shoulders"   # suggested, not forced


def test_a_step_that_is_done_gives_way_when_the_hands_have_gone_on() -> None:
    coach = at_step("shoulders", 2)
    after(coach, shoulder(1.0, 60.0).rows())
    after(coach, shoulder(-1.0, 60.0).rows())
    after(coach, Scene(at=(90.0, 150.0)).hold(PLAN.following.follow_s - 1.0, 5.0).rows())
    assert coach.guide.routine.step.name == "shoulders"
    after(coach, Scene(at=(90.0, 150.0)).hold(2.5, 5.0).rows())
    assert coach.guide.routine.step.name == "upper"


def test_hands_elsewhere_are_named_and_lead_when_they_stay() -> None:
    coach = at_step("shoulders")
    after(coach, Scene(at=(90.0, 260.0)).hold(PLAN.following.note_s + 1.0, 5.0).rows())
    view = coach.guide.routine.view()
    assert (view.step.name, view.hint) == ("shoulders", "Your hands are at the middle back.")
    after(coach, Scene(at=(90.0, 260.0)).hold(PLAN.following.wander_s, 5.0).rows())
    assert coach.guide.routine.step.name == "middle"
    assert coach.guide.now().missed == ("left shoulder", "right shoulder", "upper back, left", "upper back, right")


def test_what_was_worked_before_counts() -> None:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    after(coach, shoulder(1.0, 60.0).rows())
    coach.tell("step", {"minutes": 2})
    coach.tell("step", "start")
    assert coach.guide.routine.steps()[NAMES.index("shoulders")].progress == pytest.approx(0.5, abs=0.01)


def test_an_unknown_place_counts_for_no_step() -> None:
    coach = at_step("shoulders", 2)
    rows = shoulder(1.0, 40.0).rows()
    unplaced(rows)
    after(coach, rows)
    assert coach.guide.routine.view().progress == 0.0 and coach.guide.coverage.unknown_s > 20.0


@pytest.mark.parametrize("mode", [Mode.FORCE, Mode.MOTION])
def test_without_places_steps_go_by_the_clock_and_by_taps(mode: Mode) -> None:
    coach = begun(10, mode)
    assert coach.guide.routine.view().by_clock
    after(coach, Scene().hold(14.0, 5.0).rows(mode))
    assert coach.guide.routine.step.name == "ask"
    after(coach, Scene().hold(2.0, 5.0).rows(mode))   # half a minute of twenty is 15 s of ten
    assert coach.guide.routine.step.name == "settle"
    coach.tell("step", "next")
    assert coach.guide.routine.step.name == "feel"
    figures = coach.guide.figures()
    assert figures["areas"] == [] and figures["missed"] == [] and figures["unknown_s"] > 10.0


def test_a_step_whose_time_is_over_says_so_without_going_on() -> None:
    coach = at_step("shoulders", 1)
    after(coach, Scene(at=(90.0, 40.0)).lift(20.0).rows())
    view = coach.guide.routine.view()
    assert view.ready and view.step_left_s < 0.0 and view.step.name == "shoulders"
