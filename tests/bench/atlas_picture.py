"""The picture of docs/atlas.md: areas, muscles layer by layer with their fibres, and what a hand feels.

    python -m tests.bench.atlas_picture            writes docs/images/atlas.png (also part of `make pictures`)
    python -m tests.bench.atlas_picture --back 520 --shoulders 460 --out elsewhere.png
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon
from scipy.interpolate import PchipInterpolator

from slowhand.coach.atlas import BackAtlas, Placed, edge_distance
from slowhand.coach.atlas_grid import AtlasGrid
from slowhand.coach.receiver import Receiver
from slowhand.review import ink
from slowhand.review.back_map import OUTLINE

OUT = Path(__file__).resolve().parents[2] / "docs" / "images" / "atlas.png"
SKIN, SKIN_EDGE, BONE = "#f6eee5", "#c9b8a6", "#b0413e"
COLOURS = {
    "trapezius_upper": "#c2554d", "trapezius_middle": "#dd8452", "trapezius_lower": "#e3b15b",
    "latissimus_dorsi": "#6d9f71", "deltoid_rear": "#9c755f", "gluteus_maximus": "#b07aa1",
    "levator_scapulae": "#4e79a7", "rhomboids": "#8c6bb1", "infraspinatus": "#5aa6a6",
    "gluteus_medius": "#d07c93", "erector_spinae": "#3f8f8b", "quadratus_lumborum": "#8a7a3c",
    "paraspinal": "#9fc3b5", "neck": "#e3b15b", "shoulder_slope": "#dd8452", "shoulders": "#e6c9a0",
    "scapulae": "#a9b8d4", "kidneys": "#b07aa1", "lower_back": "#c8d3a4",
    "spine": BONE, "scapular_spine": BONE, "sacrum": BONE, "iliac_crest": BONE,
}
FIBRE_STEP_MM, FIBRE_MM = 9.0, 7.0
LABEL_APART_MM = 27.0


def draw(receiver: Receiver) -> Figure:
    """Four backs: areas and bones, the muscles under the skin, the deeper ones, and what is felt."""
    back = BackAtlas(receiver)
    muscles = list(zip(back.muscles, back.atlas.muscle, strict=True))
    figure = ink.new_figure(13.2, 14.6)
    axes = figure.subplots(2, 2)
    _draw_areas(_empty_back(axes[0, 0], "Areas, and bone that is never pressed on", receiver), back)
    upper = [shape for shape, muscle in muscles if muscle.layer == 1]
    lower = [shape for shape, muscle in reversed(muscles) if muscle.layer > 1]
    _draw_muscles(_empty_back(axes[0, 1], "Muscles under the skin", receiver), back, upper)
    _draw_muscles(_empty_back(axes[1, 0], "Muscles beneath", receiver), back, lower)
    _draw_felt(_empty_back(axes[1, 1], "What a flat hand feels, and how its fibres run", receiver), back)
    marks: list[Patch | Line2D] = [
        Patch(facecolor="white", edgecolor=BONE, hatch="////", lw=0.8, label="bone under the skin: never press"),
        Line2D([], [], color=ink.INK, lw=0.9, label="run of the fibres"),
        Line2D([], [], color=ink.QUIET, lw=0.8, ls=":", label="border of an area or a muscle under another"),
    ]
    words = f"Not a clinical map. Back {receiver.back_length_mm:g} mm, shoulders {receiver.shoulder_width_mm:g} mm."
    figure.legend(handles=marks, loc="outside lower center", ncols=3, frameon=False, fontsize=10, title=words,
                  title_fontsize=10)
    return figure


def _empty_back(ax: Axes, title: str, receiver: Receiver) -> Axes:
    ink.dress(ax, title, "mm to the receiver's left", "mm from C7 to the feet")
    ax.grid(False)
    ax.set_facecolor(ink.PAPER)
    ax.set_aspect("equal")
    half, length = receiver.shoulder_width_mm / 2, receiver.back_length_mm
    share_y, share_x = np.array(((-0.38, 0.30), *OUTLINE, (1.44, 0.90))).T   # on to the hairline and the hips
    y = np.linspace(share_y[0], share_y[-1], 160)
    x = PchipInterpolator(share_y, share_x)(y) * half
    outline = np.column_stack([np.concatenate([-x, x[::-1]]), np.concatenate([y, y[::-1]]) * length])
    ax.add_patch(Polygon(outline, closed=True, facecolor=SKIN, edgecolor="none", zorder=0))
    for side in (-1, 1):
        ax.plot(side * x, y * length, color=SKIN_EDGE, lw=1.1, zorder=0)
    ax.plot([0, 0], [-0.38 * length, 1.44 * length], color=ink.QUIET, lw=0.6, ls=(0, (6, 4)), zorder=1)
    # The receiver lies prone and is seen from above: left is left.
    ax.set_xlim(1.12 * half, -2.05 * half)
    ax.set_ylim(1.46 * length, -0.40 * length)
    ax.set_xticks([-half, -half / 2, 0, half / 2, half], [f"{v:g}" for v in (-half, -half / 2, 0, half / 2, half)])
    return ax


def _both_sides(shape: Placed) -> Iterable[np.ndarray]:
    for polygon in shape.polygons:
        yield polygon
        yield polygon * (-1.0, 1.0)


def _draw_areas(ax: Axes, back: BackAtlas) -> None:
    labels = []
    for shape, area in sorted(zip(back.areas, back.atlas.area, strict=True), key=lambda pair: pair[1].bone):
        colour = COLOURS[shape.name]
        for polygon in _both_sides(shape):
            if area.bone:
                ax.add_patch(Polygon(polygon, facecolor="white", edgecolor=BONE, hatch="////", lw=0.0, alpha=0.75, zorder=4))
            else:
                alpha = 0.25 if shape.name == "kidneys" else 0.55
                ax.add_patch(Polygon(polygon, facecolor=colour, edgecolor="none", alpha=alpha, zorder=2))
                ax.add_patch(Polygon(polygon, facecolor="none", edgecolor=ink.QUIET, lw=0.8, ls=":", zorder=3))
        labels.append((area.words, colour, _spot(shape, [s for s in back.areas if s is not shape])))
    _label(ax, labels)


def _draw_muscles(ax: Axes, back: BackAtlas, shapes: list[Placed]) -> None:
    """``shapes`` from the depth to the skin: what comes later hides what is under it."""
    for k, shape in enumerate(shapes):
        over = shapes[k + 1 :]
        for polygon in _both_sides(shape):
            ax.add_patch(Polygon(polygon, facecolor=COLOURS[shape.name], edgecolor="white", lw=0.8, alpha=0.8, zorder=2 + k))
            ax.add_patch(Polygon(polygon, facecolor="none", edgecolor=ink.QUIET, lw=0.8, ls=":", zorder=20))
        _fibres(ax, shape, lambda x, y, shape=shape, over=over: shape.holds(x, y) & ~_any_holds(over, x, y), 21)
    _label(ax, [(_words(back, shape), COLOURS[shape.name], _spot(shape, shapes[k + 1 :])) for k, shape in enumerate(shapes)])


def _draw_felt(ax: Axes, back: BackAtlas) -> None:
    grid = AtlasGrid(back)
    x, y = np.arange(-back.reach_mm, back.reach_mm, 1.0), np.arange(back.top_mm, back.bottom_mm, 1.0)
    felt = grid.felt(*np.meshgrid(x, y))
    labels = []
    for k, shape in enumerate(back.muscles):
        here = felt == k
        if here.any():
            ax.contourf(x, y, here.astype(float), levels=[0.5, 1.5], colors=[COLOURS[shape.name]], alpha=0.8, zorder=2)
            _fibres(ax, shape, lambda px, py, k=k: grid.felt(px, py) == k, 4)
            rows, columns = np.nonzero(here & (x < 0)[None, :])
            middle = int(np.argmin(np.hypot(columns - columns.mean(), rows - rows.mean())))
            labels.append((_words(back, shape), COLOURS[shape.name], (x[columns[middle]], y[rows[middle]])))
    for shape, area in zip(back.areas, back.atlas.area, strict=True):
        for polygon in _both_sides(shape) if area.bone else ():
            ax.add_patch(Polygon(polygon, facecolor="none", edgecolor=BONE, hatch="////", lw=0.0, alpha=0.6, zorder=5))
    _label(ax, labels)


def _fibres(ax: Axes, shape: Placed, shown: Callable[[np.ndarray, np.ndarray], np.ndarray], zorder: int) -> None:
    """Short strokes along the fibres, as the atlas computes them, on both sides."""
    corners = np.concatenate(shape.polygons)
    (_, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    x, y = np.meshgrid(np.arange(-right, right, FIBRE_STEP_MM), np.arange(top, bottom, FIBRE_STEP_MM))
    x = x + FIBRE_STEP_MM / 2 * (np.arange(len(x)) % 2)[:, None] * np.sign(x)   # rows in gaps, like bricks
    here = shown(x, y)
    x, y = x[here], y[here]
    angle = np.radians(shape.fibre_deg(x, y))
    step = FIBRE_MM / 2 * np.column_stack([np.sin(angle), np.cos(angle)])
    middle = np.column_stack([x, y])
    ax.add_collection(LineCollection(np.stack([middle - step, middle + step], axis=1), colors=ink.INK, linewidths=0.7,
                                     alpha=0.75, zorder=zorder))


def _any_holds(shapes: list[Placed], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.any([np.zeros(np.shape(x), np.bool_), *(shape.holds(x, y) for shape in shapes)], axis=0)


def _words(back: BackAtlas, shape: Placed) -> str:
    return next(muscle.words for muscle in back.atlas.muscle if muscle.name == shape.name)


def _spot(shape: Placed, over: list[Placed]) -> tuple[float, float]:
    """Where a label points: deep inside the shape, if possible where no other one lies, on the viewer's right."""
    corners = np.concatenate(shape.polygons)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    x, y = (part.ravel() for part in np.meshgrid(np.arange(left, right, 3.0), np.arange(top, bottom, 3.0)))
    depth = np.where(shape.holds(x, y), np.min([edge_distance(p, x, y) for p in shape.polygons], axis=0), -1.0)
    free = ~_any_holds(over, x, y) & (depth > 2.0)
    best = int(np.argmax(np.where(free, depth + 1000.0, depth)))
    return -float(x[best]), float(y[best])


def _label(ax: Axes, labels: list[tuple[str, str, tuple[float, float]]]) -> None:
    """Words beside the back, each with a line to its place, in the order of height and apart from each other."""
    ordered = sorted(labels, key=lambda label: label[2][1])
    at = np.array([spot[1] for _, _, spot in ordered])
    for _ in range(200):   # push apart
        gap = LABEL_APART_MM - np.diff(at)
        push = np.where(gap > 0, gap / 2, 0.0)
        at[:-1] -= push
        at[1:] += push
    x = ax.get_xlim()[1] * 0.62
    for (words, colour, (spot_x, spot_y)), y in zip(ordered, at, strict=True):
        ax.plot([x + 4, spot_x], [y, spot_y], color=ink.INK, lw=0.7, zorder=30)
        ax.plot(spot_x, spot_y, "o", ms=4.5, color="white", mec=ink.INK, mew=0.8, zorder=31)
        ax.plot(x, y, "s", ms=8, color=colour, zorder=31)
        ax.text(x - 13, y, words, fontsize=9.5, color=ink.INK, va="center", zorder=31)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--back", type=float, default=450.0)
    parser.add_argument("--shoulders", type=float, default=380.0)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args(arguments)
    figure = draw(Receiver(back_length_mm=asked.back, shoulder_width_mm=asked.shoulders))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(asked.out, dpi=92)
    print(asked.out)


if __name__ == "__main__":
    main()
