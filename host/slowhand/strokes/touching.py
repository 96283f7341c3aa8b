"""From pad forces and the hand's pose to what happens on the skin."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from slowhand.locate.pose import PACE_FIELDS, POSE_DTYPE
from slowhand.sensing.profile import GloveProfile
from slowhand.sensing.rows import PAD_COUNT, SENSED_DTYPE
from slowhand.strokes.touch import TOUCH_DTYPE

CONTACT_ON_N = 1.0    # total force that begins a contact: above the pads' noise and a worn glove's preload
CONTACT_OFF_N = 0.5   # and that ends it
LOADED_N = 0.5        # a pad that presses at least this much is loaded

# What needs a place; all NaN where there is none.
PLACED_FIELDS = (
    "pos_mm", "sigma_mm", "heading_rad", "pad_mm", "pad_sigma_mm", "cop_mm", "velocity_cm_s", "speed_cm_s", "spine_mm",
    "spine_sigma_mm",
)


class Toucher:
    """Joins forces and poses, row by row; remembers nothing but whether the glove is in contact."""

    def __init__(self, profile: GloveProfile) -> None:
        self._levers_mm = np.array([pad.position_mm for pad in profile.pad], dtype=np.float64)
        self._contact = False

    def process(self, sensed: np.ndarray, pose: np.ndarray) -> np.ndarray:
        """One TOUCH_DTYPE row per row of ``sensed`` (SENSED_DTYPE) and ``pose`` (POSE_DTYPE).

        Each pad's place is ``p + R(q) lever``; its sigma is that of the hand and of the yaw over the lever.
        The centre of pressure is the force-weighted mean of the pads' places. Its velocity is that of the
        point of the hand which is there now, ``v + R (omega x lever)``: force that moves from one finger to
        another moves the centre, but nothing slides over the skin. Where only x is known (``x_known``, but not
        ``located``) every y, z and velocity is NaN; where x is not known either, so are x and heading.
        """
        touch = np.zeros(len(sensed), TOUCH_DTYPE)
        if len(sensed) != len(pose):
            raise ValueError(f"sensed has {len(sensed)} rows but pose has {len(pose)}; they must match")
        for name in ("t_us", "gap", "at_least", "haptic"):
            touch[name] = sensed[name]
        for name in ("mode", "phase", "located", "stroke_start_us", "stroke_end_us", *PACE_FIELDS):
            touch[name] = pose[name]
        touch["x_known"] = pose["located"] | pose["x_known"]
        touch["force_n"] = np.where(sensed["pad_ok"], sensed["force"], np.nan)
        for name in PLACED_FIELDS:
            touch[name] = np.nan
        self._contact = _press(
            self._contact, touch["force_n"], touch["at_least"],
            touch["total_n"], touch["total_at_least"], touch["contact"],
        )
        _place(
            self._levers_mm, touch["force_n"], touch["total_n"],
            touch["located"], touch["x_known"],
            pose["p"], pose["v"], pose["q"], pose["omega"], pose["sigma_p"], pose["sigma_yaw"],
            touch["pos_mm"], touch["sigma_mm"], touch["heading_rad"], touch["pad_mm"], touch["pad_sigma_mm"],
            touch["cop_mm"], touch["velocity_cm_s"], touch["speed_cm_s"], touch["spine_mm"], touch["spine_sigma_mm"],
        )
        return touch


def warm_up(profile: GloveProfile) -> None:
    """Compile (or load from the cache) what ``process`` needs, before the first sample is there."""
    Toucher(profile).process(np.zeros(1, SENSED_DTYPE), np.zeros(1, POSE_DTYPE))


@njit(cache=True)
def _press(contact, force_n, at_least, total_n, total_at_least, in_contact):
    """Total force and contact of each row; returns whether the last row was in contact."""
    for i in range(len(total_n)):
        total = 0.0
        usable = 0
        bound = False
        for k in range(PAD_COUNT):
            if math.isnan(force_n[i, k]):
                bound = True
                continue
            usable += 1
            total += force_n[i, k]
            bound = bound or at_least[i, k]
        total_n[i] = total if usable > 0 else math.nan
        total_at_least[i] = bound
        # A total that is unknown (NaN) is no contact, but it is not "no force" either: total_n says so.
        contact = usable > 0 and total >= (CONTACT_OFF_N if contact else CONTACT_ON_N)
        in_contact[i] = contact
    return contact


@njit(cache=True)
def _rotation(q):
    """Upper two rows (back x and y) of the rotation matrix of the unit quaternion ``q`` = w, x, y, z."""
    w, x, y, z = q[0], q[1], q[2], q[3]
    return (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
    )


@njit(cache=True)
def _along(axis, vector):
    return axis[0] * vector[0] + axis[1] * vector[1] + axis[2] * vector[2]


@njit(cache=True)
def _place_pads(
    levers_mm, across, along, force_n, pos_mm, sigma_mm, sigma_yaw, pad_mm, pad_sigma_mm
):
    """Each pad's place and sigma; returns the smallest abs(x) of a loaded pad and its sigma, NaN when none is loaded."""
    nearest, sigma = math.inf, math.nan
    for k in range(PAD_COUNT):
        dx, dy = _along(across, levers_mm[k]), _along(along, levers_mm[k])
        pad_mm[k, 0], pad_mm[k, 1] = pos_mm[0] + dx, pos_mm[1] + dy
        # A yaw error moves a pad across its lever.
        pad_sigma_mm[k, 0] = math.hypot(sigma_mm[0], sigma_yaw * dy)
        pad_sigma_mm[k, 1] = math.hypot(sigma_mm[1], sigma_yaw * dx)
        if force_n[k] >= LOADED_N and abs(pad_mm[k, 0]) < nearest:
            nearest, sigma = abs(pad_mm[k, 0]), pad_sigma_mm[k, 0]
    return (nearest if nearest < math.inf else math.nan), sigma


@njit(cache=True)
def _centre_lever(levers_mm, force_n):
    """Force-weighted mean of the pads' levers, mm, hand frame."""
    weight = x = y = z = 0.0
    for k in range(PAD_COUNT):
        force = force_n[k]
        if force > 0.0:  # false for NaN
            weight += force
            x += force * levers_mm[k, 0]
            y += force * levers_mm[k, 1]
            z += force * levers_mm[k, 2]
    return (x / weight, y / weight, z / weight)


@njit(cache=True)
def _place(
    levers_mm, force_n, total_n, located, x_known, p, v, q, omega, sigma_p, sigma_yaw,
    pos_mm, sigma_mm, heading_rad, pad_mm, pad_sigma_mm, cop_mm, velocity_cm_s, speed_cm_s, spine_mm,
    spine_sigma_mm,
):
    """Everything that needs a place, into rows that are NaN before."""
    for i in range(len(total_n)):
        if not x_known[i]:
            continue
        across, along = _rotation(q[i])
        pos_mm[i, 0], sigma_mm[i, 0] = 1e3 * p[i, 0], 1e3 * sigma_p[i, 0]
        if located[i]:
            pos_mm[i, 1], pos_mm[i, 2], sigma_mm[i, 1] = 1e3 * p[i, 1], 1e3 * p[i, 2], 1e3 * sigma_p[i, 1]
        heading_rad[i] = math.atan2(across[0], along[0])
        spine_mm[i], spine_sigma_mm[i] = _place_pads(
            levers_mm, across, along, force_n[i], pos_mm[i], sigma_mm[i], sigma_yaw[i], pad_mm[i], pad_sigma_mm[i]
        )
        if not total_n[i] >= CONTACT_OFF_N:  # nothing is pressed: there is no centre
            continue
        lever = _centre_lever(levers_mm, force_n[i])
        cop_mm[i, 0] = pos_mm[i, 0] + _along(across, lever)
        cop_mm[i, 1] = pos_mm[i, 1] + _along(along, lever)
        if not located[i]:  # a velocity needs a place that moves
            continue
        w = omega[i]
        turning = (  # omega x lever, mm/s, hand frame
            w[1] * lever[2] - w[2] * lever[1],
            w[2] * lever[0] - w[0] * lever[2],
            w[0] * lever[1] - w[1] * lever[0],
        )
        velocity_cm_s[i, 0] = 1e2 * v[i, 0] + 0.1 * _along(across, turning)
        velocity_cm_s[i, 1] = 1e2 * v[i, 1] + 0.1 * _along(along, turning)
        speed_cm_s[i] = math.hypot(velocity_cm_s[i, 0], velocity_cm_s[i, 1])
