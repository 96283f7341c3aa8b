"""A glove on a table and then turned through all directions, as chips' counts. From physics: one field, one gravity."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from slowhand.sim.magnets import field_counts
from slowhand.sim.motion_sensor import motion_counts
from slowhand.sim.profiles import Offsets
from slowhand.sim.simulation import CHIP_DTYPE

RATE_HZ = 200
G = 9.80665
EARTH_UT = np.array([20.0, 2.0, -43.0])


@dataclass(frozen=True)
class Tumble:
    """``gains`` is what soft iron makes of the field; ``within`` limits the turning (rad about the first attitude)."""

    offsets: Offsets = field(default_factory=Offsets)
    still_s: float = 6.0
    turn_s: float = 30.0
    pause_s: float = 0.3
    move_s: float = 0.4
    within: float = np.pi
    earth_ut: np.ndarray = field(default_factory=lambda: EARTH_UT)
    gains: np.ndarray = field(default_factory=lambda: np.stack([np.eye(3)] * 2))
    noise_ut: float = 0.35
    uneven: float = 0.0         # by how much the field's strength varies from attitude to attitude, relative
    creep: float = 0.0          # rad/s of turning while it should lie still
    seed: int = 1

    def chips(self) -> np.ndarray:
        """CHIP_DTYPE rows."""
        rng = np.random.default_rng(self.seed)
        attitude, room_ut = self._attitudes(rng)
        n = len(attitude)
        rows = np.zeros(n, CHIP_DTYPE)
        rows["t_us"] = 1_000_000 + np.arange(n) * 1_000_000 // RATE_HZ
        rows["field_new"] = np.arange(n) % 2 == 0
        turn = (attitude[:-1].inv() * attitude[1:]).as_rotvec() * RATE_HZ
        gyro = np.vstack([turn, np.zeros(3)]) + np.array(self.offsets.gyro) + rng.normal(0, 0.0026, (n, 3))
        shake = 0.03 + 0.3 * (np.linalg.norm(gyro, axis=1) > 0.5)
        accel = attitude.inv().apply([0, 0, G]) + np.array(self.offsets.accel) + shake[:, None] * rng.normal(0, 1, (n, 3))
        rows["accel"], rows["gyro"] = motion_counts(accel, gyro)
        in_hand = attitude.inv().apply(room_ut)
        iron = (self.offsets.iron0_ut, self.offsets.iron1_ut)
        read = np.stack([in_hand @ self.gains[k].T + iron[k] for k in range(2)], axis=1)
        counts = field_counts(read + rng.normal(0, self.noise_ut, read.shape))
        latest = np.arange(n) // 2 * 2
        rows["field0"], rows["field1"] = counts[latest, 0], counts[latest, 1]
        return rows

    def _attitudes(self, rng: np.random.Generator) -> tuple[Rotation, np.ndarray]:
        """Hand to room at every row, and the room's field there (n, 3): the hand rests, turns, rests, turns."""
        legs = int(self.turn_s / (self.pause_s + self.move_s)) + 1
        there = [Rotation.from_rotvec([0, 0, self.creep * self.still_s])]
        any_turn = Rotation.random(legs, random_state=rng).as_rotvec()
        there += list(Rotation.from_rotvec(any_turn * (self.within / np.pi)))
        times, turns = [0.0, self.still_s], [Rotation.identity(), there[0]]
        strength = [1.0, 1.0]
        for leg in there[1:]:
            times += [times[-1] + self.move_s, times[-1] + self.move_s + self.pause_s]
            turns += [leg, leg]
            strength += [1.0 + self.uneven * rng.uniform(-1, 1)] * 2
        t = np.arange(0.0, times[-1], 1.0 / RATE_HZ)
        room = self.earth_ut * np.interp(t, times, strength)[:, None]
        return Slerp(times, Rotation.concatenate(turns))(t), room
