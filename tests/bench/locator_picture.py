"""The picture of docs/locator.md: truth against estimate through some work, an absence and the return.

    python -m tests.bench.locator_picture            writes docs/images/locator.png (also part of `make pictures`)
    python -m tests.bench.locator_picture --seed 47 --out elsewhere.png
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from slowhand.locate.locator import warm_up
from slowhand.review import ink
from slowhand.review.back_map import draw_body
from slowhand.sim.body import MAGNET_COUNT, PITCH_M
from slowhand.sim.truth import runs
from tests.bench.locate_score import locate, returns, simulate

OUT = Path(__file__).resolve().parents[2] / "docs" / "images" / "locator.png"
SEED, SECONDS = 47, 180.0
BEFORE_S, AFTER_S = 34.0, 30.0    # of the absence, in the picture
TRUTH, ESTIMATE = ink.INK, "#d9822b"
BAND = "#f6d9b4"
ERROR_MM = 12.0


@dataclass(frozen=True)
class Scene:
    """What is drawn: one row per sample of the chosen minute; mm and s."""

    t_s: np.ndarray
    truth: np.ndarray       # (N, 2)
    estimate: np.ndarray    # (N, 2), NaN where there is no place
    sigma: np.ndarray       # (N, 2)
    contact: np.ndarray
    away: tuple[float, float]
    located: np.ndarray


def scene(seed: int, seconds: float) -> Scene:
    """A session with absences, cut to the time around its first one of at least eight seconds."""
    sim = simulate("absences", seed, seconds)
    _, poses, _ = locate(sim)
    truth, t = sim.truth, (sim.truth["t_us"] - sim.start_us) * 1e-6
    use = truth["contact"] & truth["started"]
    back = [(np.flatnonzero(use[:row])[-1], row) for row in returns(use, t)]
    left, came = next((a, b) for a, b in back if t[b] - t[a] >= 8.0)
    rows = slice(*np.searchsorted(t, [max(t[left] - BEFORE_S, 0.0), t[came] + AFTER_S]))
    located = poses["located"][rows]
    return Scene(
        t[rows], 1e3 * truth["p"][rows, :2], np.where(located[:, None], 1e3 * poses["p"][rows, :2], np.nan),
        np.where(located[:, None], 1e3 * poses["sigma_p"][rows, :2], np.nan), use[rows], (t[left], t[came]), located,
    )


def draw(shown: Scene, seed: int) -> Figure:
    """Four charts over time at the left, the back at the right."""
    figure = ink.new_figure(12.6, 8.6)
    grid = figure.add_gridspec(4, 2, width_ratios=(2.1, 1.0), height_ratios=(1.25, 0.8, 1.25, 0.8))
    first = None
    for k, (letter, words) in enumerate((("x", "from the spine, to the receiver's left"), ("y", "along the spine, from C7"))):
        place = figure.add_subplot(grid[2 * k, 0], sharex=first)
        first = first or place
        error = figure.add_subplot(grid[2 * k + 1, 0], sharex=first)
        ink.dress(place, f"{letter}: {words}", "", "mm")
        ink.dress(error, f"error of {letter}", "" if k == 0 else "s since the start procedure", "mm")
        place.tick_params(labelbottom=False)
        error.tick_params(labelbottom=k == 1)
        _draw_place(place, shown, k)
        _draw_error(error, shown, k)
    assert first is not None
    first.set_xlim(shown.t_s[0], shown.t_s[-1])
    first.text(np.mean(shown.away), 0.94, "hand away", transform=first.get_xaxis_transform(), ha="center", va="top",
               fontsize=9, color=ink.INK, bbox={"facecolor": "white", "edgecolor": "none", "pad": 3}, zorder=9)
    _draw_back(figure.add_subplot(grid[:3, 1]), shown)
    _draw_legend(figure.add_subplot(grid[3, 1]), seed, shown.t_s[_found(shown)] - shown.away[1])
    return figure


def _draw_place(ax: Axes, shown: Scene, k: int) -> None:
    here = shown.truth[shown.contact, k]
    room = 0.12 * np.ptp(here)
    low, high = here.min() - 2 * room, here.max() + room
    _hatch(ax, shown)
    ax.fill_between(shown.t_s, *_band(shown.estimate[:, k], shown.sigma[:, k]), color=BAND, lw=0, zorder=2)
    ax.plot(shown.t_s, shown.estimate[:, k], color=ESTIMATE, lw=2.6, zorder=3)
    ax.plot(shown.t_s, shown.truth[:, k], color=TRUTH, lw=0.9, zorder=4)
    _mark_contact(ax, shown)
    ax.set_ylim(low, high)


def _draw_error(ax: Axes, shown: Scene, k: int) -> None:
    error = shown.estimate[:, k] - shown.truth[:, k]
    _hatch(ax, shown)
    ax.fill_between(shown.t_s, *_band(0.0 * error, shown.sigma[:, k]), color=BAND, lw=0, zorder=2)
    ax.plot(shown.t_s, error, color=ESTIMATE, lw=1.2, zorder=3)
    ax.axhline(0.0, color=TRUTH, lw=0.7, zorder=4)
    ax.set_ylim(-ERROR_MM, ERROR_MM)


def _band(middle: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return middle - 2 * sigma, middle + 2 * sigma


def _hatch(ax: Axes, shown: Scene) -> None:
    """Where there is no place to show."""
    for a, b in runs(~shown.located):
        ax.axvspan(shown.t_s[a], shown.t_s[b - 1], facecolor="white", edgecolor=ink.UNKNOWN, hatch="////", lw=0, zorder=1)


def _mark_contact(ax: Axes, shown: Scene) -> None:
    for a, b in runs(shown.contact):
        ax.axvspan(shown.t_s[a], shown.t_s[b - 1], ymin=0.0, ymax=0.035, color=ink.PACE, lw=0, zorder=5)


def _draw_back(ax: Axes, shown: Scene) -> None:
    ink.dress(ax, "The path of the hand, from above", "mm from the midline", "mm from C7")
    ax.grid(False)
    ax.set_aspect("equal")
    magnets = 1e3 * PITCH_M * np.arange(MAGNET_COUNT)
    draw_body(ax, SimpleNamespace(shoulder_width_mm=380.0, back_length_mm=450.0, magnets_mm=magnets))  # type: ignore[arg-type]
    ax.plot(*shown.estimate.T, color=ESTIMATE, lw=2.6, zorder=5)
    ax.plot(*shown.truth.T, color=TRUTH, lw=0.8, zorder=6)
    row, found = int(np.searchsorted(shown.t_s, shown.away[1])), _found(shown)
    ax.plot(*shown.truth[row], "o", ms=7, mfc="white", mec=TRUTH, zorder=7)
    ax.plot(*shown.estimate[found], "o", ms=7, color=ESTIMATE, mec="white", zorder=8)
    ax.set_xlim(220, -220)
    ax.set_ylim(560, -110)


def _found(shown: Scene) -> int:
    """The first row with a place after the absence."""
    row = int(np.searchsorted(shown.t_s, shown.away[1]))
    return row + int(np.argmax(shown.located[row:]))


def _draw_legend(ax: Axes, seed: int, later_s: float) -> None:
    ax.axis("off")
    marks = [
        (Line2D([], [], color=TRUTH, lw=0.9), "truth (of the simulation)"),
        (Line2D([], [], color=ESTIMATE, lw=2.6), "estimate"),
        (Patch(facecolor=BAND), "two stated sigmas"),
        (Patch(facecolor="white", edgecolor=ink.UNKNOWN, hatch="////"), "place unknown, and said so"),
        (Patch(facecolor=ink.PACE), "in contact"),
        ((Line2D([], [], marker="o", ls="", ms=7, mfc="white", mec=TRUTH),
          Line2D([], [], marker="o", ls="", ms=7, color=ESTIMATE, mec="white")),
         f"first touch after the absence; found {later_s:.1f} s later"),
    ]
    ax.legend([mark for mark, _ in marks], [words for _, words in marks], loc="upper left", frameon=False, fontsize=9,
              handler_map={tuple: HandlerTuple(ndivide=None)}, title=f"Simulated session, seed {seed}", alignment="left",
              title_fontproperties={"size": 9})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args(arguments)
    warm_up()
    figure = draw(scene(asked.seed, asked.seconds), asked.seed)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(asked.out, dpi=120)
    print(asked.out)


if __name__ == "__main__":
    main()
