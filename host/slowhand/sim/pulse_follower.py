"""A giver who goes with the pulses, as people do: a little after each, and never twice the same."""

from __future__ import annotations

from slowhand.sim.choreography import Choreography, Plan

PERIOD_S = 5.0        # from pulse to pulse
FIRST_S = 8.0         # of the run: the first pulse that is followed
DELAY_S = 0.2         # a turn comes so long after the pulse: slow beats are answered, not foreseen (Repp 2005)
JITTER_S = 0.15       # and strays by so much


def with_pulse(stage: Choreography) -> None:
    """Long glides up and down one side that turn with a pulse every five seconds, for the whole run."""
    rng, length = stage.rng, stage.body.back_length_mm
    top, bottom = (80.0, 0.14 * length), (84.0, 0.74 * length)
    stage.hover(FIRST_S - 1.6 - stage.time_s)
    start, end, turn = top, bottom, 0
    while stage.left_s > PERIOD_S + 2.0:
        goal_s = FIRST_S + PERIOD_S * (turn + 1) + DELAY_S + JITTER_S * float(rng.normal())
        if turn == 0:
            # Lands first, so that the way to the first turn begins at a pulse too.
            stage.perform(_glide(stage, start, end, max(goal_s - FIRST_S - DELAY_S, 1.0), chained=False))
        else:
            stage.perform(_glide(stage, start, end, max(goal_s - stage.time_s, 1.0), chained=True))
        start, end, turn = end, start, turn + 1


def _glide(stage: Choreography, start: tuple[float, float], end: tuple[float, float], lasts_s: float,
           chained: bool) -> Plan:
    """A glide that takes ``lasts_s``, its rise and fall of a third of a second included."""
    way_cm = 0.1 * abs(end[1] - start[1])
    speed = way_cm / max(lasts_s - 0.35, 0.5)
    return Plan("glide", "palm", start, end, 8.0, speed_cm_s=speed, chained=chained, keep=True)
