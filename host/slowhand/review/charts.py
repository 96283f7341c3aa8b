"""A session's page of figures, as PNG and PDF."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from slowhand.errors import StoreError
from slowhand.review import ink
from slowhand.review.back_map import draw_map, impulse_map
from slowhand.review.record import SessionRecord
from slowhand.review.score_card_page import score_card_figure
from slowhand.review.stroke_charts import draw_flags, draw_strokes
from slowhand.review.timeline import draw_pace, draw_pressure, legend_of_marks

FOOT = "Slowhand is a companion, not a medical device. Limits are the product's own, none is a clinical limit."


def _headline(figure: Figure, record: SessionRecord) -> None:
    figure.suptitle(record.title, x=0.01, ha="left", color=ink.INK, fontsize=15, fontweight="bold")
    words = "\n".join([record.subtitle, *record.notes])
    figure.text(0.99, 0.985, words, ha="right", va="top", fontsize=8, color=ink.QUIET)
    figure.supxlabel("\n".join(filter(None, (record.method, FOOT))), x=0.01, ha="left", fontsize=7, color=ink.QUIET)


def overview_figure(record: SessionRecord) -> Figure:
    """All four charts on one sheet."""
    figure = ink.new_figure(14, 9.2)
    _headline(figure, record)
    grid = figure.add_gridspec(3, 3, height_ratios=(1, 1, 1.15), width_ratios=(1.1, 1.1, 1.25))
    pace = figure.add_subplot(grid[0, :2])
    pressure = figure.add_subplot(grid[1, :2], sharex=pace)
    draw_pace(pace, record)
    legend_of_marks(pace)
    draw_pressure(pressure, record)
    pace.set_xlim(0, max(record.duration_s, 1.0))
    draw_strokes(figure.add_subplot(grid[2, 0]), record)
    draw_flags(figure.add_subplot(grid[2, 1]), record)
    back = figure.add_subplot(grid[:, 2])
    draw_map(back, record, "Where it was pressed")
    return figure


def timeline_figure(record: SessionRecord) -> Figure:
    figure = ink.new_figure(14, 6.5)
    _headline(figure, record)
    pace, pressure = figure.subplots(2, 1, sharex=True)
    draw_pace(pace, record)
    legend_of_marks(pace)
    draw_pressure(pressure, record)
    pace.set_xlim(0, max(record.duration_s, 1.0))
    return figure


def back_map_figure(record: SessionRecord) -> Figure:
    """The whole session, then its three thirds on one colour scale: what moved where over time."""
    figure = ink.new_figure(14, 7)
    _headline(figure, record)
    axes = figure.subplots(1, 4, width_ratios=(1.6, 1, 1, 1))
    draw_map(axes[0], record, "Where it was pressed: all of the session")
    edges = np.linspace(0, len(record.touch), 4).astype(int)
    thirds = [slice(int(a), int(b)) for a, b in itertools.pairwise(edges)]
    top = max(float(impulse_map(record, rows)[0].max()) for rows in thirds) or 1.0
    for ax, rows, name in zip(axes[1:], thirds, ("first third", "second third", "last third"), strict=True):
        draw_map(ax, record, name, rows, top, words=False)
    return figure


def strokes_figure(record: SessionRecord) -> Figure:
    figure = ink.new_figure(10, 6.5)
    _headline(figure, record)
    draw_strokes(figure.subplots(), record)
    return figure


def flags_figure(record: SessionRecord) -> Figure:
    figure = ink.new_figure(12, 4.5)
    _headline(figure, record)
    draw_flags(figure.subplots(), record)
    return figure


def card_figure(record: SessionRecord) -> Figure | None:
    """The score card; None where none was made."""
    if record.card is None:
        return None
    return score_card_figure(record.card, record.title, record.subtitle, FOOT)


FIGURES: dict[str, Callable[[SessionRecord], Figure | None]] = {
    "score-card": card_figure,
    "overview": overview_figure,
    "timeline": timeline_figure,
    "back-map": back_map_figure,
    "strokes": strokes_figure,
    "flags": flags_figure,
}


def write_charts(record: SessionRecord, out_dir: Path, dpi: int = 110) -> list[Path]:
    """Draw every chart into ``out_dir``: one PNG each, and ``review.pdf`` with all of them, a page each.

    Returns the files in the order to look at them. Raises StoreError when the folder cannot be written.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        files = []
        with PdfPages(out_dir / "review.pdf", metadata={"Title": record.title, "Creator": "Slowhand"}) as pdf:
            for name, draw in FIGURES.items():
                figure = draw(record)
                if figure is None:
                    continue
                FigureCanvasAgg(figure)
                files.append(out_dir / f"{name}.png")
                figure.savefig(files[-1], dpi=dpi)
                pdf.savefig(figure)
        return [*files, out_dir / "review.pdf"]
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"cannot write charts to {out_dir}: {reason}; choose another folder") from error
