"""Runs the pipeline's judgement over a simulated session, from its sensors or from its truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slowhand.coach.coach import Coach
from slowhand.coach.cue import Cue
from slowhand.coach.flag import Flag
from slowhand.coach.receiver import Receiver, SensitivePlace
from slowhand.locate.locator import Locator
from slowhand.locate.pose import POSE_DTYPE, Mode, Phase
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import GloveProfile, load_glove
from slowhand.sensing.rows import SENSED_DTYPE
from slowhand.sensing.sensing import Sensing
from slowhand.sim.simulation import SimOutput
from slowhand.sim.truth import zone_forces
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Stroke
from slowhand.strokes.touching import Toucher

TAPPED_SHARE = 0.3   # of a stroke's force: with less a giver would not say that this is where the hand is


def receiver_of(out: SimOutput) -> Receiver:
    """The receiver's file as the simulated body would have it."""
    body = out.body
    return Receiver(
        posture=body.posture, back_length_mm=float(body.back_length_mm), shoulder_width_mm=float(body.shoulder_width_mm),
        sensitive=tuple(
            SensitivePlace(x_mm=float(p.x_mm), y_mm=float(p.y_mm), radius_mm=float(p.radius_mm), max_n=float(p.max_n))
            for p in body.sensitive
        ),
    )  # fmt: skip


def touches_from_truth(out: SimOutput) -> np.ndarray:
    """Touches as perfect sensors and a perfect locator would give them."""
    truth = out.truth
    sensed, pose = np.zeros(len(truth), SENSED_DTYPE), np.zeros(len(truth), POSE_DTYPE)
    sensed["t_us"] = pose["t_us"] = truth["t_us"]
    sensed["force"], sensed["pad_ok"], sensed["gap"][:1] = truth["force_n"], True, True
    pose["located"], pose["phase"] = True, np.where(truth["started"], Phase.RUNNING, Phase.AWAIT_START_POSE)
    for name in ("p", "v", "q", "omega"):
        pose[name] = truth[name]
    return Toucher(load_glove(None, out.hand.side)).process(sensed, pose)


def glove_of(out: SimOutput) -> GloveProfile:
    """What is known of the glove: the shipped profile, whatever the hand in it."""
    glove = load_glove(None, out.hand.side)
    return glove if out.magnetometers > 1 else glove.model_copy(update={"magnetometer": glove.magnetometer[:1]})


def touches_from_sensors(out: SimOutput, mode: Mode = Mode.STRIP) -> np.ndarray:
    """Touches as the whole chain makes them from the simulated sensors, with all their errors."""
    glove, receiver = glove_of(out), receiver_of(out)
    sensed = Sensing(glove, out.rate_hz).process(out.raw)
    strip = load_strip() if mode is Mode.STRIP else None
    locator = Locator(mode, strip, glove, receiver.posture, receiver.back_length_mm)
    return Toucher(glove).process(sensed, locator.process(sensed))


def judged_flags(
    out: SimOutput, touch: np.ndarray, mode: Mode = Mode.STRIP, taps: Sequence[tuple[int, str]] = ()
) -> tuple[list[Flag], list[Cue]]:
    """The last state of every flag that the coach raises over ``touch``, and its cues.

    ``taps``: when the giver tells a zone on the body map (without a strip), in the order of time.
    """
    coach = Coach(glove_of(out), receiver_of(out), mode)
    flags: list[Flag] = []
    cues: list[Cue] = []
    begin = 0
    for t_us, zone in (*taps, (2**62, "")):
        end = int(np.searchsorted(touch["t_us"], t_us))
        coached = coach.process(touch[begin:end])
        flags, cues, begin = [*flags, *coached.flags_changed], [*cues, *coached.cues], end
        if zone:
            coach.choose_zone(zone)
    last = {(f.kind, f.sore, f.start_us, f.raised_us): f for f in (*flags, *coach.finish().flags_changed)}
    return sorted(last.values(), key=lambda flag: flag.start_us), cues


def taps_of(out: SimOutput) -> list[tuple[int, str]]:
    """What a giver would tap who always says where the next stroke goes: the zone that it presses most for its limit."""
    forces = {name: zone_forces(out.truth, out.body)[f"{name}_pressure"] for name in ("spine", "neck", "kidney")}
    t_us, total = out.truth["t_us"], out.truth["total_n"]
    taps, before_us = [], out.start_us
    for stroke in out.strokes:
        rows = slice(*np.searchsorted(t_us, [stroke.start_us, stroke.end_us]))
        load = {name: force[rows].mean() / warn for name, (force, warn, _) in forces.items()
                if force[rows].mean() >= TAPPED_SHARE * total[rows].mean()}
        taps.append(((before_us + stroke.start_us) // 2, max(load, key=lambda name: load[name]) if load else "open"))
        before_us = stroke.end_us
    return taps


def judged_strokes(out: SimOutput, touch: np.ndarray) -> list[Stroke]:
    tracker = StrokeTracker(float(out.body.back_length_mm))
    return tracker.process(touch) + tracker.finish()
