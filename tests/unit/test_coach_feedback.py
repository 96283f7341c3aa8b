"""A practice without feedback: everything is found, nothing is said, and the glove still guards what hurts."""

from __future__ import annotations

import pytest

from slowhand.coach.coach import Coach
from slowhand.coach.limits import shipped_limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.curves import pad_curves
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene, unplaced

GLOVE = load_glove()
CURVES = pad_curves(GLOVE.pad)
SOONER = shipped_limits().reflex.sooner_share   # a loaded pad reads less than it bears
INDEX = 1
QUIET = ("Practice without feedback: go by feel.", "idle")


def naughty() -> Scene:
    scene = Scene(at=(10.0, 40.0)).lift(0.2).glide(0, 300, 33.0, 9.0).lift(0.2).hold(0.4, 70.0).lift(0.1)
    return scene.hop(60.0, 260.0).hold(0.5, 26.0).circles(6, 125.0, 10.0).hold(2.0, 35.0)


@pytest.mark.parametrize("mode", list(Mode))
def test_every_flag_is_recorded_and_nothing_is_said(mode: Mode) -> None:
    rows = naughty().rows(mode)
    loud, silent = Coach(GLOVE, Receiver(), mode), Coach(GLOVE, Receiver(), mode, feedback=False)
    expected = loud.process(rows)
    found = silent.process(rows)
    assert found.flags_changed == expected.flags_changed != () and expected.cues != ()
    assert found.cues == () and silent.open_flags == loud.open_flags
    assert silent.silent_us == rows["t_us"][-1] - rows["t_us"][0] and loud.silent_us == 0


@pytest.mark.parametrize("mode", list(Mode))
def test_gauges_and_line_are_neutral_at_every_row(mode: Mode) -> None:
    coach, rows = Coach(GLOVE, Receiver(), mode, feedback=False), naughty().rows(mode)
    for at in range(0, len(rows), 20):
        coach.process(rows[at : at + 20])
        for reading in (coach.pace(), coach.pressure()):
            assert (reading.value, reading.level, reading.words) == (None, "idle", "feedback is off")
        assert coach.current_line() == QUIET


def test_the_start_procedure_still_leads() -> None:
    rows = Scene().lift(0.1).rows()
    rows["phase"] = Phase.AWAIT_AWAY
    coach = Coach(GLOVE, Receiver(), Mode.STRIP, feedback=False)
    coach.process(rows)
    assert coach.current_line()[0].startswith("Hold your hand still") and coach.silent_us == 0


def test_it_may_be_switched_off_and_on_and_holds_from_the_next_row() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).hold(6.0, 9.0).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    assert len(coach.process(rows[:200]).cues) == 1
    coach.tell("feedback", False)
    assert coach.process(rows[200:900]).cues == () and coach.current_line() == QUIET and not coach.feedback
    [flag] = coach.open_flags
    coach.tell("feedback", True)
    [cue, *_] = coach.process(rows[900:]).cues
    assert cue.t_us == rows["t_us"][900] and flag.start_us == rows["t_us"][100]   # one and the same flag all the time
    assert coach.silent_us == 700 * 5000


@pytest.mark.parametrize("value", [None, 1, 0, "off", "false", []])
def test_what_is_neither_on_nor_off_is_refused_in_one_line(value: object) -> None:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    with pytest.raises(BadInputError, match=r"^feedback: found .*true or false$"):
        coach.tell("feedback", value)
    assert coach.feedback


# -- the glove's reflex guards the alarms -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "zone", "force"),
    [(0.0, 100.0, "spine", 15.0), (40.0, -50.0, "neck", 15.0), (120.0, 100.0, "sensitive", 6.0)],
)  # fmt: skip
def test_the_reflex_buzzes_at_alarms_only(x: float, y: float, zone: str, force: float) -> None:
    receiver = Receiver(sensitive=(SensitivePlace(x_mm=120.0, y_mm=100.0, radius_mm=20.0, max_n=4.0),))
    rows = Scene(at=(x, y)).lift(0.5).rows()
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    coach = Coach(GLOVE, receiver, Mode.STRIP, feedback=False)
    [limits] = coach.process(rows).limits
    assert limits.zone == zone and limits.pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * force)
    too_hard = shipped_limits().too_hard.alarm
    assert limits.pad_counts[4] == CURVES[4].force_to_count(SOONER * too_hard)


def test_without_a_place_it_is_the_spines_alarm_too() -> None:
    rows = Scene(at=(150.0, 100.0)).lift(0.5).rows()
    unplaced(rows)
    coach = Coach(GLOVE, Receiver(), Mode.STRIP, feedback=False)
    assert coach.process(rows).limits[0].pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * 15.0)
    forced = Coach(GLOVE, Receiver(), Mode.FORCE, feedback=False)
    [limits] = forced.process(Scene().lift(0.5).rows(Mode.FORCE)).limits
    assert limits.pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * 15.0)


def test_when_feedback_comes_back_so_does_the_reflex_at_warnings() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(1.0).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP, feedback=False)
    coach.process(rows[:103])
    coach.tell("feedback", True)
    limits = coach.process(rows[103:]).limits[0]
    assert limits.t_us == rows["t_us"][103] and limits.pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * 5.0)
