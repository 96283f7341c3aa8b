"""Charts of a session in which x alone was known for a while: hatched apart, never as if the place were known."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from slowhand.coach.receiver import Receiver
from slowhand.review import ink
from slowhand.review.back_map import impulse_map, x_alone_columns
from slowhand.review.charts import back_map_figure, overview_figure
from slowhand.review.hand_track import spine_force_n
from slowhand.review.record import SessionRecord
from slowhand.review.stretches import Band
from slowhand.review.stroke_charts import where_it_could_be_seen
from slowhand.sensing.profile import load_glove
from slowhand.session.analyze import limits_used
from tests.unit.touch_scenes import Scene, height_unknown, unplaced


@pytest.fixture
def record() -> SessionRecord:
    scene = Scene(at=(60.0, 60.0)).lift(0.5).glide(0, 300, 10.0).lift(0.5).hold(2.0, 8.0).lift(0.5).hop(8.0, 200.0)
    rows = scene.hold(3.0, 7.0).lift(0.5).rows()
    start = int(np.flatnonzero(np.diff(rows["contact"].astype(int)) == 1)[-1]) + 1
    height_unknown(rows[start : start + 400])
    unplaced(rows[start + 400 :])
    limits = {kind: Band(limit["warn"], limit["alarm"]) for kind, limit in limits_used(Receiver()).items()}
    return SessionRecord("A back rub", "", "strip", rows, (), (), limits, Receiver(), load_glove())


def hatched(ax: Axes) -> list[tuple[float, float]]:
    """Left edge and width of what is hatched as x only."""
    marks = [patch for patch in ax.patches if patch.get_hatch() == ink.X_ALONE_HATCH]
    assert all(patch.get_edgecolor()[:3] == to_rgba(ink.X_ALONE)[:3] for patch in marks)
    boxes = [patch.get_extents().transformed(ax.transData.inverted()) for patch in marks]
    return [(min(box.x0, box.x1), abs(box.width)) for box in boxes]   # left is left: the map's x axis is turned


def test_the_spines_force_is_known_where_x_is(record: SessionRecord) -> None:
    touch, force = record.touch, spine_force_n(record.touch, record.back_length_mm)
    np.testing.assert_array_equal(np.isnan(force), ~touch["x_known"])
    alone = touch["x_known"] & ~touch["located"]
    assert alone.sum() == 400 and np.all(force[alone] == 7.0)


def test_the_pace_is_hatched_apart_and_the_legend_says_how(record: SessionRecord) -> None:
    figure = overview_figure(record)
    figure.draw_without_rendering()
    pace = next(ax for ax in figure.axes if ax.get_title(loc="left") == "Pace over the skin")
    [(begin, width)] = hatched(pace)
    alone = record.touch["x_known"] & ~record.touch["located"]
    assert (begin, width) == (pytest.approx(record.seconds(record.touch["t_us"][alone][0])), pytest.approx(2.0, abs=0.01))
    unknown = [patch for patch in pace.patches if patch.get_hatch() == ink.UNKNOWN_HATCH]
    assert len(unknown) == 1
    assert all(patch.get_facecolor() == to_rgba("white") for patch in pace.patches if patch.get_hatch())
    legend = pace.get_legend()
    assert legend is not None and "x only, height unknown" in [text.get_text() for text in legend.get_texts()]


def test_the_map_hatches_the_column_and_counts_nothing_in_it_as_a_place(record: SessionRecord) -> None:
    cells, x_edges, _ = impulse_map(record)
    spine = np.abs(x_edges[:-1]) < 25
    assert cells[:, spine].sum() == pytest.approx(0.0, abs=1e-9)
    [(begin, end)] = x_alone_columns(record)
    assert begin < 8.0 < end and end - begin < 40.0
    figure = back_map_figure(record)
    figure.draw_without_rendering()
    whole, _, second, last = figure.axes[:4]
    for ax in (whole, last):
        [(left, width)] = hatched(ax)
        assert (left, width) == (pytest.approx(begin), pytest.approx(end - begin))
    assert hatched(second) == []
    legend = whole.get_legend()
    assert legend is not None and legend.get_texts()[0].get_text() == "x only,\nheight unknown"


def test_where_x_was_never_alone_nothing_is_said_of_it(record: SessionRecord) -> None:
    assert "x alone in" in where_it_could_be_seen(record)
    record.touch["x_known"] = record.touch["located"]
    assert "x alone" not in where_it_could_be_seen(record)
    assert x_alone_columns(record) == []
