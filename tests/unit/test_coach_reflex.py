"""The glove's thresholds: right for the place, early enough, and not sent more often than needed."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.coach.coach import Coach
from slowhand.coach.cue import ReflexLimits
from slowhand.coach.limits import shipped_limits
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.locate.pose import Mode
from slowhand.sensing.curves import NO_LIMIT_COUNT, pad_curves
from slowhand.sensing.profile import load_glove
from tests.unit.touch_scenes import Scene, unplaced

GLOVE = load_glove()
CURVES = pad_curves(GLOVE.pad)
INDEX = 1   # the pad that the scenes put at the centre of pressure
SOONER = shipped_limits().reflex.sooner_share


def limits_of(rows: np.ndarray, mode: Mode = Mode.STRIP, receiver: Receiver | None = None) -> list[ReflexLimits]:
    return list(Coach(GLOVE, receiver or Receiver(), mode).process(rows).limits)


@pytest.mark.parametrize(
    ("x", "y", "zone", "force"),
    [(0.0, 100.0, "spine", 5.0), (40.0, -50.0, "neck", 5.0), (60.0, 300.0, "kidney", 20.0 - 1e-9)],
)  # fmt: skip
def test_a_pad_in_a_zone_may_press_what_the_zone_bears(x: float, y: float, zone: str, force: float) -> None:
    rows = Scene(at=(x, y)).lift(0.5).rows()
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    [limits] = limits_of(rows)
    assert limits.zone == zone
    count = limits.pad_counts[INDEX]
    if force < GLOVE.pad[INDEX].max_force_n - 1.0:
        assert CURVES[INDEX].force_n(count) <= SOONER * force < CURVES[INDEX].force_n(count + 1)
    assert [limits.pad_counts[k] for k in (0, 2, 3)] == [NO_LIMIT_COUNT] * 3   # 60 N is beyond what they can tell


def test_the_palm_guards_too_hard_on_the_open_back() -> None:
    rows = Scene(at=(150.0, 100.0)).lift(0.5).rows()
    rows["pad_mm"] = [200.0, 100.0]
    [limits] = limits_of(rows)
    assert limits.zone == "open"
    assert CURVES[4].force_n(limits.pad_counts[4]) == pytest.approx(SOONER * 60.0, abs=1.0)


def test_a_sore_place_has_its_own_threshold() -> None:
    receiver = Receiver(sensitive=(SensitivePlace(x_mm=120.0, y_mm=100.0, radius_mm=20.0, max_n=3.0),))
    rows = Scene(at=(120.0, 100.0)).lift(0.5).rows()
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    [limits] = limits_of(rows, receiver=receiver)
    assert limits.zone == "sensitive"
    assert CURVES[INDEX].force_n(limits.pad_counts[INDEX]) == pytest.approx(SOONER * 3.0, abs=0.05)


def test_a_pad_that_reads_five_percent_low_is_felt_at_its_limit_and_a_resting_hand_is_not() -> None:
    rows = Scene(at=(0.0, 100.0)).lift(0.5).rows()
    count = limits_of(rows)[0].pad_counts[INDEX]
    read_at_the_limit, read_of_a_resting_hand = np.searchsorted(CURVES[INDEX].force_table_n, [0.955 * 5.0, 0.88 * 5.0])
    assert read_of_a_resting_hand <= count < read_at_the_limit


def test_a_finger_at_the_end_of_its_range_is_still_guarded_over_the_kidneys() -> None:
    rows = Scene(at=(60.0, 300.0)).lift(0.5).rows()   # 20 N are allowed there, and 20 N are all that a finger's pad can tell
    assert limits_of(rows)[0].pad_counts[INDEX] < NO_LIMIT_COUNT


def test_the_threshold_is_lowered_before_a_moving_pad_arrives_and_raised_after_it_has_left() -> None:
    rows = Scene(at=(80.0, 100.0)).lift(0.3).glide(-160.0, 0.0, cm_s=20.0, force_n=4.0).hold(0.5, 4.0).rows()
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    found = limits_of(rows)
    assert [limits.zone for limits in found] == ["open", "spine", "open"]
    x = dict(zip(rows["t_us"].tolist(), rows["cop_mm"][:, 0].tolist(), strict=True))
    assert 24.0 <= x[found[1].t_us] <= 32.0
    left_us = int(rows["t_us"][np.nanargmax(rows["cop_mm"][:, 0] < -23.0)])
    assert 130_000 <= found[2].t_us - left_us <= 180_000   # 150 ms after it was last seen there


def test_work_along_an_edge_sends_few_messages() -> None:
    small = Scene(at=(23.0, 100.0)).lift(0.2).rub(10.0, per_min=300.0, amplitude_mm=3.0)
    wide = Scene(at=(23.0, 100.0)).lift(0.2).rub(10.0, per_min=120.0, amplitude_mm=20.0)
    assert len(limits_of(small.rows())) <= 2     # in and out within the hold: nothing to send
    assert len(limits_of(wide.rows())) <= 100   # four pads to and fro across the edge, 500 looks


def test_where_the_place_is_unknown_the_unknown_limits_hold() -> None:
    rows = Scene(at=(150.0, 100.0)).lift(1.0).rows()
    unplaced(rows[100:])
    first, second = limits_of(rows)
    assert second.zone == "unknown" and second.t_us - rows["t_us"][100] <= 20_000
    unknown_n = shipped_limits().reflex.unknown_place_n
    assert all(c == curve.force_to_count(SOONER * unknown_n) for c, curve in zip(second.pad_counts, CURVES, strict=True))
    assert first.zone != "unknown"


def pressed_then_lost(press_s: float, lift_s: float = 3.0) -> np.ndarray:
    """On the spine for half a second, then unseen for ``press_s`` more of the same contact, then lifted."""
    rows = Scene(at=(0.0, 100.0)).lift(0.3).hold(0.5 + press_s, 8.0).lift(lift_s).rows()
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    unplaced(rows[160:])
    return rows


def test_a_place_that_is_lost_in_a_contact_loosens_no_threshold_until_a_second_after_it() -> None:
    rows = pressed_then_lost(press_s=3.0)
    kept, loosened = [limits for limits in limits_of(rows) if limits.t_us >= rows["t_us"][160]]
    spine, unknown = (CURVES[INDEX].force_to_count(SOONER * force_n) for force_n in (5.0, 15.0))
    lifted_us = 3_800_000
    assert kept.pad_counts[INDEX] == spine and kept.zone == "spine"
    assert kept.pad_counts[0] == CURVES[0].force_to_count(SOONER * 15.0)   # a looser one is tightened at once
    assert loosened.pad_counts[INDEX] == unknown and loosened.zone == "unknown"
    assert 980_000 <= loosened.t_us - lifted_us <= 1_020_000


def test_a_hand_that_may_still_press_keeps_its_threshold() -> None:
    rows = pressed_then_lost(press_s=0.5)
    rows["force_n"][260:, INDEX], rows["total_at_least"][260:] = np.nan, True   # not lifted: the pad broke
    assert limits_of(rows)[-1].pad_counts[INDEX] == CURVES[INDEX].force_to_count(SOONER * 5.0)


def test_a_place_found_again_elsewhere_loosens_as_usual() -> None:
    rows = pressed_then_lost(press_s=2.0)
    rows[300:] = Scene(at=(150.0, 100.0)).lift(1.0).rows()[0]
    rows["t_us"], rows["gap"] = 5000 * np.arange(len(rows)), False
    rows["pad_mm"][300:] = [200.0, 100.0]
    last = limits_of(rows)[-1]
    assert last.zone == "open" and 100_000 <= last.t_us - 1_500_000 <= 180_000


@pytest.mark.parametrize("unknown", [0, 1])
def test_a_pad_whose_sigma_is_unknown_may_be_on_the_spine(unknown: int) -> None:
    rows = Scene(at=(32.0, 100.0)).lift(0.5).rows()
    rows["pad_mm"][:, [0, 2, 3, 4, 5]] = [[200.0, 100.0]]
    assert limits_of(rows)[0].zone == "open"
    rows["pad_sigma_mm"][:, INDEX, unknown] = np.nan
    assert limits_of(rows)[0].zone == "spine"


def test_a_pad_without_a_place_has_the_limit_of_an_unknown_one() -> None:
    rows = Scene(at=(150.0, 100.0)).lift(0.5).rows()
    rows["pad_mm"], rows["pad_mm"][:, INDEX] = [200.0, 100.0], np.nan
    assert limits_of(rows)[0].zone == "unknown"


def test_without_a_strip_the_spine_limit_holds_until_a_zone_is_chosen() -> None:
    coach = Coach(GLOVE, Receiver(), Mode.FORCE)
    [unknown] = coach.process(Scene().lift(0.5).rows(Mode.FORCE)).limits
    assert unknown.zone == "unknown"
    assert all(c == curve.force_to_count(SOONER * 5.0) for c, curve in zip(unknown.pad_counts, CURVES, strict=True))
    coach.choose_zone("kidney")
    [kidney] = coach.process(Scene().lift(0.5).rows(Mode.FORCE, start_us=2_000_000)).limits
    assert kidney.zone == "kidney"
