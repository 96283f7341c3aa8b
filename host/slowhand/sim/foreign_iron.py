"""Iron that does not belong to the strip: a steel bed or chair, a phone beside the back, a ring on a finger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slowhand.sim.body import Body
from slowhand.sim.choreography import minimum_jerk
from slowhand.sim.hand import Hand

MU0 = 4e-7 * np.pi            # T m / A
PUT_DOWN_S = 1.0              # to lay a phone on the bed, or to put a ring on
FAR_M = 1.5                   # where a phone comes from


def dipoles_ut(place: np.ndarray, moment: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Field of one dipole, uT, at (N, 3) m; ``place`` and ``moment`` are (3,) or one per row, (N, 3), m and A m2."""
    r = at - place
    square = np.sum(r * r, axis=1)
    along = np.sum(r * moment, axis=1)
    return 0.1 * (3.0 * (along / square)[:, None] * r - moment) / square[:, None] ** 1.5


@dataclass(frozen=True)
class Steel:
    """Pieces of steel at rest in the room, each a dipole: places (K, 3) in m, moments (K, 3) in A m2.

    The strip's own image in them is left out: 16 magnets 30 cm and more from their image give less than 0.6 uT.
    """

    place: np.ndarray
    moment: np.ndarray

    def field(self, at: np.ndarray) -> np.ndarray:
        """uT at points (N, 3), m."""
        return sum((dipoles_ut(p, m, at) for p, m in zip(self.place, self.moment, strict=True)), np.zeros_like(at))


def sphere_moment(radius_m: np.ndarray, field_ut: np.ndarray) -> np.ndarray:
    """Moment (K, 3) in A m2 of soft steel spheres of radii (K,) m in fields (K, 3) uT: ``4 pi a^3 B / mu0``."""
    return 4 * np.pi * radius_m[:, None] ** 3 / MU0 * 1e-6 * field_ut


def working_places(body: Body) -> np.ndarray:
    """A grid of places of a hand at work, (N, 3) m, over which the strength of the steel is stated."""
    x, y = np.meshgrid(np.linspace(-0.15, 0.15, 13), np.linspace(0.0, body.length_m, 16), indexing="ij")
    return np.stack([x, y, body.skin(x, y) + 0.03], axis=-1).reshape(-1, 3)


def some_steel(body: Body, earth_ut: np.ndarray, rng: np.random.Generator) -> Steel:
    """Springs and slats 15-30 cm below the skin (seated: the chair's seat and legs), eight of them.

    Each is magnetised by the earth's field like a sphere of 2-5 cm, and keeps half as much again in a direction of
    its own, as steel does. The radii are scaled so that over the back the field is off its
    own mean by 5-15 uT where it is worst: enough to draw a compass 10 degrees aside.
    """
    count = 8
    if body.posture == "seated":
        low = np.array([-0.25, body.length_m + 0.15, -0.35])
        high = np.array([0.25, body.length_m + 0.45, 0.05])
        place = rng.uniform(low, high, (count, 3))
    else:
        place = rng.uniform([-0.30, -0.10, -0.30], [0.30, body.length_m + 0.10, -0.15], (count, 3))
    radius = rng.uniform(0.02, 0.05, count)
    kept = rng.normal(0.0, 1.0, (count, 3))
    kept *= 0.5 * np.linalg.norm(earth_ut) / np.linalg.norm(kept, axis=1, keepdims=True)
    moment = sphere_moment(radius, earth_ut + kept)
    wanted_ut = rng.uniform(5.0, 15.0)
    over = Steel(place, moment).field(working_places(body))
    worst = np.linalg.norm(over - over.mean(axis=0), axis=1).max()
    return Steel(place, moment * wanted_ut / worst)


@dataclass(frozen=True)
class Stay:
    """One time that the phone lies on the bed: from, to (s), and where, (3,) m; ``moved_to`` after ``move_s``."""

    begin_s: float
    end_s: float
    place: np.ndarray
    move_s: float
    moved_to: np.ndarray


@dataclass(frozen=True)
class Phone:
    """A dipole (its loudspeaker's magnet) that is laid beside the back, perhaps pushed aside, and taken away."""

    moment: np.ndarray   # (3,), A m2
    stays: tuple[Stay, ...]

    def field(self, at: np.ndarray, t_s: np.ndarray) -> np.ndarray:
        """uT at points (N, 3) m at times (N,) s."""
        total = np.zeros_like(at)
        for stay in self.stays:
            rows = np.flatnonzero((t_s > stay.begin_s - PUT_DOWN_S) & (t_s < stay.end_s + PUT_DOWN_S))
            total[rows] += dipoles_ut(self.place(stay, t_s[rows]), self.moment, at[rows])
        return total

    def place(self, stay: Stay, t_s: np.ndarray) -> np.ndarray:
        """Where it is, (N, 3) m: it comes from the side and goes there."""
        pushed = minimum_jerk((t_s - stay.move_s) / PUT_DOWN_S)[:, None]
        lying = stay.place + pushed * (stay.moved_to - stay.place)
        held = minimum_jerk((stay.begin_s - t_s) / PUT_DOWN_S) + minimum_jerk((t_s - stay.end_s) / PUT_DOWN_S)
        return lying + held[:, None] * FAR_M * np.array([np.sign(stay.place[0]), 0.0, 0.3])


def some_phone(body: Body, start_s: float, duration_s: float, rng: np.random.Generator) -> Phone:
    """0.02-0.1 A m2, laid 20-30 cm from the midline for 20-60 s, again and again; every other time it is moved."""
    way = rng.normal(0.0, 1.0, 3)
    moment = way / np.linalg.norm(way) * rng.uniform(0.02, 0.10)
    stays: list[Stay] = []
    at = start_s + rng.uniform(6.0, 30.0)
    while at < duration_s:
        end = at + rng.uniform(20.0, 60.0)
        side = rng.choice([-1.0, 1.0])
        place = np.array([side * rng.uniform(0.20, 0.30), rng.uniform(0.0, body.length_m), -rng.uniform(0.03, 0.15)])
        push = np.array([0.0, rng.uniform(-0.20, 0.20), 0.0]) if rng.random() < 0.5 else np.zeros(3)
        stays.append(Stay(at, end, place, rng.uniform(at + 6.0, end - 6.0), place + push))
        at = end + rng.uniform(15.0, 45.0)
    return Phone(moment, tuple(stays))


@dataclass(frozen=True)
class Ring:
    """A steel ring that comes onto a finger at ``on_s`` and stays.

    ``place`` (3,) m and ``moment`` (3,) A m2 in the hand frame; ``induced`` A m2 per uT of the field around it (the
    same in every direction: the ring turns on its finger).
    """

    on_s: float
    place: np.ndarray
    moment: np.ndarray
    induced: float

    def field(self, at: np.ndarray, around_ut: np.ndarray, t_s: np.ndarray) -> np.ndarray:
        """uT in the hand frame at ``at`` (3,) m in a field ``around_ut`` (N, 3) at the finger, at times (N,) s."""
        share = minimum_jerk((t_s - self.on_s) / PUT_DOWN_S)
        moment = share[:, None] * (self.moment + self.induced * around_ut)
        return dipoles_ut(self.place, moment, np.broadcast_to(at, (len(t_s), 3)))


def some_ring(hand: Hand, duration_s: float, rng: np.random.Generator) -> Ring:
    """At the root of one of three fingers; 3-10 uT of remanence at the motion sensor.

    It is made of 0.4 cm3 of steel with a susceptibility of 6 by its shape, so that in a field B it also has the moment
    6 V B / mu0: felt only when the finger passes close over a magnet.
    """
    side = -1.0 if hand.side == "left" else 1.0
    place = np.array([70.0, side * rng.choice([20.0, 0.0, -18.0]), -12.0]) * hand.scale / 1000.0
    way = rng.normal(0.0, 1.0, 3)
    way /= np.linalg.norm(way)
    unit = np.linalg.norm(dipoles_ut(place, way, np.zeros((1, 3))))
    moment = way * rng.uniform(3.0, 10.0) / unit
    return Ring(duration_s * rng.uniform(0.25, 0.5), place, moment, 6.0 * 0.4e-6 / MU0 * 1e-6)
