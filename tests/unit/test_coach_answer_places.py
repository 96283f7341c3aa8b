"""Where an answer about the pressure holds: where the hand was, and never less than an earlier answer there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.flag import FlagKind
from slowhand.coach.recall import Pressed
from slowhand.coach.receiver import Receiver, RememberedPlace, SensitivePlace
from slowhand.coach.routine_plan import shipped_routine
from slowhand.coach.votes import Answers
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene, unplaced

GLOVE = load_glove()
VOTES = shipped_routine().votes
LEFT, RIGHT = (90.0, 150.0), (-90.0, 300.0)


def coach_after(rows: np.ndarray) -> Coach:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    coach.process(rows)
    return coach


def goes_on(scene: Scene, rows: np.ndarray) -> np.ndarray:
    later = scene.rows(start_us=int(rows["t_us"][-1]) + 5000)
    later["gap"] = False
    return later


def holds(place: SensitivePlace, at: tuple[float, float]) -> bool:
    return math.hypot(place.x_mm - at[0], place.y_mm - at[1]) <= place.radius_mm


@pytest.mark.parametrize("answer", ["stop", "lighter"])
@pytest.mark.parametrize("scene", [
    Scene(at=(90.0, 40.0)).lift(0.5).glide(0.0, 360.0, 12.0, 18.0),
    Scene(at=(60.0, 60.0)).hold(4.0, 18.0).hop(-60.0, 300.0).hold(0.8, 18.0),
    Scene(at=(90.0, -30.0)).hold(4.0, 18.0).hop(-90.0, -30.0).hold(1.0, 18.0),
    Scene(at=(90.0, 200.0)).circles(6.0, 40.0, 14.0, 18.0),
    Scene(at=(90.0, 40.0)).glide(0.0, 360.0, 40.0, 18.0).glide(0.0, -360.0, 40.0, 18.0),
])  # fmt: skip
def test_an_answer_holds_where_the_hand_is(scene: Scene, answer: str) -> None:
    rows = scene.rows()
    at = scene.at
    coach = coach_after(rows)
    coach.tell("vote", answer)
    [place] = coach.receiver.sensitive
    assert holds(place, at) and place.radius_mm <= VOTES.radius_mm[1]
    coach.process(goes_on(Scene(at=at).hold(1.0, 18.0), rows))
    assert FlagKind.SENSITIVE_PRESSURE in {flag.kind for flag in coach.open_flags}
    assert coach.pressure().level == "alarm"


def test_work_elsewhere_before_does_not_dilute_what_was_pressed() -> None:
    rows = Scene(at=LEFT).hold(4.0, 4.0).hop(*RIGHT).hold(0.8, 20.0).rows()
    coach = coach_after(rows)
    coach.tell("vote", "lighter")
    [place] = coach.receiver.sensitive
    assert place.max_n == pytest.approx(VOTES.lighter_share * 20.0)


def test_where_the_hand_was_lost_a_moment_ago_an_answer_holds_everywhere() -> None:
    rows = Scene(at=LEFT).hold(4.0, 18.0).rows()
    unplaced(rows[-200:])
    coach = coach_after(rows)
    coach.tell("vote", "lighter")
    assert coach.receiver.sensitive == () and coach.limits.too_hard.warn == pytest.approx(VOTES.lighter_share * 18.0)


def asked_about_the_left() -> np.ndarray:
    """Then work elsewhere, in strokes shorter than the time for which an answer is about the last place."""
    scene = Scene(at=LEFT).hold(VOTES.after_s + 1.0, 12.0).hop(*RIGHT)
    for _ in range(6):
        scene = scene.hold(1.0, 18.0).lift(0.5)
    return scene.hold(1.0, 18.0).rows()


def test_a_question_goes_when_the_hand_works_elsewhere_in_short_strokes() -> None:
    assert coach_after(asked_about_the_left()).guide.asking.question is None


def test_stop_is_about_the_hand_even_while_another_place_was_asked_about() -> None:
    rows = Scene(at=LEFT).hold(VOTES.after_s + 1.0, 12.0).hop(*RIGHT).hold(1.0, 18.0).rows()
    coach = coach_after(rows)
    assert coach.guide.asking.question is not None
    coach.tell("vote", "stop")
    [place] = coach.receiver.sensitive
    assert holds(place, RIGHT)


def pressed(at: tuple[float, float], radius_mm: float, force_n: float) -> Pressed:
    return Pressed(0, at, radius_mm, force_n, force_n)


def limit_at(answers: Answers, at: tuple[float, float]) -> float:
    return min((place.max_n for place in answers.places() if holds(place, at)), default=math.inf)


def test_a_second_lighter_gives_nothing_of_the_first_up() -> None:
    answers = Answers(Receiver(), shipped_routine())
    answers.hear("lighter", 0, pressed((90.0, 150.0), 90.0, 20.0), None)
    answers.hear("lighter", 0, pressed((90.0, 220.0), 40.0, 20.0), None)
    assert limit_at(answers, (90.0, 65.0)) == limit_at(answers, (90.0, 255.0)) == pytest.approx(12.0)


def test_two_lighters_that_one_circle_can_hold_are_one_place() -> None:
    answers = Answers(Receiver(), shipped_routine())
    answers.hear("lighter", 0, pressed((90.0, 150.0), 40.0, 20.0), None)
    answers.hear("lighter", 0, pressed((90.0, 170.0), 40.0, 12.0), None)
    [place] = answers.places()
    assert (place.x_mm, place.y_mm, place.max_n) == (90.0, pytest.approx(160.0, abs=0.2), pytest.approx(7.2))


def test_what_was_lighter_before_a_stop_is_lighter_after_it() -> None:
    answers = Answers(Receiver(name="Ada"), shipped_routine())
    answers.hear("lighter", 0, pressed(LEFT, 40.0, 20.0), None)
    answers.hear("stop", 0, pressed(LEFT, 40.0, 12.0), None)
    assert limit_at(answers, LEFT) == VOTES.off_limits_n and len(answers.places()) == 1   # one flag for one press
    answers.hear("deeper", 0, pressed(LEFT, 40.0, 12.0), None)
    answers.hear("lift", 0, None, None)
    assert limit_at(answers, LEFT) == pytest.approx(12.0)
    assert [place.why for place in answers.to_remember()] == ["lighter"]


def test_what_was_lighter_everywhere_before_a_stop_is_so_after_it() -> None:
    answers = Answers(Receiver(), shipped_routine())
    nowhere = Pressed(0, None, 0.0, 20.0, 20.0)
    answers.hear("lighter", 0, nowhere, None)
    answers.hear("stop", 0, nowhere, None)
    answers.hear("deeper", 0, nowhere, None)
    assert answers.everywhere_n == VOTES.off_limits_n
    answers.hear("lift", 0, None, None)
    assert answers.everywhere_n == pytest.approx(12.0)


places = st.tuples(st.floats(-150, 150), st.floats(-50, 450))
said = st.lists(st.tuples(st.sampled_from(["lighter", "stop", "right"]), places, st.floats(40, 90), st.floats(2, 60)))


@given(said, places)
def test_no_answer_but_deeper_and_lift_raises_a_limit_anywhere(
    words: list[tuple[str, tuple[float, float], float, float]], at: tuple[float, float]
) -> None:
    answers = Answers(Receiver(), shipped_routine())
    before = math.inf
    for answer, where, radius_mm, force_n in words:
        answers.hear(answer, 0, pressed(where, radius_mm, force_n), None)
        now = limit_at(answers, at)
        assert now <= before
        before = now


def test_a_flag_at_one_place_goes_on_while_an_answer_changes_another() -> None:
    rows = Scene(at=RIGHT).hold(3.0, 20.0).hop(*LEFT).hold(3.0, 20.0).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    right_us = 1_000_000
    before = rows["t_us"] < rows["t_us"][0] + 3_000_000
    coach.process(rows[before])
    coach.tell("vote", "lighter")
    coach.process(rows[~before])
    coach.tell("vote", "lighter")
    later = goes_on(Scene(at=LEFT).hold(1.0, 20.0), rows)
    coach.process(later)
    [flag] = coach.open_flags
    coach.tell("sore", {"x_mm": 0.0, "y_mm": 400.0})
    coach.tell("sore", None)
    assert coach.open_flags == (flag,)
    coach.guide.answers.hear("deeper", right_us, pressed(RIGHT, 40.0, 12.0), None)   # the earlier place goes
    coach.tell("vote", "right")
    assert len(coach.receiver.sensitive) == 1 and coach.open_flags == (flag,)


@pytest.mark.parametrize("answer", ["stop", "lighter"])
def test_an_answer_holds_everywhere_once_the_strip_is_given_up(answer: str) -> None:
    rows = Scene(at=LEFT).hold(4.0, 20.0).rows()
    before = coach_after(rows)
    before.tell("vote", answer)
    most_n = before.receiver.sensitive[0].max_n
    coach = Coach(GLOVE, Receiver(), Mode.FORCE)
    coach.go_on_from(before)
    coach.choose_zone("open")
    later = Scene(at=LEFT).hold(1.0, 20.0).rows(Mode.FORCE, start_us=int(rows["t_us"][-1]) + 5000)
    coached = coach.process(later)
    assert FlagKind.TOO_HARD in {flag.kind for flag in coached.flags_changed} and coach.pressure().level == "alarm"
    assert coach.guide.answers.everywhere_n == most_n
    if answer == "stop":
        assert coach.current_line()[1] == "alarm"
        coach.tell("vote", "lift")
    else:
        coach.tell("vote", "deeper")
    assert coach.limits.too_hard.warn == 60.0


def test_what_an_earlier_session_knew_of_places_says_nothing_where_none_is_known() -> None:
    place = RememberedPlace(x_mm=90.0, y_mm=150.0, radius_mm=40.0, max_n=1.0, why="stop")
    coach = Coach(GLOVE, Receiver(name="Ada", remembered=(place,)), Mode.FORCE)
    assert coach.guide.answers.everywhere_n is None and not coach.guide.answers.stopped_everywhere
