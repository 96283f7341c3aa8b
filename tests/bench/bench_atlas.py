"""What the body atlas costs, and what it tells of strokes: `python -m tests.bench atlas`.

Hit tests at places all over a back; the measure against the fibres on strokes of simulated sessions with true places, and
with ``--sensors`` how it differs when the places are the locator's.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np

from slowhand.coach.atlas import BackAtlas
from slowhand.coach.atlas_grid import AtlasGrid
from slowhand.coach.receiver import Receiver
from slowhand.sim.simulation import Simulation
from slowhand.strokes.segment import StrokeTracker
from slowhand.strokes.stroke import Kind, Stroke
from tests.integration.coach_truth import touches_from_sensors, touches_from_truth

PLACES = 20_000
BRIEF = ["--seconds", "60"]


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripts", nargs="+", default=("mixed", "calm"))
    parser.add_argument("--seeds", nargs="+", type=int, default=[210])
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--sensors", action="store_true")
    options = parser.parse_args(arguments)
    grid = _hit_tests()
    for script in options.scripts:
        _strokes(grid, script, options.seeds, options.seconds)
        if options.sensors:
            _with_locator(grid, script, options.seeds, options.seconds)


def _hit_tests() -> AtlasGrid:
    begin = time.perf_counter()
    back = BackAtlas(Receiver())
    grid = AtlasGrid(back)
    print(f"built in {1e3 * (time.perf_counter() - begin):.0f} ms, once for each size of back")
    random = np.random.default_rng(0)
    x, y = random.uniform(-220, 220, PLACES), random.uniform(-160, 640, PLACES)
    places = list(zip(x.tolist(), y.tolist(), strict=True))
    for name in ("areas_at", "bones_at", "muscles_at", "felt_at", "fibre_deg"):
        ask = getattr(grid, name)
        print(f"{name:12s} {_us(lambda ask=ask: [ask(*place) for place in places]):7.2f} us a place")
    for name in ("area_bits", "muscle_bits", "felt", "fibres"):
        ask = getattr(grid, name)
        print(f"{name:12s} {_us(lambda ask=ask: ask(x, y)):7.3f} us a place, in arrays")
    few = places[:200]
    exact_us = PLACES / len(few) * _us(lambda: [back.muscles_at(*place) for place in few])
    print(f"{'polygons':12s} {exact_us:7.0f} us a place, exact")
    return grid


def _us(work) -> float:  # type: ignore[no-untyped-def]
    """Microseconds a place, the best of five runs: the rest is the machine's other work."""
    best = np.inf
    for _ in range(5):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return 1e6 * best / PLACES


def _strokes(grid: AtlasGrid, script: str, seeds: list[int], seconds: float) -> None:
    strokes: list[Stroke] = []
    with_s = without_s = 0.0
    rows = 0
    for seed in seeds:
        out = Simulation(script, seed=seed, duration_s=seconds).run()
        touch = touches_from_truth(out)
        rows += len(touch)
        for fibres in (None, grid, None, grid):   # twice: the first run of each warms up
            tracker = StrokeTracker(float(out.body.back_length_mm), fibres)
            begin = time.process_time()
            found = [stroke for i in range(0, len(touch), 7) for stroke in tracker.process(touch[i : i + 7])]
            spent = time.process_time() - begin
            if fibres is None:
                without_s = without_s + spent
            else:
                with_s = with_s + spent
        strokes += found
    aimed = [s for s in strokes if s.kind in (Kind.GLIDE, Kind.FRICTION)]
    told = [s for s in aimed if s.fibre_deg is not None]
    sigma = np.median([s.fibre_sigma_deg for s in told]) if told else np.nan
    print(f"\n{script}: {len(strokes)} strokes, strokes cost {0.5e6 * without_s / rows:.1f} us a row without, "
          f"{0.5e6 * with_s / rows:.1f} with the atlas")
    print(f"  angle told for {len(told)} of {len(aimed)} glides and frictions, median sigma {sigma:.0f} degrees; "
          f"along (< 30) {sum(s.fibre_deg < 30 for s in told)}, between {sum(30 <= s.fibre_deg < 60 for s in told)}, "
          f"across {sum(s.fibre_deg >= 60 for s in told)}")
    print("  muscles:", ", ".join(f"{name or 'none'} {n}" for name, n in Counter(s.muscle for s in strokes).most_common()))


def _with_locator(grid: AtlasGrid, script: str, seeds: list[int], seconds: float) -> None:
    """Strokes of the whole chain beside those of true places: those that overlap for most of both."""
    same_muscle, pairs, errors, sigmas = 0, 0, [], []
    for seed in seeds:
        out = Simulation(script, seed=seed, duration_s=seconds).run()
        true, found = (
            StrokeTracker(float(out.body.back_length_mm), grid).process(touches(out))
            for touches in (touches_from_truth, touches_from_sensors)
        )
        for a, b in ((a, b) for a in true for b in found if _overlap(a, b) > 0.8 and a.muscle and b.muscle):
            pairs, same_muscle = pairs + 1, same_muscle + (a.muscle == b.muscle)
            if a.fibre_deg is not None and b.fibre_deg is not None and b.fibre_sigma_deg is not None:
                errors.append(b.fibre_deg - a.fibre_deg)
                sigmas.append(b.fibre_sigma_deg)
    print(f"  with the locator: same muscle in {same_muscle} of {pairs} strokes")
    if errors:
        wide = np.max(np.abs(np.array(errors) / np.array(sigmas)))
        print(f"  angle of {len(errors)}: error RMS {np.sqrt(np.mean(np.square(errors))):.1f} degrees, largest "
              f"{np.max(np.abs(errors)):.1f}, at most {wide:.1f} of the stated sigma")


def _overlap(a: Stroke, b: Stroke) -> float:
    both_us = min(a.end_us, b.end_us) - max(a.start_us, b.start_us)
    return both_us / max(a.end_us - a.start_us, b.end_us - b.start_us)


if __name__ == "__main__":
    main()
