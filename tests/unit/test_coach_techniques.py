"""What the giver works with: its own speed and words, and what the pads do not feel is never shown as fine."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.flag import FlagKind
from slowhand.coach.limits import shipped_limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.coach.techniques import TECHNIQUES
from slowhand.errors import BadInputError
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene

GLOVE = load_glove()
UNFELT = [name for name, technique in TECHNIQUES.items() if not technique.felt]


def coach_with(technique: str | None, mode: Mode = Mode.STRIP) -> Coach:
    coach = Coach(GLOVE, Receiver(), mode)
    coach.tell("technique", technique)
    return coach


def glide(cm_s: float) -> np.ndarray:
    return Scene(at=(60.0, 20.0)).lift(0.3).glide(0, 300, cm_s).rows()


@pytest.mark.parametrize("name", [None, *TECHNIQUES])
@pytest.mark.parametrize("share", [0.95, 1.05])
def test_each_technique_is_flagged_above_its_own_speed(name: str | None, share: float) -> None:
    limit = shipped_limits().for_technique(name).too_fast
    coach = coach_with(name)
    flags = coach.process(glide(share * limit.warn)).flags_changed
    assert [flag.kind for flag in flags] == ([FlagKind.TOO_FAST] if share > 1.0 else [])
    assert all(flag.limit == limit.warn for flag in flags)
    assert (coach.pace().warn, coach.pace().alarm) == (limit.warn, limit.alarm)
    assert coach.technique == name


def test_a_technique_holds_from_the_next_row_on_and_its_flag_ends_with_it() -> None:
    rows = Scene(at=(60.0, 20.0)).lift(0.3).glide(0, 400, 12.0).rows()
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    assert coach.process(rows[:200]).flags_changed == ()
    coach.tell("technique", "fist")
    [opened] = coach.process(rows[200:300]).flags_changed
    assert opened.start_us == rows["t_us"][200] and opened.raised_us - opened.start_us == 150_000
    coach.tell("technique", None)
    assert coach.open_flags == ()
    [closed] = coach.process(rows[300:]).flags_changed
    assert closed.end_us == rows["t_us"][299]


def test_between_fingers_and_palm_an_open_flag_goes_on() -> None:
    rows = glide(27.0)
    coach = coach_with("fingers")
    coach.process(rows[:150])
    [flag] = coach.open_flags
    coach.tell("technique", "palm")
    assert coach.open_flags == (flag,)


@pytest.mark.parametrize("name", UNFELT)
def test_the_coach_says_it_in_the_techniques_words(name: str) -> None:
    coach = coach_with(name)
    cues = coach.process(glide(29.0)).cues
    assert cues and cues[0].text in (f"With the {name}: very slowly.", f"Much slower with the {name}, please.")
    assert coach.current_line()[0] == cues[-1].text
    lines = (TECHNIQUES[name].slower, TECHNIQUES[name].much_slower, TECHNIQUES[name].line)
    assert all(line.endswith(".") and "!" not in line and len(line) <= 52 for line in lines)


@pytest.mark.parametrize("name", UNFELT)
@pytest.mark.parametrize("force_n", [0.0, 4.0, 12.0])
@pytest.mark.parametrize("mode", [Mode.STRIP, Mode.FORCE, Mode.MOTION])
def test_what_the_pads_do_not_feel_is_never_green(name: str, force_n: float, mode: Mode) -> None:
    rows = Scene(at=(120.0, 100.0)).lift(0.3).hold(8.0, force_n).rows(mode)
    coach = coach_with(name, mode)
    coach.choose_zone("open")
    coach.process(rows)
    pressure, pace = coach.pressure(), coach.pace()
    assert (pressure.level, pressure.value) == ("unknown", None) and name in pressure.words
    assert pace.level != "ok"
    if force_n == 0.0:
        assert pace.level == "unknown" and name in pace.words
    line, level = coach.current_line()
    assert level == "unknown" and line == TECHNIQUES[name].line


@pytest.mark.parametrize("name", UNFELT)
def test_too_much_that_the_pads_feel_all_the_same_is_told(name: str) -> None:
    coach = coach_with(name)
    found = coach.process(Scene(at=(0.0, 100.0)).lift(0.3).hold(1.0, 20.0).rows())
    assert [flag.kind for flag in found.flags_changed] == [FlagKind.SPINE_PRESSURE] and found.cues
    assert (coach.pressure().level, coach.pressure().value) == ("alarm", 20.0)


@pytest.mark.parametrize("name", ["fingers", "palm", None])
def test_a_hand_that_is_felt_is_judged_as_ever(name: str | None) -> None:
    coach = coach_with(name)
    coach.process(Scene(at=(120.0, 100.0)).lift(0.3).hold(8.0, 8.0).rows())
    assert coach.pressure().level == coach.pace().level == "ok"
    assert coach.current_line() == ("Lovely: slow and even.", "ok")


@pytest.mark.parametrize("value", ["knee", 3, True, ["palm"], {}, ""])
def test_a_technique_that_there_is_not_is_refused_in_one_line(value: object) -> None:
    coach = coach_with("palm")
    with pytest.raises(BadInputError, match=r"^technique: found .*fingers, palm, fist, forearm, elbow"):
        coach.tell("technique", value)
    assert coach.technique == "palm"


def test_what_the_receiver_says_later_leaves_the_technique_as_it_is() -> None:
    coach = coach_with("elbow")
    coach.use_limits(coach.limits)
    assert coach.pace().warn == 5.0 and coach.limits.too_fast.warn == 25.0
    coach.use_receiver(Receiver(sensitive=(SensitivePlace(x_mm=1, y_mm=2, radius_mm=3, max_n=4),)))
    assert coach.pace().warn == 5.0 and coach.technique == "elbow" and len(coach.receiver.sensitive) == 1


def test_another_coach_goes_on_from_what_was_said() -> None:
    before = coach_with("fist")
    before.tell("feedback", False)
    before.use_limits(shipped_limits(), places=(SensitivePlace(x_mm=1, y_mm=2, radius_mm=3, max_n=4),))
    after = Coach(GLOVE, Receiver(), Mode.FORCE)
    after.go_on_from(before)
    assert (after.technique, after.feedback, len(after.receiver.sensitive)) == ("fist", False, 1)


ROWS = Scene(at=(60.0, 20.0)).lift(0.3).glide(0, 300, 28.0).lift(0.3).glide(0, -200, 12.0).hold(1.0, 70.0).rows()


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(st.integers(0, len(ROWS) - 1), st.sampled_from([None, *TECHNIQUES, True, False]), max_size=4),
    st.lists(st.integers(0, len(ROWS)), max_size=8),
)
def test_what_is_told_holds_after_the_same_row_however_the_stream_is_split(
    told: dict[int, str | bool | None], cuts: list[int]
) -> None:
    def found(edges: set[int]) -> list[tuple]:
        coach, parts = Coach(GLOVE, Receiver(), Mode.STRIP), []
        for a, b in pairwise([*sorted({0, *edges, *told}), len(ROWS)]):
            if a in told:
                coach.tell("feedback" if isinstance(told[a], bool) else "technique", told[a])
            parts.append(coach.process(ROWS[a:b]))
        parts.append(coach.finish())
        return [tuple(x for p in parts for x in getattr(p, name)) for name in ("flags_changed", "cues", "limits")]

    assert found(set(cuts)) == found(set())
