"""What the guide should find in a simulated session, worked out plainly from the truth."""

from __future__ import annotations

import numpy as np

from slowhand.coach.areas import AREAS, Grid
from slowhand.sim.simulation import SimOutput
from slowhand.strokes.places import region_of

PAD_MM2 = (126.7, 126.7, 126.7, 126.7, 506.7, 506.7)


def true_seconds(out: SimOutput, grid: Grid) -> np.ndarray:
    """Seconds in which a loaded pad was really over each cell, (rows, columns)."""
    truth = out.truth
    rows = truth["contact"] & truth["started"]
    seconds, step_s = np.zeros(grid.shape), 1.0 / out.rate_hz
    for row in truth[rows]:
        over = np.zeros(grid.shape, bool)
        for (x, y), force, area in zip(row["pad_mm"], row["force_n"], PAD_MM2, strict=True):
            if force >= 0.5:
                reach = grid.cell_mm / 2 + np.sqrt(area) / 2
                over |= np.outer(np.abs(grid.y_mm - y) <= reach, np.abs(grid.x_mm - x) <= reach)
        seconds[over] += step_s
    return seconds


def true_contact_s(out: SimOutput) -> dict[tuple[str, str], float]:
    """Seconds that the true centre of pressure was in each area."""
    truth = out.truth[out.truth["contact"] & out.truth["started"]]
    spent: dict[tuple[str, str], float] = dict.fromkeys(AREAS, 0.0)
    for x, y in truth["cop_mm"]:
        area = region_of(float(y), out.body.back_length_mm), "left" if x > 0 else "right"
        if abs(x) > 20 and area in spent:
            spent[area] += 1.0 / out.rate_hz
    return spent
