"""The filter's numbers, each with where it comes from, and how they reach the kernels."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

STANDARD_GRAVITY = 9.80665  # m/s2


@dataclass(frozen=True)
class Parameters:
    """Process noise is per square root of a second. Sources: "study" = feasibility runs in simulation
    (docs/locator.md), "sheet" = ICM-20948 datasheet, otherwise reasoned beside the number.
    """

    # How fast things wander.
    velocity_walk: float = 0.015      # m/s; study: 0.012 with perfect scale; sheet noise alone is 0.002
    haptic_walk: float = 0.10         # m/s more while the motor runs: 1-2 m/s2 of shaking, sampled at 200 Hz
    velocity_scale: float = 0.010     # of the hand's own acceleration: scale and alignment (sheet +-0.5 %)
    attitude_walk: float = 0.0007     # rad; study: 0.0006
    attitude_scale: float = 0.008     # of the rate: scale 0.5 % and alignment 0.5 degrees
    scale_memory_s: float = 0.3       # a scale error keeps its sign for about one stroke's reversal
    gyro_bias_walk: float = 5e-5      # rad/s; study
    accel_bias_walk: float = 1e-3     # m/s2; study
    earth_walk: float = 0.1           # uT; breathing, creeping iron
    room_walk: float = 0.0            # uT per square root of a metre: steel bends the room's field more than a gradient does
    hard_iron_walk: float = 0.1       # uT
    iron_turn: float = 1.5            # uT per rad of turning: soft iron of 2 % turns the earth's 50 uT into iron
    tilt_walk: float = 0.0005         # rad; a back that settles; more when seated (Frame)
    seated_turn: float = 0.012        # rad per sqrt(s) of a seated trunk: 0.8 degrees at 0.3 Hz turn by 0.026 rad/s
    seated_shake: float = 0.06        # m/s per sqrt(s): 6 mm at 0.3 Hz are 0.02 m/s2, of one sign for a second
    # What is believed before anything was seen.
    gyro_bias: float = 0.010          # rad/s; 0.5 dps left after calibration
    accel_bias: float = 0.05          # m/s2
    hard_iron: float = 2.5            # uT; study
    gradient: float = 12.0            # uT/m; study
    tilt: float = 0.03                # rad
    shape: float = 0.012              # m, first wave; higher ones less; study
    fall: float = 0.25                # relative
    thick: float = 0.008              # m: hands of other sizes, flesh pressed in
    moment: float = 0.05              # relative; study
    lean: float = 0.055               # rad per axis, of a magnet on its ribbon; study: 4 degrees
    slope: float = 0.04               # rad, of all magnets together: nobody lies quite level
    placement: float = 0.003          # m; 2 mm in the study, and the ribbon does not lie quite straight
    # How far a measurement is to be trusted.
    field_noise: float = 0.9          # uT; 1.0 in the study
    motor_field: float = 12.0         # uT: a coin motor's current adds 8-9
    field_map: float = 0.08           # of the strip's field: soft iron and alignment, which last, not noise
    field_gate: float = 25.0          # d2 (3 degrees of freedom) from where noise is inflated by d2 / gate
    height_noise: float = 0.010       # m
    height_far: float = 0.08          # per m from the midline
    height_period_s: float = 0.05     # more often over-weights an error that does not change
    # Without field: how a hand can move.
    loose_speed: float = 0.4          # m/s; study
    loose_place: float = 0.4          # m; study
    gap_acceleration: float = 2.5     # m/s2 of a hand that nobody watches
    gap_turn: float = 0.8             # rad/s
    gap_place: float = 0.05           # m, and loose_speed times the gap: where the hand may be after it
    gap_lost_s: float = 0.35          # a longer gap loses the place
    # Absence.
    weak_field: float = 3.0           # uT of strip at the sensor; study
    weak_for_s: float = 0.1           # study; here only with a place already doubtful
    weak_long_s: float = 2.0          # whatever the filter thinks of itself
    away_sigma_x: float = 0.035       # m; study
    away_sigma_y: float = 0.052
    away_earth: float = 1.5           # uT added on entry; study: not more
    away_attitude: float = 0.009      # rad added on entry; study: not more
    # Believing and doubting.
    located_sigma: float = 0.015      # m; fixed by the product
    nis_fast_s: float = 0.33          # study
    nis_fast_limit: float = 3.0       # mean of d2 / 3: healthy 0.05, 99.9 % below 0.3, as the noise is mostly doubt
    nis_slow_s: float = 1.7           # study
    nis_slow_limit: float = 1.5
    nis_doubt: float = 0.15           # from here on sigmas grow, and iron may have changed (a ring, a phone)
    nis_vouched: float = 0.12         # and from here on a place is vouched for less easily
    nis_stated_x: float = 0.147       # and from here on stated sigmas
    nis_stated_y: float = 0.110
    odd_stated: float = 0.094         # and from here on, of what the field lastingly is off; a plain world has 0.07
    odd_stated_seated: float = 0.185
    odd: float = 0.088                # of the same, from here on a place is vouched for less easily
    odd_seated: float = 0.18
    doubt_iron: float = 4.0           # uT per sqrt(s) by which iron and room may then change
    height_limit: float = 3.5         # sigmas
    snapshot_s: float = 5.0
    vouched_x: float = 0.68           # of the computed sigma must be within `located_sigma`, whatever is stated: a third of
    vouched_y: float = 0.80           # it called half as much again wrong a place, with everything against it (study)
    vouched_coasting: float = 1.2
    # What is stated: all fitted to how often the truth lies within two sigmas, in simulation (decision 57).
    stated_x: float = 0.069           # stated over computed sigma: the filter doubts the map more than most worlds
    stated_y: float = 0.089           # deserve, and what is off in the others is in what lasts
    stated_coasting: float = 1.0      # without field
    reach: float = 0.08               # m from the midline from where on floor and what lasts count in full
    floor_x: float = 0.0021           # m: what all magnets are off together, nobody can see
    floor_y: float = 0.0029
    floor_spine_x: float = 0.14       # share of it that is left above the spine
    floor_spine_y: float = 0.30
    lasting_x: float = 0.0075         # m, at most, in an odd world
    lasting_y: float = 0.0094
    lasting_spine_x: float = 0.15     # share of it above the spine, where a field that is off moves the place little
    lasting_spine_y: float = 0.12
    knee_x: float = 1.07              # how much odder than `odd_stated` a world is of which half of its square is stated
    knee_y: float = 0.70
    unlearned_x: float = 0.0007       # m that the start may be off, before the strip has been learned
    unlearned_y: float = 0.0022
    creep_x: float = 0.0004           # m that the ribbon may have crept on the skin in five minutes, across the spine
    creep_y: float = 0.0018           # and along it
    stated_alone: float = 1.26        # times all of that, where one magnetometer has nothing to check it by
    stated_yaw: float = 1.0


PARAMETER_DTYPE = np.dtype([(field.name, "f8") for field in fields(Parameters)])


def packed(parameters: Parameters) -> np.ndarray:
    """As a record array of one row, for the kernels."""
    row = np.zeros(1, PARAMETER_DTYPE)
    for name, value in asdict(parameters).items():
        row[name] = value
    return row


FRAME_DTYPE = np.dtype(
    [
        ("gravity", "f8", 3),       # m/s2, back frame
        ("lean", "f8", (2, 3)),     # what the two tilt states add to it, m/s2 per rad
        ("centre", "f8", 3),        # where the earth's field is defined, m
        ("length", "f8"),           # of the strip, m
        ("height", "f8"),           # of the magnets' centres above the skin, m
        ("tilt", "f8"),             # prior of the tilt states, rad
        ("tilt_walk", "f8"),        # rad per sqrt(s)
        ("tilt_by_turn", "f8", (2, 3)),  # how the tilt states change when the trunk turns in the room, rad per rad
        ("trunk_turn", "f8"),       # rad per sqrt(s)
        ("trunk_shake", "f8"),      # m/s per sqrt(s)
        ("odd_stated", "f8"),       # how much the field lastingly is off from where on stated sigmas grow
        ("odd", "f8"),              # and from where on a place is vouched for less easily
        ("earth_walk", "f8"),       # uT per sqrt(s)
    ]
)


def frame_of(posture: str, length_m: float, height_m: float, parameters: Parameters) -> np.ndarray:
    """The back frame's constants for the kernels, as a record array of one row.

    A seated trunk leans by some degrees and sways, so its gravity and its share of the earth's field wander.
    """
    row = np.zeros(1, FRAME_DTYPE)
    seated = posture == "seated"
    row["gravity"] = (0.0, STANDARD_GRAVITY, 0.0) if seated else (0.0, 0.0, -STANDARD_GRAVITY)
    first = (STANDARD_GRAVITY, 0.0, 0.0)
    second = (0.0, 0.0, STANDARD_GRAVITY) if seated else (0.0, STANDARD_GRAVITY, 0.0)
    row["lean"] = (first, second)
    row["tilt_by_turn"] = ((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)) if seated else ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
    row["trunk_turn"] = parameters.seated_turn if seated else 0.0
    row["trunk_shake"] = parameters.seated_shake if seated else 0.0
    row["centre"] = (0.0, length_m / 2.0, 0.05)
    row["length"] = length_m
    row["height"] = height_m
    row["tilt"] = 3.0 * parameters.tilt if seated else parameters.tilt
    row["odd_stated"] = parameters.odd_stated_seated if seated else parameters.odd_stated
    row["odd"] = parameters.odd_seated if seated else parameters.odd
    row["tilt_walk"] = parameters.tilt_walk
    row["earth_walk"] = parameters.earth_walk
    return row
