"""How well strokes and flags agree with simulated truth, and what they cost: `python -m tests.bench coach`.

    .venv/bin/python -m tests.bench.bench_coach --scripts flags mixed --seeds 100 101 --seconds 120 --perfect

Events within 12 % of a limit, or that hang on 10 mm of place, count neither way. ``--perfect`` leaves out the
sensors and the locator, and so shows what the judgement alone does.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from slowhand.coach.coach import Coach
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.strokes.segment import StrokeTracker
from tests.integration.coach_truth import (
    FlagScore,
    StrokeScore,
    judged_flags,
    judged_strokes,
    receiver_of,
    score_flags,
    score_strokes,
    touches_from_sensors,
    touches_from_truth,
)

SCRIPTS = ("flags", "mixed", "near_spine", "absences", "calm")


def main(arguments: list[str] | None = None) -> None:
    """Run the sessions and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripts", nargs="+", default=SCRIPTS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[200, 201, 202])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--perfect", action="store_true")
    options = parser.parse_args(arguments)
    touches_of = touches_from_truth if options.perfect else touches_from_sensors

    flags: dict[str, FlagScore] = {}
    strokes: dict[str, StrokeScore] = {}
    calm_s, calm_false, cues, costs = 0.0, 0, 0, []
    for script in options.scripts:
        for seed in options.seeds:
            out = Simulation(script, seed=seed, duration_s=options.seconds).run()
            touch = touches_of(out)
            found, said = judged_flags(out, touch)
            scores = score_flags(out, found)
            for kind, score in scores.items():
                flags.setdefault(kind, FlagScore()).add(score)
            strokes.setdefault(script, StrokeScore()).add(score_strokes(out, judged_strokes(out, touch)))
            cues += len(said)
            if script == "calm":
                calm_s += options.seconds
                calm_false += sum(score.reported - score.true for score in scores.values())
            costs.append(_cost_us(out, touch))
    _print_flags(flags)
    _print_strokes(strokes)
    minutes = options.seconds * len(options.scripts) * len(options.seeds) / 60.0
    print(f"cues a minute {cues / minutes:.1f};  calm sessions: {calm_false} false flags in {calm_s / 60:.0f} min")
    print(f"cost: strokes and coach {np.median(costs):.0f} us a row (median of {len(costs)} sessions)")


def _cost_us(out: SimOutput, touch: np.ndarray) -> float:
    """Microseconds per row of strokes and coach, in blocks of seven rows as a live session has them."""
    tracker = StrokeTracker(float(out.body.back_length_mm))
    coach = Coach(load_glove(None, out.hand.side), receiver_of(out), Mode.STRIP)
    part = touch[: min(len(touch), 8000)]
    begin = time.process_time()
    for i in range(0, len(part), 7):
        block = part[i : i + 7]
        coach.process(block, tracker.process(block))
    return 1e6 * (time.process_time() - begin) / len(part)


def _print_flags(flags: dict[str, FlagScore]) -> None:
    print(f"{'flag':20s} {'recall':>10s} {'precision':>12s} {'raised after, p95':>18s}")
    for kind, score in sorted(flags.items()):
        late = f"{np.quantile(score.late_ms, 0.95):.0f} ms" if score.late_ms else "-"
        recall, precision = f"{score.found}/{score.there}", f"{score.true}/{score.reported}"
        print(f"{kind:20s} {recall:>10s} {precision:>12s} {late:>18s}")


def _print_strokes(strokes: dict[str, StrokeScore]) -> None:
    print(f"{'script':20s} {'kind right':>10s} {'bounds F1':>10s} {'cadence, worst':>15s} {'strokes':>8s}")
    for script, score in strokes.items():
        worst = f"{max(score.cadence_errors):.1f} /min" if score.cadence_errors else "-"
        print(f"{script:20s} {score.accuracy:10.3f} {score.f1:10.3f} {worst:>15s} {score.there:8d}")


if __name__ == "__main__":
    main()
