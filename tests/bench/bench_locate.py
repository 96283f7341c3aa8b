"""How well and how fast the locator works on simulated sessions: prints a table by script and seed.

    .venv/bin/python -m tests.bench.bench_locate --scripts mixed absences --seeds 100 101 102 --seconds 300

Only this file compares with the simulated truth; nothing under ``locate/`` sees it.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, fields

import numpy as np

from slowhand.locate.locator import Locator, warm_up
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.sim.hand import Hand
from slowhand.sim.simulation import SimOutput, Simulation

WRONG_X_M = 0.020
WRONG_Y_M = 0.030
NEAR_M = 0.060


@dataclass(frozen=True)
class Score:
    """One run against its truth, over contact after the start procedure. mm, cm/s, shares of contact time."""

    x_near: float
    p95_near: float
    p95_far: float
    y: float
    y_near: float
    speed: float
    located: float
    wrong: float
    wrong_y: float
    inside_x: float    # share within two stated sigmas
    inside_y: float
    yaw_deg: float
    found_p50: float   # s from contact after an absence to located within 10 mm
    found_p95: float
    start_s: float     # recognised after the truth's end of the start procedure; NaN never
    step_us: float
    worst_ms: float


def simulate(script: str, seed: int, seconds: float, **options) -> SimOutput:
    """A realistic simulated session."""
    return Simulation(script, seed, duration_s=seconds, **options).run()


def locate(sim: SimOutput, block: int = 0, posture: str | None = None, magnetometers: int = 2):
    """Sensed rows, poses and seconds per row (per block of ``block`` rows when given) of a session."""
    profile = load_glove(None, sim.hand.side)
    if magnetometers < 2:
        profile = profile.model_copy(update={"magnetometer": profile.magnetometer[:1]})
    sensed = Sensing(profile, sim.rate_hz).process(sim.raw)
    locator = Locator(Mode.STRIP, None, profile, posture or sim.body.posture, sim.body.back_length_mm)
    if not block:
        began = time.perf_counter()
        poses = locator.process(sensed)
        return sensed, poses, np.array([(time.perf_counter() - began) / len(sensed)])
    parts, spent = [], []
    for i in range(0, len(sensed), block):
        began = time.perf_counter()
        parts.append(locator.process(sensed[i : i + block]))
        spent.append((time.perf_counter() - began) / block)
    return sensed, np.concatenate(parts), np.array(spent)


def score(sim: SimOutput, sensed: np.ndarray, poses: np.ndarray, spent: np.ndarray) -> Score:
    """Compare with the truth."""
    truth = sim.truth
    use = truth["contact"] & (truth["t_us"] >= sim.start_us)
    on = use & poses["located"]
    error = poses["p"] - truth["p"]
    near = on & (np.abs(truth["cop_mm"][:, 0]) <= NEAR_M * 1000)
    far = on & ~near
    running = np.flatnonzero(poses["phase"] == 2)
    began = (poses["t_us"][running[0]] - sim.start_us) * 1e-6 if len(running) else np.nan
    inside = np.abs(error) <= 2.0 * poses["sigma_p"]
    found = found_again(sim, use, poses, error)
    return Score(
        rms(error[near, 0]) * 1e3, quantile(np.abs(error[near, 0]), 95) * 1e3,
        quantile(np.abs(error[far, 0]), 95) * 1e3, rms(error[on, 1]) * 1e3, rms(error[near, 1]) * 1e3,
        rms(speeds(sensed, poses, sim)[on] - truth["speed_cm_s"][on]),
        on.sum() / max(use.sum(), 1), (on & (np.abs(error[:, 0]) > WRONG_X_M)).sum() / max(use.sum(), 1),
        (on & (np.abs(error[:, 1]) > WRONG_Y_M)).sum() / max(use.sum(), 1),
        inside[on, 0].mean() if on.any() else np.nan, inside[on, 1].mean() if on.any() else np.nan,
        np.degrees(rms(yaw_error(poses["q"][on], truth["q"][on]))), quantile(found, 50), quantile(found, 95),
        began, spent.mean() * 1e6, spent.max() * 1e3,
    )


def speeds(sensed: np.ndarray, poses: np.ndarray, sim: SimOutput) -> np.ndarray:
    """Speed of the centre of pressure, cm/s, from poses and sensed forces."""
    force = np.nan_to_num(sensed["force"])
    lever = force @ sim.hand.levers / np.maximum(force.sum(axis=1), 1e-9)[:, None]
    spin = rotate(poses["q"], np.cross(poses["omega"], lever))
    return 100.0 * np.hypot(*(poses["v"] + spin)[:, :2].T)


def rotate(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    w, u = q[:, :1], q[:, 1:]
    return v + 2.0 * np.cross(u, np.cross(u, v) + w * v)


def yaw_error(q: np.ndarray, truth: np.ndarray) -> np.ndarray:
    ahead = np.zeros((len(q), 3))
    ahead[:, 0] = 1.0
    a, b = rotate(q, ahead), rotate(truth, ahead)
    return np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a[:, :2] * b[:, :2]).sum(axis=1))


def found_again(sim: SimOutput, use: np.ndarray, poses: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Seconds of contact after each absence of 3 s or more until located within 10 mm; inf if never in that bout."""
    times, free_since = [], None
    t = sim.truth["t_us"] * 1e-6
    good = poses["located"] & (np.hypot(error[:, 0], error[:, 1]) < 0.010)
    starts = np.flatnonzero(np.diff(use.astype(int)) == 1) + 1
    ends = np.flatnonzero(np.diff(use.astype(int)) == -1) + 1
    for i, start in enumerate(starts):
        free_since = ends[ends <= start]
        if not len(free_since) or t[start] - t[free_since[-1]] < 3.0:
            continue
        after = np.flatnonzero(good[start:])
        gone = next((s for s in starts[i + 1 :] if t[s] - t[ends[ends <= s][-1]] >= 3.0), len(t))
        spent = use[start : start + after[0]].sum() / sim.rate_hz if len(after) and start + after[0] < gone else np.inf
        times.append(spent)
    return np.array(times)


def rms(values: np.ndarray) -> float:
    values = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(values**2))) if len(values) else np.nan


def quantile(values: np.ndarray, percent: float) -> float:
    values = values[~np.isnan(values)]
    return float(np.percentile(values, percent, method="higher")) if len(values) else np.nan


HEADINGS = [field.name for field in fields(Score)]


def line(name: str, result: Score) -> str:
    cells = []
    for heading in HEADINGS:
        value = getattr(result, heading)
        share = heading in ("located", "wrong", "wrong_y", "inside_x", "inside_y")
        cells.append(f"{100 * value:8.2f}" if share else f"{value:8.2f}")
    return f"{name:<22s}" + " ".join(cells)


def median(results: list[Score]) -> Score:
    return Score(*(float(np.nanmedian([getattr(r, h) for r in results])) for h in HEADINGS))


def worst(results: list[Score]) -> Score:
    low = ("located", "inside_x", "inside_y")
    pick = {h: (np.nanmin if h in low else np.nanmax)([getattr(r, h) for r in results]) for h in HEADINGS}
    return Score(**{k: float(v) for k, v in pick.items()})


CONDITIONS: dict[str, dict] = {
    "realistic": {},
    "left": {"hand": Hand(side="left")},
    "large": {"hand": Hand(scale=1.12)},
    "seated": {"posture": "seated"},
    "friendly": {"level": "friendly"},
    "motor": {"motor": True},
    "single": {"magnetometers": 1},
}


def table(scripts: list[str], seeds: list[int], seconds: float, condition: str, block: int = 0) -> list[str]:
    """One line per run, then median and worst, per script."""
    lines = [f"{'':<22s}" + " ".join(f"{h[:8]:>8s}" for h in HEADINGS)]
    for script in scripts:
        results = []
        for seed in seeds:
            sim = simulate(script, seed, seconds, **CONDITIONS[condition])
            result = score(sim, *locate(sim, block, magnetometers=sim.magnetometers))
            results.append(result)
            lines.append(line(f"{script} {condition} {seed}", result))
        if len(seeds) > 1:
            lines.append(line(f"{script} median", median(results)))
            lines.append(line(f"{script} worst", worst(results)))
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripts", nargs="+", default=["mixed", "near_spine", "absences", "calm"])
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(100, 106)))
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--condition", choices=CONDITIONS, default="realistic")
    parser.add_argument("--block", type=int, default=0, help="rows per block, for the longest step; 0 = all at once")
    asked = parser.parse_args(arguments)
    warm_up()
    for row in table(asked.scripts, asked.seeds, asked.seconds, asked.condition, asked.block):
        print(row, flush=True)


if __name__ == "__main__":
    main()
