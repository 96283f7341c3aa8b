"""Touches: places, centre of pressure, speed over the skin and contact, against geometry worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.locate.pose import POSE_DTYPE, Mode, Phase
from slowhand.sensing.profile import load_glove
from slowhand.sensing.rows import SENSED_DTYPE
from slowhand.strokes.touching import PLACED_FIELDS, Toucher

GLOVE = load_glove()
START = (np.cos(np.pi / 4), 0.0, 0.0, np.sin(np.pi / 4))  # hand x to the feet, hand y to the receiver's right


def sensed_rows(forces: list[list[float]] | np.ndarray) -> np.ndarray:
    rows = np.zeros(len(forces), SENSED_DTYPE)
    rows["t_us"] = 5000 * np.arange(len(rows))
    rows["force"], rows["pad_ok"] = forces, True
    return rows


def pose_rows(n: int) -> np.ndarray:
    rows = np.zeros(n, POSE_DTYPE)
    rows["mode"], rows["phase"], rows["located"], rows["q"] = Mode.STRIP, Phase.RUNNING, True, START
    return rows


def test_at_the_start_pose_the_pads_lie_as_the_profile_says() -> None:
    touch = Toucher(GLOVE).process(sensed_rows([[1.0] * 6]), pose_rows(1))[0]
    # hand (x, y) is back (-y, x): the fingers point to the feet, the thumb of a right hand to the receiver's right
    expected = [(-pad.position_mm[1], pad.position_mm[0]) for pad in GLOVE.pad]
    np.testing.assert_allclose(touch["pad_mm"], expected, atol=1e-9)
    assert touch["heading_rad"] == pytest.approx(0.0)


def test_the_heading_grows_towards_the_receivers_left() -> None:
    poses = pose_rows(1)
    poses["q"] = (1.0, 0.0, 0.0, 0.0)  # hand x along back x: fingers to the receiver's left
    assert Toucher(GLOVE).process(sensed_rows([[1.0] * 6]), poses)["heading_rad"][0] == pytest.approx(np.pi / 2)


def test_the_centre_is_weighted_by_force() -> None:
    touch = Toucher(GLOVE).process(sensed_rows([[0, 3.0, 0, 1.0, 0, 0]]), pose_rows(1))[0]
    np.testing.assert_allclose(touch["cop_mm"], 0.75 * touch["pad_mm"][1] + 0.25 * touch["pad_mm"][3], atol=1e-9)


def test_the_centre_moves_with_the_hand_and_with_its_turning() -> None:
    poses = pose_rows(1)
    poses["v"], poses["omega"] = (0.02, 0.10, 0.03), (0.0, 0.0, 2.0)
    touch = Toucher(GLOVE).process(sensed_rows([[0, 0, 5.0, 0, 0, 0]]), poses)[0]
    # the middle finger is 105 mm ahead (back y); turning left about z by 2 rad/s carries it to back -x
    np.testing.assert_allclose(touch["velocity_cm_s"], [2.0 - 21.0, 10.0], atol=1e-9)
    assert touch["speed_cm_s"] == pytest.approx(np.hypot(19.0, 10.0))


def test_force_that_moves_between_the_fingers_is_no_speed() -> None:
    share = np.linspace(0.0, 1.0, 40)[:, None]
    forces = 10.0 * (share * np.eye(6)[1] + (1 - share) * np.eye(6)[4])
    touch = Toucher(GLOVE).process(sensed_rows(forces), pose_rows(40))
    assert np.ptp(touch["cop_mm"][:, 1]) > 100.0
    np.testing.assert_allclose(touch["speed_cm_s"], 0.0, atol=1e-12)


def test_a_yaw_error_makes_far_pads_uncertain_across_their_lever() -> None:
    poses = pose_rows(1)
    poses["sigma_p"], poses["sigma_yaw"] = (0.003, 0.004, 0.001), 0.05
    sigma = Toucher(GLOVE).process(sensed_rows([[1.0] * 6]), poses)["pad_sigma_mm"][0]
    np.testing.assert_allclose(sigma[2], [np.hypot(3.0, 0.05 * 105.0), 4.0])


def test_contact_has_hysteresis() -> None:
    totals = [0.6, 0.99, 1.0, 0.7, 0.5, 0.49, 0.7, 1.2]
    touch = Toucher(GLOVE).process(sensed_rows([[f, 0, 0, 0, 0, 0] for f in totals]), pose_rows(len(totals)))
    assert touch["contact"].tolist() == [False, False, True, True, True, False, False, True]


def test_the_spine_distance_is_that_of_the_nearest_loaded_pad() -> None:
    poses = pose_rows(2)
    poses["sigma_p"], poses["sigma_yaw"] = 0.003, 0.05
    touch = Toucher(GLOVE).process(sensed_rows([[3.0, 0, 0.49, 0.5, 0, 0], [0.4] * 6]), poses)
    assert touch["spine_mm"][0] == pytest.approx(20.0)   # the middle finger is at 0 but not loaded
    assert touch["spine_sigma_mm"][0] == touch["pad_sigma_mm"][0, 3, 0] > 3.0
    assert np.isnan(touch["spine_mm"][1]) and np.isnan(touch["spine_sigma_mm"][1])


def test_an_unusable_pad_makes_the_total_a_lower_bound() -> None:
    rows = sensed_rows([[2.0, 3.0, 0, 0, 0, 0]] * 3)
    rows["pad_ok"][1, 1] = False
    rows["at_least"][2, 0] = True
    touch = Toucher(GLOVE).process(rows, pose_rows(3))
    assert touch["total_n"].tolist() == [5.0, 2.0, 5.0]
    assert touch["total_at_least"].tolist() == [False, True, True]
    assert np.isnan(touch["force_n"][1, 1])


def test_no_usable_pad_is_unknown_and_not_zero() -> None:
    rows = sensed_rows([[np.nan] * 6])
    rows["pad_ok"] = False
    touch = Toucher(GLOVE).process(rows, pose_rows(1))[0]
    assert np.isnan(touch["total_n"]) and touch["total_at_least"] and not touch["contact"]


def test_without_a_place_every_place_is_unknown() -> None:
    poses = pose_rows(1)
    poses["located"] = False
    touch = Toucher(GLOVE).process(sensed_rows([[5.0] * 6]), poses)[0]
    for name in PLACED_FIELDS:
        assert np.all(np.isnan(touch[name])), name
    assert touch["total_n"] == 30.0 and touch["contact"]


def test_where_x_alone_is_known_so_is_all_that_follows_from_it_and_nothing_else() -> None:
    poses = pose_rows(2)
    poses["p"], poses["v"], poses["omega"], poses["sigma_p"] = (0.06, 0.2, 0.03), 0.1, 0.2, (0.003, 0.004, 0.001)
    poses["sigma_yaw"] = 0.05
    poses["x_known"], poses["located"][1] = True, False
    touch = Toucher(GLOVE).process(sensed_rows([[0, 3.0, 0, 1.0, 0, 0]] * 2), poses)
    placed, alone = touch[0], touch[1]
    assert alone["x_known"] and not alone["located"]
    for name in ("pos_mm", "sigma_mm", "pad_mm", "pad_sigma_mm", "cop_mm"):
        np.testing.assert_array_equal(alone[name][..., 0], placed[name][..., 0], err_msg=name)
        assert np.all(np.isnan(alone[name][..., 1:])), name
    assert alone["heading_rad"] == placed["heading_rad"] and alone["spine_mm"] == placed["spine_mm"]
    assert np.isnan(alone["speed_cm_s"]) and np.all(np.isnan(alone["velocity_cm_s"]))


def test_a_hand_that_is_located_has_its_x_known() -> None:
    assert Toucher(GLOVE).process(sensed_rows([[5.0] * 6]), pose_rows(1))["x_known"].all()


@given(st.data())
def test_splitting_changes_no_bit(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**31)))
    n = 30
    sensed, poses = sensed_rows(rng.uniform(0.0, 0.6, (n, 6))), pose_rows(n)
    sensed["pad_ok"] = rng.random((n, 6)) > 0.1
    poses["p"], poses["v"], poses["omega"] = (rng.normal(size=(n, 3)) for _ in range(3))
    poses["located"] = rng.random(n) > 0.2
    poses["x_known"] = poses["located"] | (rng.random(n) > 0.5)
    quaternion = rng.normal(size=(n, 4))
    poses["q"] = quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True)
    whole = Toucher(GLOVE).process(sensed, poses)
    cuts = sorted(data.draw(st.lists(st.integers(0, n), max_size=6)))
    toucher = Toucher(GLOVE)
    edges = [0, *cuts, n]
    parts = [toucher.process(sensed[a:b], poses[a:b]) for a, b in pairwise(edges)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
