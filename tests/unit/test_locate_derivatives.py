"""Every analytic derivative of the locator against finite differences, and the field against closed forms."""

import numpy as np
import pytest

from slowhand.locate.contact_model import height_innovation
from slowhand.locate.correction import inject
from slowhand.locate.field_map import build_map, empty_map, strip_field
from slowhand.locate.field_model import field_innovation
from slowhand.locate.layout import (
    BA,
    BG,
    FALL,
    MAGNETS,
    N_QUICK,
    SHAPE,
    SHIFT,
    A,
    P,
    Q,
    V,
    error_size,
)
from slowhand.locate.motion_model import new_work, predict, widen
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.strip import StripProfile, load_strip, ribbon_of

STRIP = load_strip()
RIBBON = ribbon_of(STRIP)
SIZE = error_size(STRIP.magnets)
LEVERS = np.array([[0.0, 0.0, 0.0], [-0.06, 0.0, 0.0]])


def some_state(seed: int) -> np.ndarray:
    """A nominal state with everything different from zero, the hand above the strip."""
    rng = np.random.default_rng(seed)
    x = np.zeros(SIZE + SHIFT)
    inject(x_with_identity(x), 0.2 * rng.normal(size=SIZE) * scales(), SIZE)
    x[P : P + 3] = [0.03 * rng.normal(), 0.2 + 0.1 * rng.normal(), 0.05]
    x[Q : Q + 4] = rng.normal(size=4)
    x[Q : Q + 4] /= np.linalg.norm(x[Q : Q + 4])
    x[FALL + SHIFT] = 1.1
    return x


def x_with_identity(x: np.ndarray) -> np.ndarray:
    x[Q] = 1.0
    return x


def scales() -> np.ndarray:
    scale = np.full(SIZE, 1.0)
    scale[SHAPE:FALL] = 0.02
    scale[MAGNETS:] = np.tile([0.1, 0.1, 0.1, 0.004, 0.004, 0.004], STRIP.magnets)
    return scale


def numeric_rows(x: np.ndarray, innovation, rows: int) -> np.ndarray:
    """d(prediction)/d(error), (rows, SIZE): minus the change of the innovation, by central differences."""
    found = np.zeros((rows, SIZE))
    for j in range(SIZE):
        values = []
        for sign in (1.0, -1.0):
            step = np.zeros(SIZE)
            step[j] = sign * 1e-6
            moved = x.copy()
            inject(moved, step, SIZE)
            values.append(innovation(moved))
        found[:, j] = -(values[0] - values[1]) / 2e-6
    return found


@pytest.mark.parametrize("posture", ["prone", "seated"])
@pytest.mark.parametrize("sensor", [0, 1])
def test_field_rows_are_the_derivatives_of_the_innovation(sensor: int, posture: str) -> None:
    frame = frame_of(posture, STRIP.length_m, 0.0, Parameters())[0]
    work, field_map = new_work(SIZE), empty_map(STRIP.magnets)
    for seed in range(4):
        x = some_state(seed)
        seen = np.array([30.0, -80.0, 45.0])

        def innovation(state: np.ndarray, seen: np.ndarray = seen) -> np.ndarray:
            build_map(state, RIBBON, field_map)
            field_innovation(state, SIZE, sensor, seen, LEVERS[sensor], RIBBON, field_map, frame, work)
            return work.nu.copy()

        # At zero innovation the rotation of what was seen and of what is predicted are the same thing.
        rot_seen = innovation(x)
        back = np.array([np.dot(work.rot[:, i], rot_seen) for i in range(3)])
        seen -= back
        assert np.abs(innovation(x)).max() < 1e-9
        rows = work.rows.copy()
        numeric = numeric_rows(x, innovation, 3)
        np.testing.assert_allclose(rows, numeric, rtol=2e-5, atol=2e-5 * np.abs(numeric).max())


def test_few_states_see_the_same_as_many() -> None:
    frame = frame_of("prone", STRIP.length_m, 0.0, Parameters())[0]
    x, field_map = some_state(5), empty_map(STRIP.magnets)
    build_map(x, RIBBON, field_map)
    seen = np.array([10.0, 20.0, 30.0])
    few, many = new_work(SIZE), new_work(SIZE)
    field_innovation(x, N_QUICK, 1, seen, LEVERS[1], RIBBON, field_map, frame, few)
    field_innovation(x, SIZE, 1, seen, LEVERS[1], RIBBON, field_map, frame, many)
    np.testing.assert_allclose(few.nu, many.nu, atol=1e-9)
    np.testing.assert_allclose(few.rows[:, :N_QUICK], many.rows[:, :N_QUICK], rtol=1e-10, atol=1e-7)


def test_height_row_is_the_derivative_of_the_innovation() -> None:
    parameters = Parameters()
    frame, par = frame_of("prone", STRIP.length_m, 0.003, parameters)[0], packed(parameters)[0]
    work, lever = new_work(SIZE), np.array([0.08, 0.02, -0.03])
    for seed in range(4):
        x = some_state(seed)

        def innovation(state: np.ndarray) -> np.ndarray:
            height_innovation(state, SIZE, lever, frame, par, work)
            return work.nu[:1].copy()

        innovation(x)
        row = work.rows[:1].copy()
        np.testing.assert_allclose(row, numeric_rows(x, innovation, 1), rtol=1e-5, atol=1e-7)


def carried(x: np.ndarray, dt: float, accel, gyro, frame, par) -> np.ndarray:
    x = x.copy()
    predict(x, np.zeros((SIZE, SIZE)), SIZE, dt, accel, gyro, frame, par, new_work(SIZE))
    return x


def error_between(x: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The error state that turns ``x`` into ``other`` (small)."""
    out = np.zeros(SIZE)
    out[:A] = other[:Q] - x[:Q]
    w, v = x[Q], x[Q + 1 : Q + 4]
    ow, ov = other[Q], other[Q + 1 : Q + 4]
    out[A : A + 3] = 2.0 * (w * ov - ow * v - np.cross(ov, v)) * np.sign(w * ow + v @ ov)
    out[BG:] = other[BG + SHIFT :] - x[BG + SHIFT :]
    return out


def test_covariance_is_carried_by_the_derivative_of_the_motion() -> None:
    quiet = Parameters(
        velocity_walk=0, velocity_scale=0, attitude_walk=0, attitude_scale=0, gyro_bias_walk=0, accel_bias_walk=0,
        earth_walk=0, hard_iron_walk=0, iron_turn=0, tilt_walk=0,
    )
    frame, par = frame_of("prone", STRIP.length_m, 0.0, quiet)[0], packed(quiet)[0]
    x = some_state(3)
    accel, gyro, dt = np.array([1.0, 2.0, 9.0]), np.array([0.3, -0.5, 0.8]), 1e-3
    numeric = np.zeros((SIZE, SIZE))
    base = carried(x, dt, accel, gyro, frame, par)
    for j in range(SIZE):
        step = np.zeros(SIZE)
        step[j] = 1e-4
        moved = x.copy()
        inject(moved, step, SIZE)
        numeric[:, j] = error_between(base, carried(moved, dt, accel, gyro, frame, par)) / 1e-4
    root = np.random.default_rng(0).normal(size=(SIZE, SIZE))
    cov = root @ root.T
    expected = numeric @ cov @ numeric.T
    predict(x.copy(), cov, SIZE, dt, accel, gyro, frame, par, new_work(SIZE))
    # Terms of the order of dt^2 (place from half the acceleration) are left out of the covariance on purpose.
    np.testing.assert_allclose(cov, expected, atol=2e-4 * np.abs(cov).max() * 0.1 + 2e-3)
    assert np.array_equal(cov, cov.T)


def test_a_step_without_watching_only_adds_doubt() -> None:
    par = packed(Parameters())[0]
    x, root = some_state(1), np.random.default_rng(1).normal(size=(SIZE, SIZE))
    cov = root @ root.T
    before, speed, place = cov.copy(), x[V : V + 3].copy(), x[P : P + 3].copy()
    widen(x, cov, SIZE, 0.1, par)
    np.testing.assert_allclose(x[P : P + 3], place + 0.1 * speed)
    carry = np.eye(SIZE)
    carry[P : P + 3, V : V + 3] = 0.1 * np.eye(3)
    grown = cov - carry @ before @ carry.T
    assert np.array_equal(cov, cov.T)
    np.testing.assert_allclose(grown - np.diag(np.diag(grown)), 0.0, atol=1e-10)
    assert (np.diag(grown)[:BG] > 0).all() and np.abs(np.diag(grown)[BG:]).max() < 1e-10


def dipole_sum(profile: StripProfile, at: np.ndarray) -> np.ndarray:
    """The strip lying flat, from the textbook, in uT."""
    total = np.zeros(3)
    for i, pole in enumerate(profile.polarity):
        r = at - np.array([0.0, profile.pitch_mm / 1000 * i, 0.0])
        m = np.array([0.0, 0.0, profile.moment_a_m2 * (1 if pole == "+" else -1)])
        d = np.linalg.norm(r)
        total += 1e-7 * (3 * (m @ r) * r / d**5 - m / d**3) * 1e6
    return total


def test_a_flat_strip_is_a_sum_of_dipoles() -> None:
    field_map, b, jac, scratch = empty_map(STRIP.magnets), np.zeros(3), np.zeros((3, 3)), np.zeros((3, 3))
    build_map(np.zeros(SIZE + SHIFT), RIBBON, field_map)
    for at in ([0.0, 0.0, 0.03], [0.05, 0.2, 0.06], [-0.1, 0.5, 0.04]):
        strip_field(np.array(at), field_map, b, jac, scratch)
        np.testing.assert_allclose(b, dipole_sum(STRIP, np.array(at)), rtol=1e-12)
        assert abs(np.trace(jac)) < 1e-9 * np.abs(jac).max()


def test_one_magnet_on_its_axis_has_the_known_field() -> None:
    # 0.1 A m2: 2e-8 / r^3 T on the axis: 741 uT at 30 mm, 93 at 60, 20 at 100.
    ribbon = ribbon_of(StripProfile(polarity="+-", pitch_mm=200))
    far = empty_map(2)
    build_map(np.zeros(error_size(2) + SHIFT), ribbon, far)
    far.moment[1] = 0.0
    for height, expected in ((0.03, 740.7), (0.06, 92.6), (0.1, 20.0)):
        b, jac = np.zeros(3), np.zeros((3, 3))
        strip_field(np.array([0.0, 0.0, height]), far, b, jac, np.zeros((3, 3)))
        assert b[2] == pytest.approx(expected, rel=1e-3)


def test_a_curved_ribbon_keeps_its_length_and_its_magnets_stand_upright() -> None:
    x = np.zeros(SIZE + SHIFT)
    x[SHAPE + SHIFT + 1] = 0.02
    x[SHAPE + SHIFT + 2] = -0.01
    field_map = empty_map(STRIP.magnets)
    build_map(x, RIBBON, field_map)
    steps = np.linalg.norm(np.diff(field_map.place, axis=0), axis=1)
    np.testing.assert_allclose(steps, STRIP.pitch_mm / 1000, rtol=2e-3)
    tangent = field_map.place[2:] - field_map.place[:-2]
    upright = np.abs(np.sum(tangent * field_map.moment[1:-1], axis=1))
    assert upright.max() < 0.02 * np.linalg.norm(tangent, axis=1).max() * STRIP.moment_a_m2
    np.testing.assert_allclose(np.linalg.norm(field_map.moment, axis=1), STRIP.moment_a_m2, rtol=1e-9)


def test_velocity_grows_by_the_felt_force_and_gravity() -> None:
    parameters = Parameters()
    for posture, gravity in (("prone", [0, 0, -9.80665]), ("seated", [0, 9.80665, 0])):
        frame, par = frame_of(posture, 0.45, 0.0, parameters)[0], packed(parameters)[0]
        x = x_with_identity(np.zeros(SIZE + SHIFT))
        at_rest = -np.array(gravity, float)
        x[BA + SHIFT : BA + SHIFT + 3] = 0.1
        for _ in range(100):
            predict(x, np.eye(SIZE), SIZE, 0.005, at_rest + 0.1 + [0.2, 0.0, 0.0], np.zeros(3), frame, par,
                    new_work(SIZE))
        np.testing.assert_allclose(x[V : V + 3], [0.1, 0.0, 0.0], atol=1e-9)
        np.testing.assert_allclose(x[P : P + 3], [0.025, 0.0, 0.0], atol=1e-9)
