"""The areas of a back, region by side, and which cells of 2 cm belong to each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.coach.receiver import Receiver
from slowhand.coach.routine_plan import CoverageRule
from slowhand.strokes.places import SPINE_HALF_WIDTH_MM, region_of

REGIONS = ("neck", "shoulders", "upper", "middle", "lower", "sacrum")
SIDES = ("left", "right")
AREAS = tuple((region, side) for region in REGIONS for side in SIDES)   # what can be worked; never the spine itself
Area = tuple[str, str]

_WORDS = {"neck": "neck", "shoulders": "shoulder", "upper": "upper back", "middle": "middle back",
          "lower": "lower back", "sacrum": "sacrum"}
REGION_WORDS = _WORDS | {"shoulders": "shoulders"}


def in_words(area: Area) -> str:
    """As a person says it: "left shoulder", "lower back, right"."""
    region, side = area
    return f"{side} shoulder" if region == "shoulders" else f"{_WORDS[region]}, {side}"


@dataclass(frozen=True)
class Grid:
    """Cells over the back, in the receiver's measures: x across (receiver's right to left), y to the feet.

    ``x_mm``, ``y_mm``: middles of columns and rows. ``area``: (rows, columns), index into ``AREAS``; -1 for the band of
    the spine, which nobody should press, and for what lies off the back.
    """

    cell_mm: float
    x_mm: np.ndarray
    y_mm: np.ndarray
    area: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.area.shape[0], self.area.shape[1]

    def cells_of(self, area: Area) -> np.ndarray:
        """Mask of an area's cells."""
        return self.area == AREAS.index(area)


def grid_for(receiver: Receiver, rule: CoverageRule) -> Grid:
    """The grid of one receiver; the midline is an edge between two columns."""
    cell, length, half_width = rule.cell_mm, receiver.back_length_mm, receiver.shoulder_width_mm / 2
    columns = int(np.ceil(half_width / cell))
    x = (np.arange(-columns, columns) + 0.5) * cell
    first, beyond = -int(np.ceil(rule.top_mm / cell)), int(np.ceil(rule.bottom_share * length / cell))
    y = (np.arange(first, beyond) + 0.5) * cell
    share, reach = zip(*rule.reach, strict=True)
    reach_mm = half_width * np.interp(y / length, share, reach)
    area = np.full((len(y), len(x)), -1, np.int64)
    for row, y_mm in enumerate(y.tolist()):
        region = region_of(y_mm, length)
        for column, x_mm in enumerate(x.tolist()):
            if SPINE_HALF_WIDTH_MM < abs(x_mm) <= reach_mm[row]:
                area[row, column] = AREAS.index((region, "left" if x_mm > 0.0 else "right"))
    return Grid(cell, x, y, area)
