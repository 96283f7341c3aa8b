"""A seated back that sways and leans, against the mechanics of moving frames."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from slowhand.sim.hand import Hand, move
from slowhand.sim.simulation import Simulation
from slowhand.sim.sway import Sway, leaning
from slowhand.sim.truth import runs
from tests.unit.sim_scenes import FLAT, held, random


def test_sway_is_felt_as_the_second_derivative_of_the_path_in_the_room() -> None:
    t = np.arange(4000) / 1000.0
    turn = np.stack([0.05 * np.sin(2.0 * t), 0.03 * np.sin(1.3 * t + 1), 0.04 * np.cos(1.7 * t)], axis=1)
    shift = 0.006 * np.stack([np.sin(1.9 * t), np.sin(2.3 * t), np.cos(t)], axis=1)
    sway = Sway(turn, shift, np.array([0.0, 0.53, -0.1]), 1000.0)
    p = np.stack([0.1 * np.sin(3 * t), 0.2 + 0.1 * np.cos(2 * t), 0.03 + 0.0 * t], axis=1)
    v = np.gradient(p, 1e-3, axis=0)
    a = np.gradient(v, 1e-3, axis=0)
    path = sway.place_in_room(p)
    seen = np.gradient(np.gradient(path, 1e-3, axis=0), 1e-3, axis=0)
    expected = np.einsum("nji,nj->ni", sway.rotation(), seen)
    inner = slice(10, -10)
    assert sway.acceleration(p, v, a)[inner] == pytest.approx(expected[inner], abs=2e-5)
    assert np.abs(expected - a)[inner].max() > 0.05  # what a model without the sway would miss


def test_a_steady_turn_is_felt_as_its_centripetal_acceleration_and_rate() -> None:
    t = np.arange(200) / 200.0
    turn = np.zeros((200, 3))
    turn[:, 0] = 0.05 * t
    sway = Sway(turn, np.zeros((200, 3)), np.zeros(3), 200.0)
    p = np.tile([0.0, -0.5, 0.0], (200, 1))
    felt = sway.acceleration(p, np.zeros((200, 3)), np.zeros((200, 3)))[50]
    assert felt == pytest.approx([0.0, 0.05**2 * 0.5, 0.0], abs=1e-9)
    assert sway.turn_rate()[50] == pytest.approx([0.05, 0.0, 0.0])
    # leaning by phi about x turns gravity (down the spine) by phi towards the belly or the back
    lean = sway.to_back(np.array([0.0, 9.81, 0.0]))[100]
    phi = turn[100, 0]
    assert lean == pytest.approx([0.0, 9.81 * np.cos(phi), -9.81 * np.sin(phi)])


def test_the_turn_rate_of_a_sway_about_all_axes_is_exact() -> None:
    t = np.arange(4000) / 1000.0
    turn = 0.07 * np.stack([np.sin(2 * t), np.cos(1.1 * t), np.sin(1.6 * t + 2)], axis=1)
    rotation = Rotation.from_rotvec(turn)
    expected = (rotation[:-2].inv() * rotation[2:]).as_rotvec() * 500.0
    rate = Sway(turn, np.zeros_like(turn), np.zeros(3), 1000.0).turn_rate()
    assert rate[1:-1] == pytest.approx(expected, abs=1e-5)


def test_lean_changes_by_two_or_three_degrees_slowly_and_not_during_the_start() -> None:
    lean = np.degrees(leaning(60_000, 200.0, 8.0, random(4)))
    assert np.abs(lean[: 8 * 200]).max() == 0.0
    assert np.abs(lean[:, 1]).max() == 0.0           # no twist
    still = runs(np.linalg.norm(np.diff(lean, axis=0), axis=1) < 1e-6)
    poses = np.array([lean[a] for a, b in still if b - a > 400])
    assert len(poses) >= 5
    step = np.linalg.norm(np.diff(poses, axis=0), axis=1)
    assert step.min() > 1.99 and step.max() < 3.01
    assert np.linalg.norm(lean, axis=1).max() < 4.01
    assert 200.0 * np.linalg.norm(np.diff(lean, axis=0), axis=1).max() < 1.2  # degrees per second


def test_a_hand_in_the_air_keeps_still_in_the_room_and_one_on_the_back_goes_along() -> None:
    hand, calm = Hand(tremor=0.0), held(FLAT)
    t = np.arange(len(calm.force)) / 200.0
    turn = np.radians(2.0) * np.stack([np.sin(2.0 * t), np.sin(1.4 * t), np.cos(1.7 * t)], axis=1)
    shift = 0.006 * np.stack([np.sin(1.9 * t), np.cos(2.3 * t), np.sin(t)], axis=1)
    sway = Sway(turn, shift, np.array([0.0, 0.53, -0.1]), 200.0)
    still, swaying_ = move(calm, hand, FLAT, random()), move(calm, hand, FLAT, random(), sway)
    away, work = slice(100, 400), slice(2000, 3000)
    path = sway.place_in_room(swaying_.place(t))
    assert np.ptp(path[away], axis=0).max() < 1e-3             # in the room
    assert np.ptp(swaying_.place(t[away]), axis=0).max() > 0.02   # over the back
    attitude = sway.rotation() @ swaying_.rotation(t)
    assert np.ptp(attitude[away], axis=0).max() < 2e-3
    assert swaying_.place(t[work]) == pytest.approx(still.place(t[work]), abs=1e-9)
    assert sway.place_on_back(sway.place_in_room(still.place(t))) == pytest.approx(still.place(t), abs=1e-12)


def test_a_seated_body_is_typically_swaying_by_six_millimetres_and_not_quite_a_degree() -> None:
    body = Simulation("mixed", 12, 10.0, posture="seated").run().body
    assert body.sway_mm == pytest.approx(6.0) and body.sway_deg == pytest.approx(0.8)
