"""After the session: track and strokes once more, from places that also use what was felt later.

Flags, cues and the reflex's limits stay those of the causal pipeline: a warning is judged by what could be known then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from slowhand.coach.atlas_grid import grid_of
from slowhand.coach.overlap import with_flags
from slowhand.locate.pose import Mode
from slowhand.locate.smoother import smooth
from slowhand.locate.strip import load_strip
from slowhand.sensing.rows import SENSED_DTYPE
from slowhand.sensing.sensing import Sensing
from slowhand.session.setup import Setup
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touch import TOUCH_DTYPE
from slowhand.strokes.touching import Toucher

if TYPE_CHECKING:
    from slowhand.session.analyze import Analysis

Progress = Callable[[float], None]  # the share that is done, 0 to 1
BLOCK_ROWS = 4000


def can_be_smoothed(setup: Setup) -> bool:
    """Only a place can be smoothed: strip mode, to the end of the session."""
    return setup.choice.mode is Mode.STRIP


def smoothed(
    analysis: Analysis, raw: np.ndarray, progress: Progress | None = None, restarts_us: Sequence[int] = ()
) -> Analysis:
    """The analysis with ``touch`` and ``strokes`` from smoothed poses; as it is in another mode than strip.

    ``raw`` (RAW_DTYPE) are the rows that it was made from; after the rows at ``restarts_us`` (device microseconds) the
    start procedure was begun anew.
    """
    if not can_be_smoothed(analysis.setup):
        return analysis
    touch = smoothed_touch(analysis.setup, raw, progress, restarts_us)
    strokes = with_flags(strokes_in(analysis.setup, touch), analysis.flags)
    return replace(analysis, touch=touch, strokes=tuple(strokes), smoothed=True)


def smoothed_touch(
    setup: Setup, raw: np.ndarray, progress: Progress | None = None, restarts_us: Sequence[int] = ()
) -> np.ndarray:
    """TOUCH_DTYPE rows, one per row of ``raw`` (RAW_DTYPE), from smoothed poses; ``setup`` is one of strip mode.

    Contact, forces, mode and phase are those of the causal pipeline; place, speed and ``located`` are smoothed.
    """
    parts = [slice(start, start + BLOCK_ROWS) for start in range(0, len(raw), BLOCK_ROWS)]
    sensing, sensed = Sensing(setup.glove, setup.rate_hz), np.zeros(len(raw), SENSED_DTYPE)
    for part in parts:
        sensed[part] = sensing.process(raw[part])
    poses = smooth(
        sensed, setup.strip or load_strip(), setup.glove, setup.receiver.posture, setup.receiver.back_length_mm,
        progress=progress, restarts=np.searchsorted(raw["t_us"], restarts_us, side="right").tolist(),
    )
    toucher, touch = Toucher(setup.glove), np.zeros(len(raw), TOUCH_DTYPE)
    for part in parts:
        touch[part] = toucher.process(sensed[part], poses[part])
    return touch


def strokes_in(setup: Setup, touch: np.ndarray) -> list[Stroke]:
    """The strokes of a whole session, in the order of their start; without flags."""
    tracker = StrokeTracker(setup.receiver.back_length_mm, grid_of(setup.receiver))
    return sorted([*tracker.process(touch), *tracker.finish()], key=lambda stroke: stroke.start_us)


def in_words(live: Analysis, later: Analysis) -> str:
    """What is smoothed, for the foot of a chart; empty when nothing is."""
    if not later.smoothed:
        return ""
    before, after = located_share(live.touch), located_share(later.touch)
    known = "" if before is None or after is None else f" Place known in {after:.0%} of the contact, live in {before:.0%}."
    return f"Places, speeds and strokes are smoothed: they use what was felt later too. Flags are those raised live.{known}"


def located_share(touch: np.ndarray) -> float | None:
    """Share of the rows in contact whose place is known; None without contact."""
    contact = touch["contact"]
    return float(np.mean(touch["located"][contact])) if contact.any() else None
