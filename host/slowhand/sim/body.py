"""The receiver's back: its skin, its breathing, the strip of magnets on it, the earth's field around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STANDARD_GRAVITY = 9.80665  # m/s2
MAGNET_COUNT = 16
POLARITY = "+++++-------++++"
PITCH_M = 0.030
MOMENT_A_M2 = 0.1  # N42 disc, 8 x 2 mm


@dataclass(frozen=True)
class SorePlace:
    """A place where the receiver wants no more than ``max_n``."""

    x_mm: float
    y_mm: float
    radius_mm: float
    max_n: float


@dataclass(frozen=True)
class Body:
    """The shape of a back, in the back frame (origin at C7, x to the receiver's left, y to the feet, z outwards).

    Lengths end in ``_mm``; the functions take and give metres. The profile along the spine is made of a thoracic
    hump, a lumbar hollow and a neck that drops away; sideways the skin falls by about 25 mm at 100 mm and 45 mm at
    150 mm from the midline; the spine lies in a furrow between the erector muscles.
    """

    posture: str = "prone"
    back_length_mm: float = 450.0
    shoulder_width_mm: float = 380.0
    hump_mm: float = 11.0            # kyphosis, highest near a third of the back
    hollow_mm: float = 7.0           # lordosis, deepest near 0.82 of the back
    neck_drop_mm: float = 22.0       # at 100 mm above C7
    fall_100_mm: float = 25.0        # at 100 mm from the midline
    fall_power: float = 1.45         # 45 / 25 = 1.5 ** 1.45
    furrow_mm: float = 4.0
    tilt_x: float = 0.0              # the whole back leans sideways: dz/dx
    breathing_mm: float = 3.0        # top to bottom, felt by a hand on the ribs
    breathing_hz: float = 0.23
    breathing_tilt: float = 0.0      # rad per metre of breath: the upper back rises more than the middle
    stiffness_n_per_mm: float = 4.0  # of skin, fat and muscle under a palm
    firmer_left: float = 0.0         # the muscles left of the spine are stiffer by this share, those right softer
    sway_mm: float = 0.0             # a seated receiver moves with the giver's work
    sway_deg: float = 0.0
    sensitive: tuple[SorePlace, ...] = ()

    @property
    def length_m(self) -> float:
        return self.back_length_mm / 1000.0

    @property
    def gravity(self) -> np.ndarray:
        """Gravity in the back frame, m/s2, shape (3,)."""
        if self.posture == "seated":
            return np.array([0.0, STANDARD_GRAVITY, 0.0])
        return np.array([0.0, 0.0, -STANDARD_GRAVITY])

    def _along(self, y: np.ndarray) -> np.ndarray:
        length = self.length_m
        hump = self.hump_mm * np.exp(-(((y / length - 0.34) / 0.25) ** 2))
        hollow = self.hollow_mm * np.exp(-(((y / length - 0.82) / 0.15) ** 2))
        # softplus: no kink at C7, a straight slope up the neck
        neck = self.neck_drop_mm * np.logaddexp(0.0, -(y + 0.01) / 0.02) * 0.2
        return (hump - hollow - neck) / 1000.0

    def _across(self, x: np.ndarray) -> np.ndarray:
        soft = 0.012  # m; rounds the ridge so that slopes are continuous
        power = self.fall_power
        fall = (np.hypot(x, soft) ** power - soft**power) / 0.1**power * self.fall_100_mm / 1000.0
        limit = 0.11  # m; off the flank a hand would meet the bench
        return limit * np.tanh(fall / limit) - self.tilt_x * x

    def _furrow(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        rise = 1.0 / (1.0 + np.exp(-(y / self.length_m - 0.12) / 0.03))
        end = 1.0 / (1.0 + np.exp((y / self.length_m - 1.0) / 0.03))
        return self.furrow_mm / 1000.0 * np.exp(-((x / 0.016) ** 2)) * rise * end

    def skin(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height of the skin, m, at back x and y (m, any shape); zero at the origin."""
        x, y = np.asarray(x, float), np.asarray(y, float)
        zero = np.zeros(())
        base = self._along(zero) - self._across(zero) - self._furrow(zero, zero)
        return self._along(y) - self._across(x) - self._furrow(x, y) - base

    def rest(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height on which a hand lies, m: a palm bridges most of the furrow."""
        return self.skin(x, y) + 0.7 * self._furrow(np.asarray(x, float), np.asarray(y, float))

    def slope(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """dz/dx and dz/dy under a palm (a secant over +-25 mm: the palm does not follow narrow folds)."""
        h = 0.025
        across = (self.rest(x + h, y) - self.rest(x - h, y)) / (2 * h)
        along = (self.rest(x, y + h) - self.rest(x, y - h)) / (2 * h)
        return across, along

    def stiffness(self, x: np.ndarray) -> np.ndarray:
        """Of skin, fat and muscle under a palm at back x (m), N/m; it changes over the spine within some 20 mm."""
        side = np.tanh(np.asarray(x, float) / 0.02)
        return self.stiffness_n_per_mm * 1000.0 * (1.0 + self.firmer_left * side)

    def breath(self, t_s: np.ndarray) -> np.ndarray:
        """How far the skin is lifted by breathing, m, at times in s; zero on average."""
        phase = 2 * np.pi * self.breathing_hz * np.asarray(t_s, float)
        return self.breathing_mm / 2000.0 * (np.sin(phase) + 0.2 * np.sin(2 * phase + 0.6))

    def breath_share(self, y: np.ndarray) -> np.ndarray:
        """How much of the breath the skin at back y (m) has: 1 in the middle of the back, more above it."""
        return 1.0 + self.breathing_tilt * (self.length_m / 2 - np.asarray(y, float))


@dataclass(frozen=True)
class BodyErrors:
    """How far body and strip are from what a strip file says."""

    moment: float = 0.05          # relative
    tilt_deg: float = 3.0         # each axis; about 4 degrees together
    place_mm: float = 2.0         # each axis along the skin; half of it in height
    gradient_ut_m: float = 8.0    # of the room's field
    shape: float = 1.0            # 1: a curved back; 0: a plane


FRIENDLY_BODY = BodyErrors(moment=0.02, tilt_deg=1.0, place_mm=0.5, gradient_ut_m=0.0, shape=0.7)
REALISTIC_BODY = BodyErrors()


def some_body(rng: np.random.Generator, errors: BodyErrors, posture: str = "prone") -> Body:
    """Draw a plausible back: 8-20 mm of curvature along the spine, with everything else varying a little."""
    shape = errors.shape
    hump = shape * rng.uniform(6.0, 12.0)
    return Body(
        posture=posture,
        hump_mm=hump,
        hollow_mm=shape * rng.uniform(3.0, 8.0),
        neck_drop_mm=shape * rng.uniform(12.0, 28.0),
        fall_100_mm=25.0 * (1.0 + shape * rng.uniform(-0.12, 0.12)),
        furrow_mm=shape * rng.uniform(2.0, 5.0),
        tilt_x=shape * rng.normal(0.0, 0.02),
        breathing_mm=shape * rng.uniform(2.0, 4.0),
        breathing_hz=rng.uniform(0.18, 0.28),
        sway_mm=6.0 * shape if posture == "seated" else 0.0,
        sway_deg=0.8 * shape if posture == "seated" else 0.0,
    )


@dataclass(frozen=True)
class Strip:
    """The magnets as they really lie: places (16, 3) in m, moments (16, 3) in A m2, back frame."""

    place: np.ndarray
    moment: np.ndarray


def lay_strip(body: Body, rng: np.random.Generator, errors: BodyErrors, lean: float = 0.0) -> Strip:
    """Lay the ribbon along the spine: its pitch is kept along the skin, so y advances a little less than 30 mm.

    The first magnet is the origin and has no error of place. ``lean`` is dz/dx of the skin below it, rad, where that
    is more than the degree of an ordinary back (which is within the magnets' own tilt).
    """
    fine = np.linspace(0.0, 0.6, 6001)
    height = body.skin(np.zeros_like(fine), fine)
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(fine), np.diff(height)))])
    y = np.interp(PITCH_M * np.arange(MAGNET_COUNT), arc, fine)
    x = np.zeros_like(y)
    offset = rng.normal(0.0, errors.place_mm / 1000.0, (MAGNET_COUNT, 3)) * np.array([1.0, 1.0, 0.5])
    offset[0] = 0.0
    place = np.stack([x, y, body.skin(x, y)], axis=1) + offset
    step = 1e-4
    slope = (body.skin(x, y + step) - body.skin(x, y - step)) / (2 * step)
    tilt = np.tan(rng.normal(0.0, np.radians(errors.tilt_deg), (MAGNET_COUNT, 2)))
    up = np.stack([tilt[:, 0] - lean, tilt[:, 1] - slope, np.ones(MAGNET_COUNT)], axis=1)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    sign = np.array([1.0 if c == "+" else -1.0 for c in POLARITY])
    strength = MOMENT_A_M2 * (1.0 + rng.normal(0.0, errors.moment, MAGNET_COUNT))
    return Strip(place, up * (sign * strength)[:, None])


@dataclass(frozen=True)
class Surroundings:
    """The field without the strip: at the middle of the back, and how it changes through the room."""

    earth_ut: np.ndarray          # (3,), back frame
    gradient_ut_m: np.ndarray     # (3, 3), symmetric and traceless (no current, no source)
    centre_m: np.ndarray          # (3,), where earth_ut holds

    def field(self, at: np.ndarray) -> np.ndarray:
        """Field in uT at points (N, 3) in m."""
        return self.earth_ut + (at - self.centre_m) @ self.gradient_ut_m.T


def some_surroundings(body: Body, rng: np.random.Generator, errors: BodyErrors) -> Surroundings:
    """A mid-latitude field of about 50 uT, dipping 55-70 degrees, with any azimuth; down is where gravity points."""
    strength, dip = rng.uniform(46.0, 54.0), np.radians(rng.uniform(55.0, 70.0))
    azimuth = rng.uniform(0.0, 2 * np.pi)
    down = body.gravity / STANDARD_GRAVITY
    first = np.array([1.0, 0.0, 0.0])
    second = np.cross(down, first)
    level = np.cos(azimuth) * first + np.sin(azimuth) * second
    earth = strength * (np.cos(dip) * level + np.sin(dip) * down)
    raw = rng.normal(0.0, errors.gradient_ut_m / np.sqrt(2.0), (3, 3))
    gradient = (raw + raw.T) / np.sqrt(2.0)
    gradient -= np.eye(3) * np.trace(gradient) / 3.0
    return Surroundings(earth, gradient, np.array([0.0, body.length_m / 2, 0.03]))
