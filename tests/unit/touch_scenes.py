"""Touches made by hand: what a hand does, said in a few words, as TOUCH_DTYPE rows without any noise."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from slowhand.locate.pose import PACE_FIELDS, Mode, Phase
from slowhand.strokes.touch import TOUCH_DTYPE

STEP_S = 0.005
STEP_US = 5000


@dataclass
class Scene:
    """Collects places (mm) and forces (N) sample by sample; one pad carries all the force."""

    xs: list[np.ndarray] = field(default_factory=list)
    ys: list[np.ndarray] = field(default_factory=list)
    forces: list[np.ndarray] = field(default_factory=list)
    at: tuple[float, float] = (60.0, 100.0)

    def _add(self, x: np.ndarray, y: np.ndarray, force: np.ndarray | float) -> Scene:
        self.xs.append(x)
        self.ys.append(y)
        self.forces.append(np.broadcast_to(force, x.shape).astype(float))
        self.at = (float(x[-1]), float(y[-1]))
        return self

    def hold(self, seconds: float, force_n: float) -> Scene:
        n = round(seconds / STEP_S)
        return self._add(np.full(n, self.at[0]), np.full(n, self.at[1]), force_n)

    def lift(self, seconds: float = 1.0) -> Scene:
        return self.hold(seconds, 0.0)

    def hop(self, x: float, y: float) -> Scene:
        """In the air to another place, within one second."""
        n = 200
        return self._add(np.linspace(self.at[0], x, n), np.linspace(self.at[1], y, n), 0.0)

    def glide(self, dx: float, dy: float, cm_s: float, force_n: float = 8.0) -> Scene:
        """Straight, at a constant speed."""
        n = max(round(np.hypot(dx, dy) / (10.0 * cm_s) / STEP_S), 2)
        s = np.arange(1, n + 1) / n
        return self._add(self.at[0] + s * dx, self.at[1] + s * dy, force_n)

    def circles(self, count: float, per_min: float, radius_mm: float = 14.0, force_n: float = 12.0) -> Scene:
        angle = 2 * np.pi * np.arange(1, round(count * 60.0 / per_min / STEP_S) + 1) * STEP_S * per_min / 60.0
        x0, y0 = self.at
        return self._add(x0 + radius_mm * np.sin(angle), y0 + radius_mm * (1 - np.cos(angle)), force_n)

    def rub(self, seconds: float, per_min: float, amplitude_mm: float = 7.0, force_n: float = 12.0) -> Scene:
        """To and fro on a line."""
        phase = 2 * np.pi * np.arange(1, round(seconds / STEP_S) + 1) * STEP_S * per_min / 60.0
        x0, y0 = self.at
        return self._add(x0 + amplitude_mm * np.sin(phase), np.full(len(phase), y0), force_n)

    def swell(self, seconds: float, per_min: float, force_n: float, depth: float) -> Scene:
        """In place, with a force that rises and falls by ``depth`` of its mean, both ways."""
        phase = 2 * np.pi * np.arange(round(seconds / STEP_S)) * STEP_S * per_min / 60.0
        x = np.full(len(phase), self.at[0])
        return self._add(x, np.full(len(phase), self.at[1]), force_n * (1.0 + depth * np.sin(phase)))

    def taps(self, count: int, contact_s: float = 0.1, pause_s: float = 0.2, force_n: float = 5.0) -> Scene:
        for _ in range(count):
            self.hold(contact_s, force_n)
            self.lift(pause_s)
        return self

    def rows(self, mode: Mode = Mode.STRIP, start_us: int = 0, sigma_mm: float = 0.0) -> np.ndarray:
        """The touches. Without a strip every place and speed is NaN."""
        x, y, force = np.concatenate(self.xs), np.concatenate(self.ys), np.concatenate(self.forces)
        rows = np.zeros(len(x), TOUCH_DTYPE)
        rows["t_us"] = start_us + STEP_US * np.arange(len(x))
        rows["gap"][0] = True
        for name in PACE_FIELDS:
            rows[name] = np.nan
        rows["mode"], rows["phase"], rows["located"] = mode, Phase.RUNNING, mode is Mode.STRIP
        rows["x_known"] = rows["located"]
        rows["force_n"][:, 1] = rows["total_n"] = force
        contact = force >= 1.0
        for i in range(1, len(x)):
            contact[i] = force[i] >= (0.5 if contact[i - 1] else 1.0)
        rows["contact"] = contact
        rows["pos_mm"][:, 0], rows["pos_mm"][:, 1] = x - 5.0, y - 90.0
        rows["pad_mm"] = np.array([[0, -300], [0, 0], [15, 0], [30, 0], [0, -130], [30, -130]]) + np.stack(
            [x, y], axis=1
        )[:, None, :]
        rows["pad_sigma_mm"], rows["sigma_mm"] = sigma_mm, sigma_mm
        rows["cop_mm"] = np.stack([x, y], axis=1)
        rows["velocity_cm_s"] = 0.1 * np.gradient(rows["cop_mm"], STEP_S, axis=0)
        rows["speed_cm_s"] = np.hypot(*rows["velocity_cm_s"].T)
        rows["spine_mm"] = np.where(force >= 0.5, np.abs(x), np.nan)
        unpressed = force < 0.5
        for name in ("cop_mm", "velocity_cm_s", "speed_cm_s"):
            rows[name][unpressed] = np.nan
        if mode is not Mode.STRIP:
            unplaced(rows)
        return rows


def unplaced(rows: np.ndarray) -> None:
    """Take every place and speed from ``rows`` (a view will do): the hand is lost from sight."""
    rows["located"] = rows["x_known"] = False
    for name in ("pos_mm", "sigma_mm", "heading_rad", "pad_mm", "pad_sigma_mm", "cop_mm", "velocity_cm_s",
                 "speed_cm_s", "spine_mm", "spine_sigma_mm"):
        rows[name] = np.nan


def height_unknown(rows: np.ndarray) -> None:
    """Take from ``rows`` (a view will do) all but x, heading and what follows from them."""
    rows["located"] = False
    rows["velocity_cm_s"] = rows["speed_cm_s"] = np.nan
    for name in ("pos_mm", "sigma_mm", "pad_mm", "pad_sigma_mm", "cop_mm"):
        rows[name][..., 1:] = np.nan
