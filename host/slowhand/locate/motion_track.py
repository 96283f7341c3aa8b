"""Without a strip: follows rows one by one and says what is known of pace: cadence, and the speed of each pass."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from slowhand.locate.cadence import BEATS, Beats, new_beats, rhythm
from slowhand.locate.contact import CONTACT_OFF_N, CONTACT_ON_N
from slowhand.locate.drift_filter import (
    BUZZ_M_S2,
    HOLE_ACCEL_M_S2,
    PLACE_EVERY_S,
    SHAKE_M_S2,
    SLOT_S,
    SLOTS,
    TILT_EVERY_S,
    Drift,
    advance,
    begin,
    come_back,
    level,
    new_drift,
)
from slowhand.locate.kernel import inner, kernel
from slowhand.locate.parameters import STANDARD_GRAVITY
from slowhand.locate.passes import FEWEST, LOOK_EVERY, PASS_DTYPE, find_pass, measure_pass
from slowhand.locate.rotation import matrix_of, turn_in_hand

HOLE_S = 0.05        # rows missing for longer: nobody knows what the hand did meanwhile
APART_S = 0.4        # a hand that is off the skin for longer has ended its rhythm: a hop takes as long, a tap's way does not
NO_TAP_S = 0.3       # a contact that lasts longer is no tap: its rhythm begins with it
CADENCE_EVERY_S = 0.25
RETURN_SHARE = 0.2   # a hand that repeats itself is back after each cycle but for so much of the cycle's way,
RETURN_M_S = 0.005   # and for so much

NOW_DTYPE = np.dtype(
    [
        ("known", "i8"),         # the attitude is known: the motion is being followed
        ("contact", "i8"),
        ("row_us", "i8"),        # of the last row with motion
        ("slot_us", "i8"),       # of the last slot
        ("slot_contact", "i8"),  # contact at the last slot
        ("slots", "i8"),         # in the drift's tables
        ("first", "i8"),         # slot at which the pass in hand began; -1: none
        ("first_us", "i8"),
        ("looked", "i8"),        # slots since the tables were looked at
        ("shaken", "f8"),        # variance of the velocity felt since the last slot
        ("turned", "f8"),        # rad turned since then
        ("place_s", "f8"),       # since the place was used
        ("tilt_s", "f8"),
        ("rot", "f8", (3, 3)),   # work: hand -> gyroscope's frame
        ("q6_rot", "f8", (3, 3)),
        ("lever", "f8", 3),      # force-weighted mean place of the loaded pads, hand frame, m
        ("omega", "f8", 3),      # rad/s, hand frame, bias removed
        ("sum", "f8", 3),        # velocity felt since the beginning, for the rhythm
        ("beats", "i8"),         # velocities kept for the rhythm
        ("free_s", "f8"),        # how long off the skin
        ("touch_s", "f8"),       # how long on it
        ("cadence_s", "f8"),     # since the rhythm was looked at
        ("cycle_s", "f8"),       # since a whole cycle was used against the drift
        ("cadence", "f8", 3),    # per minute, its sigma, its roundness; NaN: none
        ("last", PASS_DTYPE),    # the latest finished pass
    ]
)


class Track(NamedTuple):
    """All that is remembered between rows."""

    now: np.ndarray          # (1,) NOW_DTYPE
    drift: Drift
    beats: Beats


def new_track() -> Track:
    """Nothing known."""
    now = np.zeros(1, NOW_DTYPE)
    now["first"] = -1
    now["free_s"] = 1e3
    now["cadence"] = np.nan
    for name in ("mean", "mean_sigma", "peak", "peak_sigma"):
        now["last"][name] = np.nan
    return Track(now, new_drift(), new_beats())


@kernel
def follow(rows, attitude, bias, bias_sigma, pads, written, now, drift, beats):
    """Go through ``rows`` (ROWS) and write what is known of pace to ``written`` (POSES).

    ``attitude`` (n, 4) and ``bias`` (n, 3) are vqf's, NaN where it knows none or nothing was felt; ``pads`` (6, 3) in m.
    """
    for i in range(len(rows)):
        row, book = rows[i], now[0]
        touched = _touches(row, pads, book)
        q = attitude[i]
        if q[0] == q[0]:
            step = (row.t_us - book.row_us) * 1e-6
            if not book.known or step > HOLE_S:
                _begin(row, q, bias_sigma[i], touched, book, drift)
            else:
                _feel(row, q, bias[i], step, book, drift)
                if touched != book.slot_contact or (row.t_us - book.slot_us) * 1e-6 >= SLOT_S:
                    _close_slot(row, touched, book, drift, beats)
            book.row_us = row.t_us
        elif (row.t_us - book.row_us) * 1e-6 > HOLE_S:
            _forget(book)
        _report(written[i], book)


@inner
def _touches(row, pads, book):
    """Contact, as ``strokes`` sees it: total force of the usable pads, with hysteresis. Also the force's lever."""
    total, weight, x, y, z, usable = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    for k in range(pads.shape[0]):
        force = row.force[k]
        if not row.pad_ok[k] or force != force:
            continue
        usable += 1
        total += force
        if force > 0.0:
            weight += force
            x += force * pads[k, 0]
            y += force * pads[k, 1]
            z += force * pads[k, 2]
    touched = usable > 0 and total >= (CONTACT_OFF_N if book.contact else CONTACT_ON_N)
    book.contact = 1 if touched else 0
    if weight >= CONTACT_OFF_N:
        book.lever[0], book.lever[1], book.lever[2] = x / weight, y / weight, z / weight
    return book.contact


@inner
def _forget(book):
    """Motion was not seen for too long."""
    book.known, book.first, book.slots, book.beats = 0, -1, 0, 0
    book.cadence[:] = math.nan


@inner
def _begin(row, q, bias_sigma, touched, book, drift):
    """Take up the motion, in the air or in the middle of a contact: that is no landing."""
    _forget(book)
    begin(drift, q, bias_sigma)
    book.known, book.slot_us, book.slot_contact = 1, row.t_us, touched
    book.shaken, book.turned, book.place_s, book.tilt_s, book.cadence_s = 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(3):
        book.sum[c] = 0.0


@inner
def _feel(row, q, bias, step, book, drift):
    """One row of gyroscope and accelerometer, carried into the gyroscope's frame."""
    wx, wy, wz = row.gyro[0] - bias[0], row.gyro[1] - bias[1], row.gyro[2] - bias[2]
    book.omega[0], book.omega[1], book.omega[2] = wx, wy, wz
    # The attitude in the middle of the step, where the mean of its readings belongs.
    turn_in_hand(drift.turn, 0.5 * step * wx, 0.5 * step * wy, 0.5 * step * wz)
    matrix_of(drift.turn, book.rot)
    turn_in_hand(drift.turn, 0.5 * step * wx, 0.5 * step * wy, 0.5 * step * wz)
    for r in range(3):
        felt = book.rot[r, 0] * row.accel[0] + book.rot[r, 1] * row.accel[1] + book.rot[r, 2] * row.accel[2]
        drift.felt[r] += step * (felt - (STANDARD_GRAVITY if r == 2 else 0.0))
    unsteady = BUZZ_M_S2 if row.haptic else SHAKE_M_S2
    missed = HOLE_ACCEL_M_S2 * (step - row.dt_s) if row.gap else 0.0
    book.shaken += (unsteady * step) ** 2 + missed * missed
    book.turned += step * math.sqrt(wx * wx + wy * wy + wz * wz)
    matrix_of(q, book.q6_rot)
    for r in range(3):
        # vqf's vertical is the third row of its rotation, in the hand frame.
        up = book.q6_rot[2]
        drift.up[r] = book.rot[r, 0] * up[0] + book.rot[r, 1] * up[1] + book.rot[r, 2] * up[2]


@inner
def _close_slot(row, touched, book, drift, beats):
    """Another step of the filter; a landing begins a pass, a lift-off and a turning point end one."""
    dt = (row.t_us - book.slot_us) * 1e-6
    book.slot_us = row.t_us
    landed, lifted = touched and not book.slot_contact, book.slot_contact and not touched
    book.slot_contact = touched
    book.place_s += dt
    book.tilt_s += dt
    for c in range(3):
        book.sum[c] += drift.felt[c] - dt * drift.state[2, c]
    _keep_beat(row, touched, dt, book, beats)
    starts = touched and book.first < 0
    if starts:
        level(drift, np.int64(0))
        book.slots = 0
    n = book.slots if book.first >= 0 else np.int64(0)
    _place_slot(n, row, book, drift)
    place_due, tilt_due = book.place_s >= PLACE_EVERY_S, book.tilt_s >= TILT_EVERY_S
    advance(drift, n, dt, book.shaken, book.turned, place_due, tilt_due, touched, landed or lifted)
    book.shaken, book.turned = 0.0, 0.0
    _use_cycle(n, dt, touched, book, drift, beats)
    if place_due:
        book.place_s = 0.0
    if tilt_due:
        book.tilt_s = 0.0
    if starts:
        book.first, book.first_us, book.slots, book.looked = 0, row.t_us, 1, 0
    elif book.first >= 0:
        book.slots = n + 1
        book.looked += 1
        if lifted or book.looked >= LOOK_EVERY or book.slots == SLOTS:
            book.looked = 0
            _look(lifted, row.t_us, book, drift)


@inner
def _place_slot(n, row, book, drift):
    """Time and geometry of a slot: how the pressed point moves against the hand, and where its back faces."""
    matrix_of(drift.turn, book.rot)
    w, lever, rot = book.omega, book.lever, book.rot
    x = w[1] * lever[2] - w[2] * lever[1]
    y = w[2] * lever[0] - w[0] * lever[2]
    z = w[0] * lever[1] - w[1] * lever[0]
    drift.t_s[n] = (row.t_us - book.first_us) * 1e-6 if book.first >= 0 else 0.0
    for r in range(3):
        drift.spin[n, r] = rot[r, 0] * x + rot[r, 1] * y + rot[r, 2] * z
        drift.normal[n, r] = rot[r, 2]


@inner
def _look(lifted, t_us, book, drift):
    """Has the pass in hand ended? Then it is measured, and the next one begins where it ended."""
    last = book.slots - 1
    end = find_pass(drift, book.first, last, lifted)
    if end >= FEWEST:
        measure_pass(drift, book.first, end, book.last)
        book.last.start_us = book.first_us
        book.last.end_us = book.first_us + np.int64(round(1e6 * drift.t_s[end]))
        if not lifted:
            _shift(end, book, drift)
    if lifted:
        book.first, book.slots = -1, 0
        level(drift, np.int64(0))


@inner
def _shift(end, book, drift):
    """Drop the slots before ``end``; it is the first one of the next pass."""
    since = drift.t_s[end]
    count = book.slots - end
    for n in range(count):
        k = end + n
        drift.t_s[n] = drift.t_s[k] - since
        drift.kept[n], drift.told[n] = drift.kept[k], drift.told[k]
        drift.covs[n], drift.toldcovs[n], drift.gains[n] = drift.covs[k], drift.toldcovs[k], drift.gains[k]
        drift.spin[n], drift.normal[n] = drift.spin[k], drift.normal[k]
    book.slots, book.first_us = count, book.last.end_us
    level(drift, count)


@inner
def _keep_beat(row, touched, dt, book, beats):
    """Remember the velocity for the rhythm, and look for one now and then."""
    book.free_s = 0.0 if touched else book.free_s + dt
    before_s = book.touch_s
    book.touch_s = before_s + dt if touched else 0.0
    if before_s < NO_TAP_S <= book.touch_s:
        _drop_beats(row.t_us * 1e-6 - book.touch_s, book, beats)
    if book.free_s > APART_S:
        book.beats = 0
        book.cadence[:] = math.nan
        return
    if book.beats == BEATS:
        half = BEATS // 2
        beats.t_s[:half] = beats.t_s[half:]
        beats.v[:half] = beats.v[half:]
        book.beats = half
    n = book.beats
    beats.t_s[n] = row.t_us * 1e-6
    for c in range(3):
        beats.v[n, c] = book.sum[c]
    book.beats = n + 1
    book.cadence_s += dt
    if book.cadence_s >= CADENCE_EVERY_S:
        book.cadence_s = 0.0
        rhythm(beats, book.beats, book.cadence)


@inner
def _use_cycle(n, dt, touched, book, drift, beats):
    """Once a cycle, while there is a rhythm: the hand has come back to where it was."""
    book.cycle_s += dt
    if not (touched and book.cadence[0] > 0.0):
        book.cycle_s = 0.0
        return
    cycle_s = 60.0 / book.cadence[0]
    if book.cycle_s < cycle_s:
        return
    book.cycle_s = 0.0
    since_s = row_s = beats.t_s[book.beats - 1]
    x, y, z, squares, time_s, k = 0.0, 0.0, 0.0, 0.0, 0.0, book.beats - 1
    while k > 0 and row_s - beats.t_s[k] < cycle_s:
        step = since_s - beats.t_s[k - 1]
        since_s = beats.t_s[k - 1]
        v = beats.v[k]
        x += step * v[0]
        y += step * v[1]
        z += step * v[2]
        squares += step * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
        time_s += step
        k -= 1
    x, y, z = x / time_s, y / time_s, z / time_s
    power = max(squares / time_s - x * x - y * y - z * z, 0.0)
    last, state = beats.v[book.beats - 1], drift.state
    variance = RETURN_SHARE**2 * power + RETURN_M_S**2
    come_back(
        drift, n, cycle_s, state[1, 0] - last[0] + x, state[1, 1] - last[1] + y, state[1, 2] - last[2] + z, variance
    )


@inner
def _drop_beats(before_s, book, beats):
    """Forget the velocities from before a time."""
    first = 0
    while first < book.beats and beats.t_s[first] < before_s:
        first += 1
    for n in range(first, book.beats):
        beats.t_s[n - first] = beats.t_s[n]
        beats.v[n - first] = beats.v[n]
    book.beats -= first


@inner
def _report(pose, book):
    pose.cadence_per_min, pose.cadence_sigma, pose.cadence_round = book.cadence[0], book.cadence[1], book.cadence[2]
    last = book.last
    pose.stroke_start_us, pose.stroke_end_us = last.start_us, last.end_us
    pose.stroke_cm_s, pose.stroke_sigma_cm_s = 100.0 * last.mean, 100.0 * last.mean_sigma
    pose.stroke_peak_cm_s, pose.stroke_peak_sigma_cm_s = 100.0 * last.peak, 100.0 * last.peak_sigma
