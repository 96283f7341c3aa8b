"""A whole simulated session: a script, a body, a hand and sensors in, chip counts, a raw log and the truth out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from slowhand.errors import BadInputError
from slowhand.sensing.rows import RAW_DTYPE
from slowhand.sim.bad_habits import SORE
from slowhand.sim.body import (
    FRIENDLY_BODY,
    REALISTIC_BODY,
    Body,
    BodyErrors,
    Strip,
    Surroundings,
    lay_strip,
    some_body,
    some_surroundings,
)
from slowhand.sim.hand import Hand, Motion, Program, bent_levers, move, quaternion, slow_noise
from slowhand.sim.magnets import (
    FRIENDLY_FIELD,
    REALISTIC_FIELD,
    FieldErrors,
    field_counts,
    field_ut,
    some_magnetometers,
)
from slowhand.sim.motion_sensor import (
    ACCEL_PER_COUNT,
    FRIENDLY_MOTION,
    GYRO_PER_COUNT,
    REALISTIC_MOTION,
    MotionErrors,
    motion_counts,
    some_motion_sensor,
    specific_force,
)
from slowhand.sim.pads import FRIENDLY_PADS, REALISTIC_PADS, PadErrors, some_pads
from slowhand.sim.profiles import Offsets, glove_toml, receiver_toml, strip_toml
from slowhand.sim.scripts import SCRIPTS, make_program
from slowhand.sim.truth import (
    CONTACT_OFF_N,
    CONTACT_ON_N,
    LOADED_N,
    TRUTH_DTYPE,
    TrueFlag,
    TrueStroke,
    hysteresis,
    true_flags,
    true_strokes,
)

CHIP_DTYPE = np.dtype(
    [
        ("t_us", "i8"),          # device time, unwrapped
        ("pads", "i4", 6),       # ADC counts
        ("accel", "i2", 3),      # chip axes
        ("gyro", "i2", 3),
        ("field0", "i2", 3),     # AK09916
        ("field1", "i2", 3),     # LIS3MDL; zeros when there is none
        ("field_new", "?"),
        ("haptic", "?"),
    ]
)


@dataclass(frozen=True)
class Level:
    """How far the simulated world is from what the pipeline assumes."""

    body: BodyErrors
    motion: MotionErrors
    field: FieldErrors
    pads: PadErrors
    flex_mm: float
    unsteady: float      # of the force, RMS, relative
    slip_mm: float       # of the start pose
    turn_deg: float


FRIENDLY = Level(FRIENDLY_BODY, FRIENDLY_MOTION, FRIENDLY_FIELD, FRIENDLY_PADS, 0.0, 0.03, 1.5, 1.0)
REALISTIC = Level(REALISTIC_BODY, REALISTIC_MOTION, REALISTIC_FIELD, REALISTIC_PADS, 1.5, 0.06, 4.0, 3.0)
# A steel bed, a careless start, a strip laid in a hurry, fingers that bend: what still must not lead to wrong places.
HARSH = Level(
    BodyErrors(moment=0.06, tilt_deg=4.0, place_mm=3.0, gradient_ut_m=25.0, shape=1.4),
    MotionErrors(accel_bias=0.05, gyro_bias=np.radians(0.6), scale=0.008, misalignment_deg=1.0),
    FieldErrors(hard_iron_ut=4.0, soft_iron=0.03, misalignment_deg=1.0, lever_mm=2.0, lag_ms=3.0),
    PadErrors(gain=0.06, hysteresis=1.0, creep=1.5, preload_n=0.06),
    flex_mm=3.0, unsteady=0.08, slip_mm=9.0, turn_deg=6.0,
)
LEVELS = {"friendly": FRIENDLY, "realistic": REALISTIC, "harsh": HARSH}


@dataclass(frozen=True)
class SimOutput:
    """What a run gives. The pipeline may see ``chips`` or ``raw``; the rest is for judging it."""

    chips: np.ndarray            # CHIP_DTYPE
    raw: np.ndarray              # RAW_DTYPE
    truth: np.ndarray            # TRUTH_DTYPE, one row per sample
    strokes: list[TrueStroke]
    flags: list[TrueFlag]
    body: Body
    hand: Hand
    strip: Strip
    world: Surroundings
    magnetometers: int
    start_us: int                # device time at which the start procedure is over
    rate_hz: float
    offsets: Offsets

    def settings(self) -> dict[str, str]:
        """Texts of the files that belong to this run, by name: glove.toml, strip.toml, receiver.toml."""
        return {
            "glove.toml": glove_toml(self.hand, self.magnetometers, self.offsets),
            "strip.toml": strip_toml(),
            "receiver.toml": receiver_toml(self.body),
        }

    def flags_with(self, scale: float, widen_mm: float = 0.0) -> list[TrueFlag]:
        """True flags with every limit multiplied and every zone widened, for events near a limit."""
        return true_flags(self.truth, self.body, scale, widen_mm)


@dataclass(frozen=True)
class Simulation:
    """``Simulation("mixed", seed=3).run()``.

    ``script`` is one of `SCRIPTS`; ``level`` one of `LEVELS` by name or a `Level`; ``magnetometers`` 1 or 2;
    ``mag_lag_ms`` overrides the level's; ``motor`` buzzes at every true flag as the glove's reflex would;
    ``boot_us`` is the device time of the first row; ``offsets`` are large errors that the glove's file knows.
    """

    script: str = "mixed"
    seed: int = 0
    duration_s: float = 120.0
    level: str | Level = "realistic"
    posture: str = "prone"
    body: Body | None = None
    hand: Hand = field(default_factory=Hand)
    magnetometers: int = 2
    mag_lag_ms: float | None = None
    motor: bool = False
    rate_hz: float = 200.0
    boot_us: int = 1_500_000
    offsets: Offsets = field(default_factory=Offsets)

    def run(self) -> SimOutput:
        """Compute everything. Bit-identical for the same arguments."""
        level = self._level()
        body = self._body(level)
        hand = replace(self.hand, flex_mm=max(self.hand.flex_mm, level.flex_mm))
        program = make_program(self.script, hand, body, self._random(2), self.duration_s, self.rate_hz,
                               level.slip_mm, level.turn_deg, level.unsteady)
        motion = move(program, hand, body, self._random(3))
        levers = bent_levers(hand, motion.n, self.rate_hz, self._random(4))
        t_us = self.boot_us + np.rint(np.arange(motion.n) * 1e6 / self.rate_hz).astype(np.int64)
        truth = _truth_rows(program, motion, levers, t_us)
        flags = true_flags(truth, body)
        haptic = _buzzes(t_us, flags) if self.motor else np.zeros(motion.n, bool)
        strip = lay_strip(body, self._random(5), level.body)
        world = some_surroundings(body, self._random(6), level.body)
        chips = self._chips(program, motion, body, strip, world, level, t_us, haptic)
        return SimOutput(
            chips, raw_from_chips(chips, self.magnetometers), truth,
            true_strokes(truth, program.kinds, program.notes, body), flags, body, hand, strip, world,
            self.magnetometers, self.boot_us + program.start_us, self.rate_hz, self.offsets,
        )

    def _level(self) -> Level:
        if isinstance(self.level, Level):
            return self.level
        if self.level not in LEVELS:
            raise BadInputError(f"simulation: level is {self.level!r}; expected one of {', '.join(LEVELS)}")
        if self.script not in SCRIPTS:
            raise BadInputError(f"simulation: script is {self.script!r}; expected one of {', '.join(SCRIPTS)}")
        return LEVELS[self.level]

    def _body(self, level: Level) -> Body:
        if self.body is not None:
            return self.body
        body = some_body(self._random(1), level.body, self.posture)
        return replace(body, sensitive=(SORE,)) if self.script == "flags" else body

    def _random(self, stream: int) -> np.random.Generator:
        # one stream per part: a change of one part leaves the others' draws alone
        return np.random.default_rng([self.seed, stream])

    def _chips(self, program: Program, motion: Motion, body: Body, strip: Strip, world: Surroundings, level: Level,
               t_us: np.ndarray, haptic: np.ndarray) -> np.ndarray:
        t, rng = motion.times(), self._random(7)
        turn, turn_rate, shift = _sway(body, motion.n, self.rate_hz, self._random(8))
        rotation = motion.rotation(t)
        gravity = body.gravity - np.cross(turn, body.gravity)
        force = specific_force(motion.place(t, 2) + shift, rotation, gravity)
        omega = motion.turn_rate(t) + np.einsum("nji,nj->ni", rotation, turn_rate)
        accel, gyro = some_motion_sensor(self._random(9), level.motion).read(force, omega, haptic, self.rate_hz, rng)
        accel, gyro = accel + np.array(self.offsets.accel), gyro + np.array(self.offsets.gyro)

        chips = np.zeros(motion.n, CHIP_DTYPE)
        chips["t_us"], chips["haptic"] = t_us, haptic
        chips["accel"], chips["gyro"] = motion_counts(accel, gyro)
        chips["pads"] = some_pads(self._random(10), level.pads).counts(program.force, self.rate_hz, rng)

        every = max(round(self.rate_hz / 100.0), 1)  # both magnetometers give 100 readings a second
        rows = np.arange(0, motion.n, every)
        lag_s = (level.field.lag_ms if self.mag_lag_ms is None else self.mag_lag_ms) / 1000.0
        earlier = t[rows] - lag_s
        at = motion.place(earlier)
        at[:, 2] -= 0.4 * body.breath(earlier)  # the spine moves less than the ribs
        sensors = some_magnetometers(self._random(11), level.field)
        read = sensors.read(at, motion.rotation(earlier), strip, world, haptic[rows], rng, turn[rows])
        read += np.array([self.offsets.iron0_ut, self.offsets.iron1_ut])
        counts = field_counts(read)
        latest = np.arange(motion.n) // every
        chips["field0"], chips["field1"] = counts[latest, 0], counts[latest, 1]
        if self.magnetometers < 2:
            chips["field1"] = 0
        chips["field_new"][rows] = True
        return chips


def raw_from_chips(chips: np.ndarray, magnetometers: int = 2) -> np.ndarray:
    """Rows of a raw log (hand frame, SI, uncorrected) from chip counts, by the simulation's own conversion."""
    raw = np.zeros(len(chips), RAW_DTYPE)
    raw["t_us"], raw["seq"], raw["pads"] = chips["t_us"], np.arange(len(chips)) % 65536, chips["pads"]
    raw["accel"] = chips["accel"] * ACCEL_PER_COUNT
    raw["gyro"] = chips["gyro"] * GYRO_PER_COUNT
    both = field_ut(np.stack([chips["field0"], chips["field1"]], axis=1))
    raw["m0"], raw["m1"] = both[:, 0], both[:, 1]
    if magnetometers < 2:
        raw["m1"] = np.nan
    raw["mag_new"], raw["haptic"] = chips["field_new"], chips["haptic"]
    return raw


def _truth_rows(program: Program, motion: Motion, levers: np.ndarray, t_us: np.ndarray) -> np.ndarray:
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
    truth["stroke"], truth["knead_turns"] = program.stroke, program.phase
    return truth


def _sway(body: Body, n: int, rate_hz: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How a seated body turns (rad), turns (rad/s) and is shaken (m/s2) in the room, each (N, 3), back frame.

    Left out: the turn's own acceleration at the hand (0.05 rad/s2 times 0.3 m, half the accelerometer's bias).
    """
    if body.sway_mm == 0 and body.sway_deg == 0:
        return np.zeros((n, 3)), np.zeros((n, 3)), np.zeros((n, 3))
    noise = slow_noise(rng, n, 6, rate_hz, 0.15, 0.45)
    turn = np.radians(body.sway_deg) * noise[:, :3]
    shift = body.sway_mm / 1000.0 * noise[:, 3:]
    rate = np.gradient(turn, 1.0 / rate_hz, axis=0)
    shake = np.gradient(np.gradient(shift, 1.0 / rate_hz, axis=0), 1.0 / rate_hz, axis=0)
    return turn, rate, shake


def _buzzes(t_us: np.ndarray, flags: list[TrueFlag]) -> np.ndarray:
    """The motor runs for 200 ms from 60 ms after each true flag's start, at most once in two seconds."""
    out, free = np.zeros(len(t_us), bool), 0
    for flag in flags:
        start = flag.start_us + 60_000
        if start >= free:
            out |= (t_us >= start) & (t_us < start + 200_000)
            free = start + 2_000_000
    return out
