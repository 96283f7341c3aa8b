"""Recognises the start procedure in the samples: a rest away from the back, then a rest at the start pose.

Time is cut into slices of a quarter of a second. A slice is *still* when gyroscope, accelerometer and field hardly
change within it; whole still slices are averaged, so that the beginning of the next movement spoils nothing.
"""

from __future__ import annotations

import math

import numpy as np

from slowhand.locate.kernel import inner, kernel
from slowhand.locate.parameters import STANDARD_GRAVITY
from slowhand.locate.rotation import matrix_of, turn_in_hand

SLICE_S = 0.25
NEEDED = 5               # slices: 1.25 s whole within a rest of 2 s, whatever its phase
WORK_S = 8.0             # of contact before: a back rub is on, and its rests are easily taken for a start;
STRICT_NEEDED = 7        # then only a longer and quieter one counts
STRICT_QUIET = 0.32      # of the limits of stillness
TWITCH = 2               # slices that one without rest costs: a hand that trembles now and then has not left
STILL_TURN = 0.40        # rad/s; a hand held in the air trembles and sways by 0.02-0.15, a restless giver's by 0.35
STILL_SHAKE = 1.5        # m/s2, standard deviation within a slice; tremor and sway are 0.05-0.5, of a restless giver 1.2
GRAVITY_OFF = 1.0        # m/s2 of the mean from gravity: 50 mg of bias and some sway
AWAY_STEADY_UT = 2.0     # standard deviation within a slice
AWAY_FIELD_UT = 110.0    # the earth's 25-65 with residual and room iron
AWAY_DIFFER_UT = 28.0    # both magnetometers see the same, but for their residual iron
POSE_STEADY = 0.08       # of the field
POSE_FIELD_UT = 30.0     # of strip at one of the sensors: a hand on the strip sees 100-700
POSE_TILT = 0.7          # cosine of how far off gravity may be: a palm on a slope, not on its edge
LINK_MAX_S = 60.0        # gyroscope drift makes an older rest useless
RUBBING_MAX_S = 6.0      # of moving in contact between both rests: groping for the place, more is a back rub
MEMORY = 8               # slices that count in an average

# What the procedure waits for (start.hint); the texts are in guidance.py.
HINT_NONE = 0
HINT_MOVING = 1
HINT_FIELD_STRONG = 2
HINT_FIELDS_DIFFER = 3
HINT_NO_FIELD = 4
HINT_STAY = 5
HINT_FIELD_WEAK = 6
HINT_NOT_FLAT = 7
HINT_NO_FIT = 8
HINT_TOO_LONG = 9
HINT_NO_MOTION = 10

START_DTYPE = np.dtype(
    [
        ("hint", "i8"),
        ("away_ready", "i8"),      # enough rest away was seen
        ("away_slices", "i8"),     # still slices in a row
        ("pose_slices", "i8"),
        ("pose_ready", "i8"),      # enough rest at the start pose: solve
        ("link", "f8", 4),         # rotation since the last slice away: hand now -> hand then
        ("link_s", "f8"),
        ("worked_s", "f8"),        # of contact so far that belonged to no rest at the start pose
        ("strict", "i8"),
        ("rubbing_s", "f8"),       # moved in contact since the rest away
        ("bias", "f8", 3),         # mean rate while away, rad/s
        ("away_field", "f8", (2, 3)),
        ("away_has", "i8", 2),
        ("pose_field", "f8", (2, 3)),
        ("pose_has", "i8", 2),
        ("pose_accel", "f8", 3),
        ("pose_gyro", "f8", 3),
        ("pose_turn", "f8"),       # rms rate, rad/s
        ("pose_lever", "f8", 3),   # of the contact, m
        ("pose_contact", "i8"),
        ("turned", "f8", 4),       # rotation since both rests were seen: hand now -> hand then
        ("turned_s", "f8"),
        # the slice in progress
        ("length_s", "f8"),
        ("rows", "i8"),
        ("broken", "i8"),          # a gap or unusable motion within
        ("gyro", "f8", 3), ("gyro2", "f8"),
        ("accel", "f8", 3), ("accel2", "f8"),
        ("field", "f8", (2, 3)), ("field2", "f8", 2), ("looks", "i8", 2),
    ]
)


def new_start() -> np.ndarray:
    """Nothing seen yet, as a record array of one row."""
    start = np.zeros(1, START_DTYPE)
    start["link"] = (1.0, 0.0, 0.0, 0.0)
    return start


@kernel
def watch(row, seconds, seated, book, start, work):
    """Take in one row. Sets ``start.pose_ready`` once both rests were seen."""
    if not row.motion_ok or (row.gap and seconds > 0.03):
        start.broken = 1
        if row.gap and seconds > 0.2:
            start.away_ready = 0
            start.away_slices = 0
    else:
        _add(row, start)
    start.length_s += seconds
    if book.contact and start.pose_slices == 0:
        start.worked_s += seconds
        start.strict = start.worked_s > WORK_S
    if start.away_ready:
        start.link_s += seconds
        if row.motion_ok:
            turn_in_hand(
                start.link, (row.gyro[0] - start.bias[0]) * seconds, (row.gyro[1] - start.bias[1]) * seconds,
                (row.gyro[2] - start.bias[2]) * seconds,
            )
        if book.contact and start.pose_slices == 0:
            start.rubbing_s += seconds
        if start.link_s > LINK_MAX_S or start.rubbing_s > RUBBING_MAX_S:
            start.away_ready = 0
            start.away_slices = 0
            start.hint = HINT_TOO_LONG
    if start.length_s >= SLICE_S:
        _close_slice(seated, book, start, work)
        _open_slice(start)


@kernel
def begin_again(start):
    """Both rests are to be seen once more."""
    start.away_ready = 0
    start.away_slices = 0
    start.pose_slices = 0
    start.pose_ready = 0
    start.hint = HINT_NO_FIT
    _open_slice(start)


@inner
def _add(row, start):
    start.rows += 1
    for i in range(3):
        start.gyro[i] += row.gyro[i]
        start.accel[i] += row.accel[i]
        start.gyro2 += row.gyro[i] * row.gyro[i]
        start.accel2 += row.accel[i] * row.accel[i]
    for k in range(2):
        if row.field_new[k] and not row.haptic and math.isfinite(row.field[k, 0] + row.field[k, 1] + row.field[k, 2]):
            start.looks[k] += 1
            for i in range(3):
                start.field[k, i] += row.field[k, i]
                start.field2[k] += row.field[k, i] * row.field[k, i]


@inner
def _open_slice(start):
    start.length_s = 0.0
    start.rows = 0
    start.broken = 0
    start.gyro2 = 0.0
    start.accel2 = 0.0
    for i in range(3):
        start.gyro[i] = 0.0
        start.accel[i] = 0.0
    for k in range(2):
        start.looks[k] = 0
        start.field2[k] = 0.0
        for i in range(3):
            start.field[k, i] = 0.0


@inner
def _means(start):
    """Turn the slice's sums into means; returns spread of accel and both fields (NaN where nothing was seen)."""
    shake, steady0, steady1 = 0.0, math.nan, math.nan
    mean2 = 0.0
    for i in range(3):
        start.gyro[i] /= start.rows
        start.accel[i] /= start.rows
        mean2 += start.accel[i] ** 2
    shake = math.sqrt(max(start.accel2 / start.rows - mean2, 0.0))
    for k in range(2):
        if start.looks[k] >= 3:
            mean2 = 0.0
            for i in range(3):
                start.field[k, i] /= start.looks[k]
                mean2 += start.field[k, i] ** 2
            spread = math.sqrt(max(start.field2[k] / start.looks[k] - mean2, 0.0))
            if k == 0:
                steady0 = spread
            else:
                steady1 = spread
    return shake, steady0, steady1


@inner
def _norm(x, y, z):
    return math.sqrt(x * x + y * y + z * z)


@inner
def _close_slice(seated, book, start, work):
    if start.broken or start.rows < 5:
        start.hint = HINT_NO_MOTION if start.rows < 5 else HINT_MOVING
        start.away_slices = 0
        start.pose_slices = 0
        return
    shake, steady0, steady1 = _means(start)
    turn = math.sqrt(start.gyro2 / start.rows)
    felt = _norm(start.accel[0], start.accel[1], start.accel[2])
    quiet = STRICT_QUIET if start.strict else 1.0
    if turn > quiet * STILL_TURN or shake > quiet * STILL_SHAKE or abs(felt - STANDARD_GRAVITY) > GRAVITY_OFF:
        start.hint = HINT_MOVING
        start.away_slices = max(0, start.away_slices - TWITCH)
        start.pose_slices = max(0, start.pose_slices - TWITCH)
        return
    if math.isnan(steady0) and math.isnan(steady1):
        start.hint = HINT_NO_FIELD
        return
    away_hint = _away_hint(steady0, steady1, start)
    if away_hint == HINT_STAY and not (start.strict and book.contact):
        start.pose_slices = 0
        _take_away(steady0, steady1, start)
    elif start.away_ready:
        start.away_slices = 0
        _try_pose(seated, steady0, steady1, book, start, work)
    else:
        start.away_slices = 0
        start.hint = away_hint


@inner
def _away_hint(steady0, steady1, start):
    """Is the field of this slice that of a hand well away from the strip: weak, steady, the same at both places?"""
    for k in range(2):
        steady = steady0 if k == 0 else steady1
        if math.isnan(steady):
            continue
        strength = _norm(start.field[k, 0], start.field[k, 1], start.field[k, 2])
        if steady > AWAY_STEADY_UT or strength > AWAY_FIELD_UT:
            return HINT_FIELD_STRONG
    if not math.isnan(steady0) and not math.isnan(steady1):
        dx = start.field[0, 0] - start.field[1, 0]
        dy = start.field[0, 1] - start.field[1, 1]
        dz = start.field[0, 2] - start.field[1, 2]
        if math.sqrt(dx * dx + dy * dy + dz * dz) > AWAY_DIFFER_UT:
            return HINT_FIELDS_DIFFER
    return HINT_STAY


@inner
def _take_away(steady0, steady1, start):
    start.away_slices += 1
    weight = 1.0 / min(start.away_slices, MEMORY)
    for i in range(3):
        start.bias[i] += (start.gyro[i] - start.bias[i]) * weight
    for k in range(2):
        steady = steady0 if k == 0 else steady1
        start.away_has[k] = not math.isnan(steady)
        if start.away_has[k]:
            for i in range(3):
                start.away_field[k, i] += (start.field[k, i] - start.away_field[k, i]) * weight
    start.link[0] = 1.0
    start.link[1] = 0.0
    start.link[2] = 0.0
    start.link[3] = 0.0
    start.link_s = 0.0
    start.rubbing_s = 0.0
    if start.away_slices >= (STRICT_NEEDED if start.strict else NEEDED):
        start.away_ready = 1
    start.hint = HINT_NONE if start.away_ready else HINT_STAY


@inner
def _try_pose(seated, steady0, steady1, book, start, work):
    """Average a still slice that may belong to the start pose."""
    rot = work.rot
    matrix_of(start.link, rot)
    strongest, unsteady = 0.0, False
    for k in range(2):
        steady = steady0 if k == 0 else steady1
        if math.isnan(steady):
            continue
        away = start.away_field[k] if start.away_has[k] else start.away_field[1 - k]
        total = 0.0
        for i in range(3):
            # the away field, turned into the hand as it is now: link' * away
            turned = rot[0, i] * away[0] + rot[1, i] * away[1] + rot[2, i] * away[2]
            total += (start.field[k, i] - turned) ** 2
        strongest = max(strongest, math.sqrt(total))
        strength = _norm(start.field[k, 0], start.field[k, 1], start.field[k, 2])
        unsteady = unsteady or steady > max(3.0, POSE_STEADY * strength)
    upright = -start.accel[0] if seated else start.accel[2]
    if unsteady:
        start.hint = HINT_MOVING
    elif strongest < POSE_FIELD_UT:
        start.hint = HINT_FIELD_WEAK
    elif upright < POSE_TILT * STANDARD_GRAVITY:
        start.hint = HINT_NOT_FLAT
    else:
        _take_pose(steady0, steady1, book, start)
        return
    start.pose_slices = max(0, start.pose_slices - TWITCH)


@inner
def _take_pose(steady0, steady1, book, start):
    start.pose_slices += 1
    weight = 1.0 / min(start.pose_slices, MEMORY)
    for i in range(3):
        start.pose_accel[i] += (start.accel[i] - start.pose_accel[i]) * weight
        start.pose_gyro[i] += (start.gyro[i] - start.pose_gyro[i]) * weight
        start.pose_lever[i] = book.lever[i]
    turn = math.sqrt(start.gyro2 / start.rows)
    start.pose_turn += (turn - start.pose_turn) * weight
    start.pose_contact = book.contact
    for k in range(2):
        steady = steady0 if k == 0 else steady1
        start.pose_has[k] = not math.isnan(steady)
        if start.pose_has[k]:
            for i in range(3):
                start.pose_field[k, i] += (start.field[k, i] - start.pose_field[k, i]) * weight
    start.hint = HINT_STAY
    if start.pose_slices >= (STRICT_NEEDED if start.strict else NEEDED):
        start.pose_ready = 1
