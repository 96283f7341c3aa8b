"""Whole runs: every script gives what its name says, the same for the same seed, and quickly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from slowhand.errors import BadInputError
from slowhand.sensing.curves import PadCurve
from slowhand.sensing.profile import load_glove
from slowhand.sim.bad_habits import HABITS
from slowhand.sim.hand import Hand
from slowhand.sim.level import REALISTIC, Level
from slowhand.sim.magnets import FieldErrors
from slowhand.sim.motion_sensor import MotionErrors
from slowhand.sim.pads import PadErrors
from slowhand.sim.profiles import UNCALIBRATED
from slowhand.sim.scripts import REGIONS, SCRIPTS
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.sway import swaying


def start_rows(run: SimOutput) -> np.ndarray:
    return ~run.truth["started"]


@pytest.fixture(scope="module")
def flags_run() -> SimOutput:
    return Simulation("flags", seed=1, duration_s=120).run()


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("posture", ["prone", "seated"])
def test_every_script_begins_with_the_start_procedure(script, posture):
    run = Simulation(script, seed=5, duration_s=20, posture=posture).run()
    height = run.truth["p"][start_rows(run), 2]
    away = height > 0.35
    resting = np.linalg.norm(run.truth["p"][start_rows(run)], axis=1) < 0.05
    assert away[:440].all()  # 2.2 s
    assert resting[-440:].all()
    path, speed = run.truth["p"], np.linalg.norm(run.truth["v"], axis=1)
    if posture == "seated":  # in the air the hand keeps still in the room, not over the swaying back
        path = swaying(run.body, len(path), 200.0, np.random.default_rng([5, 8])).place_in_room(path)
    assert np.linalg.norm(np.gradient(path, 0.005, axis=0), axis=1)[:440].max() < 0.02
    assert speed[start_rows(run)][-400:].max() < 0.02
    fingers = Rotation.from_quat(run.truth["q"][start_rows(run)][-1], scalar_first=True).apply([1, 0, 0])
    assert np.degrees(np.arccos(fingers[1])) < 15  # towards the feet
    assert len(run.raw) == len(run.chips) == len(run.truth) == 4000
    assert np.all(np.diff(run.raw["t_us"]) > 0)
    assert all(f.start_us >= run.start_us for f in run.flags)
    assert all(s.start_us >= run.start_us for s in run.strokes)


@pytest.mark.parametrize(("seed", "hand", "posture"), [
    (0, Hand(), "prone"), (1, Hand("left"), "seated"), (2, Hand(scale=1.12), "prone")])
def test_calm_breaks_no_limit_not_even_nearly_and_visits_every_region(seed, hand, posture):
    run = Simulation("calm", seed=seed, duration_s=200, hand=hand, posture=posture).run()
    assert run.flags_with(scale=0.88, widen_mm=8.0) == []
    assert {s.region for s in run.strokes} >= set(REGIONS)
    assert {s.kind for s in run.strokes} >= {"glide", "knead", "press"}
    contact = run.truth["contact"] & run.truth["started"]
    assert contact.mean() > 0.6
    assert 3 < run.truth["speed_cm_s"][contact].mean() < 9


def test_flags_raises_each_kind_as_warning_and_as_alarm(flags_run):
    found = {(f.kind, f.severity) for f in flags_run.flags}
    assert found == {(k, s) for k in HABITS for s in ("warn", "alarm")}


def test_flags_are_far_from_their_limits_where_that_is_possible(flags_run):
    certain = [(f.kind, f.severity) for f in flags_run.flags_with(1.12, -4.0)]
    for habit in HABITS:
        assert (habit, "alarm") in certain, habit
        # speed's two limits are 20 % apart and so are nowhere 12 % away
        if habit != "too_fast":
            assert (habit, "warn") in certain, habit


def test_every_bad_stroke_raises_what_it_was_meant_to(flags_run):
    for stroke in flags_run.strokes:
        during = {(f.kind, f.severity) for f in flags_run.flags
                  if f.start_us <= stroke.end_us and f.end_us >= stroke.start_us}
        meant = {tuple(stroke.note.split(":"))} if stroke.note else set()
        assert during == meant, stroke


@pytest.mark.parametrize("duration_s", [15, 20, 30, 60, 120, 300])
def test_demo_has_haste_then_a_lean_on_the_spine_then_calm(duration_s):
    run = Simulation("demo", seed=0, duration_s=duration_s).run()
    assert len(run.raw) == duration_s * 200
    kinds = [f.kind for f in run.flags]
    assert kinds[0] == "too_fast"
    assert "spine_pressure" in kinds
    last_flag_us = max(f.end_us for f in run.flags)
    calm = [s for s in run.strokes if s.start_us > last_flag_us]
    assert len(calm) >= (1 if duration_s < 20 else 2)
    assert last_flag_us - run.chips["t_us"][0] < 0.75e6 * max(duration_s, 15)
    assert run.truth["total_n"][-1] < 0.5  # the hand is off at the end


def test_absences_have_the_hand_away_for_five_to_thirty_seconds():
    run = Simulation("absences", seed=3, duration_s=240).run()
    far = (np.abs(run.truth["p"][:, 0]) > 0.25) & run.truth["started"]
    steps = np.flatnonzero(np.diff(np.concatenate([[0], far.astype(int), [0]])))
    lengths = (steps[1::2] - steps[::2]) / 200
    assert len(lengths) >= 2
    assert lengths.max() < 31
    assert max(lengths) > 3


def test_near_spine_works_near_the_spine():
    run = Simulation("near_spine", seed=0, duration_s=60).run()
    assert np.nanmedian(run.truth["spine_mm"][run.truth["contact"] & run.truth["started"]]) < 45
    assert any(f.kind == "spine_pressure" for f in run.flags)


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    first, again, other = (Simulation("mixed", seed=s, duration_s=12).run() for s in (4, 4, 5))
    assert first.chips.tobytes() == again.chips.tobytes()
    assert first.raw.tobytes() == again.raw.tobytes()
    assert first.chips.tobytes() != other.chips.tobytes()


@pytest.mark.parametrize("change", [{"script": "waltz"}, {"level": "perfect"}])
def test_unknown_names_are_refused_with_what_there_is(change):
    with pytest.raises(BadInputError, match="expected one of"):
        replace(Simulation(), **change).run()


def test_one_magnetometer_is_none_in_the_raw_log():
    run = Simulation("calm", duration_s=15, magnetometers=1).run()
    assert np.isnan(run.raw["m1"]).all()
    assert np.isfinite(run.raw["m0"]).all()


def test_fields_are_fresh_every_other_row_and_held_between():
    run = Simulation("calm", duration_s=15).run()
    assert run.raw["mag_new"].tolist() == [True, False] * 1500
    assert np.array_equal(run.raw["m0"][0::2], run.raw["m0"][1::2])


def test_resting_hand_away_reads_gravity_and_the_rooms_field():
    run = Simulation("calm", seed=2, duration_s=15, level="friendly").run()
    rest = run.raw[100:400]
    assert np.linalg.norm(rest["accel"].mean(axis=0)) == pytest.approx(9.81, abs=0.08)
    rotation = Rotation.from_quat(run.truth["q"][100:400], scalar_first=True)
    earth = rotation.apply(run.world.earth_ut, inverse=True).mean(axis=0)
    assert np.abs(rest["m0"].mean(axis=0) - earth).max() < 4.0  # the strip at 40 cm and residual iron


def test_the_motor_disturbs_the_field():
    quiet, buzzed = (Simulation("flags", seed=1, duration_s=20, motor=m).run() for m in (False, True))
    rows = buzzed.raw["haptic"] & buzzed.raw["mag_new"]
    assert rows.any()
    assert not quiet.raw["haptic"].any()
    off = np.linalg.norm(buzzed.raw["m0"][rows] - quiet.raw["m0"][rows], axis=1)
    assert 7.0 < np.median(off) < 10.0


@pytest.mark.parametrize(("hand", "magnetometers"), [(Hand(), 2), (Hand("left", 1.12), 1)])
def test_its_settings_files_are_what_sensing_reads(tmp_path, hand, magnetometers):
    run = Simulation("flags", duration_s=15, hand=hand, magnetometers=magnetometers, offsets=UNCALIBRATED).run()
    path = tmp_path / "glove.toml"
    path.write_text(run.settings()["glove.toml"], encoding="utf-8")
    profile = load_glove(path)
    assert profile.hand == hand.side
    assert np.array([p.position_mm for p in profile.pad]) == pytest.approx(hand.levers * 1000)
    assert len(profile.magnetometer) == magnetometers
    plain = replace(Simulation("flags", duration_s=15, hand=hand, magnetometers=magnetometers)).run()
    for column, offset in (("accel", profile.motion.accel_bias), ("gyro", profile.motion.gyro_bias),
                           ("m0", profile.magnetometer[0].hard_iron_ut)):
        shift = (run.raw[column] - plain.raw[column])[run.raw["mag_new"]]
        assert shift.mean(axis=0) == pytest.approx(np.array(offset), abs=0.02), column
    assert "sensitive = [{x_mm = 75" in run.settings()["receiver.toml"]


def test_forces_come_back_through_the_nominal_curves():
    """The pads were written twice: what sensing reads from these counts is the true force, within tolerances."""
    run = Simulation("mixed", seed=2, duration_s=60).run()
    profile = load_glove(None)
    started = run.truth["started"]
    felt = np.zeros((started.sum(), 6))
    for k, pad in enumerate(profile.pad):
        felt[:, k] = PadCurve.of(pad).force_n(run.raw["pads"][started, k])
    truth = run.truth["force_n"][started]
    firm = (truth > 2.0) & (truth < 18.0)
    ratio = felt[firm] / truth[firm]
    assert abs(np.median(ratio) - 1) < 0.06
    assert np.percentile(np.abs(ratio - 1), 95) < 0.15


def test_levels_may_be_made_to_measure():
    blunt = replace(REALISTIC, flex_mm=0.0)
    run = Simulation("calm", duration_s=15, level=blunt).run()
    assert run.hand.flex_mm == 0.0


PERFECT = Level(
    REALISTIC.body,
    MotionErrors(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    FieldErrors(0.0, 0.0, 0.0, (0.0, 0.0), 0.0, 0.0),
    PadErrors(0.0, 0.0, 0.0, 0.0, 0.0),
    flex_mm=0.0, unsteady=0.05, slip_mm=3.0, turn_deg=2.0,
)


def test_perfect_sensors_dead_reckon_the_whole_way():
    """From chip counts alone, a gyroscope and an accelerometer without errors lead back to the true place."""
    run = Simulation("mixed", seed=6, duration_s=20, level=PERFECT).run()
    attitude, velocity, place = Rotation.from_quat(run.truth["q"][40], scalar_first=True), *run.truth[["v", "p"]][40]
    path = [place]
    for now, later in zip(run.raw[40:-1], run.raw[41:], strict=True):
        before = attitude.apply(now["accel"]) + run.body.gravity
        attitude = attitude * Rotation.from_rotvec((now["gyro"] + later["gyro"]) / 2 * 0.005)
        after = attitude.apply(later["accel"]) + run.body.gravity
        place = place + velocity * 0.005 + (2 * before + after) / 6 * 0.005**2
        velocity = velocity + (before + after) / 2 * 0.005
        path.append(place)
    off = np.linalg.norm(np.array(path) - run.truth["p"][40:], axis=1)
    assert off[200] < 0.002
    assert off.max() < 0.10  # rounding to 0.03 degrees per second and 1 mm/s2, integrated for 20 s


def test_perfect_sensors_on_a_swaying_body_dead_reckon_through_the_room():
    """Gravity, gyroscope and the sway's own accelerations belong together: the path in the room comes out."""
    run = Simulation("mixed", seed=6, duration_s=16, level=PERFECT, posture="seated").run()
    sway = swaying(run.body, len(run.raw), 200.0, np.random.default_rng([6, 8]))
    path = sway.place_in_room(run.truth["p"])
    attitude = Rotation.from_matrix(sway.rotation()[40]) * Rotation.from_quat(run.truth["q"][40], scalar_first=True)
    place, velocity = path[40], (path[41] - path[39]) * 100.0
    found = [place]
    for now, later in zip(run.raw[40:-1], run.raw[41:], strict=True):
        before = attitude.apply(now["accel"]) + run.body.gravity
        attitude = attitude * Rotation.from_rotvec((now["gyro"] + later["gyro"]) / 2 * 0.005)
        after = attitude.apply(later["accel"]) + run.body.gravity
        place = place + velocity * 0.005 + (2 * before + after) / 6 * 0.005**2
        velocity = velocity + (before + after) / 2 * 0.005
        found.append(place)
    off = np.linalg.norm(np.array(found) - path[40:], axis=1)
    assert off[200] < 0.002
    assert off.max() < 0.10
    assert np.abs(path - run.truth["p"]).max() > 0.010  # it did sway


@pytest.mark.parametrize("level", ["friendly", "harsh"])
def test_other_levels_run(level):
    run = Simulation("mixed", seed=1, duration_s=20, level=level).run()
    assert len(run.strokes) >= 2
    assert np.isfinite(run.raw["accel"]).all()


def test_four_hundred_hertz_has_fields_at_a_hundred():
    run = Simulation("calm", duration_s=15, rate_hz=400).run()
    assert len(run.raw) == 6000
    assert run.raw["mag_new"].sum() == 1500
    assert set(np.diff(run.raw["t_us"])) == {2500}
