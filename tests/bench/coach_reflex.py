"""How soon the glove itself warns: the firmware's binary, with the pads' counts and the thresholds of a whole session.

A session runs through the pipeline block by block; the thresholds that the coach gives go to the emulated glove as the
host would send them, some milliseconds after the block. The motor's pin is then held against the moment at which a
pad's true force, where that pad truly was, crossed the limit of the zone. Only pads that by themselves go beyond
the limit by 12 % count: the glove guards each pad, the sum over several is the host's.
"""

from __future__ import annotations

import numpy as np

from slowhand.coach.cue import ReflexLimits
from slowhand.locate.strip import load_strip
from slowhand.session.pipeline import Pipeline
from slowhand.sim.emulator import FEED_DTYPE, Firmware, build_firmware
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.sim.truth import hysteresis, runs, zone_forces
from slowhand.wire.messages_gen import Limits
from tests.bench import coach_conditions as asked
from tests.bench.bench_firmware import LIMIT
from tests.bench.coach_figures import at_most, quantile
from tests.bench.locate_figures import Line
from tests.firmware.glove_talk import commands, start_at
from tests.firmware.glove_truth import on_edges_us, random_crossings, reflex_latencies_us, run_glove
from tests.integration.coach_score import MARGIN
from tests.integration.coach_truth import glove_of, receiver_of

SCRIPTS = ("flags", "limits")
SEEDS = 6
SECONDS = 120.0
BLOCK = 4              # rows of 5 ms that the host takes in at once
HOST_US = 8_000        # from a block's last row to its thresholds in the glove: link, pipeline, link
TTL_MS, REFRESH_US = 1000, 400_000
RAN_US = 1_300_000     # a motor that began within this may still run, or rest because it ran too long: no new warning
SOONEST_US, LATEST_US = 100_000, 500_000
LASTS_US = 50_000      # as a flag must


def reflex_lines(seeds: list[int]) -> list[Line]:
    """Over the first few seeds: from the count, and from the true force."""
    firmware = build_firmware()
    felt: list[float] = []
    for script in SCRIPTS:
        for seed in seeds[:SEEDS]:
            out = Simulation(script, seed, SECONDS).run()
            told = thresholds(out)
            feed, said = feed_of(out), commands(*messages(told, int(out.raw["t_us"][-1])))
            run = run_glove(firmware, feed, float(feed["t_us"][-1]) / 1e6, [*start_at(200), *said], kinds=["motor", "adc"])
            edges = on_edges_us(run.events)
            felt += late_ms(crossings(out), edges)
    counted = _by_count(firmware)
    unfelt = sum(np.isinf(felt))
    return [
        at_most("from the pad's conversion to the motor, worst", max(counted), asked.REFLEX_MS, "ms",
                f"{len(counted)} crossings", 1),
        at_most("from the true force to the motor, p95", quantile(felt, 95), asked.REFLEX_MS, "ms",
                f"{len(felt)} crossings, {unfelt} unfelt", 1),
        at_most("from the true force to the motor, median", quantile(felt, 50), None, "ms", digits=1),
    ]


def thresholds(out: SimOutput) -> list[tuple[int, ReflexLimits]]:
    """When the glove has them, and what they are."""
    pipeline = Pipeline(glove_of(out), load_strip(), receiver_of(out))
    told = []
    for i in range(0, len(out.raw), BLOCK):
        block = out.raw[i : i + BLOCK]
        limits = pipeline.process(block).limits
        if limits:
            told.append((int(block["t_us"][-1]) + HOST_US, limits[-1]))
    return told


def messages(told: list[tuple[int, ReflexLimits]], end_us: int) -> list[tuple[int, Limits]]:
    """What the host sends: each change at once, and the last one again before it expires."""
    sent: list[tuple[int, Limits]] = []
    for (t_us, limits), until_us in zip(told, [t for t, _ in told[1:]] + [end_us], strict=True):
        sent += [(again, Limits(limits.pad_counts, TTL_MS)) for again in range(t_us, max(until_us, t_us + 1), REFRESH_US)]
    return sent


def feed_of(out: SimOutput) -> np.ndarray:
    feed = np.zeros(len(out.chips), FEED_DTYPE)
    feed["t_us"], feed["adc"] = out.chips["t_us"], out.chips["pads"]
    for name in ("accel", "gyro", "field0", "field1"):
        feed[name] = out.chips[name]
    rest = feed[:1].copy()
    rest["t_us"] = 0
    return np.concatenate([rest, feed])


def crossings(out: SimOutput) -> list[int]:
    """When the first pad began to press, by itself, more than where it is may bear: by 12 % and for long enough, us."""
    truth = out.truth
    over = np.zeros(len(truth))   # a pad's force over the tightest limit where it is
    for pad in range(6):
        alone = truth.copy()
        alone["force_n"] = np.where(np.arange(6) == pad, truth["force_n"], 0.0)
        alone["total_n"] = alone["force_n"].sum(axis=1)
        for force, warn, _ in zone_forces(alone, out.body).values():
            over = np.maximum(over, force / warn)
    t, found = truth["t_us"], []
    for a, b in runs(hysteresis(np.where(truth["started"], over, 0.0), 1.0, 0.9)):
        if t[min(b, len(t) - 1)] - t[a] >= LASTS_US and over[a:b].max() >= 1.0 + MARGIN:
            found.append(int(t[a]))
    return found


def late_ms(begun_us: list[int], edges_us: np.ndarray) -> list[float]:
    """From each crossing to the motor; infinite where it did not run, left out where it may have been running already."""
    late = []
    for t_us in begun_us:
        if np.any((edges_us > t_us - RAN_US) & (edges_us < t_us - SOONEST_US)):
            continue
        after = edges_us[(edges_us >= t_us - SOONEST_US) & (edges_us <= t_us + LATEST_US)]
        late.append((after[0] - t_us) / 1e3 if len(after) else np.inf)
    return late


def _by_count(firmware: Firmware) -> list[float]:
    feed, seconds = random_crossings(200, LIMIT, seed=1)
    said = commands(*[(1_000_000 * s + 137, Limits((LIMIT,) * 6, 3000)) for s in range(1, int(seconds))])
    run = run_glove(firmware, feed, seconds, [*start_at(200), *said], kinds=["adc", "motor"])
    return [float(us) / 1e3 for us in reflex_latencies_us(run.events, LIMIT)]
