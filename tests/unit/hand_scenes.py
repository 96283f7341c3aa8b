"""Sessions for the view of the hand, made by hand: a stretch before the start pose, a glide, a lost place, a flag."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag, FlagKind, Severity
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode, Phase
from slowhand.review.record import SessionRecord
from slowhand.review.stretches import Band, SorePlace, Stretch
from slowhand.sensing.profile import load_glove
from slowhand.strokes.stroke import Kind, Stroke
from slowhand.strokes.touch import TOUCH_DTYPE
from tests.unit.touch_scenes import STEP_US, Scene, unplaced

START_US = 3_000_000
LIMITS = {"too_fast": Band(25.0, 30.0), "spine_pressure": Band(5.0, 15.0), "too_hard": Band(60.0, 100.0)}


def stroke(kind: Kind, start_s: float, end_s: float) -> Stroke:
    return Stroke(
        at(start_s), at(end_s), kind, None, None, None, None, 8.0, 9.0, False, 1.0, None, None, None, None, None
    )


def flag(start_s: float, end_s: float | None, kind: FlagKind = FlagKind.TOO_FAST, value: float = 34.0) -> Flag:
    end_us = None if end_s is None else at(end_s)
    return Flag(at(start_s), end_us, at(start_s + 0.05), kind, Severity.ALARM, value, 30.0, "cm/s", 60.0, 100.0)


def at(seconds: float) -> int:
    """Device time of a second of the session."""
    return START_US + round(seconds * 1e6)


def session(touch: np.ndarray, **changes) -> SessionRecord:
    record = SessionRecord(
        title="Back rub 1", subtitle="by hand", mode="strip", touch=touch, strokes=(), flags=(), limits=LIMITS,
        receiver=Receiver(), glove=load_glove(), magnets_mm=tuple(30.0 * k for k in range(16)),
    )
    return replace(record, **changes)


def told_session(mode: Mode = Mode.STRIP) -> SessionRecord:
    """0-2 s before the start pose; 2-5 s a slow glide; 5-6 s the place is lost in contact; 6-7 s too fast; 7-9 s lifted."""
    scene = Scene(at=(60.0, 60.0)).lift(2.0).glide(0, 240, 8.0, 8.0).hold(1.0, 9.0).glide(0, 350, 35.0, 10.0).lift(2.0)
    touch = scene.rows(mode, start_us=START_US)
    seconds = (touch["t_us"] - START_US) / 1e6
    touch["phase"][seconds < 2.0] = Phase.AWAIT_AWAY
    early, lost = np.flatnonzero(seconds < 2.0), np.flatnonzero((seconds >= 5.0) & (seconds < 6.0))
    unplaced(touch[early[0]:early[-1] + 1])
    unplaced(touch[lost[0]:lost[-1] + 1])
    touch["sigma_mm"] = np.where(np.isnan(touch["sigma_mm"]), np.nan, (3.0, 5.0))
    return session(
        touch, mode=mode.name.lower(), flags=(flag(6.1, 6.9),),
        strokes=(
            replace(stroke(Kind.GLIDE, 2.0, 5.0), muscle="erector_spinae", fibre_deg=4.0, fibre_sigma_deg=9.0),
            stroke(Kind.PRESS, 5.0, 6.0), stroke(Kind.GLIDE, 6.0, 7.0),
        ),
        cues=(Cue(at(6.3), "too_fast", "alarm", 1, 230, "Much slower, please."),),
        magnets_mm=() if mode is not Mode.STRIP else tuple(30.0 * k for k in range(16)),
    )


def long_rows(minutes: float) -> np.ndarray:
    """Rows with all fields known, at 200 Hz."""
    rows = np.zeros(round(minutes * 60e6 / STEP_US), TOUCH_DTYPE)
    rows["t_us"] = START_US + STEP_US * np.arange(len(rows))
    rows["phase"], rows["located"], rows["contact"] = Phase.RUNNING, True, True
    rows["total_n"], rows["speed_cm_s"] = 10.0, 12.0
    return rows


def elbow_session() -> SessionRecord:
    """0-3 s a glide of 8 cm/s with the hand; from 3 s "elbow" is told: 8 cm/s more, flagged from 3.2 to 5.5 s, then 3 cm/s.

    At 6 s "lighter" is said at one place, at 7 s it is taken back.
    """
    scene = Scene(at=(60.0, 30.0)).glide(0, 440, 8.0, 8.0).glide(0, 75, 3.0, 8.0).lift(1.0)
    touch = scene.rows(start_us=START_US)
    touch["sigma_mm"] = (3.0, 5.0)
    end_s = (int(touch["t_us"][-1]) - START_US) / 1e6
    slow = LIMITS | {"too_fast": Band(5.0, 8.0), "too_hard": Band(14.9, 22.35)}
    lighter = SorePlace(60.0, 200.0, 40.0, 5.0, "lighter")
    elbow = Stretch(3.0, 6.0, slow, "elbow", felt=False)
    fast = replace(flag(3.2, 5.5, value=8.5), severity=Severity.WARN, limit=5.0)
    return session(
        touch, flags=(fast,), strokes=(replace(stroke(Kind.GLIDE, 0.0, 5.5), peak_cm_s=8.0, flags=("too_fast",)),),
        stretches=(
            Stretch(0.0, 3.0, LIMITS), elbow, replace(elbow, from_s=6.0, to_s=7.0, places=(lighter,)),
            replace(elbow, from_s=7.0, to_s=end_s),
        ),
    )
