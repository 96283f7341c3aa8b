"""The body atlas: what lies where under the skin of the back, read from ``atlas.toml``, and placed on one receiver.

Not a clinical map. `BackAtlas` is exact and slow, for building and checking; `atlas_grid` answers while the hands work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from slowhand.coach.receiver import Receiver
from slowhand.settings import read_toml

Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-2, le=200)]   # or millimetres
Point = tuple[Share, Share]
Polygon = Annotated[tuple[Point, ...], Field(min_length=3)]
Strand = Annotated[tuple[Point, ...], Field(min_length=2)]
Name = Annotated[str, Field(pattern="^[a-z_]+$")]
Words = Annotated[str, Field(min_length=1)]

MOST_SHAPES = 16    # of each sort: a place's names are bits of 16
EDGE_MM = 1e-9      # a point so near to an edge is inside
NEAR_MM = 1.0       # nearer than this all strands are equally near


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Shape(_Table):
    name: Name
    words: Words
    x_in: Literal["share", "mm"] = "share"   # of half the shoulder width
    polygons: Annotated[tuple[Polygon, ...], Field(min_length=1)]
    source: Words

    @model_validator(mode="after")
    def _left_side(self) -> _Shape:
        if any(x < 0 for polygon in self.polygons for x, _ in polygon):
            raise ValueError("polygons of the receiver's left side (x from 0); they are mirrored")
        return self


class Area(_Shape):
    """A part of the back. ``bone``: skin right over bone, never to be pressed on."""

    bone: Annotated[bool, Field(strict=True)] = False


class Muscle(_Shape):
    """A muscle with its fibres; ``atlas.toml`` says what each key means."""

    latin: Words
    layer: Annotated[int, Field(strict=True, ge=1, le=9)]
    felt: Annotated[int, Field(strict=True, ge=1)] | None = None
    strands: Annotated[tuple[Strand, ...], Field(min_length=1)]
    fibre_sigma_deg: Annotated[float, Field(strict=True, gt=0, le=45)]

    @property
    def feeling_order(self) -> int:
        """Of several muscles at one place a flat, pressing hand feels the one with the smallest."""
        return 10 * self.layer if self.felt is None else self.felt


class Atlas(_Table):
    """All of ``atlas.toml``: areas, and muscles from the skin to the depth."""

    note: Words
    area: Annotated[tuple[Area, ...], Field(min_length=1, max_length=MOST_SHAPES)]
    muscle: Annotated[tuple[Muscle, ...], Field(min_length=1, max_length=MOST_SHAPES)]

    @model_validator(mode="after")
    def _in_order(self) -> Atlas:
        names = [shape.name for shape in (*self.area, *self.muscle)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a name of its own for each area and muscle; {twice[0]} is there twice")
        layers = [muscle.layer for muscle in self.muscle]
        if layers != sorted(layers):
            raise ValueError("muscles in the order of their layers, from the skin to the depth")
        return self


@cache
def shipped_atlas() -> Atlas:
    """The atlas that comes with the product."""
    with resources.as_file(resources.files("slowhand.coach") / "atlas.toml") as file:
        return read_toml(file, Atlas)


@dataclass(frozen=True)
class Placed:
    """An area or a muscle on one receiver's back, in millimetres: its left half, each polygon and strand (n, 2)."""

    name: str
    polygons: tuple[np.ndarray, ...]
    strands: tuple[np.ndarray, ...] = ()

    def holds(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Whether each place, on either side, lies within it; its edge belongs to it."""
        there = np.isfinite(x_mm) & np.isfinite(y_mm)
        x, y = np.where(there, np.abs(x_mm), np.nan), np.where(there, y_mm, np.nan)
        return np.any([inside_polygon(polygon, x, y) for polygon in self.polygons], axis=0)

    def fibre_deg(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Axis of its fibres at each place, degrees as in `BackAtlas.fibre_deg`, wherever the place is.

        Between the strands the direction is their mean, each weighted by its distance to the power of -4; axes are
        averaged by their doubled angles (Mardia and Jupp, Directional Statistics, 2000).
        """
        x, y = np.abs(np.asarray(x_mm, np.float64)), np.asarray(y_mm, np.float64)
        total = np.zeros(x.shape, np.complex128)
        for strand in self.strands:
            away, angle = _nearest_segment(strand, x, y)
            total += np.exp(2j * angle) / (away**2 + NEAR_MM**2) ** 2
        degrees = np.degrees(np.angle(total)) / 2.0
        return np.where(np.asarray(x_mm) < 0, -degrees, degrees) % 180.0


class BackAtlas:
    """The atlas on one receiver's back; places are x and y of the back frame in millimetres.

    A place that is not a number, or off the map, has no names and no fibres.
    """

    def __init__(self, receiver: Receiver, atlas: Atlas | None = None) -> None:
        self.atlas = atlas or shipped_atlas()
        half, length = receiver.shoulder_width_mm / 2.0, receiver.back_length_mm
        self.areas = tuple(_placed(area, half, length) for area in self.atlas.area)
        self.muscles = tuple(_placed(muscle, half, length) for muscle in self.atlas.muscle)
        corners = np.concatenate([polygon for shape in (*self.areas, *self.muscles) for polygon in shape.polygons])
        self.reach_mm: float = float(corners[:, 0].max())              # to each side
        self.top_mm: float = float(corners[:, 1].min())
        self.bottom_mm: float = float(corners[:, 1].max())

    def areas_at(self, x_mm: float, y_mm: float) -> tuple[str, ...]:
        """Names of the areas that a place is in, in the order of the file."""
        return _names(self.areas, x_mm, y_mm)

    def muscles_at(self, x_mm: float, y_mm: float) -> tuple[str, ...]:
        """Names of the muscles under a place, from the skin to the depth."""
        return _names(self.muscles, x_mm, y_mm)

    def felt_at(self, x_mm: float, y_mm: float) -> str | None:
        """The muscle that a flat, pressing hand feels at a place: the top one, unless a thick one lies under it."""
        felt = int(self.felt(np.array([x_mm]), np.array([y_mm]))[0])
        return self.muscles[felt].name if felt >= 0 else None

    def fibre_deg(self, x_mm: float, y_mm: float, muscle: str | None = None) -> float | None:
        """Axis of the fibres of the muscle that is felt at a place, or of the one that is named, if it is there.

        Degrees from 0 to 180, as `Stroke.direction_deg`: 0 along the spine, 90 across it; 45 runs from the receiver's
        upper right to the lower left.
        """
        name = self.felt_at(x_mm, y_mm) if muscle is None else muscle
        for shape in self.muscles:
            if shape.name == name and _names((shape,), x_mm, y_mm):
                return float(shape.fibre_deg(np.array([x_mm]), np.array([y_mm]))[0])
        return None

    def felt(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Index of the muscle that is felt at each place, -1 where there is none."""
        order = sorted(range(len(self.muscles)), key=lambda k: (self.atlas.muscle[k].feeling_order, k))
        found = np.full(np.shape(x_mm), -1, np.int8)
        for k in reversed(order):
            found[self.muscles[k].holds(x_mm, y_mm)] = k
        return found


def inside_polygon(polygon: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether each place is within ``polygon`` (n, 2) or on its edge, by the crossings of a ray (even-odd rule)."""
    inside, on_edge = np.zeros(np.shape(x), np.bool_), np.zeros(np.shape(x), np.bool_)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        if y0 != y1:
            inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        away, _ = _nearest_segment(np.array([[x0, y0], [x1, y1]]), x, y)
        on_edge |= away <= EDGE_MM
    return inside | on_edge


def edge_distance(polygon: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far each place is from the edge of ``polygon`` (n, 2), in its unit."""
    away, _ = _nearest_segment(np.concatenate([polygon, polygon[:1]]), x, y)
    return away


def _nearest_segment(line: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance of each place to ``line`` (n, 2), and the angle of its nearest segment: atan2(dx, dy), radians."""
    best, angle = np.full(np.shape(x), np.inf), np.zeros(np.shape(x))
    for (x0, y0), (x1, y1) in pairwise(line):
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-300), 0.0, 1.0)
        away = np.hypot(x - x0 - along * dx, y - y0 - along * dy)
        nearer = away < best
        best, angle = np.where(nearer, away, best), np.where(nearer, np.arctan2(dx, dy), angle)
    return best, angle


ShapeT = TypeVar("ShapeT", Area, Muscle)


def _placed(shape: ShapeT, half_mm: float, length_mm: float) -> Placed:
    scale = np.array([half_mm if shape.x_in == "share" else 1.0, length_mm])
    strands = shape.strands if isinstance(shape, Muscle) else ()
    return Placed(
        shape.name,
        tuple(np.array(polygon) * scale for polygon in shape.polygons),
        tuple(np.array(strand) * scale for strand in strands),
    )


def _names(shapes: Sequence[Placed], x_mm: float, y_mm: float) -> tuple[str, ...]:
    x, y = np.array([x_mm]), np.array([y_mm])
    return tuple(shape.name for shape in shapes if shape.holds(x, y)[0])
