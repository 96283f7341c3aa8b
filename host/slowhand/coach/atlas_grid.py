"""The body atlas as a raster: what lies under a place, in a microsecond.

Cells of 2 mm, each with what `BackAtlas` says of its middle; a name may so be off by 1.4 mm at an edge, which is less than
the locator knows. Limits do not use it: flags are judged by `zones`, which is exact.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from slowhand.coach.atlas import BackAtlas, Placed
from slowhand.coach.receiver import Receiver

CELL_MM = 2.0


class AtlasGrid:
    """Answers as `BackAtlas` does, for one place or for arrays of them; the right half is the left one mirrored."""

    def __init__(self, back: BackAtlas) -> None:
        self.area_names = tuple(area.name for area in back.areas)
        self.muscle_names = tuple(muscle.name for muscle in back.muscles)
        self._sigma_deg = np.array([*(muscle.fibre_sigma_deg for muscle in back.atlas.muscle), np.nan])
        # Cells begin at multiples of their size, so that edges at even millimetres (spine, neck) are kept exactly.
        self._top = CELL_MM * np.floor(back.top_mm / CELL_MM)
        self._columns = int(np.ceil(back.reach_mm / CELL_MM))
        self._rows = int(np.ceil((back.bottom_mm - self._top) / CELL_MM))
        x = CELL_MM * (np.arange(self._columns) + 0.5)
        y = self._top + CELL_MM * (np.arange(self._rows) + 0.5)
        self._area_bits = self._bits(back.areas, x, y)
        self._muscle_bits = self._bits(back.muscles, x, y)
        self._felt, self._fibre = self._fibres(back, x, y)
        bones = sum(1 << k for k, area in enumerate(back.atlas.area) if area.bone)
        self._areas = _named(self._area_bits, self.area_names)
        self._bones = {bits: _names_of(bits & bones, self.area_names) for bits in self._areas}
        self._muscles = _named(self._muscle_bits, self.muscle_names)
        # Plain buffers: reading one number of a numpy array takes three times as long.
        self._area_view, self._muscle_view = self._area_bits.data, self._muscle_bits.data
        self._felt_view, self._fibre_view = self._felt.data, self._fibre.data
        self._reach, self._bottom = CELL_MM * self._columns, self._top + CELL_MM * self._rows

    def areas_at(self, x_mm: float, y_mm: float) -> tuple[str, ...]:
        """Names of the areas that a place is in."""
        cell = self._cell(x_mm, y_mm)
        return self._areas[self._area_view[cell]] if cell >= 0 else ()

    def bones_at(self, x_mm: float, y_mm: float) -> tuple[str, ...]:
        """Those of them that are bone under skin: never to be pressed on."""
        cell = self._cell(x_mm, y_mm)
        return self._bones[self._area_view[cell]] if cell >= 0 else ()

    def muscles_at(self, x_mm: float, y_mm: float) -> tuple[str, ...]:
        """Names of the muscles under a place, from the skin to the depth."""
        cell = self._cell(x_mm, y_mm)
        return self._muscles[self._muscle_view[cell]] if cell >= 0 else ()

    def felt_at(self, x_mm: float, y_mm: float) -> str | None:
        """The muscle that a flat, pressing hand feels at a place."""
        cell = self._cell(x_mm, y_mm)
        felt = self._felt_view[cell] if cell >= 0 else -1
        return self.muscle_names[felt] if felt >= 0 else None

    def fibre_deg(self, x_mm: float, y_mm: float) -> float | None:
        """Axis of that muscle's fibres, 0 to 180 as in `BackAtlas.fibre_deg`; None where there is none."""
        cell = self._cell(x_mm, y_mm)
        if cell < 0 or self._felt_view[cell] < 0:
            return None
        degrees = self._fibre_view[cell]
        return degrees if x_mm >= 0 else (180.0 - degrees) % 180.0

    def felt(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Index into ``muscle_names`` of the muscle that is felt at each place, -1 where there is none."""
        cells, there = self._cells(x_mm, y_mm)
        return np.where(there, self._felt[cells], -1)

    def fibres(self, x_mm: np.ndarray, y_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Axis of the felt muscle's fibres at each place and its standard deviation, degrees; NaN where none is."""
        cells, there = self._cells(x_mm, y_mm)
        felt = np.where(there, self._felt[cells], -1)
        degrees = np.where(there, self._fibre[cells], np.nan)
        degrees = np.where(np.asarray(x_mm) < 0, (180.0 - degrees) % 180.0, degrees)
        return degrees, self._sigma_deg[felt]

    def area_bits(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Of each place, bit k set where it is in the area ``area_names[k]``."""
        cells, there = self._cells(x_mm, y_mm)
        return np.where(there, self._area_bits[cells], np.uint16(0))

    def muscle_bits(self, x_mm: np.ndarray, y_mm: np.ndarray) -> np.ndarray:
        """Of each place, bit k set where the muscle ``muscle_names[k]`` lies under it."""
        cells, there = self._cells(x_mm, y_mm)
        return np.where(there, self._muscle_bits[cells], np.uint16(0))

    def _cell(self, x_mm: float, y_mm: float) -> int:
        across = abs(x_mm)
        if not (across < self._reach and self._top <= y_mm < self._bottom):   # also what is not a number
            return -1
        return int((y_mm - self._top) / CELL_MM) * self._columns + int(across / CELL_MM)

    def _cells(self, x_mm: np.ndarray, y_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Index of each place's cell (0 where there is none), and whether there is one."""
        across, y = np.abs(np.asarray(x_mm, np.float64)), np.asarray(y_mm, np.float64)
        there = (across < self._reach) & (y >= self._top) & (y < self._bottom)
        row = (np.where(there, y - self._top, 0.0) / CELL_MM).astype(np.intp)
        return row * self._columns + (np.where(there, across, 0.0) / CELL_MM).astype(np.intp), there

    def _bits(self, shapes: tuple[Placed, ...], x: np.ndarray, y: np.ndarray) -> np.ndarray:
        bits = np.zeros((self._rows, self._columns), np.uint16)
        for k, shape in enumerate(shapes):
            columns, rows = _spanned(shape, x, y)
            bits[rows, columns] |= shape.holds(*np.meshgrid(x[columns], y[rows])).astype(np.uint16) << np.uint16(k)
        return bits.ravel()

    def _fibres(self, back: BackAtlas, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        felt = np.full(len(self._muscle_bits), -1, np.int8)
        order = sorted(range(len(back.muscles)), key=lambda k: (back.atlas.muscle[k].feeling_order, k))
        for k in reversed(order):
            felt[self._muscle_bits >> np.uint16(k) & np.uint16(1) > 0] = k
        fibre = np.full(len(felt), np.nan)
        for k, muscle in enumerate(back.muscles):
            row, column = np.divmod(np.flatnonzero(felt == k), self._columns)
            fibre[felt == k] = muscle.fibre_deg(x[column], y[row])
        return felt, fibre


@lru_cache(maxsize=8)
def _grid(back_length_mm: float, shoulder_width_mm: float) -> AtlasGrid:
    return AtlasGrid(BackAtlas(Receiver(back_length_mm=back_length_mm, shoulder_width_mm=shoulder_width_mm)))


def grid_of(receiver: Receiver) -> AtlasGrid:
    """The shipped atlas on this receiver's back; built once for each size of back."""
    return _grid(receiver.back_length_mm, receiver.shoulder_width_mm)


def _spanned(shape: Placed, x: np.ndarray, y: np.ndarray) -> tuple[slice, slice]:
    """Columns and rows of the cells that may lie within ``shape``."""
    corners = np.concatenate(shape.polygons)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    columns, rows = np.searchsorted(x, [x0 - CELL_MM, x1 + CELL_MM]), np.searchsorted(y, [y0 - CELL_MM, y1 + CELL_MM])
    return slice(*columns.tolist()), slice(*rows.tolist())


def _named(bits: np.ndarray, names: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    return {value: _names_of(value, names) for value in np.unique(bits).tolist()}


def _names_of(bits: int, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for k, name in enumerate(names) if bits >> k & 1)
