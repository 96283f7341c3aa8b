"""What the view of the hand is made of: a session thinned to 25 looks a second, in whole small numbers.

`hand_track` is the one way in: whatever found the places (the causal pipeline, a smoother), its rows go through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode, Phase
from slowhand.sensing.profile import GloveProfile
from slowhand.strokes.stroke import Stroke

LOOK_MS = 40          # 25 a second: smooth to the eye once places are interpolated, and an hour stays under 10 MB
UNKNOWN = -32768      # in every i2 column; also of what a row without a place cannot know

# Bits of `state`.
CONTACT = 1           # in some row of the look
LOCATED = 2           # in every row of it: one row without a place makes the look's place unknown
RUNNING = 4           # the start procedure was complete in every row
GAP = 8               # rows are missing before or within it
BUZZ = 16             # the glove's motor ran
FORCE_AT_LEAST = 32   # a pad was saturated or unusable: the force is a lower bound
PACE_AT_LEAST = 64    # the pace was unknown for a part of the contact: the largest known one is a lower bound

LOOK_DTYPE = np.dtype(
    [
        ("look", "<i4"),               # its number: LOOK_MS each, from the session's first row on; some may be missing
        ("state", "u1"),
        ("mode", "u1"),                # locate.Mode
        ("bounds", "u1"),              # bit k: pad k was saturated, its force is a lower bound
        ("place_mm", "<i2", 2),        # of the motion sensor, back frame, at the look's first row
        ("sigma_tenth_mm", "<i2", 2),
        ("heading_mrad", "<i2"),
        ("cop_mm", "<i2", 2),
        ("pad_mm", "<i2", (6, 2)),
        ("pad_tenth_n", "<i2", 6),     # largest of the look; UNKNOWN: not usable
        ("force_tenth_n", "<i2"),      # largest total
        ("spine_tenth_n", "<i2"),      # largest sum of the pads within 20 mm of the midline
        ("pace_mm_s", "<i2"),          # largest speed over the skin in contact (0.1 cm/s)
        ("nearest_mm", "<i2"),         # smallest distance of a loaded pad from the spine
    ]
)


@dataclass(frozen=True)
class HandTrack:
    """One session as the view shows it; ``looks`` is a LOOK_DTYPE array, times elsewhere are device microseconds."""

    looks: np.ndarray
    start_us: int
    duration_s: float
    strokes: tuple[Stroke, ...]
    flags: tuple[Flag, ...]
    cues: tuple[Cue, ...]
    receiver: Receiver
    glove: GloveProfile
    magnets_mm: tuple[float, ...]   # y of the strip's magnets; empty: no strip in use


def hand_track(
    touch: np.ndarray,
    strokes: Sequence[Stroke],
    flags: Sequence[Flag],
    cues: Sequence[Cue],
    receiver: Receiver,
    glove: GloveProfile,
    magnets_mm: Sequence[float] = (),
) -> HandTrack:
    """Thin TOUCH_DTYPE rows to one look for each LOOK_MS that has rows.

    No flag, stroke or cue is dropped, and neither is a peak: force and pace of a look are its largest, the distance
    from the spine its smallest. NaN becomes UNKNOWN, and a look in which the place was unknown for one row has none.
    """
    start_us = int(touch["t_us"][0]) if len(touch) else 0
    duration_s = (int(touch["t_us"][-1]) - start_us) / 1e6 if len(touch) else 0.0
    looks = looks_of(touch, receiver.back_length_mm)
    return HandTrack(
        looks, start_us, duration_s, tuple(strokes), tuple(flags), tuple(cues), receiver, glove, tuple(magnets_mm)
    )


def looks_of(touch: np.ndarray, back_length_mm: float) -> np.ndarray:
    """TOUCH_DTYPE rows (n,) as LOOK_DTYPE rows, at most one for each LOOK_MS."""
    if not len(touch):
        return np.zeros(0, LOOK_DTYPE)
    number = (touch["t_us"] - touch["t_us"][0]) // (LOOK_MS * 1000)
    first = np.flatnonzero(np.diff(number, prepend=-1))
    looks = np.zeros(len(first), LOOK_DTYPE)
    looks["look"], looks["mode"] = number[first], touch["mode"][first]
    looks["state"] = _state(touch, first)
    looks["bounds"] = _bounds(touch, first)
    known = (looks["state"] & LOCATED) > 0
    _put_places(looks, touch[first], known)
    looks["pad_tenth_n"] = _whole(_largest(touch["force_n"], first), 10)
    looks["force_tenth_n"] = _whole(_largest(touch["total_n"], first), 10)
    looks["spine_tenth_n"] = _whole(_largest(spine_force_n(touch, back_length_mm), first), 10)
    looks["pace_mm_s"] = _whole(_largest(_pace(touch), first), 10)
    nearest = -_largest(-touch["spine_mm"], first)
    looks["nearest_mm"] = np.where(known, _whole(nearest, 1), UNKNOWN)
    return looks


def spine_force_n(touch: np.ndarray, back_length_mm: float) -> np.ndarray:
    """Summed force of the pads within 20 mm of the midline, N, shape (n,); NaN where x is unknown.

    Where x alone is known a pad there counts at any height, as it does for the flag.
    """
    x, y = touch["pad_mm"][:, :, 0], touch["pad_mm"][:, :, 1]
    near = (np.abs(x) <= 20) & ~((y < 0) | (y > back_length_mm))
    total = np.where(near, np.nan_to_num(touch["force_n"]), 0.0).sum(axis=1)
    return np.where(touch["x_known"], total, np.nan)


def _put_places(looks: np.ndarray, rows: np.ndarray, known: np.ndarray) -> None:
    """Places of the looks' first rows, so that they lie 40 ms apart and can be joined; UNKNOWN where not known."""
    for name, field, scale in (
        ("place_mm", rows["pos_mm"][:, :2], 1), ("sigma_tenth_mm", rows["sigma_mm"], 10),
        ("heading_mrad", rows["heading_rad"], 1000), ("cop_mm", rows["cop_mm"], 1), ("pad_mm", rows["pad_mm"], 1),
    ):
        looks[name] = _whole(field, scale)
        looks[name][~known] = UNKNOWN


def _state(touch: np.ndarray, first: np.ndarray) -> np.ndarray:
    contact, pace_known = touch["contact"], np.isfinite(touch["speed_cm_s"])
    bits = (
        (CONTACT, _any(contact, first)),
        (LOCATED, ~_any(~touch["located"], first)),
        (RUNNING, ~_any(touch["phase"] != Phase.RUNNING, first)),
        (GAP, _any(touch["gap"], first)),
        (BUZZ, _any(touch["haptic"], first)),
        (FORCE_AT_LEAST, _any(touch["total_at_least"] & contact, first)),
        (PACE_AT_LEAST, _any(contact & pace_known, first) & _any(contact & ~pace_known, first)),
    )
    state = np.zeros(len(first), np.uint8)
    for bit, holds in bits:
        state[holds] |= bit
    if len(state):
        state[0] &= ~np.uint8(GAP)   # nothing is missing before the beginning
    return state


def _bounds(touch: np.ndarray, first: np.ndarray) -> np.ndarray:
    saturated = np.maximum.reduceat(touch["at_least"], first, axis=0)
    return (saturated * (1 << np.arange(saturated.shape[1]))).sum(axis=1).astype(np.uint8)


def _pace(touch: np.ndarray) -> np.ndarray:
    return np.where(touch["contact"], touch["speed_cm_s"], np.nan)


def _any(mask: np.ndarray, first: np.ndarray) -> np.ndarray:
    return np.logical_or.reduceat(mask, first)


def _largest(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Largest known value of each look; NaN where none is known."""
    top = np.maximum.reduceat(np.where(np.isnan(values), -np.inf, values), first, axis=0)
    return np.where(np.isneginf(top), np.nan, top)


def _whole(values: np.ndarray, scale: float) -> np.ndarray:
    """Scaled, rounded and kept within what two bytes hold; NaN is UNKNOWN."""
    scaled = np.clip(np.rint(np.asarray(values) * scale), UNKNOWN + 1, -UNKNOWN - 1)
    return np.where(np.isnan(scaled), UNKNOWN, scaled).astype(np.int16)


def strip_was_used(looks: np.ndarray) -> bool:
    """Whether a place could be known at all: some row was in strip mode."""
    return bool(np.any(looks["mode"] == Mode.STRIP))
