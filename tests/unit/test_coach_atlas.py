"""The body atlas: landmarks where anatomy books have them, one with the zones, alike on both sides and on every back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from slowhand.coach.atlas import Atlas, BackAtlas, Placed, edge_distance, inside_polygon, shipped_atlas
from slowhand.coach.atlas_grid import CELL_MM, AtlasGrid, grid_of
from slowhand.coach.receiver import Receiver
from slowhand.coach.zones import BackZones
from slowhand.strokes.places import SPINE_HALF_WIDTH_MM, region_of

RECEIVERS = (
    Receiver(), Receiver(back_length_mm=380.0, shoulder_width_mm=320.0),
    Receiver(back_length_mm=560.0, shoulder_width_mm=470.0),
)
BACKS = tuple((receiver, BackAtlas(receiver), grid_of(receiver)) for receiver in RECEIVERS)
NOMINAL, EXACT, GRID = BACKS[0]
HALF, LENGTH = NOMINAL.shoulder_width_mm / 2, NOMINAL.back_length_mm

on_a_back = st.tuples(
    st.sampled_from(range(len(BACKS))), st.floats(-1.3, 1.3, allow_nan=False), st.floats(-0.5, 1.6, allow_nan=False)
)


def place_on(back: int, x: float, y: float) -> tuple[float, float]:
    receiver = BACKS[back][0]
    return x * receiver.shoulder_width_mm / 2, y * receiver.back_length_mm


def from_axis(a_deg: float, b_deg: float) -> float:
    """Angle between two axes, 0 to 90 degrees."""
    return abs((a_deg - b_deg + 90.0) % 180.0 - 90.0)


def edges_near(shapes: tuple[Placed, ...], x_mm: float, y_mm: float) -> float:
    """How far the nearest edge of any of the shapes is, millimetres."""
    x, y = np.array([abs(x_mm)]), np.array([y_mm])
    return float(min(edge_distance(polygon, x, y)[0] for shape in shapes for polygon in shape.polygons))


def test_it_says_that_it_is_not_a_clinical_map_and_where_each_shape_is_from() -> None:
    atlas = shipped_atlas()
    assert atlas.note == "not a clinical map"
    assert all(len(shape.source) > 20 for shape in (*atlas.area, *atlas.muscle))


def test_all_areas_and_muscles_of_a_back_rub_are_in_it() -> None:
    atlas = shipped_atlas()
    assert {area.name for area in atlas.area} >= {
        "spine", "paraspinal", "neck", "shoulders", "scapulae", "kidneys", "lower_back", "sacrum", "iliac_crest",
    }
    assert {muscle.name for muscle in atlas.muscle} >= {
        "trapezius_upper", "trapezius_middle", "trapezius_lower", "levator_scapulae", "rhomboids", "latissimus_dorsi",
        "erector_spinae", "quadratus_lumborum", "gluteus_maximus",
    }
    assert {area.name for area in atlas.area if area.bone} == {"spine", "scapular_spine", "sacrum", "iliac_crest"}


# ---- the contract: zones of limits.toml, regions of strokes ---------------------------------------------------------------


@pytest.mark.parametrize(("area", "column"), [("spine", 0), ("neck", 1), ("kidneys", 2)])
@settings(deadline=None)   # the first of them compiles the zones
@given(where=on_a_back)
def test_spine_neck_and_kidneys_are_the_zones_that_flags_use(area: str, column: int, where: tuple[int, float, float]) -> None:
    receiver, exact, _ = BACKS[where[0]]
    x, y = place_on(*where)
    assume(y > exact.top_mm)               # the neck's zone has no upper end, the map ends at the hairline
    shape = next(shape for shape in exact.areas if shape.name == area)
    assume(edges_near((shape,), x, y) > 1e-6 or x == 0)   # the atlas gives an edge to both of its neighbours
    assume(abs(y) > 1e-6)
    zones = BackZones(receiver, receiver.personal_limits())
    assert (area in exact.areas_at(x, y)) == (column in zones.of_place(x, y, 0.0))


@pytest.mark.parametrize(("area", "region"), [("neck", "neck"), ("shoulders", "shoulders"), ("lower_back", "lower"),
                                              ("sacrum", "sacrum")])
@settings(deadline=None)
@given(where=on_a_back)
def test_areas_lie_in_the_regions_of_their_names(area: str, region: str, where: tuple[int, float, float]) -> None:
    receiver, exact, _ = BACKS[where[0]]
    x, y = place_on(*where)
    edge = edges_near(exact.areas, x, y) < 1e-6
    if area in exact.areas_at(x, y) and not edge:
        assert region_of(y, receiver.back_length_mm) == region


def test_the_paraspinal_band_begins_where_the_spine_ends() -> None:
    for _, exact, _ in BACKS:
        assert exact.areas_at(SPINE_HALF_WIDTH_MM - 0.01, 100.0)[0] == "spine"
        assert exact.areas_at(SPINE_HALF_WIDTH_MM + 0.01, 100.0)[0] == "paraspinal"


# ---- anatomy at landmarks ---------------------------------------------------------------------------------------------


def test_the_shoulder_blade_reaches_from_t2_to_t8_with_its_ridge_at_t3() -> None:
    t2, t3, t8 = 0.10, 0.145, 0.39
    blade = next(area for area in EXACT.areas if area.name == "scapulae")
    y = np.concatenate(blade.polygons)[:, 1] / LENGTH
    assert y.min() < t2 and y.max() == pytest.approx(t8, abs=0.02)
    assert "scapular_spine" in EXACT.areas_at(0.37 * HALF, t3 * LENGTH)


def test_the_crest_is_highest_at_l4_and_ends_at_s2() -> None:
    crest = np.concatenate(next(area for area in EXACT.areas if area.name == "iliac_crest").polygons)
    assert crest[:, 1].min() / LENGTH == pytest.approx(0.915, abs=0.02)      # L4
    hind = crest[np.argmin(crest[:, 0])]
    assert 40.0 <= hind[0] <= 50.0 and 1.05 < hind[1] / LENGTH < 1.15        # S2


@pytest.mark.parametrize(
    ("muscle", "x", "y", "deg", "within"),
    [
        ("erector_spinae", 40.0, 150.0, 0.0, 8.0),        # along the spine
        ("erector_spinae", 40.0, 300.0, 0.0, 6.0),
        ("erector_spinae", 40.0, 400.0, 0.0, 12.0),
        ("trapezius_middle", 90.0, 25.0, 90.0, 8.0),      # across
        ("trapezius_upper", 70.0, -25.0, 70.0, 15.0),     # down and outwards from the neck to the shoulder
        ("trapezius_lower", 45.0, 130.0, 135.0, 20.0),    # up and outwards
        ("rhomboids", 50.0, 90.0, 50.0, 10.0),            # down and outwards from the spine
        ("levator_scapulae", 60.0, 10.0, 25.0, 12.0),     # steeply down and outwards
        ("quadratus_lumborum", 60.0, 360.0, 12.0, 10.0),  # nearly upright, up and inwards
        ("latissimus_dorsi", 60.0, 165.0, 92.0, 12.0),    # its upper edge: level
        ("latissimus_dorsi", 140.0, 340.0, 165.0, 12.0),  # its outer edge: nearly upright, up and outwards
        ("gluteus_maximus", 80.0, 520.0, 45.0, 12.0),     # obliquely down and outwards
    ],
)
def test_fibres_run_as_anatomy_has_them(muscle: str, x: float, y: float, deg: float, within: float) -> None:
    found = EXACT.fibre_deg(x, y, muscle)
    assert found is not None, f"{muscle} is not under ({x}, {y})"
    assert from_axis(found, deg) <= within


def test_upper_trapezius_is_steep_at_the_neck_and_level_at_c7() -> None:
    neck, slope, level = (EXACT.fibre_deg(x, y, "trapezius_upper") for x, y in ((28.0, -95.0), (60.0, -30.0), (70.0, 0.0)))
    assert neck is not None and slope is not None and level is not None
    assert 20.0 < neck < slope < level < 95.0


def test_muscles_are_named_from_the_skin_to_the_depth() -> None:
    assert GRID.muscles_at(35.0, 90.0) == ("trapezius_lower", "rhomboids", "erector_spinae")
    assert GRID.muscles_at(50.0, 350.0) == ("erector_spinae", "quadratus_lumborum")


def test_a_hand_feels_the_column_beside_the_spine_through_the_sheet_over_it() -> None:
    assert GRID.muscles_at(40.0, 200.0)[0] != "erector_spinae"
    assert GRID.felt_at(40.0, 200.0) == "erector_spinae"
    assert GRID.felt_at(100.0, 30.0) == "trapezius_middle"


@pytest.mark.parametrize(("receiver", "exact", "grid"), BACKS, ids=("nominal", "small", "large"))
def test_every_muscle_and_every_area_is_somewhere_on_both_sides(
    receiver: Receiver, exact: BackAtlas, grid: AtlasGrid
) -> None:
    x = np.arange(-exact.reach_mm, exact.reach_mm, CELL_MM)
    x, y = (part.ravel() for part in np.meshgrid(x, np.arange(exact.top_mm, exact.bottom_mm, CELL_MM)))
    for side in (x > 0, x < 0):
        for names, bits in ((grid.area_names, grid.area_bits), (grid.muscle_names, grid.muscle_bits)):
            found = np.bitwise_or.reduce(bits(x[side], y[side]))
            assert found == (1 << len(names)) - 1, [name for k, name in enumerate(names) if not found >> k & 1]


def test_all_muscles_can_be_felt_somewhere() -> None:
    x, y = np.meshgrid(np.arange(0.0, EXACT.reach_mm, 2.0), np.arange(EXACT.top_mm, EXACT.bottom_mm, 2.0))
    felt = {GRID.muscle_names[k] for k in np.unique(GRID.felt(x, y)) if k >= 0}
    assert felt == set(GRID.muscle_names)


# ---- geometry ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(where=on_a_back)
def test_the_right_side_mirrors_the_left(where: tuple[int, float, float]) -> None:
    _, exact, grid = BACKS[where[0]]
    x, y = place_on(*where)
    for map_ in (exact, grid):
        assert map_.areas_at(-x, y) == map_.areas_at(x, y)
        assert map_.muscles_at(-x, y) == map_.muscles_at(x, y)
        here, there = map_.fibre_deg(x, y), map_.fibre_deg(-x, y)
        assert (here is None) == (there is None)
        if here is not None and there is not None and x != 0:
            assert 0.0 <= here < 180.0 and 0.0 <= there < 180.0
            assert from_axis(here, -there) == pytest.approx(0.0, abs=1e-9)


@settings(deadline=None)
@given(where=on_a_back)
def test_muscles_grow_with_the_receiver(where: tuple[int, float, float]) -> None:
    _, exact, _ = BACKS[where[0]]
    x, y = place_on(*where)
    on_nominal = (where[1] * HALF, where[2] * LENGTH)
    assume(edges_near(exact.muscles, x, y) > 1e-6)
    assert exact.muscles_at(x, y) == EXACT.muscles_at(*on_nominal)


def test_fibres_turn_as_the_back_is_stretched() -> None:
    """A strand that runs over (dx, dy) runs over (a dx, b dy) on a back that is a times as wide and b times as long."""
    wide = BackAtlas(Receiver(back_length_mm=LENGTH, shoulder_width_mm=2.0 * HALF * 1.5))
    here, there = EXACT.fibre_deg(50.0, 90.0, "rhomboids"), wide.fibre_deg(75.0, 90.0, "rhomboids")
    assert here is not None and there is not None
    assert math.tan(math.radians(there)) == pytest.approx(1.5 * math.tan(math.radians(here)), rel=0.03)


@settings(deadline=None)
@given(where=on_a_back)
def test_the_grid_says_what_the_polygons_say(where: tuple[int, float, float]) -> None:
    """A cell has what its middle has, which is at most 1.42 mm away."""
    _, exact, grid = BACKS[where[0]]
    x, y = place_on(*where)
    if edges_near(exact.areas, x, y) > CELL_MM / math.sqrt(2.0) + 1e-6:
        assert grid.areas_at(x, y) == exact.areas_at(x, y)
        bones = {area.name for area in exact.atlas.area if area.bone}
        assert grid.bones_at(x, y) == tuple(name for name in exact.areas_at(x, y) if name in bones)
    if edges_near(exact.muscles, x, y) > CELL_MM / math.sqrt(2.0) + 1e-6:
        assert grid.muscles_at(x, y) == exact.muscles_at(x, y)
        assert grid.felt_at(x, y) == exact.felt_at(x, y)
        coarse, fine = grid.fibre_deg(x, y), exact.fibre_deg(x, y)
        assert (coarse is None) == (fine is None)
        if coarse is not None and fine is not None:
            assert from_axis(coarse, fine) < 12.0


@settings(deadline=None)
@given(places=st.lists(on_a_back, min_size=1, max_size=20))
def test_arrays_are_answered_as_single_places(places: list[tuple[int, float, float]]) -> None:
    x, y = np.array([place_on(0, *where[1:]) for where in places]).T
    degrees, sigma = GRID.fibres(x, y)
    felt, areas, muscles = GRID.felt(x, y), GRID.area_bits(x, y), GRID.muscle_bits(x, y)
    for k, place in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        one = GRID.fibre_deg(*place)
        assert np.isnan(degrees[k]) == np.isnan(sigma[k]) == (one is None)
        assert one is None or one == degrees[k]
        assert GRID.felt_at(*place) == (GRID.muscle_names[felt[k]] if felt[k] >= 0 else None)
        assert GRID.areas_at(*place) == tuple(n for i, n in enumerate(GRID.area_names) if areas[k] >> i & 1)
        assert GRID.muscles_at(*place) == tuple(n for i, n in enumerate(GRID.muscle_names) if muscles[k] >> i & 1)


@pytest.mark.parametrize("place", [(math.nan, 100.0), (40.0, math.nan), (math.inf, 0.0), (40.0, -math.inf), (900.0, 100.0),
                                   (40.0, 1e300), (-1e300, -1e300)])
def test_where_there_is_no_place_there_is_nothing(place: tuple[float, float]) -> None:
    for map_ in (EXACT, GRID):
        assert map_.areas_at(*place) == map_.muscles_at(*place) == ()
        assert map_.felt_at(*place) is map_.fibre_deg(*place) is None
    x, y = (np.array([value]) for value in place)
    assert GRID.area_bits(x, y) == GRID.muscle_bits(x, y) == 0 and GRID.felt(x, y) == -1
    assert np.isnan(GRID.fibres(x, y)).all()


@settings(deadline=None)
@given(x=st.floats(-3, 3), y=st.floats(-3, 3))
def test_a_point_is_in_a_polygon_by_its_corners_turned_way_round(x: float, y: float) -> None:
    """Against the winding number, with a polygon that is not convex."""
    corners = np.array([[0.0, 0.0], [2.0, -1.0], [1.0, 0.5], [2.0, 2.0], [-1.0, 1.0]])
    place = np.array([x]), np.array([y])
    assume(edge_distance(corners, *place)[0] > 1e-6)
    angles = np.unwrap(np.arctan2(*(np.vstack([corners, corners[:1]]) - (x, y)).T))
    assert inside_polygon(corners, *place)[0] == (abs(angles[-1] - angles[0]) > math.pi)


def test_an_edge_belongs_to_what_it_bounds() -> None:
    square = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 450.0], [0.0, 450.0]])
    x, y = np.array([20.0, 0.0, 10.0, 20.0, 20.1]), np.array([450.0, 100.0, 0.0, 0.0, 100.0])
    assert inside_polygon(square, x, y).tolist() == [True, True, True, True, False]


# ---- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda table: table["area"][0]["polygons"][0][0].__setitem__(0, -0.1), "left side"),
        (lambda table: table["area"].append(table["area"][0]), "twice"),
        (lambda table: table["muscle"].reverse(), "layers"),
        (lambda table: table["muscle"][0].pop("source"), "source"),
        (lambda table: table["muscle"][0].update(strands=[[[0.1, 0.1]]]), "strands"),
    ],
)
def test_a_spoilt_file_is_refused(change, words: str) -> None:  # type: ignore[no-untyped-def]
    table = shipped_atlas().model_dump(mode="json")
    change(table)
    with pytest.raises(ValidationError, match=words):
        Atlas.model_validate(table)


def test_one_grid_serves_all_backs_of_one_size() -> None:
    assert grid_of(Receiver(posture="seated")) is grid_of(Receiver())
    assert grid_of(Receiver(back_length_mm=451.0)) is not grid_of(Receiver())
