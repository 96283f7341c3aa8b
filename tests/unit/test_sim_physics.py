"""The simulated sensors against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from slowhand.sim.body import REALISTIC_BODY as ROUGH
from slowhand.sim.body import Body, Strip, Surroundings, lay_strip, some_body, some_surroundings
from slowhand.sim.choreography import Choreography, Plan
from slowhand.sim.hand import Hand, move, rotation_from_angles, turn_rate_from_angles
from slowhand.sim.magnets import CHIP_TO_HAND, dipole_ut, field_counts, field_ut, strip_ut
from slowhand.sim.motion_sensor import motion_counts, specific_force
from slowhand.sim.pads import (
    CURVES,
    DIVIDER_OHM,
    PadErrors,
    Pads,
    conductance_us,
    counts_from_conductance,
)

MOMENT = np.array([0.0, 0.0, 0.1])


@pytest.mark.parametrize(("distance_m", "field_ut_"), [(0.030, 740.7), (0.060, 92.6), (0.100, 20.0)])
def test_dipole_on_its_axis_is_two_hundredths_microtesla_over_r_cubed(distance_m, field_ut_):
    field = dipole_ut(np.zeros(3), MOMENT, np.array([[0.0, 0.0, distance_m]]))[0]
    assert field == pytest.approx([0, 0, field_ut_], rel=1e-3, abs=1e-9)


def test_dipole_beside_it_is_half_as_strong_and_reversed():
    on_axis = dipole_ut(np.zeros(3), MOMENT, np.array([[0.0, 0.0, 0.05]]))[0, 2]
    beside = dipole_ut(np.zeros(3), MOMENT, np.array([[0.05, 0.0, 0.0]]))[0]
    assert beside == pytest.approx([0, 0, -on_axis / 2])


@given(st.lists(st.floats(-0.2, 0.2), min_size=3, max_size=3).filter(lambda p: np.linalg.norm(p) > 0.03))
@settings(max_examples=50, deadline=None)
def test_dipole_field_has_neither_source_nor_curl(point):
    h, at = 1e-4, np.array(point)
    steps = np.concatenate([at + h * np.eye(3), at - h * np.eye(3)])
    moment = np.array([0.03, -0.05, 0.1])
    field = dipole_ut(np.array([0.001, 0.002, -0.003]), moment, steps)
    jacobian = (field[:3] - field[3:]).T / (2 * h)
    size = np.abs(jacobian).max()
    assert abs(np.trace(jacobian)) < 1e-3 * size
    assert np.abs(jacobian - jacobian.T).max() < 1e-3 * size


def test_dipole_equals_two_poles_close_together():
    gap, at = 1e-4, np.array([0.04, -0.03, 0.05])
    pole = 0.1 / gap
    up = np.array([0, 0, gap / 2])
    ends = [(+1, at - up), (-1, at + up)]
    coulomb = sum(1e-7 * 1e6 * pole * sign * r / np.linalg.norm(r) ** 3 for sign, r in ends)
    assert dipole_ut(np.zeros(3), MOMENT, at[None])[0] == pytest.approx(coulomb, rel=1e-4)


def test_room_field_obeys_maxwell_and_dips_towards_gravity():
    for posture in ("prone", "seated"):
        body = Body(posture=posture)
        world = some_surroundings(body, np.random.default_rng(3), ROUGH)
        assert np.trace(world.gradient_ut_m) == pytest.approx(0, abs=1e-12)
        assert world.gradient_ut_m == pytest.approx(world.gradient_ut_m.T)
        assert 45 < np.linalg.norm(world.earth_ut) < 55
        assert world.earth_ut @ body.gravity > 0  # northern hemisphere


def test_strip_has_the_pitch_and_the_polarity_of_the_design():
    body = some_body(np.random.default_rng(1), ROUGH)
    strip = lay_strip(body, np.random.default_rng(2), ROUGH)
    assert "".join("+" if m > 0 else "-" for m in strip.moment[:, 2]) == "+++++-------++++"
    gaps = np.linalg.norm(np.diff(strip.place, axis=0), axis=1)
    assert gaps.mean() == pytest.approx(0.030, abs=0.001)
    assert np.linalg.norm(strip.moment, axis=1) == pytest.approx(0.1, rel=0.25)
    assert strip.place[0] == pytest.approx([0, 0, 0], abs=1e-12)


def test_back_has_the_shape_of_the_design():
    body = Body()
    along = body.skin(np.zeros(91), np.linspace(0, 0.45, 91))
    assert 0.008 <= np.ptp(along) <= 0.020
    crest = body.skin(np.array(0.0), np.array(0.2)) + body.furrow_mm / 1000
    assert 1000 * (crest - body.skin(np.array(0.1), np.array(0.2))) == pytest.approx(25, abs=3)
    assert 1000 * (crest - body.skin(np.array(-0.15), np.array(0.2))) == pytest.approx(45, abs=6)


def test_a_resting_palm_reads_gravity_upwards():
    level = rotation_from_angles(np.array([[np.pi / 2, 0.0, 0.0]]))
    rest = specific_force(np.zeros((1, 3)), level, Body().gravity)
    assert rest[0] == pytest.approx([0, 0, 9.80665])
    # seated, fingers to the feet: the back is upright, gravity points along the fingers, the reaction to the wrist
    upright = specific_force(np.zeros((1, 3)), level, Body(posture="seated").gravity)
    assert upright[0] == pytest.approx([-9.80665, 0, 0])
    counts, _ = motion_counts(rest, np.zeros((1, 3)))
    assert counts[0].tolist() == [0, 0, 8192]


def test_start_pose_axes():
    rotation = rotation_from_angles(np.array([[np.pi / 2, 0.0, 0.0]]))[0]
    assert rotation @ [1, 0, 0] == pytest.approx([0, 1, 0])   # hand x = back y
    assert rotation @ [0, 1, 0] == pytest.approx([-1, 0, 0])  # hand y = - back x
    assert rotation @ [0, 0, 1] == pytest.approx([0, 0, 1])


def test_turn_rate_of_angles_is_the_body_rate():
    rng = np.random.default_rng(0)
    angles, rates, h = rng.normal(0, 0.5, (20, 3)), rng.normal(0, 1.0, (20, 3)), 1e-6
    change = np.einsum(
        "nji,njk->nik", rotation_from_angles(angles - rates * h / 2), rotation_from_angles(angles + rates * h / 2)
    )
    expected = Rotation.from_matrix(change).as_rotvec() / h
    assert turn_rate_from_angles(angles, rates) == pytest.approx(expected, abs=1e-4)


@pytest.fixture(scope="module")
def glide():
    """A motion of 12 s with a glide, without a script."""
    body, hand = Body(), Hand()
    stage = Choreography(hand, body, np.random.default_rng(4), 12.0)
    stage.start_procedure(2.2, 1.0, 2.2)
    stage.perform(Plan("glide", "palm", (60, 80), (75, 300), 12.0, speed_cm_s=15.0, heading_deg=20))
    program = stage.finish()
    return program, move(program, hand, body, np.random.default_rng(5))


def test_accelerometer_integrates_twice_to_the_path(glide):
    _, motion = glide
    t = motion.times()[40:]
    force = specific_force(motion.place(t, 2), motion.rotation(t), Body().gravity)
    acceleration = np.einsum("nij,nj->ni", motion.rotation(t), force) + Body().gravity
    velocity = motion.place(t[:1], 1) + trapezoid(acceleration)
    place = motion.place(t[:1]) + trapezoid(velocity)
    assert np.abs(velocity - motion.place(t, 1)).max() < 5e-4
    assert np.abs(place - motion.place(t)).max() < 2e-3  # of a path of more than a metre in 12 s


def trapezoid(rate: np.ndarray, dt_s: float = 0.005) -> np.ndarray:
    return np.concatenate([np.zeros((1, 3)), np.cumsum((rate[1:] + rate[:-1]) / 2, axis=0) * dt_s])


def test_gyroscope_integrates_to_the_attitude(glide):
    _, motion = glide
    t = motion.times()
    rate = motion.turn_rate(t)
    attitude = Rotation.from_matrix(motion.rotation(t[:1])[0])
    middle = (rate[1:] + rate[:-1]) / 2 / motion.rate_hz
    for turn in Rotation.from_rotvec(middle):
        attitude = attitude * turn
    error = attitude.inv() * Rotation.from_matrix(motion.rotation(t[-1:])[0])
    assert np.degrees(error.magnitude()) < 0.02


def test_pads_follow_the_skin(glide):
    program, motion = glide
    t = motion.times()
    rows = (program.stroke == 0) & (program.force.sum(axis=1) > 6)
    at = motion.place(t) + np.einsum("nij,nj->ni", motion.rotation(t), program.reference)
    height = at[rows, 2] - Body().rest(at[rows, 0], at[rows, 1])
    press = program.force.sum(axis=1)[rows] / 4000.0
    assert np.abs(height + press).max() < 0.004  # breathing and tremor
    fastest = np.hypot(*np.gradient(at[rows, :2], axis=0).T).max() * 200
    assert fastest == pytest.approx(0.15, rel=0.1)


def test_field_counts_go_through_the_chips_axes_and_back():
    hand = np.random.default_rng(2).uniform(-900, 900, (50, 2, 3))
    counts = field_counts(hand)
    assert np.abs(field_ut(counts) - hand).max() <= 0.0751
    one = field_counts(np.array([[[10.0, 20.0, 30.0], [10.0, 20.0, 30.0]]]))[0]
    assert (one[0] * 0.15).round().tolist() == [10, -20, -30]          # hand y = - chip y, hand z = - chip z
    assert (one[1] / 17.11).round().tolist() == [-20, 10, 30]          # hand x = chip y, hand y = - chip x
    for turn in CHIP_TO_HAND:
        assert np.linalg.det(turn) == pytest.approx(1.0)


def test_strong_field_is_clipped_not_wrapped():
    counts = field_counts(np.full((1, 2, 3), 1e5))
    assert np.abs(counts[0, 0]).min() == 32752
    assert counts[0, 1, 2] == 32767


def test_strip_field_is_the_sum_of_its_magnets():
    strip = Strip(np.array([[0, 0, 0], [0, 0.03, 0]]), np.array([[0, 0, 0.1], [0, 0, -0.1]]))
    middle = strip_ut(strip, np.array([[0.0, 0.015, 0.04]]))[0]
    assert middle[2] == pytest.approx(0, abs=1e-9)  # opposite magnets cancel half way
    assert abs(middle[1]) > 100
    assert Surroundings(np.ones(3), np.zeros((3, 3)), np.zeros(3)).field(np.zeros((2, 3))) == pytest.approx(1.0)


@pytest.mark.parametrize("pad", range(6))
def test_pad_passes_through_its_curve_and_never_falls(pad):
    points = np.array(CURVES[pad])
    assert conductance_us(pad, points[:, 0]) == pytest.approx(points[:, 1])
    fine = conductance_us(pad, np.linspace(0, 120, 4000))
    assert fine[0] == 0
    assert np.all(np.diff(fine) > 0)
    ideal = counts_from_conductance(pad, points[-1, 1])
    resistance = 1e6 / points[-1, 1]
    assert ideal == pytest.approx(1023 * DIVIDER_OHM[pad] / (DIVIDER_OHM[pad] + resistance))


def perfect_pads(**changes) -> Pads:
    errors = PadErrors(gain=0, hysteresis=0, creep=0, noise_counts=0, preload_n=0)
    return Pads(np.ones(6), np.zeros(6), PadErrors(**{**errors.__dict__, **changes}))


def test_perfect_pads_count_what_the_divider_gives():
    counts = perfect_pads().counts(np.full((3, 6), 5.0), 200.0, np.random.default_rng(0))
    assert counts[0].tolist() == [637] * 4 + [80] * 2  # 500 uS over 3.3 kOhm; 1.8 uS over 47 kOhm


def test_unloading_reads_more_than_loading():
    ramp = np.concatenate([np.linspace(0, 10, 500), np.linspace(10, 0, 500)])
    counts = perfect_pads(hysteresis=1.0).counts(np.tile(ramp[:, None], 6), 200.0, np.random.default_rng(0))
    assert np.all(counts[750] > counts[250])


def test_creep_grows_with_the_logarithm_of_time():
    held = np.full((20_001, 6), 60.0)  # many counts, so that rounding does not hide it
    counts = perfect_pads(creep=1.0).counts(held, 200.0, np.random.default_rng(0)).astype(float)
    felt = counts / (1023 - counts)
    growth = [(felt[b] / felt[a] - 1)[4] for a, b in ((200, 2000), (2000, 20_000))]
    assert 0.01 < growth[0] < 0.03
    assert growth[1] == pytest.approx(growth[0], rel=0.4)


def test_an_unloaded_pad_reads_nothing_at_once_however_long_it_was_pressed():
    force = np.zeros((12_000, 6))
    force[2000:10_000] = 30.0
    counts = perfect_pads(creep=1.0, hysteresis=1.0).counts(force, 200.0, np.random.default_rng(0))
    assert counts[9999].min() > 300
    assert counts[10_000:].max() == 0
