"""Pace without a strip: motions in closed form, any splitting of the rows, and what must stay unknown."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from slowhand.locate.cadence import BEATS, new_beats, rhythm
from slowhand.locate.drift_filter import begin, level, new_drift
from slowhand.locate.locator import Locator
from slowhand.locate.parameters import STANDARD_GRAVITY
from slowhand.locate.pose import PACE_FIELDS, Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.sim.simulation import Simulation
from tests.unit.motion_rows import RATE_HZ, located, passes, rows_of

STILL_S = 4.0   # before each motion, in the air


def to_and_fro(amplitude_m: float, per_min: float, cycles: float) -> tuple[np.ndarray, np.ndarray]:
    """Acceleration of y = A (1 - cos wt) from rest, after a while of stillness; and where it is pressed."""
    still, moving = round(STILL_S * RATE_HZ), round(cycles * 60.0 / per_min * RATE_HZ)
    t = (np.arange(moving) + 0.5) / RATE_HZ
    w = 2.0 * np.pi * per_min / 60.0
    accel = np.zeros((still + moving, 3))
    accel[still:, 1] = amplitude_m * w * w * np.cos(w * t)
    pressed = np.arange(still + moving) >= still - 40
    return accel, pressed


def one_glide(length_m: float, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """A glide of minimum jerk (Flash and Hogan 1985): mean speed length / seconds, peak 1.875 times that."""
    still, moving = round(STILL_S * RATE_HZ), round(seconds * RATE_HZ)
    tau = (np.arange(moving) + 0.5) / moving
    accel = np.zeros((2 * still + moving, 3))
    accel[still : still + moving, 0] = length_m / seconds**2 * (60.0 * tau - 180.0 * tau**2 + 120.0 * tau**3)
    pressed = np.zeros(len(accel), bool)
    pressed[still : still + moving] = True
    return accel, pressed


ERRORS = [
    {},
    {"accel_bias": (0.05, -0.04, 0.02)},
    {"tilt_rad": (0.02, -0.03)},
    {"accel_bias": (-0.03, 0.05, 0.0), "gyro_bias": (0.002, -0.002, 0.001), "noise": 0.03},
]


@pytest.mark.parametrize("errors", ERRORS)
def test_a_glide_between_landing_and_lift_off(errors: dict) -> None:
    """Drift that is linear in time is taken off exactly: 24 cm in 2 s are 12 cm/s, at most 22.5."""
    [found] = passes(located(rows_of(*one_glide(0.24, 2.0), **errors)))
    worst = 1.0 if "gyro_bias" in errors else 0.5   # a gyroscope's bias makes a drift that is not linear
    assert found["stroke_cm_s"] == pytest.approx(12.0, abs=worst)
    assert found["stroke_peak_cm_s"] == pytest.approx(22.5, abs=1.6 * worst)
    assert abs(found["stroke_cm_s"] - 12.0) < 2 * found["stroke_sigma_cm_s"] < 8.0
    assert found["stroke_end_us"] - found["stroke_start_us"] == pytest.approx(2e6, abs=5001)
    # Causal: known in the very row that ends the contact.
    assert found["t_us"] == found["stroke_end_us"]


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize(("amplitude_m", "per_min"), [(0.10, 20.0), (0.05, 40.0), (0.02, 90.0)])
def test_strokes_to_and_fro_are_parted_at_their_reversals(errors: dict, amplitude_m: float, per_min: float) -> None:
    """A half cycle goes 2 A in half a period: mean 4 A f, peak 2 pi A f."""
    found = passes(located(rows_of(*to_and_fro(amplitude_m, per_min, 10.0), **errors)))
    mean = 100.0 * 4.0 * amplitude_m * per_min / 60.0
    settled = found[6:]   # the rhythm is heard, and with it the drift is known
    assert 11 <= len(settled) <= 15
    assert np.diff(settled["stroke_end_us"]) == pytest.approx(30e6 / per_min, rel=0.25)
    known = settled[np.isfinite(settled["stroke_cm_s"])]
    assert len(known) >= 0.8 * len(settled)
    error = np.abs(known["stroke_cm_s"] - mean)
    assert np.all(error <= 2 * known["stroke_sigma_cm_s"])
    assert np.max(error) < 0.15 * mean + 0.5
    assert np.all(known["stroke_peak_cm_s"] > known["stroke_cm_s"])


def test_a_circle_is_parted_into_half_turns_at_full_speed() -> None:
    """Its speed never falls: it is not mistaken for a reversal at which the hand stands still."""
    accel, pressed = to_and_fro(0.06, 60.0, 12.0)
    w, first = 2.0 * np.pi, round(STILL_S * RATE_HZ)
    t = (np.arange(len(accel) - first) + 0.5) / RATE_HZ
    accel[first:, 0] = -0.06 * w * w * np.sin(w * t) * np.minimum(t, 1.0)
    found = passes(located(rows_of(accel, pressed)))[8:]
    assert len(found) > 8
    assert found["stroke_cm_s"] == pytest.approx(100 * 0.06 * w, rel=0.1)


def test_a_hand_at_rest_is_not_said_to_move() -> None:
    accel, pressed = one_glide(0.0, 5.0)
    [found] = passes(located(rows_of(accel, pressed, accel_bias=(0.04, 0.04, 0.0), noise=0.03)))
    assert found["stroke_cm_s"] < 2 * found["stroke_sigma_cm_s"]
    assert found["stroke_peak_cm_s"] <= 2 * found["stroke_peak_sigma_cm_s"]


def test_stated_sigmas_hold_over_many_draws_of_the_errors() -> None:
    """Tilt, biases and noise at random: errors over sigmas are neither larger nor wildly smaller than one."""
    random, scores = np.random.default_rng(5), []
    for seed in range(25):
        rows = rows_of(
            *one_glide(random.uniform(0.1, 0.35), random.uniform(1.5, 4.0)), seed=seed, noise=0.03,
            tilt_rad=tuple(random.normal(0.0, 0.05, 2)), accel_bias=random.normal(0.0, 0.04, 3),
            gyro_bias=random.normal(0.0, 0.004, 3),
        )
        pressed = rows["force"][:, 0] > 0
        found = max(passes(located(rows)), key=lambda row: row["stroke_end_us"] - row["stroke_start_us"])
        # The truth from an ideal hand's rows by the same route.
        true = 100.0 * _length(rows, pressed) / (pressed.sum() / RATE_HZ)
        scores.append((found["stroke_cm_s"] - true) / found["stroke_sigma_cm_s"])
    known = np.array(scores)[np.isfinite(scores)]
    assert len(known) >= 12
    assert np.mean(np.abs(known) <= 2.0) >= 0.9
    assert np.sqrt(np.mean(np.square(known))) > 0.2


def _length(rows: np.ndarray, pressed: np.ndarray) -> float:
    """Length of ``one_glide`` again, from its acceleration: the largest is 5.7735 length / seconds^2."""
    seconds = pressed.sum() / RATE_HZ
    tau = (np.arange(pressed.sum()) + 0.5) / pressed.sum()
    shape = (60.0 * tau - 180.0 * tau**2 + 120.0 * tau**3) / seconds**2
    along = rows["accel"][pressed] - rows["accel"][pressed].mean(axis=0)
    return float(np.linalg.norm(along.T @ shape) / (shape @ shape))


def test_motion_that_nobody_saw_gives_no_speed() -> None:
    rows = rows_of(*one_glide(0.24, 2.0))
    first = round(STILL_S * RATE_HZ)
    gone = np.delete(np.arange(len(rows)), np.arange(first + 200, first + 220))   # a tenth of a second
    hole = rows[gone]
    hole["gap"][first + 200], hole["dt_s"][first + 200] = True, 0.0
    blind = rows.copy()
    blind["motion_ok"][first + 200 : first + 220] = False
    for broken in (hole, blind):
        found = passes(located(broken))
        # What is told is told of the time after it, and with a larger error: nobody saw the hand land.
        assert np.all(found["stroke_start_us"] >= rows["t_us"][first + 219])
        assert not np.any(found["stroke_sigma_cm_s"] < 1.2 * passes(located(rows))["stroke_sigma_cm_s"])
    single = np.delete(rows, first + 200)
    single["gap"][first + 200], single["dt_s"][first + 200] = True, 0.0
    assert len(passes(located(single))) == 1


def test_the_other_modes_know_nothing_of_it() -> None:
    rows = rows_of(*one_glide(0.24, 2.0))
    for mode in (Mode.FORCE, Mode.STRIP):
        poses = Locator(mode, None, load_glove()).process(rows)
        assert all(np.isnan(poses[name]).all() for name in PACE_FIELDS)
        assert not poses["stroke_end_us"].any()


def test_levelling_turns_everything_alike() -> None:
    drift = new_drift()
    begin(drift, np.array([1.0, 0.0, 0.0, 0.0]), 0.01)
    random = np.random.default_rng(3)
    drift.state[:] = random.normal(0.0, 0.2, (4, 3))
    drift.kept[:2] = random.normal(0.0, 0.2, (2, 4, 3))
    drift.normal[0] = [0.0, 0.6, 0.8]
    before = drift.state.copy()
    gravity = before[2] + [0.0, 0.0, STANDARD_GRAVITY]
    apart = before[1] @ drift.kept[1, 1], before[1] @ gravity, drift.normal[0] @ before[1]
    level(drift, np.int64(2))
    after = drift.state[2] + [0.0, 0.0, STANDARD_GRAVITY]
    assert after == pytest.approx([0.0, 0.0, np.linalg.norm(gravity)], abs=1e-12)
    now = drift.state[1]
    assert (now @ drift.kept[1, 1], now @ after, drift.normal[0] @ now) == pytest.approx(apart)
    # The attitude turns with it: what pointed along gravity for the old frame still does.
    turned = Rotation.from_quat(np.roll(drift.turn, -1)).apply(gravity)
    assert turned == pytest.approx(after, abs=1e-9)


def heard(velocity: np.ndarray) -> np.ndarray:
    """Cadence, sigma and roundness of velocities (n, 3) at 50 Hz."""
    beats, out = new_beats(), np.zeros(3)
    n = min(len(velocity), BEATS)
    beats.t_s[:n], beats.v[:n] = np.arange(n) * 0.02, velocity[:n]
    rhythm(beats, n, out)
    return out


@pytest.mark.parametrize("per_min", [20, 27, 35, 50, 64, 90, 119, 150, 180, 200])
def test_cadence_of_waves_with_overtones_and_drift(per_min: int) -> None:
    """Half and double cycles are there to be taken for the cycle: an even overtone, and every other wave larger."""
    t = np.arange(500) * 0.02
    turns = 2.0 * np.pi * per_min / 60.0 * t
    wave = np.sin(turns) + 0.3 * np.sin(2.0 * turns + 0.4) + 0.1 * np.sin(0.5 * turns)
    straight = 0.05 * wave[:, None] * [1.0, 0.3, 0.0] + (0.2 + 0.1 * t + 0.01 * t**2)[:, None] * [0.5, -1.0, 0.2]
    cadence, sigma, roundness = heard(straight)
    assert cadence == pytest.approx(per_min, abs=1.0)
    assert sigma < 3.0
    assert roundness < 0.3
    circle = 0.05 * np.column_stack([np.sin(turns), 0.85 * np.cos(turns), 0.0 * t])
    cadence, _, roundness = heard(circle)
    assert cadence == pytest.approx(per_min, abs=1.0)
    assert roundness > 0.6


@pytest.mark.parametrize("seed", range(6))
def test_there_is_no_cadence_where_nothing_repeats(seed: int) -> None:
    random = np.random.default_rng(seed)
    walk = np.cumsum(random.normal(0.0, 0.004, (500, 3)), axis=0)
    assert np.isnan(heard(walk)).all()
    assert np.isnan(heard(random.normal(0.0, 0.05, (500, 3)))).all()
    assert np.isnan(heard(np.zeros((500, 3)))).all()


def test_a_rhythm_faster_than_hands_is_not_taken_for_its_half() -> None:
    t = np.arange(500) * 0.02
    for per_min in (230, 280, 330):
        wave = 0.05 * np.sin(2.0 * np.pi * per_min / 60.0 * t)
        assert np.isnan(heard(wave[:, None] * [1.0, 0.0, 0.0])).all()


@cache
def session_rows() -> np.ndarray:
    """Everything: glides, kneading, taps, lost rows, a long hole, a motion sensor that falls silent, the motor."""
    sim = Simulation("mixed", seed=66, duration_s=45.0, motor=True).run()
    keep = np.ones(len(sim.raw), bool)
    keep[4000:4003] = keep[5000:5020] = keep[6000:6200] = False
    rows = Sensing(load_glove(), 200.0).process(sim.raw[keep])
    rows["motion_ok"][7000:7004] = rows["motion_ok"][7500:7600] = False
    return rows


whole = cache(lambda: located(session_rows()))


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 8700), max_size=30), saved=st.integers(0, 30))
def test_any_splitting_and_any_restoring_gives_the_same_bits(cuts: list[int], saved: int) -> None:
    rows = session_rows()
    locator, parts = Locator(Mode.MOTION, None, load_glove()), []
    for k, (a, b) in enumerate(pairwise([0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)])):
        if k == saved:   # go on with another one, from what this one knew
            state = locator.state()
            locator.process(rows[:50])
            locator = Locator(Mode.MOTION, None, load_glove())
            locator.restore(state)
        parts.append(locator.process(rows[a:b]))
    assert np.concatenate(parts).tobytes() == whole().tobytes()


def test_row_by_row_gives_the_same_bits() -> None:
    rows = session_rows()[:3000]
    locator = Locator(Mode.MOTION, None, load_glove())
    assert np.concatenate([locator.process(rows[i : i + 1]) for i in range(len(rows))]).tobytes() == whole()[:3000].tobytes()


def test_the_session_is_worth_splitting() -> None:
    assert len(passes(whole())) > 15
    assert np.isfinite(whole()["cadence_per_min"]).sum() > 400
