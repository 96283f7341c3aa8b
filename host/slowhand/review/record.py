"""What the charts are drawn from: one session's results, wherever they come from (store, replay, raw log)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag
from slowhand.coach.receiver import Receiver
from slowhand.coach.score_card import ScoreCard
from slowhand.review.stretches import Band, SorePlace, Stretch, stretches_of
from slowhand.sensing.profile import GloveProfile
from slowhand.session.analyze import Analysis, limits_used
from slowhand.strokes.stroke import Stroke


@dataclass(frozen=True)
class SessionRecord:
    """One session, ready to be charted.

    ``touch`` is a TOUCH_DTYPE array (one row per sample); times are device microseconds. ``limits`` holds a
    band per flag kind, in that flag's unit: the receiver's own. Charts judge by `spans`, the limits of the time.
    """

    title: str
    subtitle: str
    mode: str                       # "strip", "motion", "force"
    touch: np.ndarray
    strokes: tuple[Stroke, ...]
    flags: tuple[Flag, ...]
    limits: dict[str, Band]
    receiver: Receiver
    glove: GloveProfile
    cues: tuple[Cue, ...] = ()
    magnets_mm: tuple[float, ...] = ()   # y of the strip's magnets; empty without a strip
    notes: tuple[str, ...] = ()          # "the host was killed: whole up to 12:03:04", shown on the page
    method: str = ""                     # how places were found, when not as live; stands at the foot
    card: ScoreCard | None = None        # in plain words; from what was known live
    stretches: tuple[Stretch, ...] = ()  # by what it was judged when; empty: by ``limits`` and the receiver's places

    @property
    def spans(self) -> tuple[Stretch, ...]:
        """By what the session was judged when; at least one, from its first row to its last."""
        if self.stretches:
            return self.stretches
        own = (SorePlace(at.x_mm, at.y_mm, at.radius_mm, at.max_n) for at in self.receiver.sensitive)
        return (Stretch(0.0, self.duration_s, self.limits, places=tuple(own)),)

    @property
    def back_length_mm(self) -> float:
        return self.receiver.back_length_mm

    @property
    def shoulder_width_mm(self) -> float:
        return self.receiver.shoulder_width_mm

    @property
    def start_us(self) -> int:
        """Device time of the first row; 0 for an empty session."""
        return int(self.touch["t_us"][0]) if len(self.touch) else 0

    def seconds(self, t_us: np.ndarray | int) -> np.ndarray:
        """Session seconds of device microseconds."""
        return (np.asarray(t_us) - self.start_us) / 1e6

    @property
    def duration_s(self) -> float:
        return float(self.seconds(int(self.touch["t_us"][-1]))) if len(self.touch) else 0.0

    def row_weights_s(self) -> np.ndarray:
        """Seconds that each row stands for, shape (n,); a gap before a row counts for nothing."""
        if len(self.touch) < 2:
            return np.zeros(len(self.touch))
        step = np.diff(self.touch["t_us"], prepend=self.touch["t_us"][0]) / 1e6
        step[self.touch["gap"]] = 0.0
        return step


def record_of(
    analysis: Analysis, title: str, subtitle: str, notes: tuple[str, ...] = (), method: str = "",
    card: ScoreCard | None = None,
) -> SessionRecord:  # fmt: skip
    """What the charts need of an analysis, live or replayed or from a raw log, smoothed or not."""
    setup, touch = analysis.setup, analysis.touch
    strip = setup.strip
    magnets = tuple(strip.pitch_mm * k for k in range(strip.magnets)) if strip else ()
    start_us, end_us = (int(touch["t_us"][0]), int(touch["t_us"][-1])) if len(touch) else (0, 0)
    return SessionRecord(
        title=title,
        subtitle=subtitle,
        mode=setup.choice.mode.name.lower(),
        touch=touch,
        strokes=analysis.strokes,
        flags=analysis.flags,
        limits={kind: Band(limit["warn"], limit["alarm"]) for kind, limit in limits_used(setup.receiver).items()},
        receiver=analysis.receiver,
        glove=setup.glove,
        cues=tuple(cue for block in analysis.blocks for cue in block.cues),
        magnets_mm=magnets,
        notes=notes,
        method=method,
        card=card,
        stretches=stretches_of(analysis.judged, start_us, (end_us - start_us) / 1e6),
    )
