"""The one ordered way from raw rows to results: live, in replay and in batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from slowhand.coach.atlas_grid import grid_of
from slowhand.coach.coach import Coach
from slowhand.coach.receiver import Receiver
from slowhand.locate.locator import Locator
from slowhand.locate.locator import warm_up as warm_up_locator
from slowhand.locate.pose import Mode
from slowhand.locate.strip import StripProfile
from slowhand.sensing.profile import GloveProfile
from slowhand.sensing.rows import RAW_DTYPE
from slowhand.sensing.sensing import Sensing
from slowhand.session.ledger import FlagLedger
from slowhand.session.modes import Present, choose_mode
from slowhand.session.results import Results
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touching import Toucher


class Pipeline:
    """Sensing, locating, touch, strokes and coach, each causal and in the order of rows.

    However the input is split, the results are the same to the bit: every stage carries its state from row to
    row, and where one stage needs another's findings (a stroke its flags) it gets those known at that row.
    """

    def __init__(
        self,
        profile: GloveProfile,
        strip: StripProfile | None,
        receiver: Receiver,
        mode: Mode | None = None,
        rate_hz: float = 200.0,
        feedback: bool = True,
    ) -> None:
        if mode is None:
            mode = choose_mode(Present(strip is not None, bool(profile.magnetometer), field=True, motion=True)).mode
        self.mode = mode
        self.sensing = Sensing(profile, rate_hz)
        self.locator = Locator(mode, strip, profile, receiver.posture, receiver.back_length_mm)
        self.coach = Coach(profile, receiver, mode, feedback)
        self.flags = FlagLedger()
        self._toucher = Toucher(profile)
        self._tracker = StrokeTracker(receiver.back_length_mm, grid_of(receiver) if mode is Mode.STRIP else None)

    def process(self, raw: np.ndarray) -> Results:
        """``RAW_DTYPE`` rows in the order of time, any number of them."""
        sensed = self.sensing.process(raw)
        return self._judge(self._toucher.process(sensed, self.locator.process(sensed)))

    def finish(self) -> Results:
        """The stream has ended: what is still open ends with the last row."""
        coached = self.coach.finish()
        self.flags.add(coached.flags_changed)
        strokes = self.flags.mark(self._tracker.finish())
        return Results(strokes=strokes, flags_changed=tuple(coached.flags_changed))

    def _judge(self, touch: np.ndarray) -> Results:
        strokes: list[Stroke] = []
        coached: list[Results] = []
        begin = 0
        # A stroke has the flags that are known at the row that ends it, not those of the block's end.
        for row, ended in itertools.groupby(self._tracker.process_by_row(touch), key=lambda pair: pair[0]):
            finished = [stroke for _, stroke in ended]
            coached.append(self._coach(touch[begin : row + 1], finished))
            strokes += self.flags.mark(finished)
            begin = row + 1
        if begin < len(touch):
            coached.append(self._coach(touch[begin:], []))
        return Results(
            touch,
            tuple(strokes),
            tuple(flag for part in coached for flag in part.flags_changed),
            tuple(cue for part in coached for cue in part.cues),
            tuple(limits for part in coached for limits in part.limits),
        )

    def _coach(self, touch: np.ndarray, finished: list[Stroke]) -> Results:
        coached = self.coach.process(touch, finished)
        self.flags.add(coached.flags_changed)
        return Results(
            flags_changed=tuple(coached.flags_changed), cues=tuple(coached.cues), limits=tuple(coached.limits)
        )


def warm_up(
    profile: GloveProfile,
    strip: StripProfile | None,
    receiver: Receiver,
    mode: Mode | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Compile every row loop, or load it from the cache, before the first sample is there.

    The first time takes half a minute in strip mode; ``progress`` is told what is done and its share. A block of
    one row and one of several: arrays of one row have another memory layout, and so their own code.
    """
    pipeline = Pipeline(profile, strip, receiver, mode)
    if pipeline.mode is Mode.STRIP:
        warm_up_locator(progress)
    elif pipeline.mode is Mode.MOTION and progress is not None:
        progress("the pace without a strip", 0.0)   # its first row, below, compiles it
    rows = np.zeros(3, RAW_DTYPE)
    rows["t_us"], rows["seq"], rows["accel"] = [0, 5000, 10000], [0, 1, 2], [0.0, 0.0, 9.81]
    pipeline.process(rows[:1])
    pipeline.process(rows[1:])
