"""One measurement of up to three rows changes state and covariance; outliers are trusted less."""

from __future__ import annotations

import math

import numpy as np

from slowhand.locate.kernel import kernel
from slowhand.locate.layout import N_QUICK, SHIFT, A, P, Q, V
from slowhand.locate.rotation import turn_in_back
from slowhand.locate.tape import keep_correction

TINY = 1e-14


@kernel
def project(cov, n, m, work):
    """``gain = rows cov`` for ``m`` rows; skips the zeros that most rows are made of."""
    rows, gain = work.rows, work.gain
    for r in range(m):
        out = gain[r]
        for j in range(n):
            out[j] = 0.0
        for k in range(n):
            weight = rows[r, k]
            if weight != 0.0:
                source = cov[k]
                for j in range(n):
                    out[j] += weight * source[j]


@kernel
def factor(n, m, variance, work):
    """Cholesky factor of ``rows cov rows' + variance I`` to ``work.chol``; returns log of the determinant."""
    rows, gain, chol = work.rows, work.gain, work.chol
    logdet = 0.0
    for r in range(m):
        for c in range(r + 1):
            total = 0.0
            for k in range(n):
                total += rows[r, k] * gain[c, k]
            if r == c:
                total += variance
            for k in range(c):
                total -= chol[r, k] * chol[c, k]
            if r == c:
                chol[r, r] = math.sqrt(max(total, TINY))
                logdet += 2.0 * math.log(chol[r, r])
            else:
                chol[r, c] = total / chol[c, c]
    return logdet


@kernel
def whiten(m, work, v):
    """Solve ``chol w = nu`` into ``v`` (3,); returns the sum of squares: the normalised innovation squared, d2."""
    d2 = 0.0
    for r in range(m):
        total = work.nu[r]
        for k in range(r):
            total -= work.chol[r, k] * v[k]
        v[r] = total / work.chol[r, r]
        d2 += v[r] * v[r]
    return d2


@kernel
def absorb(x, cov, n, m, work, v):
    """Apply the prepared correction: ``gain`` whitened by ``chol``, innovation whitened in ``v``.

    ``cov[i, j] -= sum_r g_r[i] g_r[j]`` is symmetric to the last bit, whatever the compiler makes of it.
    """
    gain, chol, step = work.gain, work.chol, work.step
    for r in range(m):
        own = gain[r]
        for k in range(r):
            other, weight = gain[k], chol[r, k]
            for j in range(n):
                own[j] -= weight * other[j]
        inv = 1.0 / chol[r, r]
        for j in range(n):
            own[j] *= inv
    for j in range(n):
        step[j] = 0.0
    for r in range(m):
        own, weight = gain[r], v[r]
        for j in range(n):
            step[j] += weight * own[j]
    if m == 3:
        g0, g1, g2 = gain[0], gain[1], gain[2]
        for i in range(n):
            a, b, c, row = g0[i], g1[i], g2[i], cov[i]
            for j in range(n):
                row[j] -= a * g0[j] + b * g1[j] + c * g2[j]
    else:
        for r in range(m):
            own = gain[r]
            for i in range(n):
                a, row = own[i], cov[i]
                for j in range(n):
                    row[j] -= a * own[j]
    inject(x, step, n)
    if n > N_QUICK:  # the estimate's own, not a hypothesis's
        keep_correction(n, m, v, work)


@kernel
def inject(x, step, n):
    """Add the error ``step`` to the nominal state ``x``."""
    for i in range(3):
        x[P + i] += step[P + i]
        x[V + i] += step[V + i]
    turn_in_back(x[Q : Q + 4], step[A], step[A + 1], step[A + 2])
    for j in range(A + 3, n):
        x[j + SHIFT] += step[j]


@kernel
def correct(x, cov, n, m, variance, gate, work):
    """Kalman correction by the measurement in ``work.rows`` and ``work.nu`` with equal ``variance`` per row.

    A normalised innovation d2 above ``gate`` inflates the variance by d2 / gate. Returns d2 before that and
    the log-likelihood of the innovation (less its constant).
    """
    project(cov, n, m, work)
    logdet = factor(n, m, variance, work)
    d2 = whiten(m, work, work.at)
    loglik = -0.5 * (d2 + logdet)
    if d2 > gate:
        factor(n, m, variance * d2 / gate, work)
        whiten(m, work, work.at)
    absorb(x, cov, n, m, work, work.at)
    return d2, loglik


@kernel
def correct_if_fitting(x, cov, n, m, variance, limit, work):
    """As ``correct``, but a measurement with a d2 above ``limit`` changes nothing at all. Returns d2."""
    project(cov, n, m, work)
    factor(n, m, variance, work)
    d2 = whiten(m, work, work.at)
    if d2 <= limit:
        absorb(x, cov, n, m, work, work.at)
    return d2


@kernel
def correct_one(x, cov, n, state, innovation, variance, work):
    """A direct look at error state ``state``: ``innovation`` = seen - believed."""
    for j in range(n):
        work.rows[0, j] = 0.0
    work.rows[0, state] = 1.0
    work.nu[0] = innovation
    return correct(x, cov, n, np.int64(1), variance, 1e9, work)
