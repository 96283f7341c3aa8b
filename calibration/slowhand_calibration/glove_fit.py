"""A whole recording, at rest and then turned about, becomes the numbers of one glove, or one line that says why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from slowhand_calibration.field_fit import FieldFit, fit_field
from slowhand_calibration.rest import AccelFit, first_still, fit_accel

LEAST_COVERAGE = 0.7            # half a sphere gives 0.67; then 2 % of soft iron would pass for 2 uT of hard iron
MOST_RESIDUAL = 0.05            # of the strength: 2.5 uT in 50, what the locator allows for in hard iron
MOST_OUTLIERS = 0.10
MOST_SIGMA_UT = 1.0
MOST_STRETCH = 1.3              # of one axis by soft iron; chips and plate give a few per cent
EARTH_UT = (25.0, 65.0)         # at the earth's surface (IGRF): from South America to the poles
STRENGTH_SLACK = 0.08           # a chip's scale, and houses of reinforced concrete
MOST_DIFFERENCE = 0.12          # of the strengths: two scales, no more
MOST_TURN_DEG = 15.0            # between the two chips; a wrong mounting is 90 or 180


class CalibrationRefusedError(ValueError):
    """The recording does not tell what a glove's file must say; the text says why and what to do."""


@dataclass(frozen=True)
class Recording:
    """Rows in the order of time, hand frame, uncorrected; none while the motor ran."""

    t_s: np.ndarray                     # (n,)
    accel: np.ndarray                   # (n, 3), m/s2
    gyro: np.ndarray                    # (n, 3), rad/s
    fields: tuple[np.ndarray, ...]      # each (n, 3), uT; a reading may be repeated until the next one


@dataclass(frozen=True)
class Agreement:
    """How alike two calibrated magnetometers on one plate are."""

    difference_ut: float        # RMS of the difference of their readings
    turn_deg: float             # by which one seems turned against the other
    strength_ratio: float       # second by first


@dataclass(frozen=True)
class GloveFit:
    """``corrected = raw - bias`` for motion, and a `FieldFit` for each magnetometer."""

    gyro_bias: np.ndarray               # (3,), rad/s
    accel: AccelFit
    fields: tuple[FieldFit, ...]
    agreement: Agreement | None         # with two magnetometers


def fit_glove(recording: Recording) -> GloveFit:
    """Fit everything.

    Raises:
        CalibrationRefusedError: the glove never lay still, or a magnetometer cannot be calibrated from this.
    """
    whole = recording
    still = first_still(whole.t_s, whole.accel, whole.gyro, whole.fields)
    if still is None:
        raise CalibrationRefusedError("the glove moved: it must lie still on a table for 5 seconds, before the turning")
    gyro_bias = np.median(whole.gyro[still], axis=0)
    fits = tuple(judged(k, fit_field(field[still.start :])) for k, field in enumerate(whole.fields))
    after = slice(still.start, None)
    accel = fit_accel(whole.t_s[after], whole.accel[after], whole.gyro[after] - gyro_bias)
    agreement = None
    if len(fits) == 2:
        agreement = judged_agreement(fits, whole.fields[0][after], whole.fields[1][after])
    return GloveFit(gyro_bias, accel, fits, agreement)


def judged(k: int, fit: FieldFit | None) -> FieldFit:
    """The fit of magnetometer ``k`` if it may be believed; raises CalibrationRefusedError."""
    if fit is None:
        raise CalibrationRefusedError(
            f"magnetometer {k}: its readings hardly changed: turn the hand through all directions, or look at its wires "
            "with slowhand doctor --joints"
        )
    share = fit.residual_ut / fit.strength_ut
    stretch = np.linalg.eigvalsh(fit.soft_iron)
    low, high = EARTH_UT[0] * (1 - STRENGTH_SLACK), EARTH_UT[1] * (1 + STRENGTH_SLACK)
    if fit.coverage < LEAST_COVERAGE or fit.hard_iron_sigma_ut > MOST_SIGMA_UT:
        why = (f"only {100 * fit.coverage:.0f} % of all directions were seen, {100 * LEAST_COVERAGE:.0f} % are needed: turn "
               "the hand and arm through more of them, palm up and down, fingers to the ceiling, the floor and all walls")
    elif fit.outliers > MOST_OUTLIERS or share > MOST_RESIDUAL:
        why = (f"the field was not the same everywhere (it varies by {100 * share:.0f} %, {100 * fit.outliers:.0f} % of the "
               "readings fit nothing): go 1 m away from the strip, from iron and loudspeakers, take rings and watch off")
    elif not low <= fit.strength_ut <= high:
        why = (f"a field of {fit.strength_ut:.0f} uT is not the earth's ({EARTH_UT[0]:.0f}-{EARTH_UT[1]:.0f} uT): go 1 m "
               "away from the strip and from iron; if it stays, the chip is not the one that it should be")
    elif stretch[-1] > MOST_STRETCH or stretch[0] < 1 / MOST_STRETCH:
        why = "one axis reads far more than another: steel on the plate, or a broken chip"
    else:
        return fit
    raise CalibrationRefusedError(f"magnetometer {k}: {why}")


def judged_agreement(fits: tuple[FieldFit, ...], raw0_ut: np.ndarray, raw1_ut: np.ndarray) -> Agreement:
    """Whether two magnetometers (rows (n, 3) of the same instants) see one earth; raises CalibrationRefusedError."""
    one, two = fits[0].corrected(raw0_ut), fits[1].corrected(raw1_ut)
    turn = Rotation.align_vectors(one, two)[0].magnitude()
    difference = float(np.sqrt(np.mean(np.sum((one - two) ** 2, axis=1))))
    agreement = Agreement(difference, float(np.degrees(turn)), fits[1].strength_ut / fits[0].strength_ut)
    if abs(agreement.strength_ratio - 1.0) > MOST_DIFFERENCE:
        raise CalibrationRefusedError(
            f"the magnetometers see fields of {fits[0].strength_ut:.0f} and {fits[1].strength_ut:.0f} uT at one place: go "
            "1 m away from iron and try again; if it stays, one chip is not the one that it should be"
        )
    if agreement.turn_deg > MOST_TURN_DEG:
        raise CalibrationRefusedError(
            f"one magnetometer seems turned by {agreement.turn_deg:.0f} degrees against the other: look at how the boards "
            "lie on the plate with slowhand doctor --joints"
        )
    return agreement
