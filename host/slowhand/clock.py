"""The glove's clock: one increasing line through wraps and resets, and how it stands to the host's clock.

The glove stamps with 32 bits of microseconds, which wrap after 71.6 minutes. `Timeline` makes of them one 64-bit line
that orders and spaces every sample. `DeviceClock` says when on the host's clock that was; arrival stamps nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

WRAP_US = 1 << 32

# Stamps of one boot come in order but for a Field, Status or Pong latched a little before the Sample that went first.
BACKWARDS_US = 1_000_000

# A step forward that the host did not live through is another boot's clock, whose Hello was lost.
LEAP_US = 10_000_000
LEAP_TOLERANCE_US = 5_000_000

# Beyond this silence a step may hold whole wraps, and the host's clock must say how many. Half a wrap is 35.8 min.
LONG_SILENCE_S = 1000.0

# However little time the host saw pass over a reset, or over its own sleep, the gap on the line is at least this: longer
# than the locator carries a place over rows that are missing (0.35 s). Nobody knows what the hand did meanwhile.
RESET_STEP_US = 500_000


@dataclass(slots=True)
class Timeline:
    """The glove's 32-bit stamps as one 64-bit line, in microseconds.

    The line starts at the first stamp. Across a reset it goes on by the time that passed on the host between the two
    messages on either side. It depends on the stamps and, at a reset or a long silence, on the times at which the
    bytes came in as they were recorded; never on how the bytes were cut.
    """

    newest_us: int | None = None   # on the line
    newest_stamp: int = 0          # as it was on the wire
    newest_host_s: float = 0.0
    reset_announced: bool = False

    def announce_reset(self) -> None:
        """The next stamp is from a new boot: a Hello with another boot id has come."""
        self.reset_announced = True

    def place(self, stamp: int, host_s: float) -> tuple[int, bool]:
        """Where a stamp lies on the line, and whether a reset that was not announced lies just before it.

        Args:
            stamp: 0 to 2**32 - 1, microseconds as on the wire.
            host_s: when its bytes came in, on the host's clock, seconds.
        """
        if self.newest_us is None:
            self.reset_announced = False
            return self._advance(stamp, stamp, host_s), False
        quiet_us = max(round((host_s - self.newest_host_s) * 1e6), 0)
        step_us = self._step_us(stamp, quiet_us)
        announced, self.reset_announced = self.reset_announced, False
        if announced or self._is_reset(step_us, quiet_us):
            return self._advance(self.newest_us + max(quiet_us, RESET_STEP_US), stamp, host_s), not announced
        at_us = self.newest_us + step_us
        if step_us >= 0:
            self._advance(at_us, stamp, host_s)
        return at_us, False

    def state(self) -> dict[str, Any]:
        return asdict(self)

    def _step_us(self, stamp: int, quiet_us: int) -> int:
        step_us = (stamp - self.newest_stamp + WRAP_US // 2) % WRAP_US - WRAP_US // 2
        if quiet_us > LONG_SILENCE_S * 1e6:
            step_us += max(round((quiet_us - step_us) / WRAP_US), 0) * WRAP_US
        return step_us

    @staticmethod
    def _is_reset(step_us: int, quiet_us: int) -> bool:
        return step_us < -BACKWARDS_US or (step_us > LEAP_US and step_us - quiet_us > LEAP_TOLERANCE_US)

    def _advance(self, at_us: int, stamp: int, host_s: float) -> int:
        self.newest_us, self.newest_stamp, self.newest_host_s = at_us, stamp, host_s
        return at_us


@dataclass(frozen=True, slots=True)
class ClockFit:
    """host_s = reference_host_s + rate * (device_us - reference_us) * 1e-6."""

    reference_us: int
    reference_host_s: float
    rate: float        # host seconds per device second
    sigma_s: float     # standard error at the reference
    points: int        # that were used; those rejected are not among them

    def host_s(self, device_us: int) -> float:
        return self.reference_host_s + self.rate * (device_us - self.reference_us) * 1e-6

    def device_us(self, host_s: float) -> int:
        return self.reference_us + round((host_s - self.reference_host_s) / self.rate * 1e6)


# Nano boards run on a ceramic resonator: +-0.5 % (Murata CSTCE-G data sheet, tolerance with ageing and temperature).
RATE_SIGMA = 5e-3
KEPT_POINTS = 600            # ten minutes at one a second: long against jitter, short against warming up
BEST_HALF_TRIP_S = 2e-4      # half the time of the bytes on the line; no round trip is trusted further
ARRIVAL_SIGMA_S = 5e-3       # USB hands bytes over late by 1-16 ms
ARRIVAL_BIN_US = 1_000_000
ENOUGH_PINGS = 3             # from then on arrivals, which are always late, are left out
REJECT_SIGMAS = 4.0

LATE_S = 0.5                 # a sample that is older than this when it is used says nothing about now
TRIP_AGREES_S = 0.05         # beyond its two ends; the fit's own error is a tenth of it


class DeviceClock:
    """Fits host time to device time, robustly, from ping round trips and, until there are some, from arrivals."""

    def __init__(self) -> None:
        self._pings: deque[tuple[int, float, float]] = deque(maxlen=KEPT_POINTS)     # device us, host s, sigma s
        self._arrivals: deque[tuple[int, float, float]] = deque(maxlen=KEPT_POINTS)
        self._fit: ClockFit | None = None
        self._bin_start_us = 0
        self._stale = False
        self._trip: tuple[float, int, float] | None = None   # the latest: sent s, device us, received s
        self.round_trip_s: float | None = None  # how long that took

    @property
    def fit(self) -> ClockFit | None:
        """The line through what was seen, or ``None`` before anything was."""
        if self._stale:
            self._fit = _robust_line(self._pings if len(self._pings) >= ENOUGH_PINGS else self._arrivals)
            self._stale = False
        return self._fit

    def saw_arrival(self, device_us: int, host_s: float) -> None:
        """A message stamped ``device_us`` was read at ``host_s``. Of each second the least late one is kept."""
        late = host_s - device_us * 1e-6
        if self._arrivals and device_us - self._bin_start_us < ARRIVAL_BIN_US:
            last_us, last_host_s, _ = self._arrivals[-1]
            if late >= last_host_s - last_us * 1e-6:
                return
            self._arrivals.pop()
        else:
            self._bin_start_us = device_us
        self._arrivals.append((device_us, host_s, ARRIVAL_SIGMA_S))
        self._stale = self._stale or len(self._pings) < ENOUGH_PINGS

    def saw_round_trip(self, sent_s: float, device_us: int, received_s: float) -> None:
        """A ping left at ``sent_s``, was stamped ``device_us`` by the glove, and its answer came at ``received_s``."""
        trip_s = received_s - sent_s
        if trip_s < 0:
            return  # not an answer to this ping
        self.round_trip_s = trip_s
        self._trip = sent_s, device_us, received_s
        self._pings.append((device_us, (sent_s + received_s) / 2, max(trip_s / 2, BEST_HALF_TRIP_S)))
        if len(self._pings) >= ENOUGH_PINGS:
            self._arrivals.clear()
        self._stale = True

    def age_s(self, device_us: int, now_s: float) -> float | None:
        """How long ago ``device_us`` was, in seconds; ``None`` while that is not known for sure.

        The line is believed only as long as the latest round trip agrees with it: after a clock has stood still or
        jumped it would call fresh samples old until enough of the past is forgotten.
        """
        fit = self.fit
        if fit is None or self._trip is None or len(self._pings) < ENOUGH_PINGS:
            return None
        sent_s, stamp_us, received_s = self._trip
        if not sent_s - TRIP_AGREES_S <= fit.host_s(stamp_us) <= received_s + TRIP_AGREES_S:
            return None
        return now_s - fit.host_s(device_us)

    def restart(self) -> None:
        """The glove was reset: what was seen before says nothing about the new offset."""
        self._pings.clear()
        self._arrivals.clear()
        self._stale = False
        self._trip = None
        self.round_trip_s = None


def _robust_line(points: deque[tuple[int, float, float]]) -> ClockFit | None:
    """Weighted least squares with a prior on the rate, again and again without the points beyond REJECT_SIGMAS."""
    if not points:
        return None
    reference_us = points[-1][0]
    table = np.array([((us - reference_us) * 1e-6, host_s, sigma_s) for us, host_s, sigma_s in points])
    device_s, offset_s, sigma_s = table[:, 0], table[:, 1] - table[:, 0], table[:, 2]
    intercept, slope = _median_line(device_s, offset_s)
    used = np.ones(len(points), bool)
    error_s = 0.0
    for _ in range(5):
        residual = (offset_s - intercept - slope * device_s) / sigma_s
        spread = max(1.4826 * float(np.median(np.abs(residual))), 0.1)
        kept = np.abs(residual) <= REJECT_SIGMAS * spread
        if kept.any():
            used = kept
        intercept, slope, error_s = _weighted_line(device_s[used], offset_s[used], sigma_s[used])
    return ClockFit(reference_us, intercept, 1.0 + slope, error_s, int(used.sum()))


def _median_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """A start that half of the points may be wrong for: slopes over half the length, then offsets (after Theil)."""
    half = len(x) // 2
    slope = 0.0
    if half >= 2:
        rise, run = y[half:] - y[: len(y) - half], x[half:] - x[: len(x) - half]
        slope = float(np.median(rise[run > 0] / run[run > 0])) if (run > 0).any() else 0.0
        slope = min(max(slope, -3 * RATE_SIGMA), 3 * RATE_SIGMA)
    return float(np.median(y - slope * x)), slope


def _weighted_line(x: np.ndarray, y: np.ndarray, sigma: np.ndarray) -> tuple[float, float, float]:
    """Intercept, slope (prior 0 +- RATE_SIGMA) and the intercept's standard error, by the normal equations."""
    weight = 1.0 / sigma**2
    sum_w, sum_x = weight.sum(), (weight * x).sum()
    middle = sum_x / sum_w
    centred = x - middle
    level = (weight * y).sum() / sum_w
    # Centred on the weighted middle the two unknowns part, but for the prior, which is on the slope alone.
    information = (weight * centred**2).sum() + 1.0 / RATE_SIGMA**2
    slope = (weight * centred * (y - level)).sum() / information
    error = np.sqrt(1.0 / sum_w + middle**2 / information)
    return float(level - slope * middle), float(slope), float(error)
