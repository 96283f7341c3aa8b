"""The truth of every sample, from the hand's exact motion and the planned forces."""

from __future__ import annotations

import numpy as np

from slowhand.sim.hand import Motion, Program, quaternion
from slowhand.sim.truth import CONTACT_OFF_N, CONTACT_ON_N, LOADED_N, TRUTH_DTYPE, hysteresis


def truth_rows(program: Program, motion: Motion, levers: np.ndarray, t_us: np.ndarray) -> np.ndarray:
    """TRUTH_DTYPE rows for device times ``t_us`` (N,); ``levers`` (N, 6, 3) m are the pads' as fingers bend."""
    t = motion.times()
    truth = np.zeros(motion.n, TRUTH_DTYPE)
    rotation = motion.rotation(t)
    truth["t_us"], truth["started"] = t_us, t_us - t_us[0] >= program.start_us
    truth["p"], truth["v"] = motion.place(t), motion.place(t, 1)
    truth["q"], truth["omega"] = quaternion(rotation), motion.turn_rate(t)
    pads = truth["p"][:, None, :] + np.einsum("nij,nkj->nki", rotation, levers)
    truth["pad_mm"] = pads[..., :2] * 1000.0
    force = np.maximum(program.force, 0.0)
    truth["force_n"], truth["total_n"] = force, force.sum(axis=1)
    truth["contact"] = hysteresis(truth["total_n"], CONTACT_ON_N, CONTACT_OFF_N)
    pressed = truth["total_n"] > 0.05
    share = force / np.where(pressed, truth["total_n"], 1.0)[:, None]
    cop = np.einsum("nk,nkj->nj", share, truth["pad_mm"])
    truth["cop_mm"] = np.where(pressed[:, None], cop, np.nan)
    # velocity of the material point under the centre of pressure: shares are held, places are moved
    bend = np.einsum("nij,nkj->nki", rotation, np.gradient(levers, axis=0) * motion.rate_hz)
    spin = np.einsum("nij,nkj->nki", rotation, np.cross(truth["omega"][:, None, :], levers))
    pad_velocity = truth["v"][:, None, :] + spin + bend
    velocity = 100.0 * np.einsum("nk,nkj->nj", share, pad_velocity[..., :2])
    truth["velocity_cm_s"] = np.where(pressed[:, None], velocity, np.nan)
    truth["speed_cm_s"] = np.hypot(*truth["velocity_cm_s"].T)
    loaded = force >= LOADED_N
    distance = np.where(loaded, np.abs(truth["pad_mm"][..., 0]), np.inf).min(axis=1)
    truth["spine_mm"] = np.where(loaded.any(axis=1), distance, np.nan)
    truth["stroke"] = program.stroke
    kinds = np.array([*program.kinds, ""])[program.stroke]   # the last one, at -1: none
    for name, kind in (("knead_turns", "knead"), ("rub_turns", "friction")):
        truth[name] = np.where(kinds == kind, program.phase, np.nan)
    return truth
