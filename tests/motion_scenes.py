"""Work for judging motion mode: to and fro without a lift, and trains at each cadence; and passes against truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from slowhand.sim import scripts
from slowhand.sim.choreography import Choreography, Plan
from slowhand.sim.simulation import SimOutput, Simulation

KNEADING = (20, 25, 30, 40, 50, 60, 75, 90, 110, 130)   # per minute
RUBBING = (80, 110, 140, 165, 190)
TAPPING = (150, 180, 200)
HELD_S = 0.15


def to_and_fro(stage: Choreography) -> None:
    """Long effleurage up and down beside the spine, five to twelve passes in one contact, 5-28 cm/s."""
    rng, length = stage.rng, stage.body.back_length_mm
    while stage.left_s > 30.0:
        x = float(rng.uniform(50, 90) * rng.choice([-1, 1]))
        down = Plan("glide", "palm", (x, 0.2 * length), (x, float(rng.uniform(0.5, 0.9)) * length), 10.0,
                    speed_cm_s=float(rng.uniform(5, 28)), keep=True, bow_mm=float(rng.uniform(-10, 10)))
        up = replace(down, start_mm=down.end_mm, end_mm=down.start_mm, bow_mm=-down.bow_mm)
        stage.perform(down)
        passes = int(rng.integers(4, 12))
        for k in range(passes):
            stage.perform(replace(down if k % 2 else up, chained=True, keep=k < passes - 1))


def ladder(kind: str) -> scripts.Script:
    """One train of ``kind`` after the other, at rising cadences, about 14 s each."""
    technique, radius, steps = {
        "knead": ("grip", (11.0, 16.0), KNEADING),
        "friction": ("thumb", (5.5, 8.5), RUBBING),
        "tap": ("cup", (1.0, 2.0), TAPPING),
    }[kind]

    def script(stage: Choreography) -> None:
        rng = stage.rng
        for per_min in steps:
            x, y = float(rng.uniform(50, 110) * rng.choice([-1, 1])), float(rng.uniform(80, 330))
            end = (x + float(rng.uniform(-10, 10)), y + float(rng.uniform(-15, 15)))
            stage.perform(Plan(kind, technique, (x, y), end, 12.0, duration_s=14.0, cadence_per_min=float(per_min),
                               radius_mm=float(rng.uniform(*radius))))

    return script


@contextmanager
def also(name: str, script: scripts.Script) -> Iterator[None]:
    """For a while, a script of this name can be simulated."""
    scripts.SCRIPTS[name] = script
    try:
        yield
    finally:
        del scripts.SCRIPTS[name]


def simulate(script: str, seed: int, seconds: float = 120.0, **options) -> SimOutput:
    """A realistic session, also of ``to_and_fro`` and of ``knead``, ``friction`` and ``tap`` ladders."""
    if script in scripts.SCRIPTS:
        return Simulation(script, seed, duration_s=seconds, **options).run()
    with also(script, to_and_fro if script == "to_and_fro" else ladder(script)):
        return Simulation(script, seed, duration_s=seconds, **options).run()


@dataclass(frozen=True)
class Judged:
    """Finished passes beside the truth, one row each; cm/s, s. NaN where the locator gives no figure."""

    start_s: np.ndarray
    end_s: np.ndarray
    mean: np.ndarray
    sigma: np.ndarray
    peak: np.ndarray
    peak_sigma: np.ndarray
    true_mean: np.ndarray
    true_peak: np.ndarray    # held for 150 ms
    rows: np.ndarray         # (n, 2) first row and the one beyond


def judge(poses: np.ndarray, speed_cm_s: np.ndarray, use: np.ndarray, rate_hz: float) -> Judged:
    """The passes in POSE_DTYPE rows against true speeds; only passes that lie in ``use`` but for their edges."""
    new = poses[np.flatnonzero(np.diff(poses["stroke_end_us"], prepend=0) != 0)]
    edge = round(0.05 * rate_hz)   # contact by noisy pads and by truth differ by a few rows
    out = []
    for row in new:
        a, b = np.searchsorted(poses["t_us"], [row["stroke_start_us"], row["stroke_end_us"]])
        inside = np.flatnonzero(use[a:b])
        if not len(inside) or inside[0] > edge or b - a - inside[-1] > edge + 1:
            continue
        inner = slice(a + inside[0], a + inside[-1] + 1)
        part = speed_cm_s[inner]
        if not len(part) or not use[inner].all() or not np.isfinite(part).all():
            continue
        held = np.lib.stride_tricks.sliding_window_view(part, min(round(HELD_S * rate_hz), len(part))).min(axis=1).max()
        out.append((
            row["stroke_start_us"] * 1e-6, row["stroke_end_us"] * 1e-6, row["stroke_cm_s"], row["stroke_sigma_cm_s"],
            row["stroke_peak_cm_s"], row["stroke_peak_sigma_cm_s"], part.mean(), max(held, part.mean()), a, b,
        ))
    table = np.array(out, float).reshape(len(out), 10)
    return Judged(*table[:, :8].T, table[:, 8:].astype(int))
