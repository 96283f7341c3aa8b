"""What a session's score card is made from: sums over its rows, its strokes and its flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag
from slowhand.coach.motion_pace import SpeedClass, speed_class
from slowhand.locate.pose import Mode, Phase
from slowhand.strokes.stroke import Kind, Stroke


@dataclass(frozen=True)
class RowSums:
    """Device microseconds, and counts, of a session after its start procedure. Whole numbers: no split changes them."""

    running_us: int = 0       # since the start procedure was complete
    contact_us: int = 0       # of it, the hand was on the back
    located_us: int = 0       # of the contact: the place was known
    x_known_us: int = 0       # of the contact: at least the distance from the spine was known
    paced_us: int = 0         # of the contact: the speed over the skin was known from row to row
    at_least_us: int = 0      # of the contact: a pad was beyond its range or unusable, so the force is a lower bound
    unfelt_us: int = 0        # of the contact: a technique that the pads do not feel
    waiting_us: int = 0       # contact before the start procedure was complete: nothing in it is judged
    passes: int = 0           # without a strip: strokes of the hand as the motion sensor tells them
    passes_judged: int = 0    # of them, those surely slower or surely faster than the limit
    ramp_words: int = 0       # how often "begin lighter" was said


@dataclass(frozen=True)
class SessionFacts:
    """One session. ``None`` is not known, and nothing is concluded from it."""

    mode: str                                  # "strip", "motion", "force": that of the session's end
    sums: RowSums = field(default_factory=RowSums)
    strokes: tuple[Stroke, ...] = ()
    flags: tuple[Flag, ...] = ()
    most_n: float = 0.0                        # the largest total force, also of a touch too short to be a stroke
    deep_at_once: int = 0                      # how often an area was pressed deeper than advised, said or not
    silent_us: int = 0                         # of ``running_us``: a practice without feedback
    pacing: Mapping[str, float | int | None] | None = None   # `PaceLead.session_figures`
    missed: tuple[str, ...] | None = None      # areas that had hardly any time, in words
    uneven: tuple[str, ...] | None = None      # regions whose sides differ for sure, in words, with their seconds
    even_s: float | None = None                # contact in regions whose sides surely had about the same time
    votes: tuple[str, ...] | None = None       # the receiver's answers about the pressure: "lighter", "right" ...

    @property
    def contact_s(self) -> float:
        """Seconds of contact after the start procedure."""
        return 1e-6 * self.sums.contact_us

    def share(self, of_contact_us: int) -> float:
        """Share of the contact; 0 without any."""
        return of_contact_us / self.sums.contact_us if self.sums.contact_us else 0.0

    def flags_of(self, *kinds: str) -> tuple[Flag, ...]:
        """The flags of these kinds, in their order."""
        return tuple(flag for flag in self.flags if flag.kind.value in kinds)

    def strokes_of(self, *kinds: Kind) -> tuple[Stroke, ...]:
        """The strokes of these kinds, in their order."""
        return tuple(stroke for stroke in self.strokes if stroke.kind in kinds)

    @property
    def practice(self) -> bool:
        """A test: nothing was said, but for moments."""
        return self.silent_us > 0 and self.silent_us >= 0.9 * self.sums.running_us


class Tally:
    """Adds up a session's rows as they come; the same however they are split."""

    def __init__(self) -> None:
        self.most_n = 0.0   # the largest total force after the start procedure
        self._sums = dict.fromkeys((each.name for each in fields(RowSums)), 0)
        self._strokes: list[Stroke] = []
        self._last_us: int | None = None
        self._pass_us = 0

    def add(
        self, touch: np.ndarray, warn_cm_s: float, strokes: Sequence[Stroke] = (), cues: Sequence[Cue] = (),
        unfelt: bool = False,
    ) -> None:
        """One block of TOUCH_DTYPE rows, with the strokes that ended and the cues that were given in it.

        ``warn_cm_s`` is the limit of the speed that held, for what motion mode can tell of it; ``unfelt``: the pads do
        not feel what the giver worked with.
        """
        self._strokes += strokes
        sums = self._sums
        sums["ramp_words"] += sum(cue.kind == "ramp" for cue in cues)
        if not len(touch):
            return
        first_us = int(touch["t_us"][0]) if self._last_us is None else self._last_us
        step_us = np.diff(touch["t_us"], prepend=first_us)
        step_us[touch["gap"]] = 0
        self._last_us = int(touch["t_us"][-1])
        running, contact = touch["phase"] == Phase.RUNNING, touch["contact"]
        here = running & contact
        pressed_n = touch["total_n"][running & ~np.isnan(touch["total_n"])]
        self.most_n = max(self.most_n, float(np.max(pressed_n, initial=0.0)))
        for name, rows in (
            ("running_us", running), ("contact_us", here), ("located_us", here & touch["located"]),
            ("x_known_us", here & touch["x_known"]), ("paced_us", here & np.isfinite(touch["speed_cm_s"])),
            ("at_least_us", here & touch["total_at_least"]), ("unfelt_us", here & unfelt),
            ("waiting_us", contact & ~running),
        ):
            sums[name] += int(step_us[rows].sum())
        if np.any(touch["mode"] == Mode.MOTION):
            self._count_passes(touch, warn_cm_s)

    def _count_passes(self, touch: np.ndarray, warn_cm_s: float) -> None:
        ends_us = touch["stroke_end_us"]
        new = np.flatnonzero(np.diff(ends_us, prepend=self._pass_us) != 0)
        self._pass_us = int(ends_us[-1])
        for row in touch[new]:
            peak, sigma = float(row["stroke_peak_cm_s"]), float(row["stroke_peak_sigma_cm_s"])
            self._sums["passes"] += 1
            known = np.isfinite(peak) and speed_class(peak, sigma, warn_cm_s) is not SpeedClass.UNKNOWN
            self._sums["passes_judged"] += bool(known)

    def end(self, strokes: Sequence[Stroke]) -> None:
        """Strokes that ended with the session."""
        self._strokes += strokes

    @property
    def sums(self) -> RowSums:
        """Of the rows so far."""
        return RowSums(**self._sums)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """Those that have ended, in the order of their start."""
        return tuple(sorted(self._strokes, key=lambda stroke: stroke.start_us))
