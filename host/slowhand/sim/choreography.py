"""Puts a program together, stroke by stroke: flights, landings, and the five kinds of stroke."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from slowhand.sim.body import Body
from slowhand.sim.hand import Hand, Program
from slowhand.sim.noise import slow_noise

# Shares of the force on thumb, index, middle, ring, heel, edge, and how the hand tips (pitch: fingers down), degrees.
TECHNIQUES: dict[str, tuple[tuple[float, ...], float]] = {
    "palm": ((0.05, 0.12, 0.14, 0.11, 0.38, 0.20), 0.0),
    "fingers": ((0.0, 0.34, 0.40, 0.26, 0.0, 0.0), 5.0),
    "thumb": ((0.82, 0.07, 0.06, 0.05, 0.0, 0.0), 3.0),
    "heel": ((0.0, 0.0, 0.0, 0.0, 0.76, 0.24), -6.0),
    "grip": ((0.26, 0.18, 0.18, 0.14, 0.18, 0.06), 0.0),
    "cup": ((0.10, 0.20, 0.22, 0.18, 0.20, 0.10), 0.0),
}


@dataclass(frozen=True)
class Plan:
    """One stroke as the giver means it. Places in mm, back frame, are those of the centre of pressure."""

    kind: str
    technique: str
    start_mm: tuple[float, float]
    end_mm: tuple[float, float]
    force_n: float
    speed_cm_s: float = 10.0         # glide: cruising speed
    duration_s: float = 3.0          # the other kinds: without ramps
    cadence_per_min: float = 45.0    # knead, friction (to and fro), tap
    radius_mm: float = 14.0          # knead: of the circle; friction: amplitude
    heading_deg: float = 0.0
    ramp_s: float = 0.2
    bow_mm: float = 0.0              # glide: sideways bow
    oval: float = 0.85               # knead: length of the circle along the back over its width
    uneven: float = 0.0              # how much the pace of a train wavers (0.2-1 Hz, RMS, relative)
    chained: bool = False            # goes on from the previous stroke without a lift
    keep: bool = False               # does not lift at its end
    note: str = ""


def technique_shares(technique: str) -> np.ndarray:
    """Shares (6,) of the total force, summing to one."""
    shares = np.array(TECHNIQUES[technique][0])
    return shares / shares.sum()


def minimum_jerk(tau: np.ndarray) -> np.ndarray:
    """From 0 to 1 with no velocity and no acceleration at either end (Flash and Hogan 1985)."""
    tau = np.clip(tau, 0.0, 1.0)
    return tau**3 * (10.0 - 15.0 * tau + 6.0 * tau**2)


def glide_course(length: float, speed: float, rise_s: float, rate_hz: float) -> np.ndarray:
    """Distance gone at each sample, m: smooth rise to ``speed`` (m/s), cruise, smooth fall."""
    rise = min(rise_s, length / speed)  # a short glide is all rise and fall
    total = max(length / speed + rise, 4.0 / rate_hz)
    n = max(round(total * rate_hz), 8)
    t = (np.arange(n) + 0.5) / n * total
    shape = minimum_jerk(t / rise) * minimum_jerk((total - t) / rise)
    return np.cumsum(shape) / shape.sum() * length


class Choreography:
    """Collects what the hand does, in order. Every method continues where the previous one ended."""

    def __init__(self, hand: Hand, body: Body, rng: np.random.Generator, duration_s: float, rate_hz: float = 200.0):
        self.hand, self.body, self.rng = hand, body, rng
        self.duration_s, self.rate_hz = duration_s, rate_hz
        self._rows: dict[str, list[np.ndarray]] = {k: [] for k in _CHANNELS}
        self._n = 0
        self._kinds: list[str] = []
        self._notes: list[str] = []
        self._start_us = 0
        self._place = np.array([0.0, 0.0])
        self._lift, self._heading = 0.4, 0.0
        self._tilt = np.zeros(2)
        self._reference = self.reference_of("palm")
        self._force = 0.0
        self._shares = technique_shares("palm")

    @property
    def time_s(self) -> float:
        return self._n / self.rate_hz

    @property
    def left_s(self) -> float:
        """Time that is left of the run."""
        return self.duration_s - self.time_s

    def start_procedure(self, away_s: float = 2.6, travel_s: float = 1.5, rest_s: float = 2.6, force_n: float = 2.0,
                        slip_mm: float = 3.0, turn_deg: float = 2.0) -> None:
        """Still and well away, then at rest with the sensor over the first magnet, palm flat, fingers to the feet.

        A run begins away; in mid-run the hand flies there first.
        """
        first = self._n == 0
        draw = self.rng.normal(0.0, 1.0, 6)
        side = 1.0 if draw[0] > 0 else -1.0
        away = np.array([side * 0.12, 0.05 + 0.03 * draw[1]])
        heading, tilt = np.radians(10.0 * draw[2]), np.radians([4.0, 3.0] * draw[3:5])
        if first:
            self._place, self._lift, self._heading, self._tilt = away, 0.40, heading, tilt
        else:
            self._release()
            self._fly(away, heading, np.zeros(3), tilt, 1.5, 0.0, 0.40)
        self._reference = np.zeros(3)  # here the sensor itself is what is placed
        self.hold(away_s)
        goal = np.clip(draw[3:5], -1.5, 1.5) * slip_mm / 1000.0
        middle = technique_shares("palm") @ self.hand.levers
        # the sensor is placed by placing the palm's middle under it
        self._reference = np.zeros(3)
        self._fly(goal + _ahead(0.0, middle), np.radians(turn_deg * draw[5]), middle, np.zeros(2), travel_s, 0.0, 0.0)
        self._press(0.25, force_n)
        self.hold(rest_s - 0.25)
        if first:
            self._start_us = round(self.time_s * 1e6)
        self._press(0.1, 0.0)

    def hold(self, duration_s: float) -> None:
        """Stay as it is."""
        n = round(duration_s * self.rate_hz)
        self._append(n, np.full(n, self._force))

    def hover(self, duration_s: float, height_mm: float = 60.0) -> None:
        """Lift off and wait over the same place."""
        if self._lift < 0.01:
            self._release()
            self._fly(self._place, self._heading, self._reference, self._tilt, 0.6, 0.0, height_mm / 1000.0)
        self.hold(max(duration_s, 0.0))

    def absence(self, duration_s: float) -> None:
        """Take the hand away (for oil, a talk), move it about, and leave it in the air."""
        self._release()
        side = self.rng.choice([-1.0, 1.0])
        end = self.time_s + duration_s
        while end - self.time_s > 0.3:
            goal = np.array([side * self.rng.uniform(0.30, 0.60), self.rng.uniform(-0.10, 0.60)])
            turn = self._heading + self.rng.normal(0.0, 0.5)
            time_s = min(self.rng.uniform(1.0, 2.2), end - self.time_s)
            self._fly(goal, turn, self._reference, self.rng.normal(0.0, 0.35, 2), time_s, 0.03,
                      self.rng.uniform(0.15, 0.45))
            if end - self.time_s > 1.0 and self.rng.random() < 0.6:
                self.hold(min(self.rng.uniform(0.3, 3.0), end - self.time_s))

    def perform(self, plan: Plan) -> None:
        """Fly there, land, do the stroke, let go."""
        start = np.array(plan.start_mm) / 1000.0
        tilt = np.array([np.radians(TECHNIQUES[plan.technique][1]), 0.0]) + np.radians(self.rng.normal(0.0, 2.0, 2))
        if not plan.chained:
            self._release()
            heading = _nearest_turn(self._heading, np.radians(plan.heading_deg))
            self.fly_to(start, heading, plan.technique, tilt)
        self._shares = technique_shares(plan.technique)
        self._kinds.append(plan.kind)
        self._notes.append(plan.note)
        index = len(self._kinds) - 1
        if plan.kind == "tap":
            self._tap(plan, index)
            return
        self._press(plan.ramp_s, plan.force_n, index)
        course, force, phase = _COURSES[plan.kind](self, replace(plan, start_mm=tuple(self._place * 1000.0)))
        self._append(len(force), force, place=course, stroke=index, phase=phase)
        if not plan.keep:
            self._press(min(plan.ramp_s, 0.2), 0.0, index)

    def fly_to(self, place: np.ndarray, heading: float, technique: str, tilt: np.ndarray) -> None:
        """A hop to another place: 0.45 s and more, by distance and height."""
        distance = float(np.linalg.norm(place - self._place))
        time_s = max(0.45, distance / self.rng.uniform(0.25, 0.40), self._lift / 0.35, abs(heading - self._heading) / 2)
        apex = self.rng.uniform(0.015, 0.05) + 0.08 * distance
        self._fly(place, heading, self.reference_of(technique), tilt, time_s, apex, 0.0)

    def finish(self, unsteady: float = 0.06) -> Program:
        """Lift off, fill or cut to the duration, and let forces waver by ``unsteady`` (RMS, relative)."""
        if self.left_s > 0.05:
            self.hover(self.left_s)
        if self.left_s > 0:
            self.hold(self.left_s + 1.0 / self.rate_hz)
        n = round(self.duration_s * self.rate_hz)
        rows = {k: np.concatenate(v)[:n] for k, v in self._rows.items()}
        total, shares = rows.pop("total"), rows.pop("shares")
        waver = np.clip(slow_noise(self.rng, n, 7, self.rate_hz, 0.2, 2.0), -1.6, 1.6)
        uneven = shares * np.exp(2.0 * unsteady * waver[:, :6])
        force = (total * (1.0 + unsteady * waver[:, 6]) / uneven.sum(axis=1))[:, None] * uneven
        return Program(self.rate_hz, force=force, kinds=tuple(self._kinds), notes=tuple(self._notes),
                       start_us=self._start_us, **rows)

    # the kinds, each giving place (N, 2) m, force (N,) N, turns (N,)

    def _glide(self, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        start, end = np.array(plan.start_mm) / 1000.0, np.array(plan.end_mm) / 1000.0
        span = end - start
        length = float(np.hypot(*span))
        gone = glide_course(length, plan.speed_cm_s / 100.0, 0.35, self.rate_hz)
        share = gone / length
        normal = np.array([-span[1], span[0]]) / length
        bow = plan.bow_mm / 1000.0 * np.sin(np.pi * share) ** 2
        place = start + share[:, None] * span + bow[:, None] * normal
        return place, np.full(len(gone), plan.force_n), np.full(len(gone), np.nan)

    def _knead(self, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        turns, drift, t = self._cycles(plan)
        radius = plan.radius_mm / 1000.0 * minimum_jerk(t / 0.5)
        angle = 2 * np.pi * turns
        circle = radius[:, None] * np.stack([np.sin(angle), plan.oval * (1.0 - np.cos(angle))], axis=1)
        force = plan.force_n * (1.0 - 0.30 * (1.0 - np.cos(angle)) / 2.0 * minimum_jerk(t / 0.5))
        return drift + circle, force, turns

    def _friction(self, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        turns, drift, t = self._cycles(plan)
        sway = plan.radius_mm / 1000.0 * np.sin(2 * np.pi * turns) * minimum_jerk(t / 0.4)
        across = np.array([np.cos(np.radians(plan.heading_deg + 20)), np.sin(np.radians(plan.heading_deg + 20))])
        return drift + sway[:, None] * across, np.full(len(t), plan.force_n), turns

    def _hold_press(self, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        n = round(plan.duration_s * self.rate_hz)
        tau = np.linspace(0.0, 1.0, n)
        swell = plan.force_n * (1.0 + 0.03 * np.sin(2 * np.pi * tau))  # leaning in, giving way
        return np.tile(self._place, (n, 1)), swell, np.full(n, np.nan)

    def _cycles(self, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Turns so far, a slow drift of the place, and time, for a train of whole cycles."""
        frequency = plan.cadence_per_min / 60.0
        whole = max(round(plan.duration_s * frequency), 3)
        n = round(whole / frequency * self.rate_hz)
        t = np.arange(n) / self.rate_hz
        start, end = np.array(plan.start_mm) / 1000.0, np.array(plan.end_mm) / 1000.0
        drift = start + minimum_jerk(t * self.rate_hz / n)[:, None] * (end - start)
        return self._wavering(t * frequency, plan.uneven, self.rate_hz), drift, t

    def _wavering(self, even: np.ndarray, uneven: float, rate_hz: float) -> np.ndarray:
        """Turns so far when the pace wavers; from the first to the last as many as when it is even."""
        if uneven <= 0.0:
            return even
        waver = slow_noise(self.rng, len(even), 1, rate_hz, 0.2, 1.0)[:, 0]
        gone = np.cumsum(np.maximum(1.0 + uneven * waver, 0.3))
        return (gone - gone[0]) / (gone[-1] - gone[0]) * even[-1]

    def _tap(self, plan: Plan, index: int) -> None:
        period = 60.0 / plan.cadence_per_min
        count = max(round(plan.duration_s / period), 3)
        due = self._wavering(np.arange(40 * count + 1) / 40.0, plan.uneven, 40.0 / period)[::40]   # in periods
        start, end = np.array(plan.start_mm) / 1000.0, np.array(plan.end_mm) / 1000.0
        touch_n = round(0.12 * self.rate_hz)
        period_n = np.maximum(np.rint(np.diff(due) * period * self.rate_hz).astype(int), touch_n + 8)
        tau = (np.arange(touch_n) + 0.5) / touch_n
        base = self._place.copy()
        for k in range(count):
            strike = plan.force_n * self.rng.uniform(0.85, 1.15)
            self._append(touch_n, strike * np.sin(np.pi * tau) ** 2, stroke=index)
            goal = base + (end - start) * (k + 1) / count
            air = (np.arange(period_n[k] - touch_n) + 0.5) / (period_n[k] - touch_n)
            place = self._place + minimum_jerk(air)[:, None] * (goal - self._place)
            self._append(len(air), np.zeros(len(air)), place=place, lift=0.010 * np.sin(np.pi * air) ** 2,
                         stroke=index if k < count - 1 else -1)
            self._lift = 0.0
        self._force = 0.0

    # flights and ramps

    def reference_of(self, technique: str) -> np.ndarray:
        """The force-weighted middle of the pads in use, hand frame, m."""
        return technique_shares(technique) @ self.hand.levers

    def _release(self) -> None:
        if self._force > 0:
            self._press(0.15, 0.0, len(self._kinds) - 1)

    def _press(self, ramp_s: float, force_n: float, stroke: int = -1) -> None:
        if abs(force_n - self._force) < 1e-9:
            return
        n = max(round(ramp_s * self.rate_hz), 4)
        tau = np.arange(1, n + 1) / n
        self._append(n, self._force + (force_n - self._force) * minimum_jerk(tau), stroke=stroke)

    def _fly(self, place: np.ndarray, heading: float, reference: np.ndarray, tilt: np.ndarray, time_s: float,
             apex: float, end_lift: float) -> None:
        n = max(round(time_s * self.rate_hz), 8)
        tau = np.arange(1, n + 1) / n
        s = minimum_jerk(tau)
        self._append(
            n,
            np.zeros(n),
            place=self._place + s[:, None] * (place - self._place),
            lift=self._lift + s * (end_lift - self._lift) + apex * (4 * tau * (1 - tau)) ** 3,
            heading=self._heading + s * (heading - self._heading),
            reference=self._reference + s[:, None] * (reference - self._reference),
            tilt=self._tilt + s[:, None] * (tilt - self._tilt),
        )

    def _append(self, n: int, force: np.ndarray, place=None, lift=None, heading=None, tilt=None, reference=None,
                stroke: int = -1, phase=None) -> None:
        if n <= 0:
            return
        rows = {
            "place": np.tile(self._place, (n, 1)) if place is None else place,
            "lift": np.full(n, self._lift) if lift is None else lift,
            "heading": np.full(n, self._heading) if heading is None else heading,
            "tilt": np.tile(self._tilt, (n, 1)) if tilt is None else tilt,
            "reference": np.tile(self._reference, (n, 1)) if reference is None else reference,
            "total": force,
            "shares": np.tile(self._shares, (n, 1)),
            "stroke": np.full(n, stroke),
            "phase": np.full(n, np.nan) if phase is None else phase,
        }
        for name, values in rows.items():
            self._rows[name].append(values)
        self._n += n
        self._place, self._lift, self._heading = rows["place"][-1], rows["lift"][-1], rows["heading"][-1]
        self._tilt, self._reference, self._force = rows["tilt"][-1], rows["reference"][-1], float(force[-1])


_CHANNELS = ("place", "lift", "heading", "tilt", "reference", "total", "shares", "stroke", "phase")
_COURSES = {
    "glide": Choreography._glide,
    "knead": Choreography._knead,
    "friction": Choreography._friction,
    "press": Choreography._hold_press,
}


def _ahead(heading: float, lever: np.ndarray) -> np.ndarray:
    """Where a lever of a level hand ends in the back's x-y plane, seen from the sensor, m."""
    yaw = heading + np.pi / 2
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([c * lever[0] - s * lever[1], s * lever[0] + c * lever[1]])


def _nearest_turn(now: float, goal: float) -> float:
    """``goal`` plus whole turns, so that the wrist turns the short way."""
    return now + (goal - now + np.pi) % (2 * np.pi) - np.pi
