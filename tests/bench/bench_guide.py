"""How well coverage and palpation agree with simulated truth, and what the guide costs: `python -m tests.bench guide`.

    .venv/bin/python -m tests.bench.bench_guide --seeds 4000 4001 --seconds 240

Backs are as firm on both sides, or 15, 20 or 30 % firmer on one; every error of sensors and locator is in the loop.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field, replace

import numpy as np

from slowhand.coach.areas import AREAS
from slowhand.coach.coach import Coach
from slowhand.coach.guide import Guide
from slowhand.coach.receiver import Receiver
from slowhand.locate.pose import Mode
from slowhand.sensing.profile import load_glove
from slowhand.sim.body import REALISTIC_BODY, some_body
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.strokes.segment import StrokeTracker
from tests.integration.coach_truth import receiver_of, touches_from_sensors
from tests.integration.guide_truth import true_contact_s, true_seconds

FIRMER_LEFT = (0.0, 0.15, -0.2, 0.3)
BRIEF = ["--seeds", "4000", "4001"]


@dataclass
class Tally:
    """Figures over all sessions."""

    agree: list[float] = field(default_factory=list)
    too_much: list[float] = field(default_factory=list)
    missing: list[float] = field(default_factory=list)
    cover_error: list[float] = field(default_factory=list)
    time_error_s: list[float] = field(default_factory=list)
    unknown: list[float] = field(default_factory=list)
    off_sigmas: list[float] = field(default_factory=list)
    off_share: list[float] = field(default_factory=list)
    told_right: int = 0
    told_wrong: int = 0
    not_told: int = 0
    asked: int = 0
    flags: int = 0
    cost_us: list[float] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> None:
    """Run the sessions and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(4000, 4012)))
    parser.add_argument("--seconds", type=float, default=240.0)
    options = parser.parse_args(arguments)
    tally = Tally()
    for seed in options.seeds:
        share = FIRMER_LEFT[seed % len(FIRMER_LEFT)]
        body = replace(some_body(np.random.default_rng([seed, 1]), REALISTIC_BODY), firmer_left=share)
        out = Simulation("routine", seed=seed, duration_s=options.seconds, body=body).run()
        touch = touches_from_sensors(out)
        coach, flags = _guided(out, touch)
        tally.flags += flags
        _cover(tally, out, coach)
        _feel(tally, coach, float(np.log((1.0 + share) / (1.0 - share))))
        tally.cost_us.append(_cost_us(touch))
    _print(tally, len(options.seeds) * options.seconds / 60.0)


def _guided(out: SimOutput, touch: np.ndarray) -> tuple[Coach, int]:
    coach, tracker = Coach(load_glove(), receiver_of(out), Mode.STRIP), StrokeTracker(float(out.body.back_length_mm))
    coach.tell("step", "start")
    begin, flags = 0, set()
    for row, stroke in tracker.process_by_row(touch):
        flags |= {flag.key for flag in coach.process(touch[begin : row + 1], [stroke]).flags_changed}
        begin = row + 1
    coach.process(touch[begin:])
    return coach, len(flags)


def _cover(tally: Tally, out: SimOutput, coach: Coach) -> None:
    coverage = coach.guide.coverage
    truth, worked = true_seconds(out, coverage.grid), coverage.worked()
    really, on_back = truth >= coverage.rule.worked_s, coverage.grid.area >= 0
    tally.agree.append(float(np.mean((worked == really)[on_back])))
    tally.too_much.append(float(np.mean((worked & ~really)[on_back])))
    tally.missing.append(float(np.mean((~worked & really)[on_back])))
    spent = true_contact_s(out)
    for area in AREAS:
        cells = coverage.grid.cells_of(area)
        tally.cover_error.append(abs(float(worked[cells].mean() - really[cells].mean())))
        tally.time_error_s.append(abs(coverage.contact_s(area) - spent[area]))
    tally.unknown.append(coverage.unknown_s / sum(spent.values()))
    tally.asked += coach.guide.asking.asked


def _feel(tally: Tally, coach: Coach, truth: float) -> None:
    for compared in coach.guide.palpation.comparisons():
        if compared.firmness_ratio is None or compared.firmness_sigma is None:
            continue
        off = float(np.log(compared.firmness_ratio)) - truth
        tally.off_share.append(off)
        tally.off_sigmas.append(off / compared.firmness_sigma)
        right = compared.firmer != "" and (compared.firmer == "left") == (truth > 0.0) and truth != 0.0
        tally.told_right += right
        tally.told_wrong += compared.firmer != "" and not right
        tally.not_told += compared.firmer == "" and truth != 0.0


def _cost_us(touch: np.ndarray) -> float:
    """Microseconds per row of the guide alone, in blocks of seven rows as a live session has them."""
    guide, part = Guide(load_glove(), Receiver(), Mode.STRIP), touch[:8000]
    guide.take(part[:7], [])
    begin = time.process_time()
    for i in range(0, len(part), 7):
        block = part[i : i + 7]
        for k, t_us in enumerate(block["t_us"].tolist()):
            if t_us >= guide.due_us:
                guide.look(block, k, False, True)
        guide.take(block, [])
    return 1e6 * (time.process_time() - begin) / len(part)


def _print(tally: Tally, minutes: float) -> None:
    print(f"cells of 2 cm, worked or not: agree {np.mean(tally.agree):.3f} (worst session {np.min(tally.agree):.3f}); "
          f"called worked and were not {np.mean(tally.too_much):.3f}, were and not called so {np.mean(tally.missing):.3f}")
    p50, p95 = np.median(tally.cover_error), np.quantile(tally.cover_error, 0.95)
    times = np.median(tally.time_error_s), np.quantile(tally.time_error_s, 0.95)
    print(f"cover of an area: error p50 {p50:.3f}, p95 {p95:.3f}; time in an area: p50 {times[0]:.1f} s, "
          f"p95 {times[1]:.1f} s; contact at an unknown place {np.mean(tally.unknown):.3f}")
    off = np.array(tally.off_sigmas)
    print(f"firmness, left over right: error {np.std(tally.off_share):.2f} (share), {np.sqrt(np.mean(off**2)):.2f} of its "
          f"own sigma (RMS of {len(off)}); side named rightly {tally.told_right}, wrongly {tally.told_wrong}, "
          f"real and not named {tally.not_told}")
    print(f"questions {tally.asked} and flags {tally.flags} in {minutes:.0f} calm minutes")
    print(f"cost: {np.median(tally.cost_us):.1f} us a row")


if __name__ == "__main__":
    main()
