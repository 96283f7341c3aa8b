"""What the locator remembers between rows besides the filter's own state: clocks, averages, decisions."""

from __future__ import annotations

import numpy as np

from slowhand.locate.kernel import plain_bools
from slowhand.locate.pose import POSE_DTYPE
from slowhand.sensing.rows import SENSED_DTYPE

# Where the locator stands (book.status).
WAIT = 0      # for the start procedure
SOLVE = 1     # both rests of the start procedure were seen: solve for the start (outside the kernel)
TRACK = 2     # the place follows field and motion
AWAY = 3      # the place is not known; the hand is out of reach of the strip, or was lost
SEARCH = 4    # in contact: hypotheses compete for the place

# Why the place was given up (book.reason).
NO_REASON = 0
WENT_AWAY = 1
GAP = 2
NO_MOTION = 3
MISFIT = 4    # field and place no longer agree
HEIGHT = 5    # the hand would float above or dive below the skin

ROWS = plain_bools(SENSED_DTYPE)
POSES = plain_bools(POSE_DTYPE)

PLAIN_LASTING = 0.06     # of a plain world (simulation)
BOOK_DTYPE = np.dtype(
    [
        ("status", "i8"),
        ("reason", "i8"),
        ("seen", "i8"),            # rows so far
        ("t_us", "i8"),            # of the last row
        ("trial_s", "f8"),         # a start in the middle of a back rub is on trial for so long
        ("has_last", "i8"),        # last_accel and last_gyro hold
        ("last_accel", "f8", 3),
        ("last_gyro", "f8", 3),
        ("mean_accel", "f8", 3),   # over the step to this row
        ("mean_gyro", "f8", 3),
        ("blind_s", "f8"),         # since accelerometer and gyroscope were last usable
        # contact
        ("contact", "i8"),
        ("contact_s", "f8"),       # how long in contact
        ("free_s", "f8"),          # how long out of contact
        ("force", "f8"),           # N, all usable pads
        ("lever", "f8", 3),        # force-weighted mean place of the loaded pads, hand frame, m
        ("height_s", "f8"),        # since the last use of the contact height
        # health
        ("nis_fast", "f8"),        # smoothed d2 / 3
        ("nis_slow", "f8"),
        ("aside", "f8", (2, 3)),   # each field's innovation, smoothed over a moment: what lasts of it, uT
        ("lasting", "f8"),         # its square over a plain sensor's and map's, averaged over settled contact
        ("lasting_s", "f8"),       # of contact that went into it
        ("since_start_s", "f8"),   # since the start procedure was complete
        ("height_z", "f8"),        # smoothed contact height innovation, sigmas
        ("weak_s", "f8"),          # how long the strip's field has been predicted weak
        ("field_s", "f8"),         # since a field was last used
        ("buzz", "i8"),            # what the field of this buzz is like: BUZZ_... of tracker.py
        ("good_s", "f8"),          # how long all has been well
        ("bound_v_s", "f8"),       # since the motion was last bounded
        ("bound_p_s", "f8"),
        ("away_s", "f8"),          # how long the place has been unknown
        ("snapshot_s", "f8"),      # since the last snapshot
        ("snapshots", "i8"),       # taken so far, at most 2 are kept
        # search
        ("alive", "i8"),           # hypotheses
        ("grid", "i8"),            # next grid point to score; -1 when the grid is done
        ("search_s", "f8"),
        ("free_bank_s", "f8"),     # since the hypotheses were set free
        ("travel", "f8"),          # how far the leader has moved since, m
        ("unsure", "i8"),          # the attitude was doubtful when the search began
        ("settled", "i8"),         # they have been scored at their settled places
        ("best", "i8"),            # the leading hypothesis; -1 while none
        ("lead", "f8"),            # its log-likelihood over the best rival at another place
        ("x_alone", "i8"),         # rivals differ in y only: x can be told
        ("x_aside", "f8"),         # of x from the leader's, m
        ("x_sigma", "f8"),         # m
        ("x", "f8"),               # m
        ("grid_field", "f8", (2, 3)),  # what the grid is scored by, uT, hand frame
        ("grid_has", "i8", 2),
        ("grid_q", "f8", 4),       # attitude when that was seen
        ("last_field", "f8", (2, 3)),  # latest usable looks, uT, hand frame
        ("last_field_s", "f8", 2),     # how old they are
        ("look_s", "f8", 2),           # how long before them the look before was
        ("prior_p", "f8", 2),      # where the filter thought it was when the search began, m
        ("prior_s", "f8", 2),      # and how sure it was, m; huge when it did not know
        ("tidy", "i8"),            # rows since hypotheses were compared
    ]
)


def new_book() -> np.ndarray:
    """A fresh book, as a record array of one row."""
    book = np.zeros(1, BOOK_DTYPE)
    book["free_s"] = 1e3
    book["height_s"] = 1e3
    book["last_field_s"] = 1e3
    book["prior_s"] = 1e3
    book["lasting"] = PLAIN_LASTING
    book["lasting_s"] = 3.0   # nothing has been odd yet
    return book
