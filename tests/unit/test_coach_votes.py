"""Answers about the pressure: they hold from the next row on, for that place, and loosen nobody's limits."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.coach.coach import Coach
from slowhand.coach.flag import FlagKind
from slowhand.coach.limits import shipped_limits
from slowhand.coach.receiver import Receiver, RememberedPlace, SensitivePlace
from slowhand.coach.routine_plan import shipped_routine
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.sensing.curves import pad_curves
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene, unplaced

GLOVE = load_glove()
SOONER = shipped_limits().reflex.sooner_share   # a loaded pad reads less than it bears
VOTES = shipped_routine().votes
INDEX = 1   # the pad that the scenes put at the centre of pressure
AT = (90.0, 150.0)


def coach_after(rows: np.ndarray, receiver: Receiver | None = None, mode: Mode = Mode.STRIP) -> Coach:
    coach = Coach(GLOVE, receiver or Receiver(), mode)
    coach.process(rows)
    return coach


def pressing(force_n: float, seconds: float = 5.0, at: tuple[float, float] = AT) -> np.ndarray:
    return Scene(at=at).lift(0.5).hold(seconds, force_n).rows()


def more(rows: np.ndarray, force_n: float, seconds: float = 2.0, at: tuple[float, float] = AT) -> np.ndarray:
    """Rows after others: from a lift on."""
    later = Scene(at=at).lift(0.5).hold(seconds, force_n).rows(start_us=int(rows["t_us"][-1]) + 5000)
    later["gap"] = False
    return later


def test_lighter_is_a_sensitive_place_at_once_for_flags_gauge_and_reflex() -> None:
    rows = pressing(20.0)
    coach = coach_after(rows)
    assert coach.pressure().level == "ok" and coach.open_flags == ()
    coach.tell("vote", "lighter")
    [place] = coach.receiver.sensitive
    assert (place.x_mm, place.y_mm, place.radius_mm) == (*AT, VOTES.radius_mm[0])
    assert place.max_n == pytest.approx(VOTES.lighter_share * 20.0)
    later = Scene(at=AT).hold(1.0, 20.0).rows(start_us=int(rows["t_us"][-1]) + 5000)
    later["gap"] = False
    coached = coach.process(later)
    flag = coached.flags_changed[0]
    assert (flag.kind, flag.start_us) == (FlagKind.SENSITIVE_PRESSURE, later["t_us"][0])
    assert coach.pressure().level == "alarm" and coach.pressure().alarm == pytest.approx(18.0)
    limit = pad_curves(GLOVE.pad)[INDEX].force_to_count(SOONER * place.max_n)
    assert coached.limits[0].zone == "sensitive" and coached.limits[0].pad_counts[INDEX] == limit


def test_lighter_does_not_hold_elsewhere() -> None:
    rows = pressing(20.0)
    coach = coach_after(rows)
    coach.tell("vote", "lighter")
    coach.process(more(rows, 20.0, at=(-90.0, 150.0)))
    assert coach.open_flags == ()


def test_lighter_twice_gets_lighter_and_stays_one_place() -> None:
    rows = pressing(20.0)
    coach = coach_after(rows)
    coach.tell("vote", "lighter")
    coach.process(more(rows, 10.0, 5.0))
    coach.tell("vote", "lighter")
    assert [place.max_n for place in coach.receiver.sensitive] == [pytest.approx(6.0)]
    again = more(more(rows, 10.0, 5.0), 30.0, 5.0)
    coach.process(again)
    coach.tell("vote", "lighter")   # of a harder press: the place bears no more than before
    assert [place.max_n for place in coach.receiver.sensitive] == [pytest.approx(6.0)]


def test_a_hand_that_lies_wide_is_held_to_what_its_pads_bear_there() -> None:
    rows = pressing(0.0, 1.0)
    scene = pressing(20.0)
    scene["force_n"][:, 1], scene["force_n"][:, 4] = 0.45 * scene["total_n"], 0.55 * scene["total_n"]
    scene["cop_mm"][:, 1] -= 0.55 * 130.0    # pad 4 lies 130 mm above pad 1
    scene["t_us"] += rows["t_us"][-1] + 5000
    coach = coach_after(scene)
    coach.tell("vote", "lighter")
    [place] = coach.receiver.sensitive
    assert 71.5 < place.radius_mm <= VOTES.radius_mm[1]   # reaches the further pad
    assert place.max_n == pytest.approx(0.6 * 20.0, rel=0.01)


def test_deeper_takes_an_earlier_lighter_back_and_lets_the_ramp_be_quiet() -> None:
    rows = pressing(26.0)
    coach = coach_after(rows)
    coach.tell("vote", "lighter")
    coach.tell("vote", "deeper")
    assert coach.receiver.sensitive == ()
    later = more(rows, 0.0, 20.0)   # the ramp has spoken of 26 N already, and waits before it does so again
    deep = more(later, 30.0, 3.0)   # 1.4 x 26 N are welcome, more than a cold area's 20 N
    assert [cue.kind for cue in coach.process(np.concatenate([later, deep])).cues] == [] and coach.open_flags == ()
    unasked = coach_after(rows).process(np.concatenate([later, deep]))
    assert [cue.kind for cue in unasked.cues] == ["ramp"]


def test_deeper_raises_no_limit() -> None:
    own = SensitivePlace(x_mm=AT[0], y_mm=AT[1], radius_mm=40.0, max_n=8.0)
    rows = pressing(6.0)
    coach = coach_after(rows, Receiver(sensitive=(own,)))
    before = coach.limits
    coach.tell("vote", "deeper")
    assert coach.receiver.sensitive == (own,) and coach.limits == before
    spine = pressing(4.0, at=(0.0, 100.0))
    coach = coach_after(spine)
    coach.tell("vote", "deeper")
    flags = coach.process(more(spine, 9.0, at=(0.0, 100.0))).flags_changed
    assert flags[0].kind is FlagKind.SPINE_PRESSURE and flags[0].limit == 5.0


def test_stop_is_off_limits_with_an_alarm_until_it_is_lifted() -> None:
    rows = pressing(12.0)
    coach = coach_after(rows)
    coach.tell("vote", "stop")
    assert coach.current_line() == ("Stop: hands off, ask.", "alarm")
    later = more(rows, 3.0)
    flags = coach.process(later).flags_changed
    assert flags[-1].kind is FlagKind.SENSITIVE_PRESSURE and flags[-1].severity.value == "alarm"
    assert flags[-1].raised_us - flags[-1].start_us <= 55_000
    coach.tell("vote", "deeper")
    assert coach.guide.answers.stopped   # nobody presses deeper into a stop
    coach.tell("vote", "lift")
    assert not coach.guide.answers.stopped and coach.receiver.sensitive == ()
    coach.process(more(later, 3.0))
    assert coach.open_flags == () and coach.current_line()[0] != "Stop: hands off, ask."


def test_the_line_of_a_stop_goes_once_it_was_read_and_the_place_stays_off_limits() -> None:
    rows = pressing(12.0)
    coach = coach_after(rows)
    coach.tell("vote", "stop")
    coach.process(more(rows, 0.0, 15.0))
    assert coach.current_line()[1] != "alarm" and coach.guide.answers.stopped


@pytest.mark.parametrize("mode", [Mode.FORCE, Mode.STRIP])
def test_where_the_place_is_unknown_an_answer_holds_everywhere(mode: Mode) -> None:
    rows = Scene(at=AT).lift(0.5).hold(5.0, 14.0).rows(mode)
    if mode is Mode.STRIP:
        unplaced(rows)
    coach = coach_after(rows, mode=mode)
    coach.choose_zone("open")
    coach.tell("vote", "lighter")
    [vote] = coach.guide.answers.votes
    assert vote.place is None and vote.max_n == pytest.approx(8.4)
    assert coach.limits.too_hard.warn == pytest.approx(8.4) and coach.receiver.sensitive == ()
    later = Scene(at=(-90.0, 100.0)).hold(1.0, 14.0).rows(mode, start_us=int(rows["t_us"][-1]) + 5000)
    coached = coach.process(later)
    assert FlagKind.TOO_HARD in {flag.kind for flag in coached.flags_changed}
    assert coached.limits[0].pad_counts[INDEX] == pad_curves(GLOVE.pad)[INDEX].force_to_count(SOONER * vote.max_n)
    coach.tell("vote", "deeper")
    assert coach.limits.too_hard.warn == 60.0


def test_a_stop_while_nothing_was_touched_lately_holds_everywhere() -> None:
    rows = Scene(at=AT).hold(1.0, 9.0).lift(20.0).rows()
    coach = coach_after(rows)
    with pytest.raises(BadInputError, match="nothing was pressed lately"):
        coach.tell("vote", "lighter")
    coach.tell("vote", "stop")
    flags = coach.process(more(rows, 3.0, at=(-60.0, 200.0))).flags_changed
    assert {(flag.kind, flag.severity.value) for flag in flags} >= {(FlagKind.TOO_HARD, "alarm")}
    coach.tell("vote", "lift")
    assert coach.limits.too_hard.warn == 60.0


def test_an_answer_soon_after_a_lift_is_about_the_place_that_was_pressed() -> None:
    rows = Scene(at=AT).hold(4.0, 15.0).lift(5.0).rows()
    coach = coach_after(rows)
    coach.tell("vote", "right")
    [vote] = coach.guide.answers.votes
    assert vote.place is not None and (vote.place.x_mm, vote.place.y_mm) == AT
    assert (vote.force_n, vote.max_n, vote.area) == (pytest.approx(15.0), None, ("upper", "left"))
    assert coach.receiver.sensitive == ()


def test_sore_places_are_tapped_and_taken_back() -> None:
    coach = coach_after(pressing(3.0))
    coach.tell("sore", {"x_mm": -50, "y_mm": 200, "radius_mm": 35})
    coach.tell("sore", {"x_mm": 60.0, "y_mm": 90.0})
    assert [(p.x_mm, p.radius_mm, p.max_n) for p in coach.receiver.sensitive] == [(-50.0, 35.0, 5.0), (60.0, 40.0, 5.0)]
    coach.tell("sore", None)
    assert [p.x_mm for p in coach.receiver.sensitive] == [-50.0]
    coach.tell("sore", None)
    coach.tell("sore", None)
    assert coach.receiver.sensitive == ()


@pytest.mark.parametrize("bad", [
    3, "here", {"x_mm": 1.0}, {"x_mm": "a", "y_mm": 2.0}, {"x_mm": 1.0, "y_mm": 2.0, "radius_mm": -1.0},
    {"x_mm": True, "y_mm": 2.0}, {"x_mm": 1.0, "y_mm": 2.0, "depth": 3.0}, {"x_mm": 9e9, "y_mm": 2.0},
])  # fmt: skip
def test_what_is_no_place_is_refused_in_one_line(bad: object) -> None:
    coach = coach_after(pressing(3.0))
    with pytest.raises(BadInputError) as caught:
        coach.tell("sore", bad)
    assert "\n" not in str(caught.value) and coach.receiver.sensitive == ()


@pytest.mark.parametrize("bad", ["harder", None, 1, ["lighter"], {"answer": "lighter"}])
def test_what_is_no_answer_is_refused(bad: object) -> None:
    coach = coach_after(pressing(9.0))
    with pytest.raises(BadInputError):
        coach.tell("vote", bad)
    assert coach.guide.answers.votes == []


def test_what_is_remembered_holds_from_the_first_row_and_can_be_forgotten() -> None:
    place = RememberedPlace(x_mm=AT[0], y_mm=AT[1], radius_mm=40.0, max_n=6.0, why="lighter")
    rows = pressing(9.0)
    coach = Coach(GLOVE, Receiver(name="Ada", remembered=(place,)), Mode.STRIP)
    assert coach.process(rows).flags_changed[0].kind is FlagKind.SENSITIVE_PRESSURE
    assert coach.guide.answers.to_remember() == (place,)
    coach.tell("sore", "forget")
    assert coach.receiver.sensitive == () and coach.guide.answers.to_remember() == ()


def test_the_receivers_own_file_is_never_remembered_twice() -> None:
    own = SensitivePlace(x_mm=AT[0], y_mm=AT[1], radius_mm=40.0, max_n=8.0)
    coach = coach_after(pressing(9.0), Receiver(name="Ada", sensitive=(own,)))
    assert coach.guide.answers.to_remember() == ()


# -- asking -------------------------------------------------------------------------------------------------------------


def asked_at(rows: np.ndarray, coach: Coach | None = None) -> list[float]:
    """Seconds at which a question was newly open, looking every 0.1 s."""
    coach, times, before = coach or Coach(GLOVE, Receiver(), Mode.STRIP), [], None
    for i in range(0, len(rows), 20):
        coach.process(rows[i : i + 20])
        question = coach.guide.asking.question
        if question is not None and question != before:
            times.append(1e-6 * (question.asked_us - int(rows["t_us"][0])))
        before = question
    return times


def test_it_is_asked_after_a_while_in_an_area_and_not_again_there() -> None:
    [first] = asked_at(Scene(at=AT).hold(200.0, 12.0).rows())
    assert first == pytest.approx(VOTES.after_s, abs=0.5)


def test_a_new_area_is_asked_about_but_never_sooner_than_the_pause() -> None:
    scene = Scene(at=AT).hold(30.0, 12.0).hop(-90.0, 150.0).hold(40.0, 12.0).hop(90.0, 260.0).hold(60.0, 12.0)
    first, second = asked_at(scene.rows())
    assert second - first >= VOTES.again_s


def test_a_light_hand_is_not_asked() -> None:
    assert asked_at(Scene(at=AT).hold(60.0, 0.6 * VOTES.moderate_n).rows()) == []


def test_nobody_is_asked_while_a_flag_is_open_nor_right_after_it() -> None:
    rows = Scene(at=AT).hold(14.0, 12.0).hold(10.0, 70.0).hold(8.0, 12.0).rows()
    [at] = asked_at(rows)
    assert at >= 24.0 + VOTES.calm_s - 0.5


def test_a_question_that_nobody_answers_goes_away() -> None:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    asked_at(Scene(at=AT).hold(VOTES.after_s + VOTES.open_s + 2.0, 12.0).rows(), coach)
    assert coach.guide.asking.question is None and coach.guide.asking.asked == 1


def test_an_answer_closes_the_question_and_is_about_what_was_asked_if_the_hand_is_off() -> None:
    rows = Scene(at=AT).hold(VOTES.after_s + 1.0, 12.0).lift(6.0).rows()
    coach = coach_after(rows)
    assert coach.guide.asking.question is not None
    coach.tell("vote", "lighter")
    assert coach.guide.asking.question is None
    assert [(p.x_mm, p.y_mm) for p in coach.receiver.sensitive] == [AT]


def test_a_question_is_about_the_place_that_it_names_and_goes_when_the_hand_works_elsewhere() -> None:
    rows = Scene(at=AT).hold(VOTES.after_s + 1.0, 12.0).hop(-90.0, 150.0).hold(1.5, 12.0).rows()
    coach = coach_after(rows)
    assert coach.guide.asking.question is not None
    coach.tell("vote", "lighter")
    assert [(p.x_mm, p.y_mm) for p in coach.receiver.sensitive] == [AT]
    coach = coach_after(np.concatenate([rows, more(rows, 12.0, 3.0, at=(-90.0, 150.0))]))
    assert coach.guide.asking.question is None


def test_an_answer_that_nobody_asked_for_also_puts_the_next_question_off() -> None:
    rows = Scene(at=AT).hold(10.0, 12.0).rows()
    coach = coach_after(rows)
    coach.tell("vote", "right")
    assert asked_at(Scene(at=AT).hold(60.0, 12.0).rows(start_us=int(rows["t_us"][-1]) + 5000), coach) == []


def test_a_practice_without_feedback_asks_nothing() -> None:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP, feedback=False)
    assert asked_at(Scene(at=AT).hold(60.0, 12.0).rows(), coach) == []
