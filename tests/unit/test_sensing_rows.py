"""Sensing: gaps, channels that lie, zero levels, fields; and the same rows for any split of the input."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.sensing.curves import PadCurve
from slowhand.sensing.profile import GloveProfile, MagnetometerProfile, MotionProfile, load_glove
from slowhand.sensing.rows import FAULT_I2C, FAULT_OVERFLOW0, FAULT_OVERFLOW1, RAW_DTYPE
from slowhand.sensing.sensing import Sensing

GLOVE = load_glove()
STEP_US = 5000


def still_rows(n: int, seed: int = 0) -> np.ndarray:
    """A hand at rest with sensor noise, nothing pressed, field fresh in every other row."""
    rng = np.random.default_rng(seed)
    raw = np.zeros(n, RAW_DTYPE)
    raw["t_us"] = 1_000_000 + STEP_US * np.arange(n)
    raw["seq"] = np.arange(n) % 65536
    raw["accel"] = rng.normal([0.0, 0.0, 9.81], 0.02, (n, 3))
    raw["gyro"] = rng.normal(0.0, 0.003, (n, 3))
    fresh = np.arange(n) // 2 * 2
    raw["m0"] = rng.normal([20.0, 0.0, -40.0], 0.5, (n, 3))[fresh]
    raw["m1"] = rng.normal([20.0, 0.0, -40.0], 0.5, (n, 3))[fresh]
    raw["mag_new"] = np.arange(n) % 2 == 0
    return raw


def counts_of(pad: int, force_n: float) -> int:
    return round(float(PadCurve.of(GLOVE.pad[pad]).count(force_n)))


def sense(raw: np.ndarray, glove: GloveProfile = GLOVE) -> np.ndarray:
    return Sensing(glove).process(raw)


def test_counts_become_newtons() -> None:
    raw = still_rows(10)
    raw["pads"][5:] = [counts_of(k, 5.0) for k in range(6)]
    sensed = sense(raw)
    np.testing.assert_allclose(sensed["force"][:5], 0.0)
    np.testing.assert_allclose(sensed["force"][5:], 5.0, atol=0.05)
    assert sensed["pad_ok"].all() and not sensed["at_least"].any()


def test_the_first_row_and_a_jump_of_seq_or_time_are_gaps() -> None:
    raw = still_rows(400)
    keep = np.ones(400, bool)
    keep[100] = False                      # one row lost
    raw["t_us"][200:] += 20_000            # ticks missed, though seq goes on
    raw["t_us"][300:] += STEP_US           # one missed tick is no gap: the time says how long it was
    raw = raw[keep]
    sensed = sense(raw)
    np.testing.assert_array_equal(np.flatnonzero(sensed["gap"]), [0, 100, 199])
    assert sensed["dt_s"][299] == pytest.approx(0.010)
    assert np.all(sensed["dt_s"][sensed["gap"]] == 0.0)


def test_seq_may_wrap() -> None:
    raw = still_rows(20)
    raw["seq"] = (65530 + np.arange(20)) % 65536
    assert np.count_nonzero(sense(raw)["gap"]) == 1


def test_full_scale_says_at_least_and_only_much_later_shorted() -> None:
    raw = still_rows(200 * 12)
    raw["pads"][:, 2] = 1023
    sensed = sense(raw)
    assert sensed["at_least"][:1999, 2].all() and np.all(sensed["force"][:1999, 2] == 20.0)
    assert not sensed["pad_ok"][2001:, 2].any() and np.isnan(sensed["force"][2001:, 2]).all()
    assert not sensed["at_least"][2001:].any()


def moving(raw: np.ndarray) -> np.ndarray:
    seconds = (raw["t_us"] - raw["t_us"][0]) * 1e-6
    raw["accel"][:, 0] += 3.0 * np.sin(2 * np.pi * seconds)
    return raw


def test_a_pad_that_repeats_a_load_while_the_hand_moves_is_stuck() -> None:
    raw = moving(still_rows(200 * 12))
    raw["pads"][:, 1] = counts_of(1, 3.0)
    sensed = sense(raw)
    assert sensed["pad_ok"][:1999, 1].all()
    assert not sensed["pad_ok"][2001:, 1].any()


def test_a_pad_at_zero_or_pressed_by_a_hand_at_rest_is_not_stuck() -> None:
    unloaded = sense(moving(still_rows(200 * 12)))
    assert unloaded["pad_ok"].all()
    raw = still_rows(200 * 12)
    raw["pads"][:, 4] = counts_of(4, 20.0)
    assert sense(raw)["pad_ok"].all()


def test_a_stuck_pad_that_changes_again_is_usable_again() -> None:
    raw = moving(still_rows(200 * 12))
    raw["pads"][:, 1] = counts_of(1, 3.0)
    raw["pads"][-10:, 1] += np.arange(10)
    sensed = sense(raw)
    assert sensed["pad_ok"][-9:, 1].all()


def test_a_sustained_force_is_never_erased() -> None:
    raw = still_rows(200 * 120)
    for pad, force in ((0, 0.4), (1, 2.0), (4, 10.0)):
        raw["pads"][400:, pad] = counts_of(pad, force)
    sensed = sense(raw)
    np.testing.assert_allclose(sensed["force"][-1, [0, 1, 4]], [0.4, 2.0, 10.0], atol=0.05)


def test_a_small_drift_is_followed_when_nothing_is_touched_and_reported() -> None:
    raw = still_rows(200 * 90)
    raw["pads"][:, 0] = counts_of(0, 0.1)
    sensing = Sensing(GLOVE)
    sensed = sensing.process(raw)
    assert sensed["force"][0, 0] == pytest.approx(0.1, abs=0.01)
    assert sensed["force"][-1, 0] < 0.005
    assert sensing.health()[0].zero_n == pytest.approx(0.1, abs=0.01)
    assert sensing.health()[1].zero_n == 0.0


def test_the_zero_level_is_frozen_during_contact_and_gives_way_at_once_downwards() -> None:
    raw = still_rows(200 * 180)
    raw["pads"][:, 0] = counts_of(0, 0.1)
    raw["pads"][200 * 60 : 200 * 120, 1] = counts_of(1, 3.0)  # a minute of contact beside the drifting pad
    raw["pads"][200 * 100 : 200 * 120, 0] = counts_of(0, 0.2)
    raw["pads"][200 * 120 :, 0] = 0
    sensed = sense(raw)
    np.testing.assert_allclose(sensed["force"][200 * 110, 0], 0.1, atol=0.02)
    assert sensed["force"][200 * 120, 0] == 0.0
    raw["pads"][200 * 120 + 1 :, 0] = counts_of(0, 0.12)
    assert sense(raw)["force"][200 * 121, 0] == pytest.approx(0.12, abs=0.02)


@pytest.mark.parametrize("fault", ["zeros", "i2c", "nan", "accel stop", "gyro stop"])
def test_motion_that_cannot_be_believed_is_marked(fault: str) -> None:
    raw = still_rows(20)
    match fault:
        case "zeros":
            raw["accel"][10] = raw["gyro"][10] = 0.0
        case "i2c":
            raw["faults"][10] = FAULT_I2C
        case "nan":
            raw["gyro"][10, 1] = np.nan
        case "accel stop":
            raw["accel"][10, 2] = -32768 / 8192 * 9.80665
        case "gyro stop":
            raw["gyro"][10, 0] = np.radians(32767 / 32.8)
    assert np.flatnonzero(~sense(raw)["motion_ok"]).tolist() == [10]


def test_a_hanging_motion_sensor_is_found_out_by_the_field() -> None:
    raw = still_rows(800)
    raw["accel"][200:], raw["gyro"][200:] = raw["accel"][200], raw["gyro"][200]
    assert sense(raw)["motion_ok"].all()  # nothing else moved: it may be a noiseless hand at rest
    raw["m0"][400:] += 10.0
    motion_ok = sense(raw)["motion_ok"]
    assert motion_ok[:400].all() and not motion_ok[405:].any()


def test_biases_and_irons_are_removed() -> None:
    soft = ((1.1, 0.02, 0.0), (0.01, 0.95, 0.03), (0.0, -0.02, 1.05))
    hard = (5.0, -7.0, 11.0)
    magnetometers = (
        MagnetometerProfile(position_mm=(0, 0, 0), hard_iron_ut=hard, soft_iron=soft),
        MagnetometerProfile(position_mm=(-60, 0, 0)),
    )
    motion = MotionProfile(accel_bias=(0.1, 0.2, 0.3), gyro_bias=(0.01, 0.02, 0.03))
    glove = GLOVE.model_copy(update={"magnetometer": magnetometers, "motion": motion})
    raw = still_rows(50)
    sensed = sense(raw, glove)
    np.testing.assert_allclose(sensed["accel"], raw["accel"] - [0.1, 0.2, 0.3])
    np.testing.assert_allclose(sensed["gyro"], raw["gyro"] - [0.01, 0.02, 0.03])
    np.testing.assert_allclose(sensed["field"][:, 0], (raw["m0"] - hard) @ np.array(soft).T, atol=1e-9)
    np.testing.assert_allclose(sensed["field"][:, 1], raw["m1"])


def test_a_field_is_new_only_where_marked_present_and_not_overflowed() -> None:
    raw = still_rows(20)
    raw["faults"][4], raw["faults"][6] = FAULT_OVERFLOW0, FAULT_OVERFLOW1
    raw["m0"][8:10] = 0.0
    raw["m1"][10:12] = np.nan
    new = sense(raw)["field_new"]
    expected = np.repeat((np.arange(20) % 2 == 0)[:, None], 2, axis=1)
    expected[4, 0] = expected[6, 1] = expected[8, 0] = expected[10, 1] = False
    np.testing.assert_array_equal(new, expected)
    assert np.isnan(sense(raw)["field"][8, 0]).all()


def test_the_one_that_did_not_change_is_not_new() -> None:
    raw = still_rows(20)
    raw["m1"][4:8] = raw["m1"][2]
    new = sense(raw)["field_new"]
    assert not new[4, 1] and not new[6, 1] and new[4, 0] and new[8, 1]


def test_noiseless_fields_of_a_hand_at_rest_stay_new() -> None:
    raw = still_rows(2000)
    raw["m0"], raw["m1"] = [20.0, 0.0, -40.0], [20.0, 0.0, -40.0]
    assert sense(raw)["field_new"][::2].all()


def test_a_field_that_repeats_while_the_hand_turns_hangs() -> None:
    raw = still_rows(2000)
    raw["gyro"][:, 2] += 1.0
    raw["m0"] = [20.0, 0.0, -40.0]
    new = sense(raw)["field_new"]
    assert not new[200:, 0].any() and new[200::2, 1].all()


def test_without_any_mark_a_changed_field_is_a_new_one() -> None:
    raw = still_rows(200)
    expected = raw["mag_new"].copy()
    raw["mag_new"] = False
    np.testing.assert_array_equal(sense(raw)["field_new"][60:, 0], expected[60:])


def test_a_glove_with_one_magnetometer_has_one_field() -> None:
    glove = GLOVE.model_copy(update={"magnetometer": GLOVE.magnetometer[:1]})
    sensed = sense(still_rows(20), glove)
    assert np.isnan(sensed["field"][:, 1]).all() and not sensed["field_new"][:, 1].any()
    assert sensed["field_new"][::2, 0].all()


def lively_rows(n: int, seed: int) -> np.ndarray:
    """Rows with everything that sensing keeps in mind: loads, drift, gaps, repeats, faults."""
    rng = np.random.default_rng(seed)
    raw = moving(still_rows(n, seed))
    raw["pads"] = np.clip(np.cumsum(rng.normal(0, 3, (n, 6)), axis=0), 0, 1023)
    raw["pads"][n // 3 : 2 * n // 3, 0] = 1023
    raw["pads"][n // 2 :, 1] = 300
    raw["faults"] = rng.choice([0, 0, 0, FAULT_I2C, FAULT_OVERFLOW0, FAULT_OVERFLOW1], n)
    raw["accel"][n // 4 : n // 3] = raw["accel"][n // 4]
    raw["gyro"][n // 4 : n // 3] = raw["gyro"][n // 4]
    raw["haptic"] = rng.random(n) < 0.1
    return raw[rng.random(n) > 0.01]


WHOLE_RAW = lively_rows(3000, 7)
WHOLE = sense(WHOLE_RAW).tobytes()


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, len(WHOLE_RAW)), max_size=12))
def test_any_split_gives_the_same_rows_to_the_bit(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WHOLE_RAW)]
    sensing = Sensing(GLOVE)
    parts = [sensing.process(WHOLE_RAW[a:b]) for a, b in pairwise(edges)]
    assert np.concatenate(parts).tobytes() == WHOLE


def test_row_by_row_gives_the_same_rows_to_the_bit() -> None:
    sensing = Sensing(GLOVE)
    parts = [sensing.process(WHOLE_RAW[i : i + 1]) for i in range(600)]
    assert np.concatenate(parts).tobytes() == sense(WHOLE_RAW[:600]).tobytes()
