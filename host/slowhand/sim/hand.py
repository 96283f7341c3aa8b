"""The giver's hand: its pads, and how a rigid hand moves when its pads follow a planned course over the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline
from scipy.ndimage import gaussian_filter1d

from slowhand.sim.body import Body
from slowhand.sim.noise import slow_noise
from slowhand.sim.sway import Sway

# Pads of a right hand, size M, mm in the hand frame: thumb, index, middle, ring, heel, edge.
PADS_MM = ((50, 55, -30), (95, 25, -30), (105, 0, -30), (95, -20, -30), (-40, 10, -35), (-35, -30, -35))

HELD_ABOVE_M = 0.15   # over hops of some centimetres eye and hand go with the back


@dataclass(frozen=True)
class Hand:
    """Whose hand: ``side`` "right" or "left" (mirrors y), ``scale`` 1 for size M (1.12 is large).

    ``tremor`` is of 6-11 Hz; ``wander`` is how much the hand drifts and rocks at 0.1-0.6 Hz, by nature as much.
    """

    side: str = "right"
    scale: float = 1.0
    tremor: float = 1.0          # 1: physiological
    wander: float | None = None  # None: an unsteady hand trembles and wanders alike
    flex_mm: float = 0.0         # fingers and thumb bend slowly, RMS of each axis

    @property
    def levers(self) -> np.ndarray:
        """Nominal places of the six pads in the hand frame, m, shape (6, 3)."""
        mirror = -1.0 if self.side == "left" else 1.0
        return np.array(PADS_MM) * np.array([1.0, mirror, 1.0]) * self.scale / 1000.0


@dataclass(frozen=True)
class Program:
    """What the hand is meant to do, one row per sample: SI units, back frame."""

    rate_hz: float
    place: np.ndarray      # (N, 2) the point of the hand `reference` over the skin
    lift: np.ndarray       # (N,) of that point above the skin
    heading: np.ndarray    # (N,) of the fingers, 0 to the feet, positive towards the receiver's right
    tilt: np.ndarray       # (N, 2) extra pitch (fingers down) and roll
    reference: np.ndarray  # (N, 3) hand frame: the middle of the pads in use
    force: np.ndarray      # (N, 6) on each pad
    stroke: np.ndarray     # (N,) planned stroke, -1 none
    phase: np.ndarray      # (N,) turns of a kneading circle so far, NaN else
    kinds: tuple[str, ...]
    start_us: int          # since the first row: the start procedure is over
    notes: tuple[str, ...] = ()  # one per stroke: what a script means it to show


@dataclass(frozen=True)
class Motion:
    """The hand's course as splines: place, velocity, acceleration and turn rate belong together exactly."""

    rate_hz: float
    n: int
    _place: BSpline   # (3) m
    _angles: BSpline  # (3) heading + 90 degrees, pitch, roll

    def times(self) -> np.ndarray:
        return np.arange(self.n) / self.rate_hz

    def place(self, t_s: np.ndarray, order: int = 0) -> np.ndarray:
        """Place (order 0), velocity (1) or acceleration (2) of the motion sensor, back frame, SI, (N, 3)."""
        return self._place(np.clip(t_s, 0.0, (self.n - 1) / self.rate_hz), nu=order)

    def rotation(self, t_s: np.ndarray) -> np.ndarray:
        """Rotation matrices hand -> back, (N, 3, 3)."""
        return rotation_from_angles(self._angles(np.clip(t_s, 0.0, (self.n - 1) / self.rate_hz)))

    def turn_rate(self, t_s: np.ndarray) -> np.ndarray:
        """Angular velocity in the hand frame, rad/s, (N, 3)."""
        angles, rates = self._angles(t_s), self._angles(t_s, nu=1)
        return turn_rate_from_angles(angles, rates)


def rotation_from_angles(angles: np.ndarray) -> np.ndarray:
    """R = Rz(a0) Ry(a1) Rx(a2) for angles (N, 3) in rad."""
    (cz, cy, cx), (sz, sy, sx) = np.cos(angles.T), np.sin(angles.T)
    out = np.empty((len(angles), 3, 3))
    out[:, 0, 0], out[:, 0, 1], out[:, 0, 2] = cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx
    out[:, 1, 0], out[:, 1, 1], out[:, 1, 2] = sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx
    out[:, 2, 0], out[:, 2, 1], out[:, 2, 2] = -sy, cy * sx, cy * cx
    return out


def turn_rate_from_angles(angles: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Body rates (N, 3), rad/s, of Rz(a0) Ry(a1) Rx(a2)."""
    cy, sy = np.cos(angles[:, 1]), np.sin(angles[:, 1])
    cx, sx = np.cos(angles[:, 2]), np.sin(angles[:, 2])
    yaw, pitch, roll = rates.T
    return np.stack([roll - yaw * sy, pitch * cx + yaw * cy * sx, yaw * cy * cx - pitch * sx], axis=1)


def quaternion(rotation: np.ndarray) -> np.ndarray:
    """Unit quaternions (N, 4), w first and never negative, from rotation matrices (N, 3, 3)."""
    m = rotation
    squares = np.stack(
        [
            1 + m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2],
            1 + m[:, 0, 0] - m[:, 1, 1] - m[:, 2, 2],
            1 - m[:, 0, 0] + m[:, 1, 1] - m[:, 2, 2],
            1 - m[:, 0, 0] - m[:, 1, 1] + m[:, 2, 2],
        ],
        axis=1,
    )
    size = 0.5 * np.sqrt(np.maximum(squares, 0.0))
    size[:, 1] = np.copysign(size[:, 1], m[:, 2, 1] - m[:, 1, 2])
    size[:, 2] = np.copysign(size[:, 2], m[:, 0, 2] - m[:, 2, 0])
    size[:, 3] = np.copysign(size[:, 3], m[:, 1, 0] - m[:, 0, 1])
    return size / np.linalg.norm(size, axis=1, keepdims=True)


def move(program: Program, hand: Hand, body: Body, rng: np.random.Generator, sway: Sway | None = None) -> Motion:
    """Turn a program into a motion: pads follow the skin, the palm lies along it, the hand trembles.

    A hand on a swaying back goes along with it; high in the air it keeps still in the room instead.
    """
    rate, n = program.rate_hz, len(program.force)
    t = np.arange(n) / rate
    smooth = 0.010 * rate  # samples; 10 ms: muscles do not make corners
    place, lift, heading, tilt, reference, total = (
        gaussian_filter1d(a, smooth, axis=0, mode="nearest")
        for a in (
            program.place, program.lift, program.heading, program.tilt, program.reference, program.force.sum(axis=1)
        )
    )
    near = np.exp(-((lift / 0.06) ** 2))  # high in the air the hand no longer lies along the skin
    slope_x, slope_y = body.slope(place[:, 0], place[:, 1])
    slope_y = slope_y - body.breathing_tilt * body.breath(t)
    angles = _lie_on_slope(heading, slope_x * near, slope_y * near)
    angles[:, 1:] += tilt
    held = (0.4 + 0.6 * (1.0 - np.exp(-((lift / 0.02) ** 2))))[:, None]
    wander = hand.tremor if hand.wander is None else hand.wander
    shake = hand.tremor * held
    angles += shake * np.radians(0.02) * slow_noise(rng, n, 3, rate, 6.0, 11.0)
    angles += wander * np.radians(0.5) * slow_noise(rng, n, 3, rate, 0.1, 0.6)

    breath = body.breath(t) * body.breath_share(place[:, 1])
    rest = body.rest(place[:, 0], place[:, 1]) + breath * np.exp(-((lift / 0.02) ** 2))
    press = total / body.stiffness(place[:, 0])
    target = np.column_stack([place, rest + lift - press])
    target += shake * 3.0e-5 * slow_noise(rng, n, 3, rate, 6.0, 11.0)
    target += wander * held * 8.0e-4 * slow_noise(rng, n, 3, rate, 0.1, 0.6)
    sensor = target - np.einsum("nij,nj->ni", rotation_from_angles(angles), reference)
    if sway:
        sensor, angles = _held_in_room(sensor, angles, lift, sway)
    return Motion(rate, n, make_interp_spline(t, sensor, k=5), make_interp_spline(t, angles, k=5))


def _held_in_room(sensor: np.ndarray, angles: np.ndarray, lift: np.ndarray, sway: Sway) -> tuple[np.ndarray, np.ndarray]:
    """Places and angles over the back of a hand that keeps still in the room the more, the higher it is lifted."""
    share = (1.0 - np.exp(-((lift / HELD_ABOVE_M) ** 2)))[:, None]
    turned = np.einsum("nji,njk->nik", sway.rotation(), rotation_from_angles(angles))
    still = np.stack([np.arctan2(turned[:, 1, 0], turned[:, 0, 0]), -np.arcsin(turned[:, 2, 0]),
                      np.arctan2(turned[:, 2, 1], turned[:, 2, 2])], axis=1)
    off = (still - angles + np.pi) % (2 * np.pi) - np.pi
    return sensor + share * (sway.place_on_back(sensor) - sensor), angles + share * off


def _lie_on_slope(heading: np.ndarray, slope_x: np.ndarray, slope_y: np.ndarray) -> np.ndarray:
    """Angles (N, 3) that point the fingers along ``heading`` and the back of the hand along the skin's normal."""
    yaw = heading + np.pi / 2
    normal = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    ahead = np.cos(yaw) * normal[:, 0] + np.sin(yaw) * normal[:, 1]
    left = -np.sin(yaw) * normal[:, 0] + np.cos(yaw) * normal[:, 1]
    return np.stack([yaw, np.arctan2(ahead, normal[:, 2]), -np.arcsin(left)], axis=1)


def bent_levers(hand: Hand, n: int, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    """Places of the pads in the hand frame as fingers and thumb bend, m, (N, 6, 3)."""
    levers = np.broadcast_to(hand.levers, (n, 6, 3)).copy()
    if hand.flex_mm > 0:
        bend = hand.flex_mm / 1000.0 * slow_noise(rng, n, 12, rate_hz, 0.05, 0.3).reshape(n, 4, 3)
        levers[:, :4] += bend
    return levers
