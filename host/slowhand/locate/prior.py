"""What is believed before anything was measured."""

from __future__ import annotations

import numpy as np

from slowhand.locate.layout import (
    BA,
    BG,
    FALL,
    MAGNETS,
    N_SHAPE,
    PER_MAGNET,
    SHAPE,
    SHIFT,
    THICK,
    TILT,
    G,
    H,
    Q,
    error_size,
)
from slowhand.locate.parameters import Parameters


def fresh_state(magnets: int) -> np.ndarray:
    """The nominal state of a perfect strip on a flat back, hand at the origin."""
    x = np.zeros(error_size(magnets) + SHIFT)
    x[Q] = 1.0
    x[FALL + SHIFT] = 1.0
    return x


def prior_covariance(parameters: Parameters, frame: np.void, magnets: int) -> np.ndarray:
    """Variances of everything but place, velocity, attitude and earth field, which the start procedure fills in.

    Returns (N, N). ``frame`` is a row of ``FRAME_DTYPE``.
    """
    sigma = np.zeros(error_size(magnets))
    sigma[BG : BG + 3] = parameters.gyro_bias
    sigma[BA : BA + 3] = parameters.accel_bias
    sigma[H : H + 6] = parameters.hard_iron
    sigma[G : G + 5] = parameters.gradient
    sigma[TILT : TILT + 2] = frame["tilt"]
    # A back is smooth: the shorter the wave the lower.
    sigma[SHAPE : SHAPE + N_SHAPE] = parameters.shape * np.array([1.0, 1.0, 0.7, 0.4, 0.25])
    sigma[FALL] = parameters.fall
    sigma[THICK] = parameters.thick
    one_magnet = [parameters.lean, parameters.lean, parameters.moment] + [parameters.placement] * 3
    sigma[MAGNETS:] = np.tile(one_magnet, magnets)
    cov = np.diag(sigma**2)
    # Skin that slopes sideways leans all magnets alike.
    sideways = MAGNETS + PER_MAGNET * np.arange(magnets)
    cov[np.ix_(sideways, sideways)] += parameters.slope**2
    return cov
