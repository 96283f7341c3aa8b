"""Where only x is known: the spine is judged, no other zone is, nothing is called good and no threshold is loosened."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.coach import Coach
from slowhand.coach.flag import FlagKind, Severity
from slowhand.coach.limits import shipped_limits
from slowhand.coach.readings import IDLE, UNKNOWN, WARN
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.coach.zones import BackZones
from slowhand.locate.pose import Mode
from slowhand.sensing.curves import NO_LIMIT_COUNT, pad_curves
from slowhand.sensing.profile import load_glove
from slowhand.session.details import flag_from, to_json
from slowhand.strokes.segment import StrokeTracker
from tests.unit.test_coach_flags import flags_of, naughty_rows, press
from tests.unit.test_coach_reflex import limits_of
from tests.unit.touch_scenes import Scene, height_unknown, unplaced

GLOVE = load_glove()
CURVES = pad_curves(GLOVE.pad)
INDEX = 1   # the pad that the scenes put at the centre of pressure
SOONER = shipped_limits().reflex.sooner_share
SORE = Receiver(sensitive=(SensitivePlace(x_mm=120.0, y_mm=100.0, radius_mm=20.0, max_n=3.0),))


def x_alone(scene: Scene, sigma_mm: float = 0.0) -> np.ndarray:
    rows = scene.rows(sigma_mm=sigma_mm)
    height_unknown(rows)
    return rows


def one_pad(rows: np.ndarray) -> np.ndarray:
    """All pads but one far out, so that it alone decides."""
    rows["pad_mm"][:, [0, 2, 3, 4, 5], 0] = 250.0
    return rows


def coached(rows: np.ndarray) -> Coach:
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    coach.process(rows)
    return coach


def test_a_push_on_the_spine_is_flagged_at_its_x_as_it_would_be_with_a_place() -> None:
    [flag] = flags_of(x_alone(press(5.0, 200.0, 8.0)))
    assert (flag.kind, flag.severity, flag.value, flag.limit) == (FlagKind.SPINE_PRESSURE, Severity.WARN, 8.0, 5.0)
    assert (flag.start_us, flag.raised_us, flag.end_us) == (500_000, 550_000, 1_500_000)
    assert (flag.x_mm, flag.y_mm) == (5.0, None)
    assert flag_from(to_json(flag)) == flag
    [alarm] = flags_of(x_alone(press(5.0, 200.0, 16.0)))
    assert (alarm.severity, alarm.limit) == (Severity.ALARM, 15.0)


@pytest.mark.parametrize(
    ("sigma", "x", "flagged"),
    [(0.0, 20.0, True), (0.0, -20.5, False), (2.0, 23.9, True), (2.0, 24.1, False), (9.0, -29.9, True),
     (9.0, 30.1, False), (np.nan, 29.9, True), (np.nan, 30.1, False)],
)  # fmt: skip
def test_a_pad_counts_when_it_may_be_in_the_spines_band(sigma: float, x: float, flagged: bool) -> None:
    assert bool(flags_of(x_alone(press(x, 100.0, 8.0), sigma))) is flagged


@pytest.mark.parametrize("x", [60.0, 120.0, 150.0])
def test_no_other_zone_is_judged_but_too_hard_holds(x: float) -> None:
    assert flags_of(x_alone(press(x, 300.0, 50.0)), SORE) == []
    [flag] = flags_of(x_alone(press(x, 300.0, 70.0)), SORE)
    assert (flag.kind, flag.x_mm, flag.y_mm) == (FlagKind.TOO_HARD, x, None)


def test_a_spine_flag_is_one_through_places_known_half_known_and_known_again() -> None:
    rows = Scene(at=(4.0, 100.0)).lift(0.5).hold(6.0, 8.0).lift(0.5).rows(sigma_mm=2.0)
    whole = flags_of(rows)
    height_unknown(rows[200:600])   # twice as long as an unknown place would be waited for
    unplaced(rows[600:700])
    height_unknown(rows[700:900])
    assert flags_of(rows) == whole and len(whole) == 1
    unplaced(rows[100:150])         # it may begin half known, too
    height_unknown(rows[150:200])
    [later] = flags_of(rows)
    assert (later.start_us, later.end_us) == (rows["t_us"][150], whole[0].end_us)


def test_a_hand_that_lets_go_of_the_spine_closes_its_flag_at_once() -> None:
    rows = x_alone(Scene(at=(0.0, 100.0)).lift(0.5).hold(0.5, 8.0).hold(1.0, 2.0))
    [flag] = flags_of(rows)
    assert flag.end_us == rows["t_us"][200]
    rows = x_alone(Scene(at=(0.0, 100.0)).lift(0.5).hold(0.5, 8.0).glide(80.0, 0.0, 20.0).hold(0.5, 8.0))
    [flag] = flags_of(rows)
    assert flag.end_us == rows["t_us"][np.argmax(rows["cop_mm"][:, 0] > 20.0)]


@pytest.mark.parametrize(("x", "ends_at"), [(60.0, 199), (150.0, 200)])
def test_a_kidney_flag_waits_where_the_kidney_may_be_and_ends_where_it_is_not(x: float, ends_at: int) -> None:
    rows = one_pad(Scene(at=(60.0, 300.0)).lift(0.5).hold(3.0, 25.0).rows())
    height_unknown(rows[200:])
    rows["pad_mm"][200:, INDEX, 0] = rows["cop_mm"][200:, 0] = x
    coach = coached(rows[:235])
    assert len(coach.open_flags) == 1
    [closed] = coach.process(rows[235:]).flags_changed
    assert (closed.kind, closed.end_us) == (FlagKind.KIDNEY_PRESSURE, rows["t_us"][ends_at])


def test_a_broken_pad_that_may_lie_on_the_spine_closes_no_flag() -> None:
    rows = x_alone(Scene(at=(0.0, 100.0)).lift(0.5).hold(3.0, 8.0))
    rows["force_n"][200:, INDEX], rows["total_n"][200:], rows["total_at_least"][200:] = np.nan, 0.0, True
    assert [flag.kind for flag in coached(rows[:380]).open_flags] == [FlagKind.SPINE_PRESSURE]


@given(st.floats(-200, 200), st.floats(1, 120), st.floats(0, 9))
def test_no_gauge_is_good_and_no_line_praises_without_a_height(x: float, force_n: float, sigma: float) -> None:
    coach = coached(x_alone(Scene(at=(x, 100.0)).hold(0.3, force_n), sigma))
    reading = coach.pressure()
    broken = force_n > 60 or (force_n > 5 and abs(x) <= 20 + min(2 * sigma, 10))
    if broken:
        assert reading.level in ("warn", "alarm") and reading.value == pytest.approx(force_n)
    else:
        assert reading.level == UNKNOWN and "spine, height unknown" in reading.words
        assert coach.current_line()[1] == UNKNOWN
    assert coach.pace().level == UNKNOWN


def test_the_words_say_on_or_beside_the_spine() -> None:
    for x, where in ((10.0, "on the spine"), (80.0, "beside the spine")):
        coach = coached(x_alone(press(x, 100.0, 4.0))[:200])
        assert coach.pressure().words == f"{where}, height unknown"
        assert coach.current_line() == (f"{where.capitalize()}, height unknown: stay light.", UNKNOWN)
    coach = coached(x_alone(press(10.0, 100.0, 8.0))[:200])
    assert (coach.pressure().level, coach.pressure().words) == (WARN, "too much pressure on the spine")
    assert coach.current_line() == ("Lighter: that is the spine.", WARN)
    coach = coached(x_alone(press(10.0, 100.0, 4.0)))   # lifted
    assert coach.pressure().level == IDLE


@given(st.floats(-250, 250), st.floats(0, 15))
def test_what_may_lie_at_an_x_is_what_lies_there_at_some_height(x: float, widen: float) -> None:
    zones = BackZones(SORE, SORE.personal_limits())
    somewhere = {zone for y in np.arange(-300.0, 800.0, 4.0) for zone in zones.of_place(x, float(y), widen)}
    found = set(zones.of_x(x, widen))
    assert somewhere <= found
    # a sore place is a circle: its very edge is met at one height only, which the steps may miss
    assert all(120.0 - 20.0 - widen - 0.2 <= x <= 120.0 + 20.0 + widen + 0.2 for _ in found - somewhere)


@pytest.mark.parametrize(
    ("x", "zone", "force"),
    [(0.0, "spine", 5.0), (22.0, "spine", 5.0), (50.0, "neck", 5.0), (70.0, "kidney", 20.0), (150.0, "open", None),
     (105.0, "sensitive", 3.0)],
)  # fmt: skip
def test_a_pad_may_press_what_the_tightest_zone_at_its_x_bears(x: float, zone: str, force: float | None) -> None:
    receiver = SORE if zone == "sensitive" else None
    [limits] = limits_of(one_pad(x_alone(Scene(at=(x, 300.0)).lift(0.5))), receiver=receiver)
    count = limits.pad_counts[INDEX]
    assert limits.zone == zone
    assert count == (CURVES[INDEX].force_to_count(SOONER * force) if force else NO_LIMIT_COUNT)


def test_half_a_place_loosens_only_what_x_rules_out() -> None:
    spine = CURVES[INDEX].force_to_count(SOONER * 5.0)
    for x, loosened in ((0.0, False), (50.0, False), (150.0, True)):
        rows = one_pad(Scene(at=(0.0, 100.0)).lift(0.3).hold(2.0, 4.0).rows())
        height_unknown(rows[160:])
        rows["pad_mm"][160:, INDEX, 0] = x
        last = limits_of(rows)[-1]
        assert (last.pad_counts[INDEX] != spine) is loosened
        if loosened:
            assert 130_000 <= last.t_us - rows["t_us"][160] <= 180_000   # not before it has been out for a while


def test_a_press_has_its_side_and_its_distance_from_the_spine_but_no_region() -> None:
    tracker = StrokeTracker(450.0)
    [stroke] = tracker.process(x_alone(press(-60.0, 200.0, 10.0, seconds=3.0)))
    assert (stroke.kind.value, stroke.side, stroke.min_spine_mm, stroke.region) == ("unknown", "right", 60.0, None)
    assert stroke.mean_cm_s is None and stroke.path_mm is None


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, len(naughty_rows())), max_size=8))
def test_splitting_changes_nothing(cuts: list[int]) -> None:
    rows = naughty_rows().copy()
    height_unknown(rows[60:160])
    height_unknown(rows[255:400])
    whole = Coach(GLOVE, Receiver(), Mode.STRIP).process(rows)
    coach = Coach(GLOVE, Receiver(), Mode.STRIP)
    parts = [coach.process(rows[a:b]) for a, b in pairwise([0, *sorted(cuts), len(rows)])]
    assert tuple(flag for part in parts for flag in part.flags_changed) == whole.flags_changed
    assert tuple(cue for part in parts for cue in part.cues) == whole.cues
    assert tuple(limits for part in parts for limits in part.limits) == whole.limits
