"""The simulated glove's motor and reflex: who may buzz, for how long, and when a pad is over its limit."""

from __future__ import annotations

from dataclasses import dataclass

from slowhand.wire.messages_gen import CuePattern

# Built-in limits in counts, which hold always: a 402 at the end of its range, a FlexiForce at 100 N.
ABSOLUTE_COUNTS = (840, 840, 840, 840, 640, 640)
SHORTEST_BUZZ_US = 150_000   # a coin motor needs 50-100 ms to spin up
LONGEST_ON_US = 990_000      # never a whole second
PATTERNS = {                 # period, on-time (us), pulses, share of the strength
    CuePattern.SLOWER: (260_000, 130_000, 2, 1.0),
    CuePattern.LIGHTER: (500_000, 500_000, 1, 1.0),
    CuePattern.SPINE: (120_000, 70_000, 6, 1.0),
    CuePattern.DONE: (200_000, 200_000, 1, 0.5),
}


@dataclass(frozen=True)
class PadChange:
    """A pad that went over its limit or fell below it again."""

    pad: int
    on: bool
    count: int
    limit: int


class Reflex:
    """Compares every sample with the host's thresholds while they are fresh, and with the built-in ones always."""

    def __init__(self) -> None:
        self._limits: tuple[int, ...] | None = None
        self._until_us = 0
        self._over = [False] * len(ABSOLUTE_COUNTS)
        self._hold_until_us = -1

    @property
    def has_host_limits(self) -> bool:
        return self._limits is not None

    def set_limits(self, counts: tuple[int, ...], ttl_ms: int, now_us: int) -> None:
        self._limits = counts if ttl_ms else None
        self._until_us = now_us + ttl_ms * 1000

    def expire(self, now_us: int) -> bool:
        """True once, when the host's thresholds grow too old."""
        if self._limits is not None and now_us >= self._until_us:
            self._limits = None
            return True
        return False

    def judge(self, counts: list[int], now_us: int) -> list[PadChange]:
        changes = []
        for pad, count in enumerate(counts):
            limit = ABSOLUTE_COUNTS[pad] if self._limits is None else min(self._limits[pad], ABSOLUTE_COUNTS[pad])
            if not self._over[pad] and count > limit:
                self._hold_until_us = now_us + SHORTEST_BUZZ_US
            elif not (self._over[pad] and count < limit * 15 / 16):
                continue
            self._over[pad] = not self._over[pad]
            changes.append(PadChange(pad, self._over[pad], count, limit))
        return changes

    def active(self, now_us: int) -> bool:
        return any(self._over) or now_us < self._hold_until_us


@dataclass(frozen=True)
class Pulses:
    """A train of pulses from ``start_us`` on; ``count`` 0 is endless."""

    start_us: int
    period_us: int
    on_us: int
    count: int
    strength: int

    def strength_at(self, now_us: int) -> int | None:
        """0-255, or None when the train is over."""
        turn, within = divmod(now_us - self.start_us, self.period_us)
        if self.count and turn >= self.count:
            return None
        return self.strength if within < self.on_us else 0


class Buzzer:
    """The motor: reflex before cue before pace, and at most two thirds of the time in all."""

    def __init__(self) -> None:
        self.on = False
        self.on_us = 0
        self._pace: Pulses | None = None
        self._cue: Pulses | None = None
        self._spent_us, self._last_us, self._cooling = 0, 0, False

    def set_pace(self, period_ms: int, on_ms: int, strength: int, now_us: int) -> bool:
        """False when the pulses could not be felt apart."""
        if period_ms == 0:
            self._pace = None
            return True
        if period_ms < 100 or not 0 < on_ms <= period_ms / 2 or on_ms * 1000 >= LONGEST_ON_US:
            return False
        new = Pulses(now_us, period_ms * 1000, on_ms * 1000, 0, strength)
        old = self._pace
        if old is None or (old.period_us, old.on_us, old.strength) != (new.period_us, new.on_us, new.strength):
            self._pace = new
        return True

    def play(self, pattern: int, strength: int, now_us: int) -> bool:
        """False for a pattern that nobody knows."""
        if pattern == CuePattern.NONE:
            self._cue = None
            return True
        if pattern not in PATTERNS:
            return False
        period_us, on_us, count, share = PATTERNS[CuePattern(pattern)]
        self._cue = Pulses(now_us, period_us, on_us, count, int(strength * share))
        return True

    def stop_all(self) -> None:
        self._pace = self._cue = None

    def update(self, reflex: bool, now_us: int) -> bool:
        """Decide for the time from ``now_us`` on. True when the guard has just cut in."""
        passed = now_us - self._last_us
        self._last_us = now_us
        self._spent_us = self._spent_us + passed if self.on else max(0, self._spent_us - 2 * passed)
        self.on_us += passed if self.on else 0
        cut = self._spent_us >= LONGEST_ON_US and not self._cooling
        if cut:
            self._cooling = True
        elif self._spent_us == 0:
            self._cooling = False
        cue = self._cue.strength_at(now_us) if self._cue else None
        if cue is None:
            self._cue = None
        pace = (self._pace.strength_at(now_us) or 0) if self._pace else 0
        wanted = 255 if reflex else pace if cue is None else cue
        self.on = wanted > 0 and not self._cooling
        return cut
