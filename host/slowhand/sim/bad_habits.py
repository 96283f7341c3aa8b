"""Strokes that break one limit of the design's table and no other, and far enough beyond it to be certain."""

from __future__ import annotations

from dataclasses import replace

from slowhand.sim.body import SorePlace
from slowhand.sim.choreography import Choreography, Plan

# Where a receiver of the `flags` script is sore: over the left shoulder blade.
SORE = SorePlace(75.0, 110.0, 25.0, 8.0)

HABITS = (
    "too_fast", "spine_pressure", "neck_pressure", "kidney_pressure", "sensitive_pressure", "too_hard",
    "too_fast_knead",
)


def bad_plan(stage: Choreography, habit: str, alarm: bool, side: float = 1.0) -> Plan:
    """A stroke that raises the flag ``habit``; ``side`` is 1 (receiver's left) or -1."""
    note = f"{habit}:{'alarm' if alarm else 'warn'}"
    return replace(_PLANS[habit](stage, alarm, side), note=note)


def _too_fast(stage: Choreography, alarm: bool, side: float) -> Plan:
    # warn and alarm are only 20 % apart: 27.5 is as far from either as can be
    length, x = stage.body.back_length_mm, side * stage.rng.uniform(68, 88)
    speed = stage.rng.uniform(36, 44) if alarm else 27.5
    return Plan("glide", "palm", (x, 0.20 * length), (x, 0.86 * length), 9.0, speed_cm_s=float(speed))


def _spine(stage: Choreography, alarm: bool, side: float) -> Plan:
    place = (0.0, stage.rng.uniform(0.26, 0.40) * stage.body.back_length_mm)
    if not alarm:
        return Plan("press", "thumb", (2.0 * side, place[1]), (2.0 * side, place[1]), 10.0, duration_s=1.6,
                    heading_deg=-20.0 * side, ramp_s=0.3)
    return Plan("press", "heel", place, place, 25.0, duration_s=1.8, heading_deg=-90.0 * side, ramp_s=0.35)


def _neck(stage: Choreography, alarm: bool, side: float) -> Plan:
    # fingers to the head: the other way round the wrist would have to go through the receiver's head
    place = (16.0 * side, -38.0 + stage.rng.uniform(-6, 6))
    force = 22.0 if alarm else 8.2
    return Plan("press", "fingers", place, place, force, duration_s=1.6, heading_deg=180.0 - 20.0 * side, ramp_s=0.3)


def _kidney(stage: Choreography, alarm: bool, side: float) -> Plan:
    # fingers outwards: heel and edge of the hand lie one behind the other, both over the kidney
    place = (60.0 * side, 0.67 * stage.body.back_length_mm)
    return Plan("press", "heel", place, place, 47.5 if alarm else 27.0, duration_s=1.8, heading_deg=-90.0 * side,
                ramp_s=0.4)


def _sore(stage: Choreography, alarm: bool, side: float) -> Plan:
    sore = stage.body.sensitive[0]
    place = _thumb_at(stage, sore.x_mm, sore.y_mm)
    force = (2.2 if alarm else 1.25) * sore.max_n / 0.82
    return Plan("press", "thumb", place, place, force, duration_s=1.6, ramp_s=0.35)


def _thumb_at(stage: Choreography, x_mm: float, y_mm: float) -> tuple[float, float]:
    """Where the centre of pressure of a thumb press lies when the thumb itself is at (x, y), fingers to the feet."""
    levers = stage.hand.levers * 1000.0
    shares = stage.reference_of("thumb") * 1000.0
    off = shares - levers[0]
    return (x_mm - off[1], y_mm + off[0])


def _too_hard(stage: Choreography, alarm: bool, side: float) -> Plan:
    side = -1.0 if stage.body.sensitive else side  # not on the sore place as well
    place = (95.0 * side, 0.30 * stage.body.back_length_mm)
    return Plan("press", "heel", place, place, 124.0 if alarm else 77.0, duration_s=1.6, heading_deg=-90.0 * side,
                ramp_s=0.5)


def _fast_knead(stage: Choreography, alarm: bool, side: float) -> Plan:
    place = (112.0 * side, stage.rng.uniform(0.12, 0.20) * stage.body.back_length_mm)
    if stage.body.sensitive:
        place = (-112.0, place[1])
    return Plan("knead", "grip", place, place, 14.0, duration_s=3.4, cadence_per_min=140.0 if alarm else 103.0,
                radius_mm=9.0)


_PLANS = {
    "too_fast": _too_fast,
    "spine_pressure": _spine,
    "neck_pressure": _neck,
    "kidney_pressure": _kidney,
    "sensitive_pressure": _sore,
    "too_hard": _too_hard,
    "too_fast_knead": _fast_knead,
}
