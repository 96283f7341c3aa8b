"""A pad's curve: exact at its points, monotone, and the same both ways."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.sensing.curves import ADC_MAX, NO_LIMIT_COUNT, PadCurve, pad_curves
from slowhand.sensing.profile import load_glove

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
NOMINAL = pad_curves(load_glove().pad)


def ratio_count(conductance_us: float, divider_ohm: float) -> float:
    """The divider by Ohm's law, written with resistances: pad on top, resistor to ground."""
    pad_ohm = 1e6 / conductance_us
    return ADC_MAX * divider_ohm / (pad_ohm + divider_ohm)


@pytest.mark.parametrize("curve", [NOMINAL[0], NOMINAL[4]], ids=["fsr", "flexiforce"])
def test_every_point_of_the_curve_is_met(curve: PadCurve) -> None:
    for force, conductance in curve.points:
        assert curve.conductance_us(force) == pytest.approx(conductance, rel=1e-12)
        assert curve.count(force) == pytest.approx(ratio_count(conductance, curve.divider_ohm), rel=1e-12)


@pytest.mark.parametrize("curve", [NOMINAL[0], NOMINAL[4]], ids=["fsr", "flexiforce"])
def test_the_table_inverts_the_divider_and_the_curve(curve: PadCurve) -> None:
    counts = np.arange(ADC_MAX + 1)
    good = ~curve.at_least(counts)
    np.testing.assert_allclose(curve.count(curve.force_n(counts[good])), counts[good], atol=1e-9)
    assert np.all(np.diff(curve.force_n(counts)) >= 0)
    assert curve.force_n(0) == 0.0


def test_a_saturated_pad_says_at_least_its_end() -> None:
    curve = NOMINAL[0]
    assert curve.at_least(ADC_MAX) and curve.force_n(ADC_MAX) == 20.0
    at_the_end = int(np.floor(curve.count(20.0)))
    assert not curve.at_least(at_the_end) and curve.at_least(at_the_end + 1)


def test_full_scale_is_at_least_even_when_the_curve_goes_on() -> None:
    huge_divider = PadCurve(((1.0, 1000.0), (100.0, 1e6)), divider_ohm=1e6, max_force_n=100.0)
    assert huge_divider.at_least(ADC_MAX)


def test_below_the_first_point_the_curve_runs_to_zero() -> None:
    curve = NOMINAL[0]
    assert curve.conductance_us(0.0) == 0.0
    assert curve.conductance_us(0.1) == pytest.approx(16.5)


def test_a_curve_may_begin_at_zero() -> None:
    curve = PadCurve(((0.0, 0.0), (1.0, 167.0), (5.0, 500.0)), 3300.0, 5.0)
    assert curve.force_n(0) == 0.0
    assert curve.force_n(363) == pytest.approx(1.0, abs=0.01)


def test_beyond_the_last_point_it_goes_on_straight_to_the_pads_maximum() -> None:
    curve = PadCurve(((10.0, 3.6), (50.0, 18.0)), 47000.0, 110.0)
    assert curve.conductance_us(100.0) == pytest.approx(36.0)
    assert curve.force_n(int(curve.count(100.0))) == pytest.approx(100.0, abs=0.5)


@settings(max_examples=100)
@given(force=st.floats(0.0, 19.9))
def test_a_threshold_parts_forces_exactly(force: float) -> None:
    curve = NOMINAL[0]
    count = curve.force_to_count(force)
    assert curve.force_n(count) <= force < curve.force_n(count + 1)


def test_a_force_that_the_pad_cannot_tell_gives_no_threshold() -> None:
    assert NOMINAL[0].force_to_count(20.0) == NO_LIMIT_COUNT


increasing = st.lists(st.floats(0.05, 50.0), min_size=2, max_size=8).map(lambda steps: np.cumsum(steps))


@settings(max_examples=50)
@given(forces=increasing, data=st.data())
def test_any_monotone_curve_stays_monotone(forces: np.ndarray, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.floats(0.01, 500.0), min_size=len(forces), max_size=len(forces)))
    points = tuple(zip(forces.tolist(), np.cumsum(steps).tolist(), strict=True))
    curve = PadCurve(points, 3300.0, float(forces[-1]))
    between = np.linspace(0.0, forces[-1], 400)
    assert np.all(np.diff(curve.conductance_us(between)) >= -1e-9)
    assert np.all(np.diff(curve.force_table_n) >= 0)


def datasheet_points() -> dict[str, np.ndarray]:
    path = SHARED / "fsr402" / "points.csv"
    if not path.exists():
        pytest.skip(f"{path} is absent: no datasheet points to compare with")
    sets: dict[str, list[tuple[float, float]]] = {}
    with path.open() as file:
        for row in csv.DictReader(file):
            if row["set"].startswith("datasheet"):
                conductance_us = 1e3 / float(row["resistance_kohm"])
                sets.setdefault(row["set"], []).append((float(row["force_N"]), conductance_us))
    return {name: np.array(points) for name, points in sets.items()}


def test_the_nominal_fsr_lies_on_the_datasheet_as_closely_as_its_digitisations_on_each_other() -> None:
    """Two digitisations of the datasheet differ by 10 %; ours may differ from each by no more than 15 %."""
    for points in datasheet_points().values():
        inside = points[(points[:, 0] >= 0.19) & (points[:, 0] <= 20.0)]
        ours = NOMINAL[0].conductance_us(inside[:, 0])
        np.testing.assert_allclose(ours, inside[:, 1], rtol=0.15)


def force_plate_press(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Force over the dead load in N, and the summed conductance of three inverted 10-bit dividers."""
    path = SHARED / "fsr_force_plate" / f"experiment{number}.csv"
    if not path.exists():
        pytest.skip(f"{path} is absent: no force plate to compare with")
    rows = np.genfromtxt(path, delimiter=",", skip_header=1)
    force = rows[:, 1] - np.median(rows[:15, 1])
    counts = np.clip(1023.0 - rows[:, 3:6], 0.0, 1000.0)  # inverted: 1023 = no load
    return force, np.sum(counts / (1023.0 - counts), axis=1)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_real_presses_on_a_force_plate_rank_like_the_conductance(number: int) -> None:
    """What the divider model turns into conductance must rise with the force that a plate measured."""
    force, conductance = force_plate_press(number)
    pressed = force > 3.0  # three steps of the plate's resolution
    if np.count_nonzero(pressed) < 10:
        pytest.skip(f"experiment {number} has too few presses")
    ranks = [np.argsort(np.argsort(values[pressed])) for values in (force, conductance)]
    assert np.corrcoef(*ranks)[0, 1] > 0.5
