"""The troubles of the simulated world, each against what physics says of it in closed form."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from slowhand.sensing.profile import load_glove
from slowhand.sim.body import Body, BodyErrors, Strip, lay_strip
from slowhand.sim.foreign_iron import (
    Phone,
    Ring,
    Stay,
    dipoles_ut,
    some_phone,
    some_ring,
    some_steel,
    sphere_moment,
    working_places,
)
from slowhand.sim.hand import Hand, move
from slowhand.sim.magnets import dipole_ut, strip_ut
from slowhand.sim.moving_strip import Slip, moving_strip, slipped, some_slip
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.trouble import NO_TROUBLE, TROUBLES, Trouble, curve_mm, long_buzzes, troubled_body
from slowhand.sim.truth import TrueFlag, runs
from tests.unit.sim_scenes import FLAT, held, random

EXACT = BodyErrors(moment=0.0, tilt_deg=0.0, place_mm=0.0, gradient_ut_m=0.0)
SECONDS = 60.0
EARTH_UT = np.array([10.0, -20.0, 42.0])


@cache
def session(trouble: str = "", posture: str = "prone", script: str = "mixed") -> SimOutput:
    chosen = TROUBLES[trouble] if trouble else NO_TROUBLE
    return Simulation(script, 12, duration_s=SECONDS, posture=posture, trouble=chosen).run()


def when(run: SimOutput, what: str) -> int:
    return next(t_us for name, t_us in run.events if name == what)


# Each alone and all together.


@pytest.mark.parametrize("name", ["steel", "phone", "ring", "strip_slips", "field1_fails"])
def test_a_trouble_of_the_surroundings_leaves_hand_and_forces_alone(name: str) -> None:
    run, plain = session(name), session()
    assert run.truth.tobytes() == plain.truth.tobytes()
    assert run.raw["pads"].tobytes() == plain.raw["pads"].tobytes()
    assert any(run.raw[c].tobytes() != plain.raw[c].tobytes() for c in ("accel", "m0", "m1"))


def test_troubles_join_and_all_at_once_run_in_either_posture() -> None:
    both = TROUBLES["ring"] | TROUBLES["breathing"]
    assert both == Trouble(ring=True, breathing_mm=8.0)
    everything = NO_TROUBLE
    for trouble in TROUBLES.values():
        everything |= trouble
    assert all(getattr(everything, f.name) for f in fields(Trouble))
    for posture in ("prone", "seated"):
        run = Simulation("toil", 3, 40.0, posture=posture, trouble=everything, hand=Hand(scale=0.88, tremor=3.0)).run()
        assert np.isfinite(run.raw["m0"]).all() and np.isfinite(run.raw["accel"]).all()
        assert {"ring", "strip_slips", "field1_fails", "phone"} == {name for name, _ in run.events}


# The body.


def test_a_curved_back_is_twenty_millimetres_and_the_strip_follows_it() -> None:
    body = troubled_body(Body(), TROUBLES["curved"], random())
    assert curve_mm(body) == pytest.approx(20.0)
    strip = lay_strip(body, random(), EXACT)
    x, y, z = strip.place.T
    assert z == pytest.approx(body.skin(x, y))
    step = 1e-4
    slope = (body.skin(x, y + step) - body.skin(x, y - step)) / (2 * step)
    assert np.abs(slope).max() > 0.12
    assert -strip.moment[:, 1] / strip.moment[:, 2] == pytest.approx(slope, abs=1e-6)
    assert np.hypot(np.diff(y), np.diff(z)) == pytest.approx(0.030, abs=3e-4)  # the pitch is kept along the skin


def test_a_start_on_a_slope_tilts_hand_and_strip_alike() -> None:
    leans = [troubled_body(Body(), TROUBLES["tilted_start"], random(s)).tilt_x for s in range(300)]
    assert np.std(leans) == pytest.approx(0.08, rel=0.15)
    body = replace(FLAT, tilt_x=0.1)
    strip = lay_strip(body, random(), EXACT, lean=0.1)
    normal = np.array([-0.1, 0.0, 1.0]) / np.hypot(0.1, 1.0)
    assert strip.moment / strip.moment[:, 2:] == pytest.approx(np.tile(normal / normal[2], (16, 1)), abs=1e-9)
    level, leaning_ = (move(held(b), Hand(tremor=0.0), b, random()) for b in (FLAT, body))
    t = level.times()[2000:2001]
    turn = Rotation.from_matrix(leaning_.rotation(t)[0] @ level.rotation(t)[0].T).as_rotvec()
    assert turn == pytest.approx([0.0, -np.arctan(0.1), 0.0], abs=0.005)


def test_a_careless_start_is_some_eight_millimetres_off() -> None:
    places = []
    for seed in range(24):
        run = Simulation("mixed", seed, 10.0, trouble=TROUBLES["tilted_start"]).run()
        rest = run.truth["p"][np.flatnonzero(run.truth["started"])[0] - 100, :2]
        places.append(rest * 1000.0)
    assert 5.0 < np.sqrt(np.mean(np.square(places))) < 11.0


def test_a_breath_moves_and_tilts_the_hand_and_less_so_the_spine() -> None:
    still = FLAT
    breathing = replace(troubled_body(FLAT, TROUBLES["breathing"], random()), breathing_hz=0.25)
    calm, moved = (move(held(b), Hand(tremor=0.0), b, random()) for b in (still, breathing))
    t = calm.times()[2000:3600]  # two whole breaths and no landing
    # at the pads' middle, 80 mm above the middle of the back, the rise is 1.16 times that in the middle
    rise = moved.place(t)[:, 2] - calm.place(t)[:, 2]
    lever = np.ptp(rise) * 1000.0
    assert 8.0 * 1.16 * 0.9 < lever < 8.0 * 1.16 * 1.25   # the second harmonic adds a little
    normal_y = moved.rotation(t)[:, 1, 2] - calm.rotation(t)[:, 1, 2]
    expected = breathing.breathing_tilt * breathing.breath(t)   # the normal is (0, -dz/dy, 1) and dz/dy = -tilt breath
    assert normal_y == pytest.approx(expected, abs=2e-4)

    strip = lay_strip(FLAT, random(), EXACT)
    moving = moving_strip(strip, breathing, t, None)
    assert moving.tilt == pytest.approx(-0.4 * expected)


def test_a_tilted_strip_has_the_field_of_its_turned_magnets() -> None:
    body = replace(Body(), breathing_mm=8.0, breathing_tilt=2.0)
    strip = lay_strip(body, random(), BodyErrors())
    t, at = np.array([1.0]), np.array([[0.03, 0.10, 0.05]])
    moving = moving_strip(strip, body, t, None)
    turn = Rotation.from_rotvec([moving.tilt[0], 0.0, 0.0])
    pivot = np.array([0.0, body.length_m / 2, 0.0])
    turned = Strip(pivot + turn.apply(strip.place - pivot), turn.apply(strip.moment))
    assert abs(moving.tilt[0]) > 1e-3
    assert moving.field(at) == pytest.approx(strip_ut(turned, at), rel=1e-9)


@pytest.mark.parametrize("times", [1.0, 3.0])
def test_tremor_grows_with_its_number(times: float) -> None:
    program = held(FLAT)
    none, some = (move(program, Hand(tremor=k), FLAT, random(3)) for k in (0.0, times))
    t = none.times()[2000:3600]
    shake = np.linalg.norm(some.place(t, 2) - none.place(t, 2), axis=1)
    one = move(program, Hand(tremor=1.0), FLAT, random(3))
    assert np.median(shake) == pytest.approx(
        times * np.median(np.linalg.norm(one.place(t, 2) - none.place(t, 2), axis=1)), rel=0.05)


def test_wandering_can_be_had_apart_from_tremor() -> None:
    program = held(FLAT)
    none, both, fast, slow = (
        move(program, hand, FLAT, random(3))
        for hand in (Hand(tremor=0.0), Hand(tremor=3.0), Hand(tremor=3.0, wander=0.0), Hand(tremor=0.0, wander=3.0))
    )
    t = none.times()[2000:3600]
    assert both.place(t) - none.place(t) == pytest.approx(fast.place(t) + slow.place(t) - 2 * none.place(t), abs=1e-5)
    drift, shiver = (np.abs(m.place(t) - none.place(t)).max() for m in (slow, fast))
    assert drift > 10 * shiver     # millimetres against hundredths
    felt = [np.sqrt(np.mean((m.place(t, 2) - none.place(t, 2)) ** 2)) for m in (slow, fast)]
    assert felt[1] > felt[0]       # but the accelerometer feels the tremor


# Foreign iron.


def test_dipoles_that_move_have_the_field_of_dipoles_that_rest() -> None:
    rng = random(1)
    place, at, moment = rng.normal(0, 0.1, (20, 3)), rng.normal(0.3, 0.1, (20, 3)), rng.normal(0, 0.1, (20, 3))
    one_by_one = np.concatenate([dipole_ut(p, m, a[None]) for p, m, a in zip(place, moment, at, strict=True)])
    assert dipoles_ut(place, moment, at) == pytest.approx(one_by_one)


def test_a_steel_sphere_trebles_the_field_at_its_poles_and_empties_its_equator() -> None:
    radius, earth = 0.04, np.array([0.0, 0.0, 50.0])
    moment = sphere_moment(np.array([radius]), earth[None])[0]
    pole, equator = dipole_ut(np.zeros(3), moment, np.array([[0, 0, radius], [radius, 0, 0]]))
    assert pole + earth == pytest.approx([0, 0, 150.0])
    assert equator + earth == pytest.approx([0, 0, 0], abs=1e-9)


@pytest.mark.parametrize("posture", ["prone", "seated"])
def test_steel_bends_the_field_by_five_to_fifteen_microtesla_and_not_evenly(posture: str) -> None:
    body = Body(posture=posture)
    at = working_places(body)
    for seed in range(8):
        steel = some_steel(body, EARTH_UT, random(seed))
        field = steel.field(at)
        off = np.linalg.norm(field - field.mean(axis=0), axis=1)
        assert 4.999 < off.max() < 15.001
        # more than a gradient: a straight line through it leaves something
        design = np.column_stack([np.ones(len(at)), at])
        rest = field - design @ np.linalg.lstsq(design, field, rcond=None)[0]
        assert np.linalg.norm(rest, axis=1).max() > 0.3
        assert (steel.place[:, 2] < 0.06).all()
        # four times as far, some sixty times as weak
        near, away = (np.linalg.norm(steel.field(k * np.array([[0.0, 0.0, 2.0]]))) for k in (1.0, 4.0))
        assert 30 < near / away < 120


def test_steel_stays_in_the_room_while_the_back_sways() -> None:
    run, plain = session("steel", "seated"), session("", "seated")
    extra = (run.raw["m0"] - plain.raw["m0"])[run.truth["contact"]]
    assert np.linalg.norm(extra, axis=1).max() > 1.0


def test_a_phone_comes_lies_is_pushed_and_goes() -> None:
    place, moved, moment = np.array([0.25, 0.2, -0.1]), np.array([0.25, 0.3, -0.1]), np.array([0.0, 0.0, 0.05])
    phone = Phone(moment, (Stay(10.0, 40.0, place, 25.0, moved),))
    at, t = np.array([0.12, 0.2, 0.0]), np.array([5.0, 20.0, 35.0, 45.0])
    field = phone.field(np.tile(at, (4, 1)), t)
    assert field[0] == pytest.approx(0.0) and field[3] == pytest.approx(0.0)
    assert field[1] == pytest.approx(dipole_ut(place, moment, at[None])[0])
    assert field[2] == pytest.approx(dipole_ut(moved, moment, at[None])[0])
    # it comes from so far away that it cannot be felt where it sets out
    coming = phone.field(at[None], np.array([9.01]))
    assert np.linalg.norm(coming) < 0.02


def test_phones_stay_for_twenty_seconds_to_a_minute_beside_the_back() -> None:
    for seed in range(10):
        phone = some_phone(Body(), 8.0, 300.0, random(seed))
        assert 0.02 <= np.linalg.norm(phone.moment) <= 0.10
        assert len(phone.stays) >= 2
        for stay in phone.stays:
            assert 20.0 <= stay.end_s - stay.begin_s <= 60.0 and stay.begin_s > 8.0
            assert stay.begin_s < stay.move_s < stay.end_s
            assert 0.20 <= abs(stay.place[0]) <= 0.30 and stay.place[2] < 0.0


def test_a_ring_is_felt_by_the_cube_of_its_distance() -> None:
    ring = Ring(10.0, np.array([0.07, 0.0, 0.0]), np.array([0.01, 0.0, 0.0]), 0.0)
    t, nothing = np.array([9.9, 11.5]), np.zeros((2, 3))
    first, second = (ring.field(np.array([x, 0.0, 0.0]), nothing, t) for x in (0.0, -0.06))
    assert first[0] == pytest.approx(0.0) and second[0] == pytest.approx(0.0)
    assert first[1] == pytest.approx([0.2 * 0.01 / 0.07**3, 0, 0])
    assert second[1, 0] / first[1, 0] == pytest.approx((0.07 / 0.13) ** 3)
    soft = Ring(10.0, np.array([0.07, 0.0, 0.0]), np.zeros(3), 2e-6)
    around = np.tile([0.0, 0.0, 500.0], (2, 1))
    assert soft.field(np.zeros(3), around, t)[1] == pytest.approx([0, 0, -0.1 * 2e-6 * 500.0 / 0.07**3])


@pytest.mark.parametrize("side", ["right", "left"])
def test_rings_give_three_to_ten_microtesla_at_the_motion_sensor(side: str) -> None:
    for seed in range(10):
        ring = some_ring(Hand(side), 300.0, random(seed))
        late, nothing = np.array([299.0]), np.zeros((1, 3))
        first, second = (np.linalg.norm(ring.field(np.array([x, 0.0, 0.0]), nothing, late)) for x in (0.0, -0.06))
        assert 3.0 <= first <= 10.0 and second < 0.5 * first
        assert 75.0 <= ring.on_s <= 150.0


def test_a_ring_is_an_offset_of_the_first_sensor_from_its_time_on() -> None:
    run, plain = session("ring"), session()
    on_us, fresh = when(run, "ring"), run.raw["mag_new"]
    extra = run.raw["m0"] - plain.raw["m0"]
    assert np.abs(extra[run.raw["t_us"] < on_us]).max() < 1e-9
    later = extra[fresh & (run.raw["t_us"] > on_us + 1_500_000)]
    assert 2.5 < np.linalg.norm(np.median(later, axis=0)) < 11.0
    assert later.std(axis=0).max() < 1.5  # the hand's own: it hardly changes with the place


# The strip that slips, the sensor that fails, the motor.


def test_a_strip_that_slips_takes_its_field_along() -> None:
    strip = lay_strip(FLAT, random(), BodyErrors())
    at, t = np.array([[0.02, 0.1, 0.05], [0.02, 0.1, 0.05]]), np.array([9.0, 12.0])
    moving = moving_strip(strip, FLAT, t, Slip(10.0, np.array([0.003, -0.004]), 0.0))
    before, after = moving.field(at)
    assert before == pytest.approx(strip_ut(strip, at[:1])[0])
    assert after == pytest.approx(strip_ut(strip, at[:1] - [0.003, -0.004, 0.0])[0])


def test_a_strip_that_slips_turns_about_its_middle_and_stays_on_the_skin() -> None:
    body = Body()
    strip = lay_strip(body, random(), EXACT)
    turn = np.radians(0.5)
    moved = slipped(strip, body, Slip(10.0, np.zeros(2), turn))
    middle = strip.place[:, :2].mean(axis=0)
    arm = strip.place[:, 1] - middle[1]
    assert moved.place[:, 0] - strip.place[:, 0] == pytest.approx(-np.sin(turn) * arm)
    assert moved.place[:, 2] == pytest.approx(body.skin(moved.place[:, 0], moved.place[:, 1]))
    assert np.linalg.norm(moved.moment, axis=1) == pytest.approx(np.linalg.norm(strip.moment, axis=1))
    for seed in range(10):
        slip = some_slip(300.0, random(seed))
        assert 0.003 <= np.hypot(*slip.by_m) <= 0.006 and abs(slip.turn) <= turn
        assert 90.0 <= slip.at_s <= 180.0


def test_a_slip_changes_nothing_before_it_comes() -> None:
    run, plain = session("strip_slips"), session()
    fresh, before = run.raw["mag_new"], run.raw["t_us"] < when(run, "strip_slips")
    off = np.linalg.norm(run.raw["m0"] - plain.raw["m0"], axis=1)
    assert off[fresh & before].max() < 0.25  # one count: the same field, added up in another order
    assert off[fresh & ~before & run.truth["contact"]].max() > 2.0


def test_a_magnetometer_that_fails_gives_nothing_from_then_on() -> None:
    run, plain = session("field1_fails"), session()
    gone = run.raw["t_us"] >= when(run, "field1_fails")
    assert 0.4 < gone.mean() < 0.8
    assert np.isnan(run.raw["m1"][gone]).all()
    assert run.raw["m1"][~gone].tobytes() == plain.raw["m1"][~gone].tobytes()
    assert run.raw["m0"].tobytes() == plain.raw["m0"].tobytes()


def flag(start_s: float, end_s: float) -> TrueFlag:
    return TrueFlag("too_hard", "warn", round(start_s * 1e6), round(end_s * 1e6), 70.0, 60.0, "N", 0.0, 0.0)


def test_long_buzzes_last_as_long_as_the_broken_limit_within_the_glove_s_own() -> None:
    t_us = np.arange(0, 10_000_000, 5000)
    on = long_buzzes(t_us, [flag(1.0, 1.05), flag(3.0, 5.0), flag(7.0, 7.4)])
    found = [(t_us[a] / 1e6, (b - a) * 0.005) for a, b in runs(on)]
    assert found == [
        pytest.approx((1.06, 0.15)), pytest.approx((3.06, 0.9)), pytest.approx((4.41, 0.65)), pytest.approx((7.06, 0.4))]


def test_long_buzzes_shake_and_disturb() -> None:
    run, plain = session("long_buzzes"), session()
    on = run.raw["haptic"]
    assert 0.01 < on.mean() < 0.3
    off = np.linalg.norm(run.raw["m0"] - plain.raw["m0"], axis=1)
    assert np.median(off[on & run.raw["mag_new"]]) == pytest.approx(8.5, abs=1.0)
    assert max(b - a for a, b in runs(on)) <= 181


# Work and hands.


def test_far_work_is_far() -> None:
    run = Simulation("far", 2, 240.0).run()
    contact = run.truth["contact"] & run.truth["started"]
    x = np.abs(run.truth["cop_mm"][contact, 0])
    assert contact.mean() > 0.6
    assert ((x > 105) & (x < 155)).mean() > 0.8
    nearer = runs(contact & (np.abs(run.truth["cop_mm"][:, 0]) < 105))
    assert 1 <= len([r for r in nearer if r[1] - r[0] > 200]) <= 12


@pytest.mark.parametrize("scale", [0.88, 1.12])
def test_other_hands_differ_from_the_shipped_profile(scale: float) -> None:
    run = Simulation("mixed", 2, 10.0, hand=Hand(scale=scale)).run()
    nominal = np.array([p.position_mm for p in load_glove(None).pad])
    off = np.linalg.norm(run.hand.levers * 1000.0 - nominal, axis=1)
    assert off.min() > 4.0 and off.max() > 12.0
