"""Where on the back it was pressed, how much, and when."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm
from matplotlib.image import AxesImage
from matplotlib.patches import Circle, Patch, Polygon, Rectangle
from matplotlib.patheffects import withStroke
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter

from slowhand.review import ink
from slowhand.review.record import SessionRecord
from slowhand.review.stretches import place_times
from slowhand.review.timeline import stretches

CELL_MM = 5.0
X_ALONE_N_S = 2.0     # columns with more than this are hatched: less is a touch in passing
PAD_RADIUS_MM = 7.0   # half width of a pad: a press is drawn as wide as what pressed
# Half width of the drawn back, as share of half the shoulder width, against y as share of the back length.
OUTLINE = ((-0.24, 0.26), (-0.16, 0.27), (-0.115, 0.40), (-0.07, 0.80), (0.02, 1.0), (0.18, 1.02), (0.45, 0.90),
           (0.75, 0.75), (0.95, 0.86), (1.18, 0.92))
# Share of the back length where the regions end (strokes are named by the same shares).
REGIONS = (("shoulders", 0.0, 0.18), ("upper", 0.18, 0.45), ("middle", 0.45, 0.70), ("lower", 0.70, 1.0))


def impulse_map(record: SessionRecord, rows: slice = slice(None)) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Force times time per area (N s/cm2), spread over a pad's width; returns (map (ny, nx), x edges, y edges), mm.

    Only rows whose place is known count.
    """
    half = record.shoulder_width_mm / 2 + 30
    x_edges = np.arange(-half, half + CELL_MM, CELL_MM)
    y_edges = np.arange(-120, record.back_length_mm + 120 + CELL_MM, CELL_MM)
    touch = record.touch[rows]
    known = touch["located"] & touch["contact"]
    weight = (np.nan_to_num(touch["force_n"]) * record.row_weights_s()[rows][:, None])[known]
    place = touch["pad_mm"][known]
    fine = np.isfinite(place).all(axis=2)
    y, x = place[:, :, 1][fine], place[:, :, 0][fine]
    cells, _, _ = np.histogram2d(y.ravel(), x.ravel(), bins=(y_edges, x_edges), weights=weight[fine].ravel())
    per_cm2 = cells / (CELL_MM / 10) ** 2
    return gaussian_filter(per_cm2, PAD_RADIUS_MM / CELL_MM, mode="constant"), x_edges, y_edges


def x_alone_columns(record: SessionRecord, rows: slice = slice(None)) -> list[tuple[float, float]]:
    """Where it was pressed while x alone was known: stretches of x, mm, each with more than ``X_ALONE_N_S`` a cell."""
    half = record.shoulder_width_mm / 2 + 30
    edges = np.arange(-half, half + CELL_MM, CELL_MM)
    touch = record.touch[rows]
    alone = touch["x_known"] & ~touch["located"] & touch["contact"]
    impulse = (np.nan_to_num(touch["force_n"]) * record.row_weights_s()[rows][:, None])[alone]
    per_cell, _ = np.histogram(touch["pad_mm"][alone][:, :, 0], bins=edges, weights=impulse)
    wide = gaussian_filter(per_cell, PAD_RADIUS_MM / CELL_MM, mode="constant")
    return stretches(edges, np.append(wide > X_ALONE_N_S, False))


def draw_x_alone(ax: Axes, record: SessionRecord, rows: slice, words: bool) -> None:
    """Hatch the columns in which something was pressed somewhere."""
    columns = x_alone_columns(record, rows)
    for begin, end in columns:
        ax.add_patch(Rectangle((begin, -0.2 * record.back_length_mm), end - begin, 1.4 * record.back_length_mm,
                               facecolor="none", edgecolor=ink.X_ALONE, hatch=ink.X_ALONE_HATCH, lw=0, zorder=3))
    if columns and words:
        mark = Patch(facecolor="white", edgecolor=ink.X_ALONE, hatch=ink.X_ALONE_HATCH, label="x only,\nheight unknown")
        ax.legend(handles=[mark], loc="lower left", fontsize=7, frameon=False, borderaxespad=0.2)


def draw_body(ax: Axes, record: SessionRecord) -> None:
    """The back seen from above, head at the top; the receiver lies prone, so that left is left."""
    half, length = record.shoulder_width_mm / 2, record.back_length_mm
    share_y, share_x = np.array(OUTLINE).T
    y = np.linspace(share_y[0], share_y[-1], 120)
    x = PchipInterpolator(share_y, share_x)(y) * half
    outline = np.column_stack([np.concatenate([-x, x[::-1]]), np.concatenate([y, y[::-1]]) * length])
    ax.add_patch(Polygon(outline, closed=True, facecolor="#f4ebe1", edgecolor="#c9b8a6", lw=1, zorder=0))
    ax.add_patch(Rectangle((-20, 0), 40, length, facecolor="none", edgecolor=ink.SPINE, lw=0.9, ls="--", zorder=4))
    for side in (-1, 1):
        ax.add_patch(Rectangle((min(25 * side, 95 * side), 0.50 * length), 70, 0.345 * length, facecolor="none",
                               edgecolor=ink.QUIET, lw=0.7, ls=":", zorder=4))
    for magnet_y in record.magnets_mm:
        ax.plot(0, magnet_y, "o", ms=2.2, color=ink.SPINE, alpha=0.7, zorder=4)


def draw_sore_places(ax: Axes, record: SessionRecord, rows: slice, words: bool) -> None:
    """Every place with a limit of its own that held while these rows came, also one that was told in the session."""
    t_us = record.touch["t_us"][rows]
    if not len(t_us):
        return
    begin_s, end_s = (float(record.seconds(int(at))) for at in (t_us[0], t_us[-1]))
    for at, since_s, to_s in place_times(record.spans):
        if since_s > end_s or (to_s is not None and to_s <= begin_s):
            continue
        ax.add_patch(Circle((at.x_mm, at.y_mm), at.radius_mm, fill=False, edgecolor=ink.ALARM, lw=1, ls="--", zorder=5))
        if words:
            lifted = "" if to_s is None else ", lifted"
            bears = "" if at.words.startswith("stop") else f"\nto {at.max_n:.3g} N"
            ax.text(at.x_mm, at.y_mm, f"{at.words}{lifted}{bears}", fontsize=7, color=ink.ALARM, ha="center", va="center",
                    zorder=6, path_effects=[withStroke(linewidth=2, foreground="white")])


def draw_map(ax: Axes, record: SessionRecord, title: str, rows: slice = slice(None), top: float | None = None,
             words: bool = True) -> AxesImage:
    """One map of impulse on the body; ``top`` fixes the colour scale so that maps can be compared."""
    cells, x_edges, y_edges = impulse_map(record, rows)
    ink.dress(ax, title, "mm from the midline" if words else "", "mm from C7" if words else "")
    ax.grid(False)
    ax.set_aspect("equal")
    draw_body(ax, record)
    scale = top or max(float(cells.max()), 1e-9)
    # A square root: one long press must not bleach everything else. Faint cells fade out instead of ending in steps.
    norm = PowerNorm(0.5, vmin=0, vmax=scale)
    fade = np.clip(norm(cells) * 4, 0, 0.92)
    edges = (x_edges[0], x_edges[-1], y_edges[0], y_edges[-1])
    image = ax.imshow(cells, origin="lower", cmap="YlOrBr", norm=norm, alpha=fade, extent=edges, zorder=2,
                      interpolation="bilinear", aspect="equal")
    draw_x_alone(ax, record, rows, words)
    draw_sore_places(ax, record, rows, words)
    half = record.shoulder_width_mm / 2
    ax.set_xlim(half + 30, -half - 30)
    ax.set_ylim(1.36 * record.back_length_mm, -0.25 * record.back_length_mm)
    if words:
        for name, begin, end in REGIONS:
            middle = (begin + end) / 2 * record.back_length_mm
            ax.axhline(end * record.back_length_mm, color=ink.HAIR, lw=0.6, zorder=1)
            ax.text(half + 24, middle, name, fontsize=7, color=ink.QUIET, va="center")
        for x, words_at, side in ((half + 24, "receiver's left", "left"), (-half - 24, "right", "right")):
            ax.text(x, -0.22 * record.back_length_mm, words_at, fontsize=7, color=ink.QUIET, va="top", ha=side)
        scale_bar = ax.inset_axes((0.3, 0.055, 0.4, 0.012))
        ax.figure.colorbar(ScalarMappable(norm, "YlOrBr"), cax=scale_bar, orientation="horizontal",
                           ticks=[0, float(f"{scale / 4:.1g}"), float(f"{0.9 * scale:.1g}")])
        scale_bar.tick_params(labelsize=6, colors=ink.QUIET)
        scale_bar.set_title("force x time, N s per cm²", fontsize=7, color=ink.QUIET, pad=3)
    if not (cells > 0).any():
        ink.say_empty(ax, "no press at a known place")
    return image
