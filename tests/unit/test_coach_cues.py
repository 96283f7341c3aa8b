"""Cues: one at a time, the most urgent first, rarely; and the words and gauges that go with them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.cue import Cue
from slowhand.coach.cues import ADVICE, CueChooser, line_for, most_urgent
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.limits import shipped_limits
from slowhand.coach.pacing import pulse_for_cadence, pulse_for_glides
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import load_glove
from slowhand.wire.messages_gen import CuePattern
from tests.unit.touch_scenes import Scene, unplaced

TIMING = shipped_limits().cue


def flag(kind: FlagKind, severity: Severity = Severity.WARN, start_us: int = 0) -> Flag:
    return Flag(start_us, None, start_us + 50_000, kind, severity, 1.0, 1.0, "N", 0.0, 0.0)


def say(chooser: CueChooser, seconds: float, *flags: Flag) -> Cue | None:
    return chooser.step(round(seconds * 1e6), flags)


def test_the_most_urgent_flag_is_spoken_of() -> None:
    cue = say(CueChooser(TIMING), 0.0, flag(FlagKind.TOO_FAST), flag(FlagKind.SPINE_PRESSURE), flag(FlagKind.TOO_HARD))
    assert cue is not None
    assert (cue.kind, cue.severity, cue.pattern) == ("spine_pressure", "warn", CuePattern.SPINE)
    assert cue.text == "Lighter: that is the spine."


def test_the_order_of_urgency_is_that_of_the_design() -> None:
    order = ["spine_pressure", "neck_pressure", "kidney_pressure", "too_hard", "too_fast"]
    urgencies = [ADVICE[FlagKind(kind)].urgency for kind in order]
    assert urgencies == sorted(set(urgencies))
    assert ADVICE[FlagKind.SENSITIVE_PRESSURE].urgency < ADVICE[FlagKind.KIDNEY_PRESSURE].urgency


def test_after_a_cue_there_is_peace_for_two_seconds() -> None:
    chooser = CueChooser(TIMING)
    assert say(chooser, 0.0, flag(FlagKind.TOO_FAST)) is not None
    again = flag(FlagKind.TOO_FAST, start_us=1_000_000)
    assert say(chooser, 1.0, again) is None and say(chooser, 1.99, again) is None
    assert say(chooser, 2.0, again) is not None


def test_what_is_more_urgent_need_not_wait_so_long() -> None:
    chooser = CueChooser(TIMING)
    say(chooser, 0.0, flag(FlagKind.TOO_FAST))
    both = flag(FlagKind.TOO_FAST), flag(FlagKind.SPINE_PRESSURE, start_us=100_000)
    assert say(chooser, 0.2, *both) is None   # the first pattern is still playing
    cue = say(chooser, 0.5, *both)
    assert cue is not None and cue.kind == "spine_pressure"
    assert say(chooser, 1.5, *both) is None


def test_a_warning_that_turns_to_an_alarm_is_said_again_and_stronger() -> None:
    chooser = CueChooser(TIMING)
    first = say(chooser, 0.0, flag(FlagKind.TOO_HARD))
    second = say(chooser, 0.6, flag(FlagKind.TOO_HARD, Severity.ALARM))
    assert first is not None and second is not None
    assert second.strength > first.strength and second.text == "Much lighter, please."


def test_a_flag_that_stays_open_is_named_ever_more_rarely() -> None:
    chooser, open_flag = CueChooser(TIMING), flag(FlagKind.TOO_HARD)
    said = [t / 10 for t in range(300) if say(chooser, t / 10, open_flag)]
    assert said == pytest.approx([0.0, 2.0, 6.0, 14.0, 22.0])


def test_what_has_passed_is_not_mentioned() -> None:
    chooser = CueChooser(TIMING)
    say(chooser, 0.0, flag(FlagKind.SPINE_PRESSURE))
    assert say(chooser, 1.0, flag(FlagKind.TOO_FAST)) is None
    assert say(chooser, 3.0) is None


EVENT = st.tuples(st.sampled_from(list(FlagKind)), st.sampled_from(list(Severity)), st.booleans())


@given(st.lists(EVENT, max_size=60))
def test_however_flags_come_there_is_one_cue_at_a_time(events: list[tuple[FlagKind, Severity, bool]]) -> None:
    chooser, spoken = CueChooser(TIMING), []
    open_flags: dict[FlagKind, Flag] = {}
    for i, (kind, severity, opens) in enumerate(events):
        if opens:
            open_flags[kind] = flag(kind, severity, start_us=250_000 * i)
        else:
            open_flags.pop(kind, None)
        cue = chooser.step(250_000 * i, list(open_flags.values()))
        if cue is not None:
            assert cue.kind in open_flags
            spoken.append(cue)
    for earlier, later in pairwise(spoken):
        pause = later.t_us - earlier.t_us
        assert pause >= 500_000
        if ADVICE[FlagKind(later.kind)].urgency > ADVICE[FlagKind(earlier.kind)].urgency:
            assert pause >= 2_000_000


def test_every_flag_has_a_short_and_friendly_line() -> None:
    lines = {line_for(flag(kind, severity), placed) for kind in FlagKind for severity in Severity for placed in (0, 1)}
    assert len(lines) == 16
    assert all(line.endswith(".") and "!" not in line and len(line) <= 45 and "\n" not in line for line in lines)


def test_of_two_alarms_the_older_comes_first() -> None:
    older, newer = (flag(FlagKind.TOO_HARD, Severity.ALARM, start_us=t) for t in (1, 2))
    assert most_urgent([newer, older]) is older
    assert most_urgent([]) is None


def coach_after(rows: np.ndarray, mode: Mode = Mode.STRIP) -> Coach:
    coach = Coach(load_glove(), Receiver(), mode)
    coach.process(rows)
    return coach


def test_the_line_leads_through_the_start_procedure() -> None:
    rows = Scene().lift(0.1).rows()
    rows["phase"] = Phase.AWAIT_AWAY
    assert coach_after(rows).current_line() == ("Hold your hand still, well away from the back.", "unknown")
    rows["phase"] = Phase.AWAIT_START_POSE
    assert coach_after(rows).current_line()[0].startswith("Now rest your hand")


def test_the_line_names_an_open_flag_then_calms_down_then_praises() -> None:
    scene = Scene(at=(5.0, 100.0)).lift(0.2).hold(1.0, 8.0)
    assert coach_after(scene.rows()).current_line() == ("Lighter: that is the spine.", "warn")
    scene.lift(0.2).hop(60.0, 50.0)
    assert coach_after(scene.rows()).current_line()[1] == "idle"
    scene.glide(0, 300, 6.0).glide(0, -240, 6.0)
    assert coach_after(scene.rows()).current_line() == ("Lovely: slow and even.", "ok")


def test_where_the_place_is_unknown_the_line_says_to_keep_off_the_spine() -> None:
    rows = Scene().lift(0.2).hold(1.0, 8.0).rows()
    unplaced(rows)
    coach = coach_after(rows)
    assert coach.current_line() == ("Place unknown: keep off the spine.", "unknown")
    assert (coach.pressure().level, coach.pace().level, coach.pace().value) == ("unknown", "unknown", None)


@pytest.mark.parametrize(("cm_s", "level"), [(5.0, "ok"), (20.0, "ok"), (27.0, "warn"), (35.0, "alarm")])
def test_the_pace_gauge_shows_speed_and_level(cm_s: float, level: str) -> None:
    rows = Scene(at=(60.0, 20.0)).lift(0.2).glide(0, 300, cm_s).rows()
    pace = coach_after(rows).pace()
    assert pace.value == pytest.approx(cm_s, rel=0.01)
    assert (pace.level, pace.unit, pace.t_us, pace.warn, pace.alarm) == (level, "cm/s", rows["t_us"][-1], 25.0, 30.0)


@pytest.mark.parametrize(
    ("x", "force", "level", "warn", "words"),
    [
        (120.0, 20.0, "ok", 60.0, "good pressure"), (120.0, 70.0, "warn", 60.0, "too much pressure"),
        (5.0, 3.0, "ok", 5.0, "good pressure on the spine"),
        (5.0, 20.0, "alarm", 5.0, "much too much pressure on the spine"),
    ],
)  # fmt: skip
def test_the_pressure_gauge_shows_what_is_nearest_to_its_limit(
    x: float, force: float, level: str, warn: float, words: str
) -> None:
    pressure = coach_after(Scene(at=(x, 100.0)).lift(0.2).hold(1.0, force).rows()).pressure()
    assert (pressure.value, pressure.level, pressure.warn, pressure.words) == (force, level, warn, words)


def test_a_gauge_is_idle_without_contact_and_unknown_without_pads_or_at_their_end() -> None:
    assert coach_after(Scene().lift(0.2).rows()).pace().level == "idle"
    assert coach_after(Scene().lift(0.2).rows()).pressure().level == "idle"
    rows = Scene(at=(120.0, 100.0)).lift(0.2).hold(0.5, 20.0).rows()
    rows["total_at_least"] = True
    assert coach_after(rows).pressure().level == "unknown"
    rows["total_n"], rows["contact"] = np.nan, False
    assert (coach_after(rows).pressure().level, coach_after(rows).pressure().value) == ("unknown", None)


def test_no_contact_is_not_known_while_a_pad_is_not_usable() -> None:
    rows = Scene(at=(120.0, 100.0)).lift(0.5).rows()
    rows["force_n"][:, 2], rows["total_at_least"] = np.nan, True
    coach = coach_after(rows)
    for reading in (coach.pace(), coach.pressure()):
        assert (reading.level, reading.words) == ("unknown", "contact unknown: a pad is not usable")
    assert coach.current_line() == ("A pad cannot tell: stay light.", "unknown")


def long_calm_glides() -> Scene:
    return Scene(at=(60.0, 50.0)).lift(0.2).glide(0, 300, 6.0).glide(0, -240, 6.0)


def test_nothing_is_praised_that_is_not_known() -> None:
    assert coach_after(long_calm_glides().rows()).current_line() == ("Lovely: slow and even.", "ok")
    without_strip = Coach(load_glove(), Receiver(), Mode.MOTION)
    without_strip.choose_zone("open")
    without_strip.process(long_calm_glides().rows(Mode.MOTION))
    assert without_strip.current_line() == ("Pace unknown: go on gently.", "unknown")
    at_least = long_calm_glides().rows()
    at_least["at_least"][:, 1] = at_least["total_at_least"] = True
    assert coach_after(at_least).current_line() == ("A pad cannot tell: stay light.", "unknown")


@pytest.mark.parametrize("name", ["speed_cm_s", "total_at_least"])
def test_praise_is_for_a_time_in_which_all_was_known(name: str) -> None:
    rows = long_calm_glides().rows()
    rows[name][-200:-190] = np.nan if name == "speed_cm_s" else True
    assert coach_after(rows).current_line() == ("Good. Go on slowly.", "ok")


def test_a_pace_above_the_band_is_not_called_slow_before_it_is_a_flag() -> None:
    rows = long_calm_glides().glide(0, 30, 28.0).rows()
    coach = coach_after(rows)
    assert coach.open_flags == () and coach.pace().level == "warn"
    assert coach.current_line() == ("Go on slowly.", "idle")


def test_without_a_strip_the_gauge_has_the_limit_of_the_chosen_zone() -> None:
    coach = coach_after(Scene().lift(0.2).hold(0.5, 8.0).rows(Mode.FORCE), Mode.FORCE)
    assert (coach.pressure().level, coach.pressure().warn) == ("warn", 5.0)
    coach.choose_zone("open")
    assert (coach.pressure().level, coach.pressure().warn) == ("ok", 60.0)


def test_a_pulse_leads_each_stroke_and_each_circle() -> None:
    assert pulse_for_glides(speed_cm_s=10.0, length_mm=300.0).period_ms == 3000
    assert pulse_for_cadence(40.0).period_ms == 1500
    assert pulse_for_cadence(1000.0).period_ms > pulse_for_cadence(1000.0).on_ms


def test_a_pause_is_no_calm_work_that_the_first_touch_after_it_is_praised_for() -> None:
    rows = Scene().lift(40.0).hold(0.1, 8.0).rows()
    assert coach_after(rows).current_line() == ("Good. Go on slowly.", "ok")
    after_work = long_calm_glides().lift(5.0).hold(0.1, 8.0).rows()
    assert coach_after(after_work).current_line() == ("Good. Go on slowly.", "ok")
