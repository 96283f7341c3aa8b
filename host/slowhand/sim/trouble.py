"""What makes a session harder than the filter expects: each trouble can be had alone, or all at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from slowhand.sim.body import Body
from slowhand.sim.truth import TrueFlag, runs

BREATH_TILT = 2.0        # rad per m: 20 cm nearer the head the back rises 1.4 times as much as in its middle
BUZZ_LATER_US = 60_000   # from a limit's being crossed to the motor's turning
BUZZ_SHORTEST_US, BUZZ_LONGEST_US, BUZZ_PAUSE_US = 150_000, 900_000, 450_000


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in a session, on top of its `Level`; everything is off by default.

    curve_mm: kyphosis and lordosis together, top to bottom; 0 leaves the body's own.
    skin_lean: sigma of the sideways lean of the whole back, rad: the start pose and the strip are on a slope.
    start_slip_mm, start_turn_deg: sigmas of the start pose; 0 leaves the level's.
    breathing_mm: top to bottom, with a tilt of the back and of the spine; 0 leaves the body's own.
    leans: a seated receiver changes lean by 2-3 degrees every 20 to 50 s.
    steel: a steel bed, or under a seated receiver a steel chair.
    phone: a phone lies beside the back for 20-60 s at a time.
    ring: a steel ring comes on a finger of the giver.
    strip_slips: the strip moves by 3-6 mm once. The truth stays with the spine, so this much error nobody can avoid.
    field1_fails: the second magnetometer gives nothing from some time on.
    long_buzzes: the motor runs as long as a limit is broken, up to 0.9 s at a time.
    """

    curve_mm: float = 0.0
    skin_lean: float = 0.0
    start_slip_mm: float = 0.0
    start_turn_deg: float = 0.0
    breathing_mm: float = 0.0
    leans: bool = False
    steel: bool = False
    phone: bool = False
    ring: bool = False
    strip_slips: bool = False
    field1_fails: bool = False
    long_buzzes: bool = False

    def __or__(self, other: Trouble) -> Trouble:
        """Both troubles; of two sizes the greater."""
        return Trouble(**{f.name: max(getattr(self, f.name), getattr(other, f.name)) for f in fields(Trouble)})


NO_TROUBLE = Trouble()
TROUBLES = {
    "curved": Trouble(curve_mm=20.0),
    "tilted_start": Trouble(skin_lean=0.08, start_slip_mm=8.0, start_turn_deg=5.0),
    "breathing": Trouble(breathing_mm=8.0),
    "leans": Trouble(leans=True),
    "steel": Trouble(steel=True),
    "phone": Trouble(phone=True),
    "ring": Trouble(ring=True),
    "strip_slips": Trouble(strip_slips=True),
    "field1_fails": Trouble(field1_fails=True),
    "long_buzzes": Trouble(long_buzzes=True),
}


def troubled_body(body: Body, trouble: Trouble, rng: np.random.Generator) -> Body:
    """The body with the troubles that are its own."""
    lean = rng.normal(0.0, 1.0)
    if trouble.curve_mm:
        grow = trouble.curve_mm / curve_mm(body)
        body = replace(body, hump_mm=body.hump_mm * grow, hollow_mm=body.hollow_mm * grow)
    if trouble.skin_lean:
        body = replace(body, tilt_x=float(lean * trouble.skin_lean))
    if trouble.breathing_mm:
        body = replace(body, breathing_mm=trouble.breathing_mm, breathing_tilt=BREATH_TILT)
    return body


def curve_mm(body: Body) -> float:
    """How far the skin over the spine goes up and down between C7 and the sacrum (without neck and furrow), mm."""
    smooth = replace(body, neck_drop_mm=0.0, furrow_mm=0.0)
    y = np.linspace(0.0, body.length_m, 200)
    return float(1000.0 * np.ptp(smooth.skin(np.zeros_like(y), y)))


def failing_from(duration_s: float, rng: np.random.Generator) -> float:
    """When the second magnetometer fails, s."""
    return float(duration_s * rng.uniform(0.25, 0.5))


def long_buzzes(t_us: np.ndarray, flags: list[TrueFlag]) -> np.ndarray:
    """The motor as the glove's closed loop drives it: on while any limit is broken, 0.15 to 0.9 s, then a pause."""
    broken = np.zeros(len(t_us), bool)
    for flag in flags:
        broken |= (t_us >= flag.start_us + BUZZ_LATER_US) & (t_us < flag.end_us + BUZZ_LATER_US)
    out, free = np.zeros(len(t_us), bool), 0
    for first, beyond in runs(broken):
        at, end = max(int(t_us[first]), free), int(t_us[min(beyond, len(t_us) - 1)])
        while at < max(end, int(t_us[first]) + 1):
            length = min(max(end - at, BUZZ_SHORTEST_US), BUZZ_LONGEST_US)
            out |= (t_us >= at) & (t_us < at + length)
            at = free = at + length + BUZZ_PAUSE_US
    return out
