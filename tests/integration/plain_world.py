"""A second, much simpler world than `slowhand.sim`, written from the frames' definitions alone.

It shares no code with the package: no simulator, no field model, no pad curve. If both worlds agree with the
pipeline, a misread axis or sign in one of them cannot hide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

RATE = 200
G = 9.81
PADS = np.array([[50, 55, -30], [95, 25, -30], [105, 0, -30], [95, -20, -30], [-40, 10, -35], [-35, -30, -35]]) / 1e3
PALM = np.array([0.0, 0.12, 0.16, 0.12, 0.35, 0.25])     # how a flat palm shares the force between the pads
TIPS = np.array([0.0, 0.35, 0.40, 0.25, 0.0, 0.0])
HEEL = np.array([0.0, 0.0, 0.0, 0.0, 0.6, 0.4])
FSR = ([0, 0.2, 0.5, 1.0, 5.0, 10, 20], [0, 33, 100, 167, 500, 909, 1390])
START = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])  # columns: hand axes in the back frame
POLARITY = "+++++-------++++"


@dataclass
class World:
    """Waypoints are (seconds from the last, x, y, height over the skin in mm, force N, sharing, yaw deg)."""

    waypoints: list = field(default_factory=list)
    earth_ut: tuple = (14.0, 21.0, -41.0)
    gravity: tuple = (0.0, 0.0, -G)
    gyro_bias: tuple = (0.004, -0.003, 0.002)
    accel_bias: tuple = (0.03, -0.02, 0.04)
    hard_iron: tuple = (1.0, -0.8, 0.6)

    def opening(self) -> None:
        """The start procedure: still and away, then rest at the start pose."""
        self.go(0.0, -150, 120, 400)
        self.go(3.0, -150, 120, 400)
        self.go(2.0, 0, 0, 32)
        self.go(3.0, 0, 0, 32)

    def go(self, seconds, x, y, height, force=0.0, share=PALM, yaw=0.0) -> None:
        self.waypoints.append((seconds, x, y, height, force, share, yaw))

    def glide(self, x, y0, y1, cm_s, force=12.0, share=PALM) -> None:
        """One effleurage with about this mean speed, from above the skin to above the skin."""
        self.go(1.0, x, y0, 60)
        self.go(0.6, x, y0, 32)
        self.go(0.4, x, y0, 32, force, share)
        self.go(abs(y1 - y0) / 10 / cm_s, x, y1, 32, force, share)
        self.go(0.4, x, y1, 32, 0.0, share)
        self.go(0.5, x, y1, 60)

    def press(self, x, y, force, seconds=1.5, share=PALM) -> None:
        self.go(1.2, x, y, 60)
        self.go(0.6, x, y, 32)
        self.go(0.5, x, y, 32, force, share)
        self.go(seconds, x, y, 32, force, share)
        self.go(0.5, x, y, 32, 0.0, share)
        self.go(0.5, x, y, 60)


def ease(u: np.ndarray) -> np.ndarray:
    """Minimum jerk from 0 to 1."""
    return u**3 * (10 - 15 * u + 6 * u**2)


def skin_z(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Metres: 12 mm of curve along the spine, falling off to the sides."""
    return 0.012 * np.cos(2 * np.pi * y / 0.45) - 2.3 * x**2


def dipoles_ut(places: np.ndarray) -> np.ndarray:
    """Field of the strip at places (n, 3) in the back frame, uT."""
    out = np.zeros_like(places)
    for k, sign in enumerate(POLARITY):
        y = 0.03 * k
        r = places - np.array([0.0, y, skin_z(np.zeros(1), np.array([y]))[0]])
        d = np.linalg.norm(r, axis=1)[:, None]
        m = np.array([0.0, 0.0, 0.1 if sign == "+" else -0.1])
        u = r / d
        out += 1e-7 / d**3 * (3 * (u @ m)[:, None] * u - m) * 1e6
    return out


def unfold(world: World) -> dict[str, np.ndarray]:
    """The motion at 1 kHz: place (m), rotation, pad forces."""
    parts: list[np.ndarray] = []
    last = world.waypoints[0]
    for point in world.waypoints[1:]:
        n = round(point[0] * 1000)
        u = ease(np.arange(n) / n)[:, None]
        a = np.array([*last[1:5], last[6]])
        b = np.array([*point[1:5], point[6]])
        state = a + (b - a) * u
        shares = np.repeat((point[5] if point[4] else last[5])[None], n, axis=0)
        parts.append(np.hstack([state, shares]))
        last = point
    s = np.vstack(parts)
    x, y, height, force, yaw = s[:, 0] / 1e3, s[:, 1] / 1e3, s[:, 2] / 1e3, s[:, 3], np.radians(s[:, 4])
    p = np.column_stack([x, y, skin_z(x, y) + height])
    c, sn, zero, one = np.cos(yaw), np.sin(yaw), np.zeros_like(yaw), np.ones_like(yaw)
    turn = np.stack([np.stack([c, -sn, zero], 1), np.stack([sn, c, zero], 1), np.stack([zero, zero, one], 1)], 1)
    return {"p": p, "R": turn @ START, "yaw_rate": np.gradient(yaw, 1e-3), "pads_n": force[:, None] * s[:, 5:]}


def measure(world: World, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Sensor values at 200 Hz in raw-log form, and the truth beside them."""
    rng = np.random.default_rng(seed)
    fine = unfold(world)
    a = np.gradient(np.gradient(fine["p"], 1e-3, axis=0), 1e-3, axis=0)
    v = np.gradient(fine["p"], 1e-3, axis=0)
    pick = slice(0, None, 1000 // RATE)
    p, R, a, v = fine["p"][pick], fine["R"][pick], a[pick], v[pick]
    n = len(p)
    to_hand = np.transpose(R, (0, 2, 1))
    accel = np.einsum("nij,nj->ni", to_hand, a - np.array(world.gravity)) + world.accel_bias + rng.normal(0, 0.03, (n, 3))
    gyro = np.column_stack([np.zeros(n), np.zeros(n), fine["yaw_rate"][pick]])
    gyro = gyro + world.gyro_bias + rng.normal(0, 0.003, (n, 3))
    fields = []
    for lever in (np.zeros(3), np.array([-0.06, 0, 0])):
        field_back = dipoles_ut(p + R @ lever) + np.array(world.earth_ut)
        fields.append(np.einsum("nij,nj->ni", to_hand, field_back) + world.hard_iron + rng.normal(0, 0.5, (n, 3)))
    force = fine["pads_n"][pick]
    counts = np.zeros((n, 6), int)
    for k in range(6):
        conductance, ohm = pad_conductance_us(k, force[:, k])
        ratio = conductance * 1e-6 * ohm / (1 + conductance * 1e-6 * ohm)
        counts[:, k] = np.clip(np.round(ratio * 1023 + rng.normal(0, 0.6, n) * (conductance > 0)), 0, 1023)
    arms = np.einsum("nij,kj->nki", R, PADS)
    places = p[:, None, :] + arms
    total = force.sum(1)
    share = force / np.maximum(total, 1e-9)[:, None]
    lever = (share[:, :, None] * arms).sum(1)
    spin = np.column_stack([np.zeros(n), np.zeros(n), fine["yaw_rate"][pick]])
    cop_v = (v + np.cross(spin, lever))[:, :2]
    truth = {"p": p, "pads": places, "force": force, "total": total, "speed": np.linalg.norm(cop_v, axis=1) * 100,
             "cop": (p + lever)[:, :2] * 1e3}
    t_us = 1_000_000 + np.arange(n) * (1_000_000 // RATE)
    return {"t_us": t_us, "counts": counts, "accel": accel, "gyro": gyro, "m0": fields[0], "m1": fields[1]}, truth


def pad_conductance_us(pad: int, force: np.ndarray) -> tuple[np.ndarray, float]:
    """Conductance of the nominal pads, straight lines between the points of the data sheet; and the divider."""
    if pad < 4:
        return np.interp(force, *FSR), 3300.0
    return np.interp(force, [0, 0.5, 110], [0, 0.5 * HEAVY_US_PER_N, 110 * HEAVY_US_PER_N]), HEAVY_OHM


HEAVY_US_PER_N = 1.0
HEAVY_OHM = 10_000.0
GLOVE_TOML = "\n".join(
    ['name = "plain"', 'hand = "right"']
    + [
        f'[[pad]]\nname = "{name}"\nposition_mm = {[float(v) for v in np.round(PADS[k] * 1e3, 3)]}\narea_mm2 = 126.7\n'
        f"divider_ohm = {3300 if k < 4 else HEAVY_OHM}\n"
        f"curve = {[[f, g] for f, g in zip(*FSR, strict=True)][1:] if k < 4 else [[0.5, 0.5 * HEAVY_US_PER_N], [110, 110 * HEAVY_US_PER_N]]}\n"  # noqa: E501
        f"max_force_n = {20 if k < 4 else 110}"
        for k, name in enumerate(["thumb", "index", "middle", "ring", "heel", "edge"])
    ]
    + ["[[magnetometer]]\nposition_mm = [0, 0, 0]", "[[magnetometer]]\nposition_mm = [-60, 0, 0]"]
)


def write_log(path: Path, log: dict[str, np.ndarray], second: bool = True) -> Path:
    """The raw log of the public interface; magnetometers fresh in every other row."""
    head = "t_us,seq,fsr0,fsr1,fsr2,fsr3,fsr4,fsr5,ax,ay,az,gx,gy,gz,m0x,m0y,m0z,"
    head += ("m1x,m1y,m1z," if second else "") + "mag_new,haptic"
    lines = ["# a plain world", head]
    held = None
    for i in range(len(log["t_us"])):
        new = i % 2 == 0
        if new:
            held = [*log["m0"][i], *(log["m1"][i] if second else [])]
        row = [log["t_us"][i], (65000 + i) % 65536, *log["counts"][i]]
        values = [*log["accel"][i], *log["gyro"][i], *held]
        lines.append(",".join([*map(str, row), *(f"{v:.5f}" for v in values), str(int(new)), "0"]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
