"""One row through the filter while the place is known, or while the hand is away."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.book import AWAY, GAP, HEIGHT, MISFIT, NO_MOTION, SEARCH, TRACK, WENT_AWAY
from slowhand.locate.contact_model import height_innovation
from slowhand.locate.correction import correct, correct_if_fitting, correct_one
from slowhand.locate.field_map import FieldMap, build_map
from slowhand.locate.field_model import field_innovation
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.layout import BE, BG, SHIFT, A, H, P, Q, V
from slowhand.locate.motion_model import predict, spread, widen
from slowhand.locate.rotation import turn_in_hand
from slowhand.locate.strip import Ribbon


class Estimate(NamedTuple):
    """The filter's own state: nominal vector, covariance, the map that follows from them, and two snapshots."""

    x: np.ndarray          # (N + 1,)
    cov: np.ndarray        # (N, N)
    field_map: FieldMap
    snap_x: np.ndarray     # (2, N + 1); attitude carried along by the gyroscope
    snap_cov: np.ndarray   # (2, N, N)
    snap_age: np.ndarray   # (2,) s


class Setup(NamedTuple):
    """Constants of one session for the kernels."""

    ribbon: Ribbon
    pads: np.ndarray       # (6, 3) m, hand frame
    levers: np.ndarray     # (2, 3) m, hand frame, of the magnetometers


MOTOR_D2 = 9.0           # of a look while the motor runs; the motor that is meant stays below
MOTOR_LOOKS = 16.0       # the motor's field stays for a buzz of up to a hundred looks: they must not outvote what was known
PLAIN_UT, PLAIN_MAP, ODDEST, LASTING_S = 0.2, 0.022, 25.0, 30.0
TOUCH_SETTLED_S = 0.5    # a hand that lands is still corrected: in a plain world too
MOMENT_S = 0.15           # tremor and noise cancel out over it, what the map lacks does not
BUZZ_NEW, BUZZ_WEAK, BUZZ_STRONG = 0, 1, 2
D2_CAP = 30.0            # one spike alone must not count as being lost
BOUND_SPEED_HZ = 20.0
BOUND_PLACE_HZ = 4.0
LOST_TURN = 1.5          # rad
MIDDLE_HEIGHT = 0.2      # m above the back, where a hand is that is away


@kernel
def carry(row, est, n, book, frame, par, work):
    """Move the estimate to this row's time by motion, or admit that nobody watched. Returns seconds since the last.

    A gap longer than ``par.gap_lost_s`` loses the place; a shorter one widens it.
    """
    seconds = 0.0
    if book.seen > 0:
        seconds = (row.t_us - book.t_us) * 1e-6
    usable = row.motion_ok and not row.gap
    if usable:
        mean_a, mean_g = book.mean_accel, book.mean_gyro
        for i in range(3):
            mean_a[i] = 0.5 * (row.accel[i] + (book.last_accel[i] if book.has_last else row.accel[i]))
            mean_g[i] = 0.5 * (row.gyro[i] + (book.last_gyro[i] if book.has_last else row.gyro[i]))
        predict(est.x, est.cov, n, seconds, mean_a, mean_g, frame, par, work)
        for s in range(2):
            snap = est.snap_x[s]
            turn_in_hand(
                snap[Q : Q + 4],
                (mean_g[0] - snap[BG + SHIFT]) * seconds,
                (mean_g[1] - snap[BG + SHIFT + 1]) * seconds,
                (mean_g[2] - snap[BG + SHIFT + 2]) * seconds,
            )
        if row.haptic:
            spread(est.cov, np.int64(V), par.haptic_walk * math.sqrt(seconds))
        book.blind_s = 0.0
    elif seconds > 0.0:
        _unwatched(row, est, n, seconds, book, par)
    for s in range(2):
        est.snap_age[s] += seconds
    book.has_last = 1 if row.motion_ok else 0
    for i in range(3):
        book.last_accel[i] = row.accel[i]
        book.last_gyro[i] = row.gyro[i]
    book.t_us = row.t_us
    book.seen += 1
    book.field_s += seconds
    return seconds


@inner
def _unwatched(row, est, n, seconds, book, par):
    book.blind_s += seconds
    for s in range(2):
        spread(est.snap_cov[s], np.int64(A), par.gap_turn * seconds)
    if book.status == AWAY or book.status == SEARCH:
        bounded = min(seconds, par.gap_lost_s)
        widen(est.x, est.cov, n, bounded, par)
    elif book.status == TRACK:
        if book.blind_s > par.gap_lost_s:
            lose(est, n, np.int64(GAP if row.gap else NO_MOTION), book, par)
        else:
            widen(est.x, est.cov, n, seconds, par)


@kernel
def look(row, est, n, setup, book, frame, par, work):
    """Correct the estimate by the fields that are fresh in this row.

    While the motor runs they say little, and nothing at all where they do not fit the place: it adds a field of its own.
    """
    strip_seen = 0.0
    if not row.haptic:
        book.buzz = BUZZ_NEW
    for k in range(2):
        if not row.field_new[k]:
            continue
        seen = row.field[k]
        if not math.isfinite(seen[0] + seen[1] + seen[2]):
            continue
        build_map(est.x, setup.ribbon, est.field_map)
        strip2 = field_innovation(
            est.x, n, k, seen, setup.levers[k], setup.ribbon, est.field_map, frame, work
        )
        variance = par.field_noise**2 + par.field_map**2 * strip2
        if row.haptic:
            _look_through_buzz(est, n, variance, book, par, work)
            continue
        _remember_what_lasts(k, strip2, book, work)
        d2, _ = correct(est.x, est.cov, n, np.int64(3), variance, par.field_gate, work)
        _remember_fit(d2, book, par)
        strip_seen = max(strip_seen, strip2)
    if strip_seen > 0.0:
        elapsed = book.field_s
        book.field_s = 0.0
        book.weak_s = book.weak_s + elapsed if strip_seen < par.weak_field**2 else 0.0


@inner
def _look_through_buzz(est, n, variance, book, par, work):
    """The motor adds a field that is not known. Its first look, at a place still known, tells whether it is a weak one."""
    if book.buzz == BUZZ_NEW:
        d2 = correct_if_fitting(est.x, est.cov, n, np.int64(3), variance + par.motor_field**2, -1.0, work)
        book.buzz = BUZZ_STRONG if d2 > MOTOR_D2 else BUZZ_WEAK
    if book.buzz == BUZZ_WEAK:
        variance += MOTOR_LOOKS * par.motor_field**2
        correct_if_fitting(est.x, est.cov, n, np.int64(3), variance, MOTOR_D2, work)


@inner
def _remember_what_lasts(k, strip2, book, work):
    """How far field ``k`` lastingly is from what was expected, measured by the noise and map error of a plain world."""
    if not book.contact:
        return
    # After a time without field the place is corrected first: that look is no more than any other.
    since = min(max(0.5 * book.field_s, 0.002), 0.01)
    keep, aside2 = min(1.0, 2.0 * since / MOMENT_S), 0.0
    for i in range(3):
        book.aside[k, i] += keep * (work.nu[i] - book.aside[k, i])
        aside2 += book.aside[k, i] ** 2
    plain = 3.0 * (PLAIN_UT**2 + PLAIN_MAP**2 * strip2)
    if book.contact_s > TOUCH_SETTLED_S:
        book.lasting_s = min(book.lasting_s + since, LASTING_S)
        book.lasting += (min(aside2 / plain, ODDEST) - book.lasting) * since / book.lasting_s


@inner
def _remember_fit(d2, book, par):
    # Averages over time, with a look every 5 ms on average (two sensors at 100 Hz).
    value = min(d2, D2_CAP) / 3.0
    since = max(0.5 * book.field_s, 0.002)
    book.nis_fast += (value - book.nis_fast) * min(1.0, since / par.nis_fast_s)
    book.nis_slow += (value - book.nis_slow) * min(1.0, since / par.nis_slow_s)


@kernel
def doubt(est, seconds, book, par):
    """The field fits less well than it used to: iron came near or was put on. Let iron and room follow it."""
    if book.nis_fast > par.nis_doubt:
        step = par.doubt_iron * math.sqrt(seconds)
        spread(est.cov, np.int64(H), step)
        spread(est.cov, np.int64(H + 3), step)
        spread(est.cov, np.int64(BE), step)


@kernel
def touch(est, n, book, frame, par, seconds, work):
    """While the hand presses, its loaded pads are on the skin."""
    book.height_s += seconds
    if not book.contact or book.contact_s < 0.04 or book.height_s < par.height_period_s:
        return
    variance = height_innovation(est.x, n, book.lever, frame, par, work)
    d2, _ = correct(est.x, est.cov, n, np.int64(1), variance, 9.0, work)
    book.height_z += (math.sqrt(d2) - book.height_z) * min(1.0, book.height_s / 1.0)
    book.height_s = 0.0


@kernel
def judge(est, n, seconds, book, par):
    """Is the place still to be believed? Takes snapshots while it is, gives it up when it is not."""
    sigma_x = math.sqrt(est.cov[P, P])
    sigma_y = math.sqrt(est.cov[P + 1, P + 1])
    if not book.contact:
        unsure = sigma_x > par.away_sigma_x or sigma_y > par.away_sigma_y
        fading = max(sigma_x, sigma_y) > par.located_sigma and book.weak_s > par.weak_for_s
        if unsure or fading or book.weak_s > par.weak_long_s:
            leave(est, book, par)
            return
    elif book.nis_fast > par.nis_fast_limit or book.nis_slow > par.nis_slow_limit:
        lose(est, n, np.int64(MISFIT), book, par)
        return
    elif book.height_z > par.height_limit:
        lose(est, n, np.int64(HEIGHT), book, par)
        return
    elif sigma_x > par.away_sigma_x or sigma_y > par.away_sigma_y:
        leave(est, book, par)
        return
    well = max(book.nis_slow, book.nis_fast) < par.nis_doubt and book.contact
    book.good_s = book.good_s + seconds if well else 0.0
    book.snapshot_s += seconds
    if book.snapshot_s > par.snapshot_s and book.good_s > 2.0 and sigma_x < par.located_sigma:
        keep_snapshot(est, book)


@kernel
def copy_estimate(x, cov, from_x, from_cov):
    """Copy a nominal state and its covariance (loops: numba's array assignment costs seconds to compile)."""
    for i in range(x.shape[0]):
        x[i] = from_x[i]
    for i in range(cov.shape[0]):
        for j in range(cov.shape[0]):
            cov[i, j] = from_cov[i, j]


@kernel
def keep_snapshot(est, book):
    """Remember all of the estimate; the older one of two is forgotten."""
    s = book.snapshots % 2
    copy_estimate(est.snap_x[s], est.snap_cov[s], est.x, est.cov)
    est.snap_age[s] = 0.0
    book.snapshots += 1
    book.snapshot_s = 0.0


@kernel
def leave(est, book, par):
    """The hand goes away in good order: motion alone carries the place on, and it soon becomes unknown."""
    spread(est.cov, np.int64(BE), par.away_earth)
    spread(est.cov, np.int64(A), par.away_attitude)
    _fresh_judgement(book)
    book.status = AWAY
    book.reason = WENT_AWAY


@kernel
def lose(est, n, reason, book, par):
    """Something is wrong: back to the older snapshot, whose attitude the gyroscope has carried along."""
    s = book.snapshots % 2
    x, y, z = est.x[P], est.x[P + 1], est.x[P + 2]
    copy_estimate(est.x, est.cov, est.snap_x[s], est.snap_cov[s])
    loose = par.loose_place
    if reason in (GAP, NO_MOTION):  # nothing was wrong: the hand was there, and has gone on from there
        est.x[P], est.x[P + 1], est.x[P + 2] = x, y, z
        loose = min(loose, par.gap_place + par.loose_speed * book.blind_s)
    age = est.snap_age[s]
    drift = par.attitude_walk**2 * age + (math.sqrt(est.cov[BG, BG]) * age) ** 2
    spread(est.cov, np.int64(A), math.sqrt(min(drift, 0.25)))
    # Beyond half a turn nothing is known; larger numbers only strain the linear algebra.
    for i in range(3):
        shrink = min(1.0, LOST_TURN / math.sqrt(est.cov[A + i, A + i]))
        for j in range(n):
            est.cov[A + i, j] *= shrink
            est.cov[j, A + i] *= shrink
    spread(est.cov, np.int64(BE), par.away_earth)
    spread(est.cov, np.int64(A), par.away_attitude)
    _forget_place(est, n, loose, par)
    _fresh_judgement(book)
    book.status = AWAY
    book.reason = reason


@inner
def _forget_place(est, n, loose, par):
    for i in range(6):
        for j in range(n):
            est.cov[i, j] = 0.0
            est.cov[j, i] = 0.0
    for i in range(3):
        est.cov[P + i, P + i] = loose**2
        est.cov[V + i, V + i] = par.loose_speed**2
        est.x[V + i] = 0.0


@inner
def _fresh_judgement(book):
    book.nis_fast = 0.05
    book.nis_slow = 0.05
    book.height_z = 0.3
    book.weak_s = 0.0
    book.good_s = 0.0
    book.away_s = 0.0
    book.bound_v_s = 0.0
    book.bound_p_s = 0.0


@kernel
def bound(est, n, seconds, book, frame, par, work):
    """A hand that is away stays within reach and is no bullet: gravity then still levels the attitude."""
    book.bound_v_s += seconds
    book.bound_p_s += seconds
    if book.bound_v_s >= 1.0 / BOUND_SPEED_HZ:
        book.bound_v_s = 0.0
        for i in range(3):
            correct_one(est.x, est.cov, n, V + i, -est.x[V + i], par.loose_speed**2, work)
    if book.bound_p_s >= 1.0 / BOUND_PLACE_HZ:
        book.bound_p_s = 0.0
        for i in range(3):
            home = 0.5 * frame.length if i == 1 else (MIDDLE_HEIGHT if i == 2 else 0.0)
            correct_one(est.x, est.cov, n, P + i, home - est.x[P + i], par.loose_place**2, work)
