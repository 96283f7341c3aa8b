"""A giver who does the whole back as it is taught: rest, feel left against right, shoulders, down the back, neck last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

from slowhand.sim.choreography import Choreography, Plan

# Of the time after the start procedure, in the order of the work.
SHARES = (("settle", 0.06), ("feel", 0.12), ("shoulders", 0.20), ("upper", 0.20), ("middle", 0.15), ("lower", 0.15),
          ("neck", 0.09), ("close", 0.03))


def whole_routine(stage: Choreography) -> None:
    """Every step for its share of the run, left and right in turn, nothing near a limit."""
    whole_s, beyond = stage.left_s - 3.0, 0.0
    for name, share in SHARES:
        beyond += share
        until_s = 3.0 + whole_s * (1.0 - beyond)
        plans = _PLANS[name](stage)
        while stage.left_s > max(until_s, 4.0):
            stage.perform(next(plans))


def _sides(stage: Choreography, make: Callable[[float, int], Plan]) -> Iterator[Plan]:
    """Left and right in turn; ``make`` is told the side (1 or -1) and the number of the round."""
    first = float(stage.rng.choice([-1.0, 1.0]))
    for turn in cycle(range(1000)):
        yield make(first if turn % 2 == 0 else -first, turn // 2)


def _settle(stage: Choreography) -> Iterator[Plan]:
    length = stage.body.back_length_mm
    return _sides(stage, lambda side, turn: Plan(
        "press", "palm", (85.0 * side, 0.30 * length), (85.0 * side, 0.30 * length), 5.0, duration_s=6.0, ramp_s=0.8))


def _feel(stage: Choreography) -> Iterator[Plan]:
    length, rng = stage.body.back_length_mm, stage.rng

    def press(side: float, turn: int) -> Plan:
        share = (0.14, 0.30, 0.42)[turn % 3]
        place = ((82.0 + rng.normal(0.0, 4.0)) * side, share * length + rng.normal(0.0, 5.0))
        return Plan("press", "palm", place, place, float(rng.uniform(18.0, 24.0)), duration_s=1.6, ramp_s=0.6)

    return _sides(stage, press)


def _shoulders(stage: Choreography) -> Iterator[Plan]:
    length, rng = stage.body.back_length_mm, stage.rng

    def knead(side: float, turn: int) -> Plan:
        x, y = (74.0, 96.0, 120.0, 140.0)[turn % 4] * side, (0.03 + 0.05 * (turn % 3)) * length
        return Plan("knead", "grip", (x, y), (x + 8.0 * side, y + 10.0), float(rng.uniform(10.0, 15.0)),
                    duration_s=5.0, cadence_per_min=float(rng.uniform(36.0, 46.0)), heading_deg=10.0 * side)

    return _sides(stage, knead)


def _down(stage: Choreography, low: float, high: float, force_n: float) -> Iterator[Plan]:
    """Lanes beside the spine, from inside out, now and then kneaded."""
    length, rng = stage.body.back_length_mm, stage.rng

    def stroke(side: float, turn: int) -> Plan:
        x = (60.0, 80.0, 100.0, 122.0)[turn % 4]
        if turn % 5 == 4:
            y = rng.uniform(low, high) * length
            return Plan("knead", "palm", (x * side, y), ((x + 6.0) * side, y + 8.0), force_n, duration_s=5.0,
                        cadence_per_min=40.0)
        start, end = (low - 0.06) * length, (high - 0.04) * length
        return Plan("glide", "palm", (x * side, start), (x * side, end), force_n, speed_cm_s=float(rng.uniform(6.0, 10.0)))

    return _sides(stage, stroke)


def _lower(stage: Choreography) -> Iterator[Plan]:
    length = stage.body.back_length_mm
    lanes = _down(stage, 0.78, 1.06, 9.0)

    def across(side: float, turn: int) -> Plan:
        y = (1.03 + 0.04 * (turn % 2)) * length
        return Plan("glide", "fingers", (32.0 * side, y - 20.0), (100.0 * side, y - 10.0), 6.0, speed_cm_s=6.0)

    out = _sides(stage, across)
    for turn in cycle(range(1000)):
        yield next(out) if turn % 4 >= 2 else next(lanes)


def _neck(stage: Choreography) -> Iterator[Plan]:
    length, rng = stage.body.back_length_mm, stage.rng

    def stroke(side: float, turn: int) -> Plan:
        x = float(rng.uniform(30.0, 46.0)) * side
        return Plan("glide", "fingers", (x, -0.15 * length), (x * 1.1, -0.04 * length), 2.9, speed_cm_s=4.0,
                    heading_deg=180.0 - 15.0 * side)

    return _sides(stage, stroke)


def _close(stage: Choreography) -> Iterator[Plan]:
    length = stage.body.back_length_mm
    return _sides(stage, lambda side, turn: Plan(
        "glide", "palm", (78.0 * side, 0.15 * length), (82.0 * side, 0.8 * length), 5.0, speed_cm_s=8.0))


_PLANS: dict[str, Callable[[Choreography], Iterator[Plan]]] = {
    "settle": _settle,
    "feel": _feel,
    "shoulders": _shoulders,
    "upper": lambda stage: _down(stage, 0.20, 0.46, 11.0),
    "middle": lambda stage: _down(stage, 0.45, 0.72, 9.0),
    "lower": _lower,
    "neck": _neck,
    "close": _close,
}
