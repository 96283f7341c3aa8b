"""Is the filter as sure as it ought to be? Worlds drawn from its own assumptions, judged by chi-square.

A process noise added twice, a Jacobian of the wrong sign or a forgotten correlation shows here first.
"""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.stats import chi2

from slowhand.locate.correction import correct, inject
from slowhand.locate.field_map import build_map, empty_map
from slowhand.locate.field_model import field_innovation
from slowhand.locate.layout import BA, BE, BG, MAGNETS, N_QUICK, SHIFT, A, P, Q, V, error_size
from slowhand.locate.motion_model import new_work, predict
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.prior import fresh_state, prior_covariance
from slowhand.locate.strip import load_strip, ribbon_of

STRIP = load_strip()
RIBBON = ribbon_of(STRIP)
SIZE = error_size(STRIP.magnets)
LEVERS = np.array([[0.0, 0.0, 0.0], [-0.06, 0.0, 0.0]])
RATE = 200.0
# The shape starts small: a filter of first order is not meant to be exact centimetres off in its first look.
PARAMETERS = Parameters(velocity_scale=0.0, attitude_scale=0.0, shape=0.002)
SECONDS = 6.0


class World:
    """A hand on smooth loops above the strip; hidden biases, iron and map errors drawn from the filter's prior."""

    def __init__(self, seed: int, size: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.frame = frame_of("prone", STRIP.length_m, 0.0, PARAMETERS)[0]
        self.cov = prior_covariance(PARAMETERS, self.frame, STRIP.magnets)
        self.cov[P : P + 3, P : P + 3] = np.eye(3) * 0.004**2
        self.cov[V : V + 3, V : V + 3] = np.eye(3) * 0.05**2
        self.cov[A : A + 3, A : A + 3] = np.eye(3) * 0.02**2
        self.cov[BE : BE + 3, BE : BE + 3] = np.eye(3) * 2.0**2
        self.cov[size:, :] = 0.0
        self.cov[:, size:] = 0.0
        self.truth = fresh_state(STRIP.magnets)
        self.place(0.0)
        self.phase = self.rng.uniform(0, 2 * np.pi, 6)
        self.truth[BE + SHIFT : BE + SHIFT + 3] = [20.0, 10.0, -40.0]
        p, v, q, *_ = self.at(0.0)
        self.truth[P : P + 3], self.truth[V : V + 3], self.truth[Q : Q + 4] = p, v, q
        guess = self.truth.copy()
        error = np.zeros(SIZE)
        error[:size] = self.rng.multivariate_normal(np.zeros(size), self.cov[:size, :size])
        inject(guess, -error, SIZE)
        # The guess knows nothing of the map: move the map's share of the error into the truth instead.
        self.truth[BG + SHIFT :], guess[BG + SHIFT :] = (
            self.truth[BG + SHIFT :] + error[BG:],
            self.truth[BG + SHIFT :].copy(),
        )
        self.guess = guess
        self.map = empty_map(STRIP.magnets)

    def place(self, t: float) -> np.ndarray:
        return np.array([0.02 * np.sin(1.9 * t), 0.2 + 0.1 * np.sin(1.3 * t), 0.055 + 0.008 * np.sin(2.3 * t)])

    def attitude(self, t: float) -> Rotation:
        return Rotation.from_euler("zyx", [1.5 + 0.3 * np.sin(1.1 * t), 0.2 * np.sin(1.7 * t), 0.15 * np.cos(2 * t)])

    def at(self, t: float):
        h = 1e-4
        before, now, after = self.place(t - h), self.place(t), self.place(t + h)
        turn = (self.attitude(t - h).inv() * self.attitude(t + h)).as_rotvec() / (2 * h)
        x, y, z, w = self.attitude(t).as_quat()
        return now, (after - before) / (2 * h), np.array([w, x, y, z]), (after - 2 * now + before) / h**2, turn

    def motion(self, t: float, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean specific force and rate over the step that ends at ``t``, with bias and noise."""
        _, _, _, acceleration, turn = self.at(t - dt / 2)
        lean = self.truth[29 + SHIFT : 31 + SHIFT] @ self.frame["lean"]
        force = self.attitude(t - dt / 2).inv().apply(acceleration - self.frame["gravity"] - lean)
        walk = self.rng.normal(size=(2, 3)) / np.sqrt(dt)
        accel = force + self.truth[BA + SHIFT : BA + SHIFT + 3] + PARAMETERS.velocity_walk * walk[0]
        gyro = turn + self.truth[BG + SHIFT : BG + SHIFT + 3] + PARAMETERS.attitude_walk * walk[1]
        return accel, gyro

    def field(self, t: float, k: int, work) -> np.ndarray:
        """What sensor ``k`` reads, hand frame: the model's own field with noise as assumed."""
        p, v, q, *_ = self.at(t)
        self.truth[P : P + 3], self.truth[V : V + 3], self.truth[Q : Q + 4] = p, v, q
        build_map(self.truth, RIBBON, self.map)
        strip2 = field_innovation(
            self.truth, SIZE, k, np.zeros(3), LEVERS[k], RIBBON, self.map, self.frame, work
        )
        sigma = np.sqrt(PARAMETERS.field_noise**2 + PARAMETERS.field_map**2 * strip2)
        hand = -self.attitude(t).inv().apply(work.nu)
        # nu = R (0 - h) - b, so -R' nu = h + R' b: what a sensor without noise reads.
        return hand + sigma * self.rng.normal(size=3)


def run(seed: int, size: int) -> tuple[float, float, np.ndarray]:
    """Mean d2 of the innovations, final d2 of the errors of place, velocity and attitude, and the final error."""
    world, work, par = World(seed, size), new_work(SIZE), packed(PARAMETERS)[0]
    x, cov, believed = world.guess.copy(), world.cov.copy(), empty_map(STRIP.magnets)
    d2s, dt = [], 1.0 / RATE
    for step in range(1, int(SECONDS * RATE) + 1):
        t = step * dt
        accel, gyro = world.motion(t, dt)
        predict(x, cov, size, dt, accel, gyro, world.frame, par, work)
        if step % 2:
            continue
        for k in range(2):
            seen = world.field(t, k, work)
            build_map(x, RIBBON, believed)
            strip2 = field_innovation(x, size, k, seen, LEVERS[k], RIBBON, believed, world.frame, work)
            variance = PARAMETERS.field_noise**2 + PARAMETERS.field_map**2 * strip2
            d2, _ = correct(x, cov, size, 3, variance, 1e9, work)
            d2s.append(d2)
    p, v, q, *_ = world.at(t)
    turn = Rotation.from_quat(np.roll(q, -1)) * Rotation.from_quat(np.roll(x[Q : Q + 4], -1)).inv()
    error = np.concatenate([p - x[P : P + 3], v - x[V : V + 3], turn.as_rotvec()])
    return float(np.mean(d2s)), float(error @ np.linalg.solve(cov[:9, :9], error)), error


@pytest.mark.parametrize("size", [N_QUICK, MAGNETS, SIZE], ids=["quick", "shape", "magnets"])
def test_errors_and_innovations_are_as_large_as_stated(size: int) -> None:
    runs = 6
    results = [run(seed, size) for seed in range(runs)]
    # Errors of nine states at the end of independent runs: chi-square with 9 * runs degrees of freedom.
    total = sum(nees for _, nees, _ in results)
    assert chi2.ppf(0.0005, 9 * runs) < total < chi2.ppf(0.9995, 9 * runs)
    # Innovations are white, so their mean over a run is far tighter.
    looks = 3 * runs * SECONDS * RATE
    mean = np.mean([d2 for d2, *_ in results]) / 3.0
    assert abs(mean - 1.0) < 4.0 * np.sqrt(2.0 / looks) + 0.02
