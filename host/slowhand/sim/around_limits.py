"""Work drawn at random from both sides of every limit and every edge, and trains of every cadence.

`bad_habits` breaks a limit by much, in one place; here nothing is aimed: forces, speeds, cadences and places are
drawn so that about as many fall short of a limit as go beyond it, by little and by much, standing and in passing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from slowhand.sim.body import Body, SorePlace
from slowhand.sim.choreography import Choreography, Plan

# kind of zone -> x from the midline (mm), y as a share of the back, its warning (N)
_ZONES = {
    "spine": ((0.0, 20.0), (0.02, 0.98), 5.0),
    "neck": ((0.0, 60.0), (-0.16, -0.03), 5.0),
    "kidney": ((25.0, 95.0), (0.50, 0.845), 20.0),
}
_AROUND_MM = 30.0                                     # so far beyond its edges a zone is aimed at, too
_MOST_N = {"palm": 48.0, "heel": 130.0, "thumb": 21.0, "fingers": 44.0}   # before a pad is at its end
CADENCES = {"knead": (20.0, 130.0), "friction": (85.0, 190.0), "tap": (88.0, 240.0)}   # per minute


def another_body(body: Body, rng: np.random.Generator) -> Body:
    """A back of another length, with two or three sore places apart from each other."""
    length, places = float(rng.uniform(410.0, 490.0)), []
    for k in range(int(rng.integers(2, 4))):
        side = 1.0 if k % 2 else -1.0
        y = (0.16 + 0.34 * k + rng.uniform(-0.08, 0.08)) * length
        places.append(SorePlace(float(side * rng.uniform(55.0, 115.0)), float(y), float(rng.uniform(15.0, 35.0)),
                                float(rng.uniform(5.0, 16.0))))
    return replace(body, back_length_mm=length, sensitive=tuple(places))


def around_limits(stage: Choreography) -> None:
    """Presses and glides in and beside every zone, glides and kneading at every pace."""
    acts: tuple[Callable[[Choreography], Plan], ...] = (
        _press_around, _press_around, _press_around, _loaded_glide, _loaded_glide, _glide, _glide, _knead, _lean,
    )
    while stage.left_s > 4.0:
        for k in stage.rng.permutation(len(acts)):
            if stage.left_s > 4.0:
                stage.perform(acts[k](stage))


def cadences(stage: Choreography) -> None:
    """Kneading, friction and tapping at every pace that hands have, even and uneven, small and wide."""
    while stage.left_s > 4.0:
        for kind in stage.rng.permutation(["knead", "knead", "friction", "tap"]):
            plan = _train(stage, str(kind))
            if stage.left_s > plan.duration_s + 3.0:
                stage.perform(plan)
            elif stage.left_s < 12.0:
                return


def _train(stage: Choreography, kind: str) -> Plan:
    rng, length = stage.rng, stage.body.back_length_mm
    per_min = float(np.exp(rng.uniform(*np.log(CADENCES[kind]))))
    x, y = float(rng.choice([-1.0, 1.0]) * rng.uniform(45.0, 125.0)), float(rng.uniform(0.08, 0.9) * length)
    end = (x + rng.uniform(-10.0, 10.0), y + rng.uniform(-15.0, 15.0))
    seconds = {"knead": max(rng.uniform(4.0, 9.0), 200.0 / per_min), "friction": rng.uniform(2.5, 6.0),
               "tap": rng.uniform(2.5, 5.0)}[kind]
    # a hand that hurries makes smaller circles: 18 cm/s at most
    radius = {"knead": min(rng.uniform(9.0, 22.0), 180.0 * 60.0 / (2 * np.pi * per_min)), "friction": rng.uniform(4.5, 9.0),
              "tap": 14.0}[kind]
    force = {"knead": rng.uniform(8.0, 24.0), "friction": rng.uniform(7.0, 14.0), "tap": rng.uniform(4.0, 9.0)}[kind]
    technique = str(rng.choice({"knead": ["grip", "palm"], "friction": ["thumb", "fingers"], "tap": ["cup"]}[kind]))
    return Plan(kind, technique, (x, y), end, float(force), duration_s=float(seconds), cadence_per_min=per_min,
                radius_mm=float(radius), heading_deg=float(rng.uniform(-45.0, 45.0)), oval=float(rng.uniform(0.6, 1.0)),
                uneven=float(rng.uniform(0.0, 0.06)))


def _zone(stage: Choreography) -> tuple[tuple[float, float], tuple[float, float], float]:
    """The box of a zone (x and y, mm) on one side, and its warning."""
    rng, sore = stage.rng, stage.body.sensitive
    names = ["spine", "neck", "neck", "kidney", "kidney", *("sore",) * min(len(sore), 2)]
    name = names[int(rng.integers(len(names)))]
    if name == "sore":
        place = sore[int(rng.integers(len(sore)))]
        r = place.radius_mm
        return (place.x_mm - r, place.x_mm + r), (place.y_mm - r, place.y_mm + r), place.max_n
    (near, far), (top, bottom), warn = _ZONES[name]
    side, length = float(rng.choice([-1.0, 1.0])), stage.body.back_length_mm
    return (side * near, side * far), (top * length, bottom * length), warn


def _force(rng: np.random.Generator, warn: float, technique: str) -> float:
    """From a third of a limit to four times of it, as far as the pads can tell."""
    return float(min(warn * np.exp(rng.uniform(np.log(0.35), np.log(4.0))), _MOST_N[technique]))


def _somewhere(
    rng: np.random.Generator, x: tuple[float, float], y: tuple[float, float], around_mm: float
) -> tuple[float, float]:
    """A place in the box that is ``around_mm`` larger on every side, within reach."""
    place = (rng.uniform(min(x) - around_mm, max(x) + around_mm), rng.uniform(min(y) - around_mm, max(y) + around_mm))
    return float(np.clip(place[0], -140.0, 140.0)), float(place[1])


def _heading(rng: np.random.Generator, y_mm: float) -> float:
    # on the neck the fingers point to the head: the wrist cannot be in the receiver's hair
    return float(rng.uniform(-90.0, 90.0) if y_mm > 40.0 else 180.0 + rng.uniform(-30.0, 30.0))


def _press_around(stage: Choreography) -> Plan:
    rng = stage.rng
    x, y, warn = _zone(stage)
    place = _somewhere(rng, x, y, _AROUND_MM)
    technique = str(rng.choice(["palm", "heel", "thumb", "fingers"]))
    return Plan("press", technique, place, place, _force(rng, warn, technique), duration_s=float(rng.uniform(0.9, 2.6)),
                heading_deg=_heading(rng, place[1]), ramp_s=float(rng.uniform(0.15, 0.9)))


def _loaded_glide(stage: Choreography) -> Plan:
    """Into, through or past a zone, pressing as it goes."""
    rng, length = stage.rng, stage.body.back_length_mm
    x, y, warn = _zone(stage)
    through = _somewhere(rng, x, y, 10.0)
    angle, half = rng.uniform(-np.pi, np.pi), rng.uniform(50.0, 130.0)
    along = np.array([0.6 * np.sin(angle), np.cos(angle)])
    along *= half / np.hypot(*along)
    ends = [np.clip(np.array(through) + sign * along, [-140.0, -0.16 * length], [140.0, 1.05 * length]) for sign in (-1, 1)]
    technique = str(rng.choice(["palm", "heel", "fingers"]))
    (x0, y0), (x1, y1) = ((float(x), float(y)) for x, y in ends)
    return Plan("glide", technique, (x0, y0), (x1, y1), _force(rng, warn, technique),
                speed_cm_s=float(rng.uniform(4.0, 18.0)), heading_deg=_heading(rng, min(y0, y1)))


def _glide(stage: Choreography) -> Plan:
    """Long strokes from slow to much too fast."""
    rng, length = stage.rng, stage.body.back_length_mm
    x, aside = float(rng.choice([-1.0, 1.0]) * rng.uniform(60.0, 120.0)), float(rng.uniform(-15.0, 15.0))
    start, end = (x, float(rng.uniform(0.10, 0.25) * length)), (x + aside, float(rng.uniform(0.7, 0.95) * length))
    if rng.random() < 0.5:
        start, end = end, start
    return Plan("glide", str(rng.choice(["palm", "fingers"])), start, end, float(rng.uniform(3.0, 12.0)),
                speed_cm_s=float(rng.uniform(12.0, 46.0)), heading_deg=float(rng.uniform(-40.0, 40.0)),
                bow_mm=float(rng.uniform(-15.0, 15.0)))


def _knead(stage: Choreography) -> Plan:
    """Six circles or more, from calm to much too fast."""
    rng = stage.rng
    per_min = float(rng.uniform(55.0, 148.0))
    seconds = float(max(rng.uniform(3.0, 6.0), 330.0 / per_min))
    return replace(_train(stage, "knead"), cadence_per_min=per_min, duration_s=seconds,
                   radius_mm=float(min(rng.uniform(8.0, 15.0), 180.0 * 60.0 / (2 * np.pi * per_min))),
                   uneven=float(rng.uniform(0.0, 0.04)))


def _lean(stage: Choreography) -> Plan:
    """The whole weight on the heel of the hand, between the shoulder blades' edges and the flanks."""
    rng, length = stage.rng, stage.body.back_length_mm
    place = (float(rng.choice([-1.0, 1.0]) * rng.uniform(85.0, 120.0)), float(rng.uniform(0.15, 0.42) * length))
    return Plan("press", "heel", place, place, float(rng.uniform(28.0, 130.0)), duration_s=float(rng.uniform(0.9, 2.2)),
                heading_deg=float(rng.uniform(-90.0, 90.0)), ramp_s=float(rng.uniform(0.25, 0.9)))
