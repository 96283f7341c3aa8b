"""Which cells were worked: closed forms for a hand that is known well, and what an uncertain place does to them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.coach.areas import AREAS, grid_for
from slowhand.coach.coverage import Coverage
from slowhand.coach.receiver import Receiver
from slowhand.coach.routine_plan import shipped_routine
from slowhand.sensing.profile import load_glove
from slowhand.strokes.places import region_of
from tests.unit.touch_scenes import Scene, unplaced

GLOVE, RULE = load_glove(), shipped_routine().coverage
AT = (90.0, 150.0)   # the middle of a cell


def covered(rows: np.ndarray, receiver: Receiver | None = None) -> Coverage:
    coverage = Coverage(GLOVE, receiver or Receiver(), RULE)
    coverage.process(rows)
    return coverage


def cell(coverage: Coverage, x_mm: float, y_mm: float) -> tuple[int, int]:
    grid = coverage.grid
    return int(np.argmin(np.abs(grid.y_mm - y_mm))), int(np.argmin(np.abs(grid.x_mm - x_mm)))


def test_a_fingertip_held_still_works_its_own_cell_for_as_long_as_it_presses() -> None:
    coverage = covered(Scene(at=AT).lift(0.5).hold(3.0, 8.0).lift(0.5).rows())
    row, column = cell(coverage, *AT)
    seconds = coverage.seconds()
    assert seconds[row, column] == pytest.approx(3.0, abs=0.03)
    assert coverage.mean_n()[row, column] == pytest.approx(8.0, rel=1e-6)
    assert seconds[row, column + 1] < 1e-6 and np.isnan(coverage.mean_n()[row, column + 5])
    assert np.count_nonzero(coverage.worked()) == 1


def test_a_glide_gives_each_cell_the_time_of_its_passage() -> None:
    # a pad of 11.3 mm is over a cell of 20 mm for 31.3 mm of its way: 0.313 s at 10 cm/s
    coverage = covered(Scene(at=(90.0, 40.0)).lift(0.5).glide(0.0, 220.0, 10.0).lift(0.5).rows())
    inner = coverage.seconds()[cell(coverage, 90.0, 70.0)[0] : cell(coverage, 90.0, 230.0)[0], cell(coverage, *AT)[1]]
    assert inner == pytest.approx(0.313, abs=0.03)


@pytest.mark.parametrize("sigma_mm", [4.0, 8.0, 15.0])
def test_an_uncertain_place_gives_a_cell_its_probability_and_invents_no_time(sigma_mm: float) -> None:
    coverage = covered(Scene(at=AT).hold(10.0, 8.0).rows(sigma_mm=sigma_mm))
    reach = (RULE.cell_mm / 2 + math.sqrt(126.7) / 2) / sigma_mm
    inside = math.erf(reach / math.sqrt(2.0)) ** 2
    assert coverage.seconds()[cell(coverage, *AT)] == pytest.approx(10.0 * inside, abs=0.15)


def test_two_pads_over_one_cell_are_no_more_than_the_time() -> None:
    rows = Scene(at=AT).hold(4.0, 8.0).rows()
    rows["pad_mm"][:, 2] = rows["pad_mm"][:, 1]
    rows["force_n"][:, 2] = rows["force_n"][:, 1] = 4.0
    coverage = covered(rows)
    assert coverage.seconds().max() == pytest.approx(4.0, abs=0.03)
    assert coverage.mean_n()[cell(coverage, *AT)] == pytest.approx(8.0, rel=1e-6)   # both press there


def test_an_unknown_place_is_credited_to_no_cell() -> None:
    rows = Scene(at=AT).hold(4.0, 8.0).rows()
    unplaced(rows)
    assert covered(rows).seconds().sum() == 0.0


def test_missing_rows_are_no_contact() -> None:
    rows = Scene(at=AT).hold(4.0, 8.0).rows()
    rows["t_us"][400:] += 60_000_000
    rows["gap"][400] = True
    assert covered(rows).seconds().max() == pytest.approx(4.0, abs=0.05)


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 1500), max_size=30))
def test_any_split_gives_the_same_bits(cuts: list[int]) -> None:
    rows = Scene(at=(60.0, 20.0)).glide(40.0, 250.0, 9.0, 7.0).hop(-90.0, 60.0).circles(3.0, 50.0).rows(sigma_mm=3.0)[:1500]
    whole = covered(rows)
    parts = Coverage(GLOVE, Receiver(), RULE)
    for a, b in pairwise([0, *sorted(cuts), len(rows)]):
        parts.process(rows[a:b])
    assert parts.seconds().tobytes() == whole.seconds().tobytes()
    assert parts.mean_n().tobytes() == whole.mean_n().tobytes()


# -- areas --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length_mm", [300.0, 450.0, 560.0])
def test_every_area_has_cells_on_its_own_side_and_region_and_none_on_the_spine(length_mm: float) -> None:
    grid = grid_for(Receiver(back_length_mm=length_mm, shoulder_width_mm=0.84 * length_mm), RULE)
    for area in AREAS:
        rows, columns = np.nonzero(grid.cells_of(area))
        assert len(rows) >= 4
        assert {region_of(float(y), length_mm) for y in grid.y_mm[rows]} == {area[0]}
        assert all((x > 20.0) if area[1] == "left" else (x < -20.0) for x in grid.x_mm[columns])
        mirror = (area[0], "right" if area[1] == "left" else "left")
        assert np.array_equal(grid.cells_of(area), grid.cells_of(mirror)[:, ::-1])


def test_time_is_credited_where_the_centre_of_pressure_is_and_the_unknown_to_nobody() -> None:
    coverage = covered(Scene(at=AT).hold(1.0, 8.0).rows())
    assert coverage.contact(1_500_000, (90.0, 60.0), 3.0) == ("shoulders", "left")
    assert coverage.contact(500_000, (-90.0, 470.0), 3.0) == ("sacrum", "right")
    assert coverage.contact(700_000, None, math.nan) is None
    assert coverage.contact_s(("shoulders", "left")) == 1.5 and coverage.contact_s(("sacrum", "right")) == 0.5
    assert coverage.unknown_s == pytest.approx(0.7)


def test_uneven_sides_are_told_only_beyond_what_is_in_doubt() -> None:
    coverage = covered(Scene(at=AT).hold(1.0, 8.0).rows())
    coverage.contact(60_000_000, (60.0, 150.0), 3.0)
    coverage.contact(20_000_000, (-60.0, 150.0), 3.0)
    [uneven] = coverage.uneven()
    assert (uneven.region, uneven.left_s, uneven.right_s, uneven.doubtful_s) == ("upper", 60.0, 20.0, 0.0)
    assert uneven.words == "upper back, right: 20 s against 60 s"
    coverage.contact(25_000_000, (28.0, 150.0), 15.0)   # may have been on the other side
    assert coverage.uneven() == ()
    assert coverage.even_s() == 0.0   # nor are they surely even


def test_sides_are_called_even_only_where_that_is_known_of_enough_time() -> None:
    coverage = covered(Scene(at=AT).hold(1.0, 8.0).rows())
    for y_mm, seconds in ((150.0, 25), (250.0, 10)):   # the second region: too little to compare
        for x_mm in (60.0, -60.0):
            coverage.contact(seconds * 1_000_000, (x_mm, y_mm), 3.0)
    assert coverage.uneven() == () and coverage.even_s() == pytest.approx(50.0)


def test_areas_missed_are_those_of_which_hardly_a_cell_was_worked() -> None:
    scene = Scene(at=(40.0, 90.0))
    for x in range(40, 170, 18):
        scene.hop(float(x), 84.0).glide(0.0, 120.0, 4.0)
    coverage = covered(scene.rows())
    assert ("upper", "left") not in coverage.missed() and ("upper", "right") in coverage.missed()
    [work] = [work for work in coverage.areas() if work.area == ("upper", "left")]
    assert work.covered > 0.6 and work.mean_n == pytest.approx(8.0, rel=0.01)
    assert [work.mean_n for work in coverage.areas() if work.area == ("upper", "right")] == [None]
