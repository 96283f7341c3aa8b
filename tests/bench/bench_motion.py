"""Motion mode (no strip) against optical and simulated truth: orientation, speed of passes, cadence, flags, cost.

    .venv/bin/python -m tests.bench.bench_motion --seeds 700 701 702

The speed stands beside that of a leaky integrator, v' = a - 2 pi 0.3 v, of the same acceleration over the same passes.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.spatial.transform import Rotation

from slowhand.coach.receiver import Receiver
from slowhand.locate.locator import Locator
from slowhand.locate.parameters import STANDARD_GRAVITY
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.session.pipeline import Pipeline
from slowhand.sim.simulation import SimOutput
from tests import broad
from tests.motion_scenes import KNEADING, RUBBING, TAPPING, Judged, judge, simulate

GLOVE = load_glove()
LEAK_HZ = 0.3
BOUND_DEG = {broad.SLOW: 2.0, broad.MAGNET: 4.0}
COLUMNS = ("passes", "with", "true", "RMS", "bias", "corr", "sigma", "in 2s", "peak", "in 2s")
HEADINGS = f"{'mean speed, cm/s':<26s}" + "".join(f"{name:>7s}" for name in COLUMNS)


def locate(rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Poses and microseconds per row."""
    locator = Locator(Mode.MOTION, None, GLOVE)
    began = time.perf_counter()
    poses = locator.process(rows)
    return poses, 1e6 * (time.perf_counter() - began) / len(rows)


def leaky_speed(rows: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Speed over the palm's plane by the leaky integrator, cm/s: what this mode has to beat."""
    known = np.isfinite(poses["q"][:, 0])
    q = np.where(known[:, None], poses["q"], [1.0, 0.0, 0.0, 0.0])
    turn = Rotation.from_quat(np.roll(q, -1, axis=1))
    accel = turn.apply(rows["accel"]) - [0.0, 0.0, STANDARD_GRAVITY]
    accel[~known] = 0.0
    step = np.diff(rows["t_us"], prepend=rows["t_us"][0]) * 1e-6
    velocity = np.zeros_like(accel)
    for i in range(1, len(rows)):
        velocity[i] = velocity[i - 1] + step[i] * (accel[i] - 2.0 * np.pi * LEAK_HZ * velocity[i - 1])
    force = np.nan_to_num(rows["force"]).clip(0.0) * rows["pad_ok"]
    pads = np.array([pad.position_mm for pad in GLOVE.pad]) / 1000.0
    lever = force @ pads / np.maximum(force.sum(axis=1), 1e-9)[:, None]
    velocity = velocity + turn.apply(np.cross(np.nan_to_num(poses["omega"]), lever))
    normal = turn.apply([0.0, 0.0, 1.0])
    return 100.0 * np.linalg.norm(velocity - np.sum(velocity * normal, axis=1, keepdims=True) * normal, axis=1)


def speed_lines(name: str, found: Judged, leaky: np.ndarray, moving_s: float, which: np.ndarray | None = None) -> list[str]:
    """Two lines: motion mode and the leaky integrator over the same passes. ``with``: share of moving time with a speed."""
    use = np.isfinite(found.mean) if which is None else np.isfinite(found.mean) & which
    if use.sum() < 3:
        return [f"{name:<26s}{use.sum():7d}   too few"]
    true = found.true_mean[use]
    share = np.sum((found.end_s - found.start_s)[use]) / moving_s
    inside = np.mean(np.abs(found.mean[use] - true) <= 2 * found.sigma[use])
    peak_error = found.peak[use] - found.true_peak[use]
    peak_inside = np.mean(np.abs(peak_error) <= 2 * found.peak_sigma[use])
    by_leak = np.array([leaky[a:b].mean() for a, b in found.rows[use]])
    first = (
        f"{name:<26s}{use.sum():7d}{100 * share:6.0f}%{true.mean():7.1f}{_scores(found.mean[use], true)}"
        f"{_rms(found.sigma[use]):7.2f}{100 * inside:6.0f}%{_rms(peak_error):7.2f}{100 * peak_inside:6.0f}%"
    )
    return [first, f"{'  leaky integrator':<26s}{'':21s}{_scores(by_leak, true)}"]


def _scores(found: np.ndarray, true: np.ndarray) -> str:
    error = found - true
    return f"{_rms(error):7.2f}{error.mean():7.2f}{np.corrcoef(found, true)[0, 1]:7.2f}"


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def broad_lines() -> list[str]:
    """Orientation and speed on the trials, where they are there."""
    lines = [f"{'BROAD, optical truth':<26s}{'total':>9s}{'tilt':>9s}{'bound':>9s}   degrees, moving part"]
    speeds = []
    for name in (broad.SLOW, broad.MAGNET):
        trial = broad.trial(name)
        if trial is None:
            return [f"BROAD: the trials are not beside the project ({broad.FOLDER})"]
        poses, cost = locate(trial.rows)
        moving = trial.moving & np.isfinite(poses["q"][:, 0])
        total, tilt = broad.orientation_error_deg(poses["q"][moving], trial.attitude[moving])
        lines.append(f"trial {name[:2]:<20s}{total:9.2f}{tilt:9.2f}{BOUND_DEG[name]:9.1f}   {cost:.2f} us a row")
        found = judge(poses, trial.speed_cm_s, trial.moving, trial.rate_hz)
        speeds += speed_lines(f"trial {name[:2]}", found, leaky_speed(trial.rows, poses), trial.moving.sum() / trial.rate_hz)
    return [*lines, "", HEADINGS, *speeds]


def kinds_of(sim: SimOutput, found: Judged) -> np.ndarray:
    """The kind of the true stroke in the middle of each pass."""
    kinds = {stroke.plan: stroke.kind for stroke in sim.strokes}
    return np.array([kinds.get(int(sim.truth["stroke"][(a + b) // 2]), "") for a, b in found.rows])


def session_lines(script: str, posture: str, seeds: list[int], seconds: float) -> list[str]:
    """Speeds over all seeds together, by kind of stroke."""
    parts: list[tuple[Judged, np.ndarray, np.ndarray]] = []
    moving_s, cost = 0.0, []
    for seed in seeds:
        sim = simulate(script, seed, seconds, posture=posture)
        rows = Sensing(GLOVE, sim.rate_hz).process(sim.raw)
        poses, us = locate(rows)
        use = sim.truth["contact"] & (sim.truth["t_us"] >= sim.start_us)
        found = judge(poses, sim.truth["speed_cm_s"], use, sim.rate_hz)
        parts.append((found, kinds_of(sim, found), leaky_speed(rows, poses)))
        strokes = {s.plan for s in sim.strokes}
        moving_s += float(np.sum(use & np.isin(sim.truth["stroke"], list(strokes)))) / sim.rate_hz
        cost.append(us)
    offset, tables, leaks, kinds = 0, [], [], []
    for found, kind, leak in parts:
        tables.append(Judged(*(getattr(found, name) for name in list(Judged.__annotations__)[:-1]), found.rows + offset))
        leaks.append(leak)
        kinds.append(kind)
        offset += len(leak)
    whole = Judged(*(np.concatenate([getattr(t, name) for t in tables]) for name in Judged.__annotations__))
    kind, leak = np.concatenate(kinds), np.concatenate(leaks)
    lines = speed_lines(f"{script} {posture}", whole, leak, moving_s)
    for name in ("glide", "knead", "friction", "press"):
        if script != "to_and_fro" and np.sum(kind == name) > 3:
            lines.append(speed_lines(f"  {name}", whole, leak, moving_s, kind == name)[0])
    return [*lines, f"{'':<26s}{np.mean(cost):.2f} us a row"]


def cadence_lines(seeds: list[int]) -> list[str]:
    """Cadence of trains at each step of the ladder, from three cycles (at least 2 s) after the landing."""
    lines = [f"{'per minute':<26s}{'heard':>7s}{'p50':>7s}{'p95':>7s}{'most':>7s}{'off by > 2':>12s}{'in 2s':>7s}"]
    for kind, steps in (("knead", KNEADING), ("friction", RUBBING), ("tap", TAPPING)):
        errors: dict[int, list[np.ndarray]] = {step: [] for step in steps}
        inside: dict[int, list[np.ndarray]] = {step: [] for step in steps}
        for seed in seeds:
            sim = simulate(kind, seed, 15.0 + 18.0 * len(steps))
            poses, _ = locate(Sensing(GLOVE, sim.rate_hz).process(sim.raw))
            for stroke in sim.strokes:
                per_min = steps[stroke.plan]
                settled_us = stroke.start_us + 1e6 * max(180.0 / per_min, 2.0)
                part = poses[(poses["t_us"] >= settled_us) & (poses["t_us"] < stroke.end_us)]
                error = part["cadence_per_min"] - per_min
                errors[per_min].append(error)
                inside[per_min].append((np.abs(error) <= 2 * part["cadence_sigma"])[np.isfinite(error)])
        for step in steps:
            error = np.abs(np.concatenate(errors[step]))
            heard = error[np.isfinite(error)]
            if not len(heard):
                lines.append(f"{kind + ' ' + str(step):<26s}     0%")
                continue
            p50, p95 = np.percentile(heard, [50, 95])
            lines.append(
                f"{kind + ' ' + str(step):<26s}{100 * len(heard) / len(error):6.0f}%{p50:7.2f}{p95:7.2f}{heard.max():7.2f}"
                f"{100 * np.mean(heard > 2.0):11.1f}%{100 * np.mean(np.concatenate(inside[step])):6.0f}%"
            )
    return lines


def flag_lines(seeds: list[int], seconds: float) -> list[str]:
    """Flags of pace raised in motion mode, against the true ones that they touch."""
    counts: dict[str, list[int]] = {}
    for script in ("flags", "mixed", "calm"):
        for seed in seeds:
            sim = simulate(script, seed, seconds)
            pipeline = Pipeline(GLOVE, None, Receiver(), Mode.MOTION)
            pipeline.process(sim.raw)
            pipeline.finish()
            for kind in ("too_fast", "too_fast_knead"):
                found = [flag for flag in pipeline.flags.flags() if flag.kind.value == kind]
                true = [flag for flag in sim.flags if flag.kind == kind]
                hits = [flag for flag in true if any(_touch(flag, other) for other in found)]
                alarms = [flag for flag in true if flag.severity == "alarm"]
                row = counts.setdefault(f"{kind}, {script}", [0] * 5)
                false = sum(not any(_touch(flag, other) for flag in true) for other in found)
                for k, value in enumerate((len(true), len(hits), len(alarms), sum(a in hits for a in alarms), false)):
                    row[k] += value
    lines = [f"{'':<26s}{'true':>7s}{'found':>7s}{'alarms':>8s}{'found':>7s}{'false':>7s}"]
    return lines + [f"{name:<26s}{a:7d}{b:7d}{c:8d}{d:7d}{e:7d}" for name, (a, b, c, d, e) in counts.items()]


def _touch(true, found) -> bool:
    return found.start_us < true.end_us and (found.end_us is None or found.end_us > true.start_us)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(700, 705)))
    parser.add_argument("--seconds", type=float, default=180.0)
    asked = parser.parse_args(arguments)
    locate(Sensing(GLOVE, 200.0).process(simulate("calm", 1, 20.0).raw))   # compile
    for line in broad_lines():
        print(line, flush=True)
    print(f"\nSimulated sessions of {asked.seconds:g} s, seeds {asked.seeds[0]}-{asked.seeds[-1]}\n{HEADINGS}")
    for script in ("mixed", "calm", "to_and_fro"):
        for posture in ("prone", "seated"):
            for line in session_lines(script, posture, asked.seeds, asked.seconds):
                print(line, flush=True)
    print("\nCadence", *cadence_lines(asked.seeds), sep="\n", flush=True)
    print("\nFlags of pace", *flag_lines(asked.seeds, asked.seconds), sep="\n", flush=True)


if __name__ == "__main__":
    main()
