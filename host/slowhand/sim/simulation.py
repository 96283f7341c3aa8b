"""A whole simulated session: a script, a body, a hand and sensors in, chip counts, a raw log and the truth out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from slowhand.errors import BadInputError
from slowhand.sensing.rows import RAW_DTYPE
from slowhand.sim.around_limits import another_body
from slowhand.sim.bad_habits import SORE
from slowhand.sim.body import Body, Strip, Surroundings, lay_strip, some_body, some_surroundings
from slowhand.sim.field_at_hand import field_at_hand, seen_by_strip
from slowhand.sim.foreign_iron import Phone, Ring, Steel, some_phone, some_ring, some_steel
from slowhand.sim.hand import Hand, Motion, Program, bent_levers, move
from slowhand.sim.level import LEVELS, Level
from slowhand.sim.magnets import field_counts, field_ut, some_magnetometers
from slowhand.sim.motion_sensor import (
    ACCEL_PER_COUNT,
    GYRO_PER_COUNT,
    motion_counts,
    some_motion_sensor,
    specific_force,
)
from slowhand.sim.moving_strip import Slip, some_slip
from slowhand.sim.pads import some_pads
from slowhand.sim.profiles import Offsets, glove_toml, receiver_toml, strip_toml
from slowhand.sim.scripts import SCRIPTS, make_program
from slowhand.sim.sway import Sway, leaning, swaying
from slowhand.sim.trouble import NO_TROUBLE, Trouble, failing_from, long_buzzes, troubled_body
from slowhand.sim.truth import TrueFlag, TrueStroke, true_flags, true_strokes
from slowhand.sim.truth_rows import truth_rows

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
    events: tuple[tuple[str, int], ...] = ()   # what trouble came, and at what device time, us

    def settings(self) -> dict[str, str]:
        """Texts of the files that belong to this run, by name: glove.toml, strip.toml, receiver.toml."""
        return {
            "glove.toml": glove_toml(self.hand, self.magnetometers, self.offsets),
            "strip.toml": strip_toml(),
            "receiver.toml": receiver_toml(self.body),
        }

    def flags_with(self, scale: float, widen_mm: float | np.ndarray = 0.0) -> list[TrueFlag]:
        """True flags with every limit multiplied and every zone widened, for events near a limit."""
        return true_flags(self.truth, self.body, scale, widen_mm)


@dataclass(frozen=True)
class Simulation:
    """``Simulation("mixed", seed=3).run()``.

    ``script`` is one of `SCRIPTS`; ``level`` one of `LEVELS` by name or a `Level`; ``magnetometers`` 1 or 2;
    ``mag_lag_ms`` overrides the level's; ``motor`` buzzes at every true flag as the glove's reflex would;
    ``boot_us`` is the device time of the first row; ``offsets`` are large errors that the glove's file knows;
    ``trouble`` is what goes wrong besides (`slowhand.sim.trouble`).
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
    trouble: Trouble = NO_TROUBLE

    def run(self) -> SimOutput:
        """Compute everything. Bit-identical for the same arguments."""
        level = self._level()
        body = self._body(level)
        hand = replace(self.hand, flex_mm=max(self.hand.flex_mm, level.flex_mm))
        program = make_program(self.script, hand, body, self._random(2), self.duration_s, self.rate_hz,
                               level.slip_mm, level.turn_deg, level.unsteady)
        sway = self._sway(body, len(program.force), program.start_us)
        motion = move(program, hand, body, self._random(3), sway)
        levers = bent_levers(hand, motion.n, self.rate_hz, self._random(4))
        t_us = self.boot_us + np.rint(np.arange(motion.n) * 1e6 / self.rate_hz).astype(np.int64)
        truth = truth_rows(program, motion, levers, t_us)
        flags = true_flags(truth, body)
        haptic = self._motor(t_us, flags)
        strip = lay_strip(body, self._random(5), level.body, body.tilt_x if self.trouble.skin_lean else 0.0)
        world = some_surroundings(body, self._random(6), level.body)
        chips, events = self._chips(program, motion, sway, body, strip, world, level, t_us, haptic)
        raw = raw_from_chips(chips, self.magnetometers)
        events += self._fail(chips, raw)
        return SimOutput(
            chips, raw, truth, true_strokes(truth, program.kinds, program.notes, body), flags, body, hand, strip, world,
            self.magnetometers, self.boot_us + program.start_us, self.rate_hz, self.offsets,
            tuple((what, self.boot_us + round(at_s * 1e6)) for what, at_s in events),
        )

    def _level(self) -> Level:
        if self.script not in SCRIPTS:
            raise BadInputError(f"simulation: script is {self.script!r}; expected one of {', '.join(SCRIPTS)}")
        if isinstance(self.level, Level):
            level = self.level
        elif self.level in LEVELS:
            level = LEVELS[self.level]
        else:
            raise BadInputError(f"simulation: level is {self.level!r}; expected one of {', '.join(LEVELS)}")
        return replace(level, slip_mm=self.trouble.start_slip_mm or level.slip_mm,
                       turn_deg=self.trouble.start_turn_deg or level.turn_deg)

    def _body(self, level: Level) -> Body:
        if self.body is not None:
            return self.body
        body = troubled_body(some_body(self._random(1), level.body, self.posture), self.trouble, self._random(21))
        if self.script == "limits":
            return another_body(body, self._random(28))
        return replace(body, sensitive=(SORE,)) if self.script == "flags" else body

    def _random(self, stream: int) -> np.random.Generator:
        # one stream per part: a change of one part leaves the others' draws alone
        return np.random.default_rng([self.seed, stream])

    def _motor(self, t_us: np.ndarray, flags: list[TrueFlag]) -> np.ndarray:
        if self.trouble.long_buzzes:
            return long_buzzes(t_us, flags)
        return _buzzes(t_us, flags) if self.motor else np.zeros(len(t_us), bool)

    def _sway(self, body: Body, n: int, start_us: int) -> Sway | None:
        sway = swaying(body, n, self.rate_hz, self._random(8))
        if sway is None or not self.trouble.leans:
            return sway
        return replace(sway, turn=sway.turn + leaning(n, self.rate_hz, start_us * 1e-6, self._random(22)))

    def _chips(self, program: Program, motion: Motion, sway: Sway | None, body: Body, strip: Strip, world: Surroundings,
               level: Level, t_us: np.ndarray, haptic: np.ndarray) -> tuple[np.ndarray, list[tuple[str, float]]]:
        """Chip counts, and what trouble came when (s)."""
        t, rng = motion.times(), self._random(7)
        force, omega = _felt(motion, body, sway)
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
        iron = self._iron(body, world, program.start_us * 1e-6)
        field = field_at_hand(body, strip, world, earlier, rows, sway, **iron)
        at, turned = seen_by_strip(motion.place(earlier), body, earlier), motion.rotation(earlier)
        sensors = some_magnetometers(self._random(11), level.field)
        felt = np.stack([field.hand(at, turned, lever) for lever in sensors.lever], axis=1)
        read = sensors.read(felt, haptic[rows], rng)
        read += np.array([self.offsets.iron0_ut, self.offsets.iron1_ut])
        counts = field_counts(read)
        latest = np.arange(motion.n) // every
        chips["field0"], chips["field1"] = counts[latest, 0], counts[latest, 1]
        if self.magnetometers < 2:
            chips["field1"] = 0
        chips["field_new"][rows] = True
        return chips, _events(**iron)

    def _iron(self, body: Body, world: Surroundings, start_s: float) -> dict:
        """The troubles that are fields, by the names that `field_at_hand` gives them."""
        wanted = self.trouble
        return {
            "steel": some_steel(body, world.earth_ut, self._random(23)) if wanted.steel else None,
            "phone": some_phone(body, start_s, self.duration_s, self._random(24)) if wanted.phone else None,
            "ring": some_ring(self.hand, self.duration_s, self._random(25)) if wanted.ring else None,
            "slip": some_slip(self.duration_s, self._random(26)) if wanted.strip_slips else None,
        }

    def _fail(self, chips: np.ndarray, raw: np.ndarray) -> list[tuple[str, float]]:
        """Silence the second magnetometer from some time on."""
        if not self.trouble.field1_fails:
            return []
        at_s = failing_from(self.duration_s, self._random(27))
        gone = chips["t_us"] >= self.boot_us + at_s * 1e6
        chips["field1"][gone], raw["m1"][gone] = 0, np.nan
        return [("field1_fails", at_s)]


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


def _buzzes(t_us: np.ndarray, flags: list[TrueFlag]) -> np.ndarray:
    """The motor runs for 200 ms after each true flag's start, at most once in two seconds.

    From 60 ms after it where the force is too large, which the glove feels by itself; of a pace it is told, later.
    """
    out, free = np.zeros(len(t_us), bool), 0
    for flag in flags:
        start = flag.start_us + (60_000 if flag.unit == "N" else 300_000)
        if start >= free:
            out |= (t_us >= start) & (t_us < start + 200_000)
            free = start + 2_000_000
    return out


def _felt(motion: Motion, body: Body, sway: Sway | None) -> tuple[np.ndarray, np.ndarray]:
    """Specific force (m/s2) and turn rate (rad/s) of the hand in the room, hand frame, (N, 3) each."""
    t = motion.times()
    rotation, acceleration, omega = motion.rotation(t), motion.place(t, 2), motion.turn_rate(t)
    if sway is None:
        return specific_force(acceleration, rotation, body.gravity), omega
    acceleration = sway.acceleration(motion.place(t), motion.place(t, 1), acceleration)
    omega = omega + np.einsum("nji,nj->ni", rotation, sway.turn_rate())
    return specific_force(acceleration, rotation, sway.to_back(body.gravity)), omega


def _events(steel: Steel | None, phone: Phone | None, ring: Ring | None, slip: Slip | None) -> list[tuple[str, float]]:
    events: list[tuple[str, float]] = []
    if phone:
        events += [("phone", stay.begin_s) for stay in phone.stays]
    if ring:
        events.append(("ring", ring.on_s))
    if slip:
        events.append(("strip_slips", slip.at_s))
    return events
