"""Which parts of the back the pads have been over, for how long and how hard: in cells of 2 cm."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from slowhand.coach.areas import AREAS, REGIONS, Area, grid_for, in_words
from slowhand.coach.receiver import Receiver
from slowhand.coach.routine_plan import CoverageRule
from slowhand.locate.pose import Phase
from slowhand.sensing.profile import GloveProfile
from slowhand.sensing.rows import PAD_COUNT
from slowhand.strokes.places import SPINE_HALF_WIDTH_MM, region_of
from slowhand.strokes.touching import LOADED_N

LEAST_SIGMA_MM = 1.0     # a fingertip rolls by more than this on skin
REACH_SIGMAS = 2.5       # cells further off than this get nothing: 1 % of the probability
RUNNING = int(Phase.RUNNING)
HOLE_US = 50_000         # longer between two rows is no contact that anybody saw


@dataclass(frozen=True)
class AreaWork:
    """What an area was given. ``mean_n``: of the pads over its cells, weighted by time; None where there was none."""

    area: Area
    contact_s: float         # the centre of pressure was there
    covered: float           # share of its cells that were worked
    mean_n: float | None


@dataclass(frozen=True)
class Sides:
    """A region's two sides: seconds of contact, and how many of them may belong to the other side."""

    region: str
    left_s: float
    right_s: float
    doubtful_s: float

    @property
    def both_s(self) -> float:
        """Of both sides together."""
        return self.left_s + self.right_s

    @property
    def apart_s(self) -> float:
        """By how much they differ."""
        return abs(self.left_s - self.right_s)

    @property
    def words(self) -> str:
        """In plain words: which side had less."""
        less = "left" if self.left_s < self.right_s else "right"
        place = in_words((self.region, less))
        return f"{place}: {min(self.left_s, self.right_s):.0f} s against {max(self.left_s, self.right_s):.0f} s"


class Coverage:
    """Seconds of contact and force per cell, and seconds per area; the same however the rows are split.

    **A pad's place is uncertain, so a cell gets the time in which a pad was probably over it**: every ``every_ms`` each
    loaded pad, a square of its own area around its place, is over a cell with the probability that follows from its
    sigma across and along (normal, at least ``LEAST_SIGMA_MM``); of several pads over one cell, that at least one is.
    A hand that is known to 2 mm fills the cells under its pads; one that is known to 15 mm spreads its time over the
    cells around, and needs longer to call any of them worked. Errors of place that stay the same for long (they do) are
    not averaged out by this: a cell is *probably* worked.

    An area's time is that of the centre of pressure, as for strokes. Contact whose place is unknown is counted as such,
    and credited to no area and no cell.
    """

    def __init__(self, profile: GloveProfile, receiver: Receiver, rule: CoverageRule) -> None:
        self.rule, self.grid = rule, grid_for(receiver, rule)
        self._length_mm = receiver.back_length_mm
        self._half_pad_mm = np.sqrt([pad.area_mm2 for pad in profile.pad]) / 2.0
        self._origin = np.array([self.grid.x_mm[0], self.grid.y_mm[0], rule.cell_mm])
        rows, columns = self.grid.shape
        self._sums = np.zeros((2, rows, columns))    # seconds; newton seconds
        self._scratch = np.zeros((2, rows, columns))  # of one look: probability of no pad; force
        self._clock = np.zeros(2, np.int64)          # last row, last look at the cells; us
        self._area_us: dict[Area, int] = dict.fromkeys([*AREAS, *((region, "centre") for region in REGIONS)], 0)
        self._doubtful_us = dict.fromkeys(REGIONS, 0)
        self._unknown_us = 0

    def process(self, touch: np.ndarray) -> None:
        """Rows of TOUCH_DTYPE in the order of time."""
        _cover(
            touch["t_us"], touch["gap"], touch["phase"], touch["contact"], touch["located"], touch["pad_mm"],
            touch["pad_sigma_mm"], touch["force_n"], self._half_pad_mm, self._origin, 1000 * self.rule.every_ms,
            self._clock, self._scratch, self._sums,
        )  # fmt: skip

    def contact(self, step_us: int, place_mm: tuple[float, float] | None, sigma_x_mm: float) -> Area | None:
        """So much more contact with the centre of pressure at a place (``None``: unknown). Returns its area."""
        if place_mm is None:
            self._unknown_us += step_us
            return None
        x_mm, y_mm = place_mm
        region = region_of(y_mm, self._length_mm)
        side = "centre" if abs(x_mm) <= SPINE_HALF_WIDTH_MM else "left" if x_mm > 0.0 else "right"
        self._area_us[(region, side)] += step_us
        if side != "centre" and abs(x_mm) < 2.0 * sigma_x_mm:
            self._doubtful_us[region] += step_us
        return region, side

    def seconds(self) -> np.ndarray:
        """Seconds of contact per cell, (rows, columns)."""
        return self._sums[0].copy()

    def mean_n(self) -> np.ndarray:
        """Mean force of the pads over each cell while there was one, N; NaN where there was none."""
        seconds = self._sums[0]
        return np.divide(self._sums[1], seconds, out=np.full(seconds.shape, np.nan), where=seconds > 0.0)

    def worked(self) -> np.ndarray:
        """Cells that were probably worked, (rows, columns) of bool."""
        return self._sums[0] >= self.rule.worked_s

    @property
    def unknown_s(self) -> float:
        """Contact whose place was unknown."""
        return 1e-6 * self._unknown_us

    def contact_s(self, area: Area) -> float:
        """Seconds that the centre of pressure was in an area."""
        return 1e-6 * self._area_us[area]

    def covered(self, areas: tuple[Area, ...]) -> float:
        """Share of the cells of some areas, together, that were worked."""
        cells = np.isin(self.grid.area, [AREAS.index(area) for area in areas])
        return float(np.mean(self.worked()[cells])) if cells.any() else 0.0

    def areas(self) -> tuple[AreaWork, ...]:
        """Every area in the order of ``AREAS``."""
        return tuple(self._work(area) for area in AREAS)

    def _work(self, area: Area) -> AreaWork:
        cells = self.grid.cells_of(area)
        seconds, force = float(self._sums[0][cells].sum()), float(self._sums[1][cells].sum())
        mean_n = force / seconds if seconds >= self.rule.worked_s else None
        return AreaWork(area, self.contact_s(area), self.covered((area,)), mean_n)

    def missed(self) -> tuple[Area, ...]:
        """Areas of which hardly any cell was worked."""
        return tuple(area for area in AREAS if self.covered((area,)) < self.rule.missed_share)

    def uneven(self) -> tuple[Sides, ...]:
        """Regions whose sides differ by more than may be due to a doubtful side."""
        # What is doubtful would be taken from one side and given to the other.
        return tuple(it for it in self._sides() if it.apart_s - 2.0 * it.doubtful_s > self.rule.uneven_share * it.both_s)

    def even_s(self) -> float:
        """Contact, seconds, in regions whose sides surely had about the same time."""
        sides = self._sides()
        return sum(it.both_s for it in sides if it.apart_s + 2.0 * it.doubtful_s <= self.rule.uneven_share * it.both_s)

    def _sides(self) -> list[Sides]:
        """Regions that were worked for long enough to compare their sides."""
        found = []
        for region in REGIONS:
            left_s, right_s = self.contact_s((region, "left")), self.contact_s((region, "right"))
            found.append(Sides(region, left_s, right_s, 1e-6 * self._doubtful_us[region]))
        return [it for it in found if it.both_s >= self.rule.uneven_least_s]


@njit(cache=True)
def _normal(z):
    return 0.5 * (1.0 + math.erf(z * 0.7071067811865476))


@njit(cache=True)
def _spread(x, y, sigma_x, sigma_y, half, force, origin, scratch):
    """One pad into the look: cells in its reach with the probability that it is over them."""
    sx, sy = max(sigma_x, LEAST_SIGMA_MM), max(sigma_y, LEAST_SIGMA_MM)
    cell = origin[2]
    wide = 0.5 * cell + half
    rows, columns = scratch.shape[1], scratch.shape[2]
    first_x = math.ceil((x - wide - REACH_SIGMAS * sx - origin[0]) / cell)
    last_x = math.floor((x + wide + REACH_SIGMAS * sx - origin[0]) / cell)
    first_y = math.ceil((y - wide - REACH_SIGMAS * sy - origin[1]) / cell)
    last_y = math.floor((y + wide + REACH_SIGMAS * sy - origin[1]) / cell)
    for row in range(max(first_y, 0), min(last_y, rows - 1) + 1):
        off_y = origin[1] + row * cell - y
        along = _normal((off_y + wide) / sy) - _normal((off_y - wide) / sy)
        for column in range(max(first_x, 0), min(last_x, columns - 1) + 1):
            off_x = origin[0] + column * cell - x
            over = along * (_normal((off_x + wide) / sx) - _normal((off_x - wide) / sx))
            scratch[0, row, column] += (1.0 - scratch[0, row, column]) * over
            scratch[1, row, column] += over * force
    return min(first_y, last_y), max(first_y, last_y)


@njit(cache=True)
def _cover(
    t_us, gap, phase, contact, located, pad_mm, pad_sigma_mm, force_n, half_pad, origin, every_us, clock, scratch, sums
):
    """Add the looks that are due in these rows to ``sums``."""
    rows = scratch.shape[1]
    for i in range(len(t_us)):
        t, before = t_us[i], clock[0]
        clock[0] = t
        if gap[i] or t - before > HOLE_US or not (contact[i] and located[i]) or phase[i] != RUNNING:
            clock[1] = t
            continue
        if t - clock[1] < every_us:
            continue
        step_s = 1e-6 * (t - clock[1])
        clock[1] = t
        top, bottom = rows, -1
        for k in range(PAD_COUNT):
            if force_n[i, k] >= LOADED_N:   # false for NaN
                first, last = _spread(
                    pad_mm[i, k, 0], pad_mm[i, k, 1], pad_sigma_mm[i, k, 0], pad_sigma_mm[i, k, 1], half_pad[k],
                    force_n[i, k], origin, scratch,
                )
                top, bottom = min(top, first), max(bottom, last)
        for row in range(max(top, 0), min(bottom, rows - 1) + 1):
            for column in range(scratch.shape[2]):
                if scratch[0, row, column] > 0.0:
                    sums[0, row, column] += step_s * scratch[0, row, column]
                    sums[1, row, column] += step_s * scratch[1, row, column]
                    scratch[0, row, column] = scratch[1, row, column] = 0.0
