"""The strip as it moves on the back: tilted by every breath, and slipping in mid-session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from slowhand.sim.body import Body, Strip
from slowhand.sim.choreography import minimum_jerk
from slowhand.sim.foreign_iron import dipoles_ut

SPINE_SHARE = 0.4    # the spine moves less than the ribs
SLIP_S = 1.0


@dataclass(frozen=True)
class Slip:
    """The whole ribbon moved at ``at_s`` by ``by_m`` (2,) along the skin and turned by ``turn`` rad about its middle."""

    at_s: float
    by_m: np.ndarray
    turn: float


def some_slip(duration_s: float, rng: np.random.Generator) -> Slip:
    """3-6 mm in any direction and up to half a degree, in the middle part of the session."""
    way, size = rng.uniform(0.0, 2 * np.pi), rng.uniform(0.003, 0.006)
    return Slip(duration_s * rng.uniform(0.3, 0.6), size * np.array([np.cos(way), np.sin(way)]),
                float(np.radians(rng.uniform(-0.5, 0.5))))


def slipped(strip: Strip, body: Body, slip: Slip) -> Strip:
    """The strip after a slip: every magnet keeps its height over the skin and its tilt against it."""
    middle = strip.place[:, :2].mean(axis=0)
    c, s = np.cos(slip.turn), np.sin(slip.turn)
    flat = middle + slip.by_m + (strip.place[:, :2] - middle) @ np.array([[c, s], [-s, c]])
    rise = body.skin(flat[:, 0], flat[:, 1]) - body.skin(strip.place[:, 0], strip.place[:, 1])
    place = np.column_stack([flat, strip.place[:, 2] + rise])
    turned = Rotation.from_rotvec([0.0, 0.0, slip.turn]).apply(strip.moment)
    before, after = _normals(body, strip.place), _normals(body, place)
    return Strip(place, Rotation.from_rotvec(np.cross(before, after)).apply(turned))


def _normals(body: Body, place: np.ndarray) -> np.ndarray:
    x, y, h = place[:, 0], place[:, 1], 1e-3
    across = (body.skin(x + h, y) - body.skin(x - h, y)) / (2 * h)
    along = (body.skin(x, y + h) - body.skin(x, y - h)) / (2 * h)
    up = np.stack([-across, -along, np.ones(len(x))], axis=1)
    return up / np.linalg.norm(up, axis=1, keepdims=True)


@dataclass(frozen=True)
class MovingStrip:
    """A strip's field at any time: ``tilt`` (N,) rad about x by breathing, ``gone`` (N,) 0 to 1 of the slip."""

    before: Strip
    after: Strip
    gone: np.ndarray
    tilt: np.ndarray
    pivot_y_m: float

    def field(self, at: np.ndarray) -> np.ndarray:
        """uT at points (N, 3) of the back frame, one per time; the even rise of the breath is taken out already."""
        c, s = np.cos(self.tilt), np.sin(self.tilt)
        y, z = at[:, 1] - self.pivot_y_m, at[:, 2]
        on_strip = np.stack([at[:, 0], self.pivot_y_m + c * y + s * z, c * z - s * y], axis=1)
        gone = self.gone[:, None]
        total = np.zeros_like(at)
        for k in range(len(self.before.place)):
            place = self.before.place[k] + gone * (self.after.place[k] - self.before.place[k])
            moment = self.before.moment[k] + gone * (self.after.moment[k] - self.before.moment[k])
            total += dipoles_ut(place, moment, on_strip)
        return np.stack([total[:, 0], c * total[:, 1] - s * total[:, 2], s * total[:, 1] + c * total[:, 2]], axis=1)


def moving_strip(strip: Strip, body: Body, t_s: np.ndarray, slip: Slip | None) -> MovingStrip:
    """The strip at times ``t_s`` (N,) s. Breathing lifts the upper back more, so the spine tilts about x."""
    gone = minimum_jerk((t_s - slip.at_s) / SLIP_S) if slip else np.zeros(len(t_s))
    tilt = -SPINE_SHARE * body.breathing_tilt * body.breath(t_s)
    return MovingStrip(strip, slipped(strip, body, slip) if slip else strip, gone, tilt, body.length_m / 2)
