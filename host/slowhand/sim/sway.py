"""A back that sways in the room: what the motion sensor on it feels, and where the room's field goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from slowhand.sim.body import Body
from slowhand.sim.noise import slow_noise

HIP_BELOW_SACRUM_M, HIP_DEPTH_M = 0.08, -0.10   # a seated trunk turns about the hips
LEAN_EACH_DEG = (2.0, 3.0)    # of one change of lean
LEAN_MOST_DEG = 4.0           # from the pose at the start


@dataclass(frozen=True)
class Sway:
    """How the back frame moves: ``room = pivot + shift + R(turn) (back - pivot)``, one row per sample.

    ``turn`` (N, 3) is a rotation vector in rad, ``shift`` (N, 3) in m; ``pivot`` (3,) in m.
    """

    turn: np.ndarray
    shift: np.ndarray
    pivot: np.ndarray
    rate_hz: float

    def rotation(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Back to room, (N, 3, 3)."""
        return Rotation.from_rotvec(self.turn[rows]).as_matrix()

    def turn_rate(self) -> np.ndarray:
        """Angular velocity of the back in the room, rad/s, back frame, (N, 3).

        The right Jacobian of a rotation vector, to third order: exact to 1e-5 rad/s for the few degrees of a sway.
        """
        phi, rate = self.turn, self._derivative(self.turn)
        once = np.cross(phi, rate)
        return rate - once / 2.0 + np.cross(phi, once) / 6.0

    def acceleration(self, p: np.ndarray, v: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Acceleration in the room, in the back's axes, of what moves by ``p``, ``v``, ``a`` (N, 3) over the back.

        The textbook sum: of the origin, over the ground, Coriolis', Euler's and the centripetal one.
        """
        omega = self.turn_rate()
        arm = p - self.pivot
        shake = self._derivative(self._derivative(self.shift))
        carried = np.einsum("nji,nj->ni", self.rotation(), shake)
        spin = np.cross(self._derivative(omega), arm) + np.cross(omega, np.cross(omega, arm))
        return a + 2.0 * np.cross(omega, v) + spin + carried

    def to_back(self, room: np.ndarray, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """A direction of the room, (3,) or (N, 3), in the back's axes."""
        turned = self.rotation(rows)
        return np.einsum("nji,nj->ni", turned, np.broadcast_to(room, (len(turned), 3)))

    def place_in_room(self, at: np.ndarray, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Where points (N, 3) of the back frame are in the room, m; the two frames agree when nothing sways."""
        return self.pivot + self.shift[rows] + np.einsum("nij,nj->ni", self.rotation(rows), at - self.pivot)

    def place_on_back(self, at: np.ndarray) -> np.ndarray:
        """Where points (N, 3) of the room are over the back, m: the way back from `place_in_room`."""
        return self.pivot + self.to_back(at - self.pivot - self.shift)

    def _derivative(self, values: np.ndarray) -> np.ndarray:
        return np.gradient(values, 1.0 / self.rate_hz, axis=0)


def swaying(body: Body, n: int, rate_hz: float, rng: np.random.Generator) -> Sway | None:
    """A seated trunk that follows the giver's work, 0.15-0.45 Hz about all axes; None for a back that lies still."""
    if body.sway_mm == 0 and body.sway_deg == 0:
        return None
    noise = slow_noise(rng, n, 6, rate_hz, 0.15, 0.45)
    pivot = np.array([0.0, body.length_m + HIP_BELOW_SACRUM_M, HIP_DEPTH_M])
    return Sway(np.radians(body.sway_deg) * noise[:, :3], body.sway_mm / 1000.0 * noise[:, 3:], pivot, rate_hz)


def leaning(n: int, rate_hz: float, start_s: float, rng: np.random.Generator) -> np.ndarray:
    """Slow changes of lean of 2-3 degrees, forwards and sideways, every 20 to 50 s: rotation vectors (N, 3) in rad.

    None during the start procedure, which ends at ``start_s``.
    """
    knots, pose = [(0.0, np.zeros(2))], np.zeros(2)
    at = start_s + rng.uniform(2.0, 15.0)
    while at < n / rate_hz:
        knots.append((at, pose))
        pose = _other_pose(pose, rng)
        at += rng.uniform(5.0, 20.0)
        knots.append((at, pose))
        at += rng.uniform(10.0, 30.0)
    t = np.arange(n) / rate_hz
    times, poses = np.array([k[0] for k in knots]), np.radians([k[1] for k in knots])
    after = np.searchsorted(times, t, side="right")
    before, after = after - 1, np.minimum(after, len(times) - 1)
    span = np.maximum(times[after] - times[before], 1e-9)
    tau = np.clip((t - times[before]) / span, 0.0, 1.0)
    gone = (tau**3 * (10.0 - 15.0 * tau + 6.0 * tau**2))[:, None]  # minimum jerk
    lean = poses[before] + gone * (poses[after] - poses[before])
    return np.stack([lean[:, 0], np.zeros(n), lean[:, 1]], axis=1)


def _other_pose(pose: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Forward and sideways lean, degrees, two or three away from ``pose``."""
    while True:
        way, size = rng.uniform(0.0, 2 * np.pi), rng.uniform(*LEAN_EACH_DEG)
        other = pose + size * np.array([np.cos(way), np.sin(way)])
        if np.hypot(*other) <= LEAN_MOST_DEG:
            return other
