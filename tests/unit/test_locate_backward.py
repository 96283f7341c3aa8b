"""The way back against closed forms: batch least squares, derivatives, chi-square."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.stats import chi2

from slowhand.locate.backward import carry_back, fold, hear, loosen, new_way_back, widen_back
from slowhand.locate.book import POSES, TRACK
from slowhand.locate.correction import correct, inject
from slowhand.locate.field_map import build_map, empty_map
from slowhand.locate.field_model import field_innovation
from slowhand.locate.layout import BA, BE, BG, MAGNETS, N_QUICK, SHIFT, TILT, A, P, Q, V
from slowhand.locate.motion_model import new_work, predict
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.prior import fresh_state
from slowhand.locate.recording import CARRIED, N_KEPT, midway, new_recording
from slowhand.locate.row_back import smooth_row
from tests.unit.test_locate_consistency import LEVERS, PARAMETERS, RATE, RIBBON, SIZE, STRIP, World

SMALL = MAGNETS  # errors without those of single magnets: all that the motion knows
DT = 0.05
FRAME = frame_of("seated", STRIP.length_m, 0.0, Parameters())[0]


def transition(dt: float, rot: np.ndarray, felt: np.ndarray, size: int = SMALL) -> np.ndarray:
    """F of a step, written from the physics: dp = v, dv = error x felt - R ba + lean, d error = - R bg."""
    f = np.eye(size)
    cross = np.array([[0, felt[2], -felt[1]], [-felt[2], 0, felt[0]], [felt[1], -felt[0], 0]])  # e -> e x felt
    f[P : P + 3, V : V + 3] = dt * np.eye(3)
    f[V : V + 3, A : A + 3] = dt * cross
    f[V : V + 3, BA : BA + 3] = -dt * rot
    f[V : V + 3, TILT : TILT + 2] = dt * FRAME["lean"].T
    f[A : A + 3, BG : BG + 3] = -dt * rot
    return f


def unwatched(seconds: float) -> np.ndarray:
    f = np.eye(SMALL)
    f[P : P + 3, V : V + 3] = seconds * np.eye(3)
    return f


def test_a_step_back_is_the_transpose_of_the_step_forward() -> None:
    rng = np.random.default_rng(3)
    rot, felt = Rotation.random(random_state=5).as_matrix(), rng.normal(size=3) * 6
    half = rng.normal(size=(SMALL, SMALL))
    for f, go in (
        (transition(DT, rot, felt), lambda a, b: carry_back(a, b, SMALL, DT, rot, felt, FRAME)),
        (unwatched(0.2), lambda a, b: widen_back(a, b, SMALL, 0.2)),
    ):
        pull, news = rng.normal(size=SMALL), half @ half.T
        expected = f.T @ pull, f.T @ news @ f
        go(pull, news)
        np.testing.assert_allclose(pull, expected[0], atol=1e-12)
        np.testing.assert_allclose(news, expected[1], atol=1e-10)
        assert np.array_equal(news, news.T)


def test_the_transition_is_the_derivative_of_the_motion_model() -> None:
    rng, par, work = np.random.default_rng(2), packed(Parameters())[0], new_work(SMALL)
    x = fresh_state(STRIP.magnets)[: SMALL + SHIFT]
    x[V : V + 3], x[BG + SHIFT : BG + SHIFT + 3] = [0.3, -0.2, 0.1], [0.01, 0.0, -0.02]
    inject(x, np.eye(SMALL)[A + 1] * 0.4, SMALL)
    accel, gyro, dt, h = np.array([1.0, -9.0, 3.0]), np.array([0.5, -1.0, 0.8]), 0.005, 1e-6
    rot, felt = np.zeros((3, 3)), np.zeros(3)
    midway(x, accel, gyro, dt, rot, felt)

    def moved(error: np.ndarray) -> np.ndarray:
        y = x.copy()
        inject(y, error, SMALL)
        predict(y, np.zeros((SMALL, SMALL)), SMALL, dt, accel, gyro, FRAME, par, work)
        return y

    base = moved(np.zeros(SMALL))
    turn = Rotation.from_quat(np.roll(base[Q : Q + 4], -1))
    for k in rng.permutation(TILT + 2)[:31]:
        y = moved(h * np.eye(SMALL)[k])
        column = np.delete(y - base, Q)  # a place for each error; the attitude's three are put in next
        column[A : A + 3] = (Rotation.from_quat(np.roll(y[Q : Q + 4], -1)) * turn.inv()).as_rotvec()
        np.testing.assert_allclose(column / h, transition(dt, rot, felt)[:, k], atol=3e-4, err_msg=f"error {k}")


@pytest.mark.parametrize("posture", ["prone", "seated"])
def test_what_nobody_measured_grows_backwards_as_it_does_forwards(posture: str) -> None:
    frame, par, work = frame_of(posture, STRIP.length_m, 0.0, Parameters())[0], packed(Parameters())[0], new_work(SMALL)
    accel, gyro, ends = np.array([0.4, 0.2, 9.6]), np.array([0.5, -0.2, 0.3]), []
    for dt in (0.005, -0.005):
        x, cov = fresh_state(STRIP.magnets), np.zeros((SMALL, SMALL))
        x[BE + SHIFT : BE + SHIFT + 3] = [20.0, 10.0, -40.0]
        predict(x, cov, SMALL, dt, accel, gyro, frame, par, work)
        ends.append(np.diag(cov))
    np.testing.assert_allclose(ends[1], ends[0], rtol=0.05)  # some goes with speed and acceleration
    assert np.all(ends[0][V:BE] > 0)


def test_smoothing_is_batch_least_squares() -> None:
    """A linear world: what the way back says of each instant is what all measurements at once say of it."""
    rng, steps, work = np.random.default_rng(11), 12, new_work(SMALL, 40)
    walk = np.diag([0.0] * V + [0.03] * (N_QUICK - V) + [0.0] * (SMALL - N_QUICK))
    cov = np.diag(rng.uniform(0.2, 2.0, SMALL))
    sources = [cov.copy()]             # of all randomness but the measurements': the prior, and each step's noise
    reach, reaches = [np.eye(SMALL)], []   # how each of them has come into the present
    truth, error = rng.multivariate_normal(np.zeros(SMALL), cov), np.zeros(SMALL)
    steps_back, looks, seen, filtered, truths = [], [], [], [], []
    for k in range(steps):
        rot, felt = Rotation.random(random_state=k).as_matrix(), rng.normal(size=3) * 4
        watched, begin = k != 5, int(work.tape.used[0])
        f = transition(DT, rot, felt) if watched else unwatched(0.2)
        h = rng.normal(size=(3 if k % 3 else 1, SMALL)) * 0.5
        m = len(h)
        truth = f @ truth + rng.multivariate_normal(np.zeros(SMALL), walk)
        z = h @ truth + rng.normal(size=m)
        sources.append(walk)
        reach = [*(f @ r for r in reach), np.eye(SMALL)]
        error, cov = f @ error, f @ cov @ f.T + walk
        work.rows[:m], work.nu[:m] = h, z - h @ error
        # Attitudes add like vectors in this world, so the state is kept here and not in a nominal one.
        correct(fresh_state(STRIP.magnets), cov, SMALL, m, 1.0, 1e9, work)
        error = error + work.tape.nu[begin : begin + m] @ work.tape.gain[begin : begin + m]
        steps_back.append((begin, m, watched, rot, felt))
        reaches.append(reach)
        looks.append(h)
        seen.append(z)
        filtered.append((error, cov.copy()))
        truths.append(truth)

    def together(i: int, j: int) -> np.ndarray:
        return sum(reaches[i][s] @ sources[s] @ reaches[j][s].T for s in range(min(i, j) + 2))

    spread = np.block([[looks[i] @ together(i, j) @ looks[j].T for j in range(steps)] for i in range(steps)])
    spread += np.eye(len(spread))
    way, tape, gained = new_way_back(np.zeros(SMALL)), work.tape, []
    for k in reversed(range(steps)):
        error, cov = filtered[k]
        to_all = np.hstack([together(k, j) @ looks[j].T for j in range(steps)])
        best = to_all @ np.linalg.solve(spread, np.concatenate(seen))
        np.testing.assert_allclose(error + cov @ way.pull, best, atol=1e-9)
        best_cov = together(k, k) - to_all @ np.linalg.solve(spread, to_all.T)
        np.testing.assert_allclose(cov - cov @ way.news @ cov, best_cov, atol=1e-9)
        gained.append(np.sum((error - truths[k]) ** 2) - np.sum((best - truths[k]) ** 2))
        begin, m, watched, rot, felt = steps_back[k]
        fold(tape.rows[begin : begin + m], tape.gain[begin : begin + m], tape.nu[begin : begin + m], SMALL, m, way)
        if watched:
            carry_back(way.pull, way.news, SMALL, DT, rot, felt, FRAME)
        else:
            widen_back(way.pull, way.news, SMALL, 0.2)
    assert np.mean(gained) > 0


def test_a_map_that_may_change_is_news_with_more_noise() -> None:
    # news = (P + C)^-1 of a later estimate with covariance C; loosening adds to C.
    rng = np.random.default_rng(4)
    half = rng.normal(size=(SMALL, SMALL))
    total = half @ half.T + np.eye(SMALL)
    slack = np.zeros(SMALL)
    slack[N_QUICK:] = rng.uniform(0.0, 1.0, SMALL - N_QUICK)
    way, miss = new_way_back(slack), rng.normal(size=SMALL)
    way.news[:], way.pull[:] = np.linalg.inv(total), np.linalg.solve(total, miss)
    loosen(SMALL, 2.0, way)
    np.testing.assert_allclose(way.news, np.linalg.inv(total + 2.0 * np.diag(slack)), atol=1e-9)
    np.testing.assert_allclose(way.pull, np.linalg.solve(total + 2.0 * np.diag(slack), miss), atol=1e-9)


def test_an_estimate_from_the_other_side_is_one_more_measurement_and_refused_when_it_does_not_fit() -> None:
    rng = np.random.default_rng(6)
    half, other, later = (rng.normal(size=(SMALL, SMALL)) for _ in range(3))
    cov, news_cov = half @ half.T / SMALL, other @ other.T + np.eye(SMALL)
    rec, way, x = new_recording(1, SMALL), new_way_back(np.zeros(SMALL)), fresh_state(STRIP.magnets)
    rec.cross[0] = cov[:N_KEPT]
    rec.x[0] = x[: N_QUICK + SHIFT]
    # What later rows have said already, and then place and velocity by another way.
    miss = rng.normal(size=SMALL)
    way.news[:], way.pull[:] = np.linalg.inv(cov + news_cov), np.linalg.solve(cov + news_cov, miss)
    first, first_cov = cov @ way.pull, cov - cov @ way.news @ cov
    noise = (later @ later.T)[:A, :A] / SMALL
    seen = first[:A] + rng.normal(size=A) * 0.3
    x[:A] += seen
    beside = np.zeros((SMALL, SMALL))
    beside[:A, :A] = noise
    assert hear(0, SMALL, x, beside, 2.0, rec, way)
    gain = first_cov[:, :A] @ np.linalg.inv(first_cov[:A, :A] + 4.0 * noise)
    np.testing.assert_allclose(cov @ way.pull, first + gain @ (seen - first[:A]), atol=1e-9)
    np.testing.assert_allclose(cov - cov @ way.news @ cov, first_cov - gain @ first_cov[:A], atol=1e-9)
    before = way.pull.copy(), way.news.copy()
    x[P] += 100.0
    assert not hear(0, SMALL, x, beside, 2.0, rec, way)
    assert np.array_equal(way.pull, before[0]) and np.array_equal(way.news, before[1])


def recorded(seed: int):
    """A pass over the filter's own world: its notes, tape, full covariances, and the truth at some rows."""
    world, par, seconds = World(seed, SIZE), packed(PARAMETERS)[0], 3.0
    count = int(seconds * RATE)
    work, rec, believed = new_work(SIZE, 3 * count + 8), new_recording(count, SIZE), empty_map(STRIP.magnets)
    x, cov, dt, marks = world.guess.copy(), world.cov.copy(), 1.0 / RATE, {}
    for i in range(count):
        t = (i + 1) * dt
        accel, gyro = world.motion(t, dt)
        midway(x, accel, gyro, dt, rec.rot[i], rec.felt[i])
        predict(x, cov, SIZE, dt, accel, gyro, world.frame, par, work)
        for k in range(2 if i % 2 else 0):
            seen = world.field(t, k, work)
            build_map(x, RIBBON, believed)
            strip2 = field_innovation(x, SIZE, k, seen, LEVERS[k], RIBBON, believed, world.frame, work)
            correct(x, cov, SIZE, 3, PARAMETERS.field_noise**2 + PARAMETERS.field_map**2 * strip2, 1e9, work)
        rec.link[i], rec.status[i], rec.seconds[i], rec.tape_end[i] = CARRIED, TRACK, dt, work.tape.used[0]
        rec.x[i], rec.cross[i] = x[: N_QUICK + SHIFT], cov[:N_KEPT]
        if i in (100, 300):
            marks[i] = (x.copy(), cov.copy(), world.at(t))
    return world, par, rec, work.tape, marks


def miss(x: np.ndarray, at: tuple) -> np.ndarray:
    p, v, q, *_ = at
    turn = Rotation.from_quat(np.roll(q, -1)) * Rotation.from_quat(np.roll(x[Q : Q + 4], -1)).inv()
    return np.concatenate([p - x[P : P + 3], v - x[V : V + 3], turn.as_rotvec()])


def test_smoothed_errors_are_as_large_as_stated_and_smaller_than_the_filters() -> None:
    runs, later, before, stated = 5, 0.0, [], []
    for seed in range(40, 40 + runs):
        world, par, rec, tape, marks = recorded(seed)
        way, poses = new_way_back(np.zeros(SIZE)), np.zeros(len(rec.link), POSES)
        for i in reversed(range(len(rec.link))):
            if i in marks:
                x, cov, at = marks[i]
                before.append(miss(x, at))
                inject(x, cov @ way.pull, SIZE)
                left = (cov - cov @ way.news @ cov)[:9, :9]
                error = miss(x, at)
                stated.append(error)
                later += error @ np.linalg.solve(left, error)
            smooth_row(i, rec, tape, way, SIZE, world.frame, par, poses[i])
    # Two instants a second apart in each run are all but independent.
    assert chi2.ppf(0.0005, 18 * runs) < later < chi2.ppf(0.9995, 18 * runs)
    for block in (slice(P, P + 3), slice(V, V + 3), slice(A, A + 3)):
        assert np.linalg.norm(np.array(stated)[:, block]) < np.linalg.norm(np.array(before)[:, block])
