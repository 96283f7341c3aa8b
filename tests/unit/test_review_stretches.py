"""The review judges by the limits of the time: no green where another technique was told, or a flag was open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle

from slowhand.coach.coach import Coach
from slowhand.coach.flag import FlagKind, Severity
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.coach.routine_plan import shipped_routine
from slowhand.locate.pose import Mode
from slowhand.review import ink
from slowhand.review.charts import back_map_figure, overview_figure
from slowhand.review.hand_track import hand_track
from slowhand.review.hand_view import hurt_places, page_data
from slowhand.review.stretches import Band, SorePlace, Stretch, place_times, runs, stretches_of, unfelt_between
from slowhand.sensing.profile import load_glove
from tests.unit.hand_scenes import LIMITS, elbow_session, flag
from tests.unit.touch_scenes import Scene

OWN = SensitivePlace(x_mm=-40, y_mm=300, radius_mm=25, max_n=8)


def axes_of(figure, title: str):
    return next(ax for ax in figure.axes if ax.get_title(loc="left") == title)


def green(ax) -> list[tuple[float, float, float]]:
    """Left edge, right edge and upper edge of all that is green."""
    boxes = [patch for patch in ax.patches if patch.get_facecolor()[:3] == to_rgb(ink.OK)]
    extents = [patch.get_extents().transformed(ax.transData.inverted()) for patch in boxes]
    return [(box.x0, box.x1, box.y1) for box in extents]


@pytest.mark.parametrize("block", [1, 7, 400])
def test_the_coach_knows_what_held_when_however_the_rows_are_split(block: int) -> None:
    coach = Coach(load_glove(), Receiver(sensitive=(OWN,)), Mode.STRIP)
    touch = Scene(at=(60.0, 60.0)).glide(0, 320, 8.0, 8.0).rows()
    for begin in range(0, 400, block):
        coach.process(touch[begin : min(begin + block, 400)])
    coach.tell("technique", "elbow")
    coach.tell("sore", {"x_mm": 60.0, "y_mm": 90.0, "radius_mm": 30.0, "max_n": 5.0})
    coach.process(touch[400:600])
    coach.tell("technique", "palm")
    coach.tell("technique", "elbow")   # nothing has changed: no stretch of its own
    coach.process(touch[600:])
    coach.tell("sore", None)
    coach.finish()
    first, second, last = coach.judged.stretches
    assert (first.from_us, second.from_us, last.from_us) == (int(touch["t_us"][0]), int(touch["t_us"][400]), None)
    assert [it.technique for it in (first, second, last)] == [None, "elbow", "elbow"]
    assert [it.felt for it in (first, second, last)] == [True, False, False]
    assert [it.limits.too_fast.warn for it in (first, second)] == [25.0, 5.0]
    assert [words for _, words in second.places] == ["sore", "sore"] and second.told[0].place.max_n == 5.0
    assert last.places == first.places == ((OWN, "sore"),)


def test_an_answer_that_holds_everywhere_lowers_the_limits_from_then_on() -> None:
    coach = Coach(load_glove(), Receiver(), Mode.FORCE)
    rows = Scene().hold(3.0, 21.3).rows(Mode.FORCE)
    coach.process(rows[:500])
    coach.tell("vote", "lighter")
    coach.process(rows[500:])
    before, after = coach.judged.stretches
    share = shipped_routine().votes.lighter_share
    assert before.limits.too_hard.warn == 60.0 and after.limits.too_hard.warn == pytest.approx(share * 21.3)
    assert after.from_us == int(rows["t_us"][500])


def test_what_takes_over_from_a_coach_goes_on_with_its_stretches() -> None:
    before, after = (Coach(load_glove(), Receiver(), mode) for mode in (Mode.STRIP, Mode.FORCE))
    rows = Scene().hold(2.0, 8.0).rows()
    before.process(rows[:200])
    before.tell("technique", "fist")
    before.finish()
    after.go_on_from(before)
    after.process(rows[200:])
    assert [(it.from_us, it.technique) for it in after.judged.stretches] == [
        (int(rows["t_us"][0]), None), (int(rows["t_us"][200]), "fist"),
    ]


def test_stretches_in_seconds_and_what_has_no_length() -> None:
    coach = Coach(load_glove(), Receiver(), Mode.STRIP)
    rows = Scene().hold(2.0, 8.0).rows()
    coach.process(rows[:100])
    coach.tell("technique", "elbow")
    coach.process(rows[100:])
    coach.tell("technique", "fist")
    coach.finish()
    duration_s = (int(rows["t_us"][-1]) - int(rows["t_us"][0])) / 1e6
    found = stretches_of(coach.judged.stretches, int(rows["t_us"][0]), duration_s)
    assert [(it.from_s, it.to_s, it.technique) for it in found] == [
        (0.0, 0.5, None), (0.5, duration_s, "elbow"), (duration_s, duration_s, "fist"),
    ]
    assert found[1].limits["too_fast"] == Band(5.0, 8.0)
    assert runs(found, lambda it: it.technique) == [(0.0, 0.5, None), (0.5, duration_s, "elbow")]
    assert runs(found, lambda it: it.limits["too_hard"]) == [(0.0, duration_s, Band(60.0, 100.0))]
    nothing = Stretch(0.0, 0.0, LIMITS)   # a session without a row
    assert runs((nothing,), lambda it: it.felt) == [(0.0, 0.0, True)]
    assert unfelt_between(found, 0.4, 0.6) and not unfelt_between(found, 0.0, 0.5)


def test_a_place_is_shown_from_when_it_was_told_until_it_was_taken_back() -> None:
    [(place, since_s, to_s)] = place_times(elbow_session().spans)
    assert (place.words, since_s, to_s) == ("lighter", 6.0, 7.0)


def test_the_page_is_told_the_limits_of_the_time() -> None:
    record = elbow_session()
    track = hand_track(record.touch, record.strokes, record.flags, (), record.receiver, record.glove, record.magnets_mm)
    data = page_data(record, track)
    end = data["durationS"]
    assert data["bands"]["too_fast"] == [[0.0, 3.0, 25.0, 30.0], [3.0, end, 5.0, 8.0]]
    assert data["bands"]["spine_pressure"] == [[0.0, end, 5.0, 15.0]]
    assert data["techniques"] == [[0.0, 3.0, None, True], [3.0, end, "elbow", False]]
    assert data["back"]["sore"] == [[60.0, 200.0, 40.0, 5.0, "lighter", 6.0, 7.0]]


def test_the_charts_call_nothing_good_that_was_flagged_or_not_felt() -> None:
    record = elbow_session()
    figure = overview_figure(record)
    figure.draw_without_rendering()
    pace = axes_of(figure, "Pace over the skin")
    assert green(pace) == [(0.0, pytest.approx(3.0), pytest.approx(25.0))]
    assert any("elbow" in text.get_text() and "warn 5, alarm 8" in text.get_text() for text in pace.texts)
    assert {"warn 5", "alarm 8"} <= {text.get_text() for text in pace.texts}
    pressure = axes_of(figure, "Pressure")
    assert "anywhere 14.9" in {text.get_text() for text in pressure.texts}
    assert "anywhere 60" not in {text.get_text() for text in pressure.texts if text.get_position()[0] > 1.0}
    strokes = axes_of(figure, "Strokes by speed and force")
    assert green(strokes) == []
    assert {"red ring: flagged", "grey: force not felt"} <= set(strokes.get_legend().get_title().get_text().split("\n"))


def test_a_flag_is_on_white_whatever_the_band_under_it() -> None:
    """A kneading hand is slow over the skin while its cadence is too fast."""
    record = elbow_session()
    figure = overview_figure(record)
    pace = axes_of(figure, "Pace over the skin")
    assert record.flags[0].severity is Severity.WARN
    boxes = [(patch, patch.get_extents().transformed(pace.transData.inverted())) for patch in pace.patches]
    over = [
        patch.get_facecolor()[:3] for patch, box in boxes if abs(box.x0 - 3.2) < 0.01 and abs(box.x1 - 5.5) < 0.01
    ]
    assert over[0] == (1.0, 1.0, 1.0) and set(over[1:]) == {to_rgb(ink.WARN)}


def test_the_map_shows_every_told_place_in_the_part_in_which_it_held() -> None:
    record = elbow_session()
    figure = back_map_figure(record)
    whole, first, _, last = figure.axes[:4]
    circles = [[patch for patch in ax.patches if isinstance(patch, Circle)] for ax in (whole, first, last)]
    assert [len(found) for found in circles] == [1, 0, 1]
    assert circles[0][0].center == (60.0, 200.0) and circles[0][0].radius == 40.0
    assert "lighter, lifted\nto 5 N" in {text.get_text() for text in whole.texts}


@pytest.mark.parametrize(
    ("start_s", "limit", "severity", "place_mm", "expected"),
    [
        (1.0, 5.0, Severity.WARN, (60.0, 90.0), [0]),        # its limit says which
        (1.0, 12.0, Severity.ALARM, (60.0, 90.0), [1]),
        (3.0, 5.0, Severity.WARN, (60.0, 90.0), [0]),        # two bear 5 N: the one that is near
        (3.0, 5.0, Severity.WARN, (-90.0, 380.0), [2]),
        (3.0, 5.0, Severity.WARN, (None, None), [0, 2]),     # and both where nobody knows
        (1.0, 5.0, Severity.WARN, (-90.0, 380.0), [0]),      # the other was not told yet
        (3.0, 9.9, Severity.WARN, (60.0, 90.0), [0, 1, 2]),  # of another version: rather too many than none
    ],
)
def test_a_flag_lights_up_the_place_that_was_hurt(start_s, limit, severity, place_mm, expected) -> None:
    first, second, late = (SorePlace(60, 90, 40, 5.0), SorePlace(60, 160, 40, 8.0), SorePlace(-90, 380, 40, 5.0))
    stretches = (Stretch(0.0, 2.0, LIMITS, places=(first, second)), Stretch(2.0, 9.0, LIMITS, places=(first, second, late)))
    record = replace(elbow_session(), stretches=stretches)
    hurt = replace(
        flag(start_s, start_s + 0.5, FlagKind.SENSITIVE_PRESSURE), limit=limit, severity=severity,
        x_mm=place_mm[0], y_mm=place_mm[1],
    )
    assert hurt_places(hurt, record, place_times(stretches)) == expected
