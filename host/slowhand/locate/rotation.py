"""Quaternions (w first, hand -> back) and rotation matrices, as kernels on caller's arrays."""

from __future__ import annotations

import math

from slowhand.locate.kernel import inner, kernel


@kernel
def matrix_of(q, rot):
    """Write the rotation matrix of the unit quaternion ``q[0:4]`` to ``rot`` (3, 3)."""
    w, x, y, z = q[0], q[1], q[2], q[3]
    rot[0, 0] = 1.0 - 2.0 * (y * y + z * z)
    rot[0, 1] = 2.0 * (x * y - w * z)
    rot[0, 2] = 2.0 * (x * z + w * y)
    rot[1, 0] = 2.0 * (x * y + w * z)
    rot[1, 1] = 1.0 - 2.0 * (x * x + z * z)
    rot[1, 2] = 2.0 * (y * z - w * x)
    rot[2, 0] = 2.0 * (x * z - w * y)
    rot[2, 1] = 2.0 * (y * z + w * x)
    rot[2, 2] = 1.0 - 2.0 * (x * x + y * y)


@kernel
def turn_in_hand(q, rx, ry, rz):
    """``q <- q * exp(r)``: the hand turns by the vector ``r`` (rad, hand frame). ``q`` stays of unit length."""
    angle2 = rx * rx + ry * ry + rz * rz
    c, s = _half(angle2)
    dx, dy, dz = s * rx, s * ry, s * rz
    w, x, y, z = q[0], q[1], q[2], q[3]
    q[0] = w * c - x * dx - y * dy - z * dz
    q[1] = w * dx + x * c + y * dz - z * dy
    q[2] = w * dy - x * dz + y * c + z * dx
    q[3] = w * dz + x * dy - y * dx + z * c
    _normalise(q)


@kernel
def turn_in_back(q, rx, ry, rz):
    """``q <- exp(r) * q``: correct the attitude by the vector ``r`` (rad, back frame)."""
    angle2 = rx * rx + ry * ry + rz * rz
    c, s = _half(angle2)
    dx, dy, dz = s * rx, s * ry, s * rz
    w, x, y, z = q[0], q[1], q[2], q[3]
    q[0] = c * w - dx * x - dy * y - dz * z
    q[1] = c * x + dx * w + dy * z - dz * y
    q[2] = c * y - dx * z + dy * w + dz * x
    q[3] = c * z + dx * y - dy * x + dz * w
    _normalise(q)


@inner
def _half(angle2):
    # Series below 1e-3 rad: the closed form loses digits there, and most steps of a filter are that small.
    if angle2 < 1e-6:
        return 1.0 - angle2 / 8.0, 0.5 - angle2 / 48.0
    angle = math.sqrt(angle2)
    return math.cos(0.5 * angle), math.sin(0.5 * angle) / angle


@inner
def _normalise(q):
    length = math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
    for i in range(4):
        q[i] /= length
