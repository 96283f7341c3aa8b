"""Cuts the motion of one contact into its simplest parts: legs from one turning point to the next, and rests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

SMOOTH_S = 0.025          # of the velocity: a tenth of the fastest rubbing's cycle
STILL_CM_S = 1.0          # slower than this for STILL_US is a rest
STILL_US = 300_000
MOVING_CM_S = 1.5         # a rest ends above this: noise around 1 cm/s must not chop it up
JUMP_MM = 1.0             # a place that steps by this much more than three times the speed allows has jumped
BLIND_US = 300_000        # a speed unknown for longer ends the leg; the speed is held until then
TURN_MM = 3.0             # a turning point is one when the hand has come back this far,
TURN_SHARE = 0.1          # or this share of the leg, so that a long glide may wobble,
TURN_MOST_MM = 10.0       # but never more than this


class Motion(Enum):
    LEG = "leg"        # from one turning point to the next
    REST = "rest"      # pressed but not moving
    BLIND = "blind"    # pressed; how it moves is unknown


@dataclass(frozen=True)
class Part:
    """One part of a contact's motion, from ``start_us`` to ``end_us``; places are relative."""

    motion: Motion
    start_us: int
    end_us: int
    dx_mm: float = 0.0        # from its start to its end
    dy_mm: float = 0.0
    path_mm: float = 0.0
    area_mm2: float = 0.0     # between its way and its chord; its sign is the sense of turning

    @property
    def chord_mm(self) -> float:
        return math.hypot(self.dx_mm, self.dy_mm)

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us


class MotionSplitter:
    """Follows one contact row by row and returns each part as soon as its end is certain.

    A leg reaches from its start to the point farthest from it: there the direction of motion has turned by
    more than 90 degrees against the way gone. A straight stroke up and down has two legs, so has a circle,
    whose half turns are its legs; a rub of a few millimetres has many short ones.

    The way gone is that of the skin's point under the centre of pressure: the hand's own step and its turn
    over the lever, so that force which shifts between the fingers moves nothing. It is taken from places,
    whose error is bounded, and not from the velocity, whose integral drifts by a kneading circle in a second.
    """

    def __init__(self, start_us: int) -> None:
        self._last_us = start_us
        self._vx = self._vy = math.nan       # smoothed, cm/s; NaN until a speed is known
        self._place = (math.nan, math.nan)   # the hand's, mm, in the row before
        self.went_mm = (math.nan, math.nan)  # how far the skin's point under the centre went with the latest row
        self._heading = math.nan
        self._known_us = start_us            # when a speed was known last
        self._slow_us: int | None = None     # since when it is slower than STILL_CM_S
        self.motion = Motion.LEG             # what it is doing now
        self._begin(start_us)

    def _begin(self, start_us: int) -> None:
        self._start_us = start_us
        self._x = self._y = self._path = self._area = 0.0
        self._seen = (0.0, 0.0, 0.0, 0.0)    # the same when a speed was known last
        self._mark_far(start_us, 0.0)

    def _mark_far(self, t_us: int, distance: float) -> None:
        self._far_us, self._far = t_us, distance
        self._far_x, self._far_y, self._far_path, self._far_area = self._x, self._y, self._path, self._area

    def step(
        self, t_us: int, vx_cm_s: float, vy_cm_s: float,
        place_mm: tuple[float, float], lever_mm: tuple[float, float], heading_rad: float,
    ) -> Part | None:
        """One row in contact, NaN where unknown. Returns the part that is known to be over.

        Args:
            place_mm: of the hand, back frame.
            lever_mm: from there to the centre of pressure.
            heading_rad: as in TOUCH_DTYPE.
        """
        step_s = (t_us - self._last_us) * 1e-6
        self._last_us = t_us
        self.went_mm = dx, dy = self._went(place_mm, lever_mm, heading_rad)
        if vx_cm_s == vx_cm_s:
            self._known_us = t_us
            self._smooth(vx_cm_s, vy_cm_s, step_s)
            if self.motion is Motion.BLIND:
                return self._turn_to(Motion.LEG, t_us)
        elif t_us - self._known_us >= BLIND_US or self._vx != self._vx:
            self._vx = self._vy = math.nan
            self._slow_us = None
            self._x, self._y, self._path, self._area = self._seen   # what the held speed added was a guess
            return self._turn_to(Motion.BLIND, self._known_us)
        speed = math.hypot(self._vx, self._vy)
        self._travel(step_s, speed, dx, dy)
        if vx_cm_s == vx_cm_s:
            self._seen = (self._x, self._y, self._path, self._area)
        if self.motion is Motion.REST:
            return self._turn_to(Motion.LEG, t_us) if speed > MOVING_CM_S else None
        return self._rest(t_us, speed) or self._turn(t_us)

    def finish(self, end_us: int) -> Part:
        """The contact is over: the last part."""
        return Part(self.motion, self._start_us, end_us, self._x, self._y, self._path, self._area)

    def _smooth(self, vx: float, vy: float, step_s: float) -> None:
        if self._vx != self._vx:
            self._vx, self._vy = vx, vy
            return
        gain = step_s / (SMOOTH_S + step_s)
        self._vx += gain * (vx - self._vx)
        self._vy += gain * (vy - self._vy)

    def _went(
        self, place: tuple[float, float], lever: tuple[float, float], heading: float
    ) -> tuple[float, float]:
        """How far the skin's point under the centre went since the row before, mm; NaN where unknown."""
        turn = heading - self._heading
        if turn > math.pi or turn < -math.pi:
            turn -= math.copysign(2.0 * math.pi, turn)
        dx = place[0] - self._place[0] + turn * lever[1]
        dy = place[1] - self._place[1] - turn * lever[0]
        self._place, self._heading = place, heading
        return dx, dy

    def _travel(self, step_s: float, speed: float, dx: float, dy: float) -> None:
        # A place that jumps is the locator's correction, not the hand: then the velocity knows better.
        if not abs(dx) + abs(dy) <= JUMP_MM + 30.0 * speed * step_s:  # also where it is NaN
            dx, dy = 10.0 * self._vx * step_s, 10.0 * self._vy * step_s
        self._area += 0.5 * (self._x * dy - self._y * dx)
        self._x += dx
        self._y += dy
        self._path += 10.0 * speed * step_s

    def _turn_to(self, motion: Motion, at_us: int) -> Part | None:
        if motion is self.motion:
            return None
        part = Part(self.motion, self._start_us, at_us, self._x, self._y, self._path, self._area)
        self.motion = motion
        self._begin(at_us)
        return part if part.duration_us > 0 else None

    def _rest(self, t_us: int, speed: float) -> Part | None:
        if speed >= STILL_CM_S:
            self._slow_us = None
            return None
        if self._slow_us is None:
            self._slow_us = t_us
        if t_us - self._slow_us < STILL_US:
            return None
        part = self._turn_to(Motion.REST, max(self._slow_us, self._start_us))
        self._slow_us = None
        return part

    def _turn(self, t_us: int) -> Part | None:
        distance = math.hypot(self._x, self._y)
        if distance >= self._far:
            self._mark_far(t_us, distance)
            return None
        if self._far - distance < min(max(TURN_MM, TURN_SHARE * self._far), TURN_MOST_MM):
            return None
        part = Part(
            Motion.LEG, self._start_us, self._far_us, self._far_x, self._far_y, self._far_path, self._far_area
        )
        x, y, path = self._x - self._far_x, self._y - self._far_y, self._path - self._far_path
        area = self._area - self._far_area - 0.5 * (self._far_x * y - self._far_y * x)  # about the new start
        self._begin(self._far_us)
        self._x, self._y, self._path, self._area = self._seen = x, y, path, area
        self._mark_far(t_us, math.hypot(x, y))
        return part
