"""The filter beside the smoother on simulated sessions: what knowing the rest of the session gives.

    .venv/bin/python -m tests.bench.bench_smoother --seeds 800 801 802 803 804 805 --seconds 300
    .venv/bin/python -m tests.bench.bench_smoother --hour        # memory and time of a session of an hour

Errors are over rows in contact after the start procedure, each over the rows that its own side calls located, so the
smoother's figures include the hard rows that the filter does not vouch for. Only this file compares with the truth.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from dataclasses import dataclass, fields

import numpy as np

from slowhand.locate.locator import Locator, warm_up
from slowhand.locate.pose import Mode
from slowhand.locate.smoother import prepare, smooth
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.sensing.sensing import Sensing
from slowhand.sim.hand import Hand
from slowhand.sim.simulation import SimOutput, Simulation

SCRIPTS = ("mixed", "near_spine", "absences", "calm")
CONDITIONS: dict[str, dict] = {
    "usual": {}, "left": {"hand": Hand(side="left")}, "seated": {"posture": "seated"}, "motor": {"motor": True},
}
WRONG_X_M, WRONG_Y_M = 0.020, 0.030
NEAR_MM = 60.0


@dataclass(frozen=True)
class Score:
    """One side of one session. mm and cm/s; shares of contact time in percent."""

    x_near: float    # within 60 mm of the spine
    x_far: float
    x_p95: float
    y: float
    speed: float     # of the centre of pressure
    located: float
    wrong_x: float   # located and over 20 mm off
    wrong_y: float   # and over 30 mm
    in_x: float      # within two stated sigmas
    in_y: float
    row_us: float


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2))) if len(values) else np.nan


def score(run: SimOutput, sensed: np.ndarray, poses: np.ndarray, seconds: float) -> Score:
    """Against the truth."""
    truth = run.truth
    contact = truth["contact"] & (truth["t_us"] >= run.start_us)
    on = contact & poses["located"]
    error, near = poses["p"] - truth["p"], np.abs(truth["cop_mm"][:, 0]) <= NEAR_MM
    share = lambda mask: 100.0 * mask.sum() / max(contact.sum(), 1)  # noqa: E731
    inside = np.abs(error[on, :2]) <= 2.0 * poses["sigma_p"][on, :2]
    return Score(
        1e3 * rms(error[on & near, 0]), 1e3 * rms(error[on & ~near, 0]),
        1e3 * float(np.percentile(np.abs(error[on, 0]), 95)) if on.any() else np.nan, 1e3 * rms(error[on, 1]),
        rms((skin_speed(run, sensed, poses) - truth["speed_cm_s"])[on]), share(on),
        share(on & (np.abs(error[:, 0]) > WRONG_X_M)), share(on & (np.abs(error[:, 1]) > WRONG_Y_M)),
        100.0 * inside[:, 0].mean(), 100.0 * inside[:, 1].mean(), 1e6 * seconds / len(poses),
    )


def skin_speed(run: SimOutput, sensed: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Of the centre of pressure, cm/s, from poses and sensed forces."""
    force = np.nan_to_num(sensed["force"])
    lever = force @ run.hand.levers / np.maximum(force.sum(axis=1), 1e-9)[:, None]
    spin, w, u = np.cross(poses["omega"], lever), poses["q"][:, :1], poses["q"][:, 1:]
    return 100.0 * np.hypot(*(poses["v"] + spin + 2.0 * np.cross(u, np.cross(u, spin) + w * spin))[:, :2].T)


def both(script: str, seed: int, seconds: float, condition: str) -> tuple[Score, Score]:
    """Filter and smoother on one session."""
    run = Simulation(script, seed, duration_s=seconds, **CONDITIONS[condition]).run()
    profile = load_glove(None, run.hand.side)
    sensed = Sensing(profile, run.rate_hz).process(run.raw)
    arguments = load_strip(), profile, run.body.posture, run.body.back_length_mm
    began = time.perf_counter()
    live = Locator(Mode.STRIP, *arguments).process(sensed)
    middle = time.perf_counter()
    later = smooth(sensed, *arguments)
    ended = time.perf_counter()
    return score(run, sensed, live, middle - began), score(run, sensed, later, ended - middle)


def line(name: str, values: Score) -> str:
    return f"{name:<34s}" + " ".join(f"{getattr(values, field.name):8.2f}" for field in fields(Score))


def gathered(scores: list[Score], how) -> Score:
    return Score(*(float(how([getattr(one, field.name) for one in scores])) for field in fields(Score)))


def table(scripts: list[str], conditions: list[str], seeds: list[int], seconds: float):
    """Yield a line per side of each session, then medians and worst by script and condition, and over all."""
    yield f"{'':<34s}" + " ".join(f"{field.name:>8s}" for field in fields(Score))
    everything: tuple[list[Score], list[Score]] = ([], [])
    for script in scripts:
        for condition in conditions:
            pairs = []
            for seed in seeds:
                pairs.append(both(script, seed, seconds, condition))
                for side, one in zip(("filter", "smoother"), pairs[-1], strict=True):
                    yield line(f"{script} {condition} {seed} {side}", one)
            for k, side in enumerate(("filter", "smoother")):
                everything[k].extend(pair[k] for pair in pairs)
                yield line(f"{script} {condition} median {side}", gathered([pair[k] for pair in pairs], np.nanmedian))
    for k, side in enumerate(("filter", "smoother")):
        yield line(f"all median {side}", gathered(everything[k], np.nanmedian))
        yield line(f"all mean {side}", gathered(everything[k], np.nanmean))
        yield line(f"all largest {side}", gathered(everything[k], np.nanmax))
        yield line(f"all smallest {side}", gathered(everything[k], np.nanmin))


def memory(seconds: float) -> str:
    """Peak of what the smoother itself takes, and its time, for a session of so many seconds."""
    run = Simulation("absences", 830, duration_s=seconds).run()
    profile = load_glove(None, run.hand.side)
    sensed = Sensing(profile, run.rate_hz).process(run.raw)
    tracemalloc.start()
    began = time.perf_counter()
    poses = smooth(sensed, load_strip(), profile, run.body.posture, run.body.back_length_mm)
    took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (
        f"{seconds:.0f} s, {len(sensed)} rows: {took:.0f} s ({1e6 * took / len(sensed):.0f} us a row, the forward pass "
        f"included), {peak / 1e6:.0f} MB at most, of which {poses.nbytes / 1e6:.0f} MB are the poses"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripts", nargs="+", default=list(SCRIPTS))
    parser.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=list(CONDITIONS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[800])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--hour", action="store_true", help="memory and time of an hour instead")
    asked = parser.parse_args(arguments)
    warm_up()
    prepare()
    if asked.hour:
        print(memory(3600.0))
        return
    for row in table(asked.scripts, asked.conditions, asked.seeds, asked.seconds):
        print(row, flush=True)
    print(memory(asked.seconds))


if __name__ == "__main__":
    main()
