"""The locator: sensed rows in, poses out, in order, whatever the mode."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from slowhand.errors import BadInputError
from slowhand.locate import book as status
from slowhand.locate.book import POSES, ROWS, new_book
from slowhand.locate.field_map import empty_map
from slowhand.locate.guidance import RUNNING, Guidance, guidance_of
from slowhand.locate.layout import P, Q, V, error_size
from slowhand.locate.motion_mode import MotionMode, unknown_poses
from slowhand.locate.motion_model import new_work
from slowhand.locate.parameters import Parameters, frame_of, packed
from slowhand.locate.pose import PACE_FIELDS, POSE_DTYPE, Mode, Phase
from slowhand.locate.prior import fresh_state
from slowhand.locate.search import Bank, new_bank
from slowhand.locate.start_solve import StartSearch, StartSolution
from slowhand.locate.start_watch import HINT_NO_FIT, new_start
from slowhand.locate.step import report, run
from slowhand.locate.strip import StripProfile, load_strip, ribbon_of
from slowhand.locate.tracker import Estimate, Setup
from slowhand.sensing.profile import GloveProfile
from slowhand.sensing.rows import SENSED_DTYPE

POSTURES = ("prone", "seated")
RESTING_M_S = 0.04  # how fast a hand that rests may have begun to move
TRIAL_S = 12.0   # a rest that was taken for the start pose by mistake does not fit for longer


class Locator:
    """Where the hand is, row by row.

    Args:
        mode: what there is to work with.
        strip: the strip's profile; needed in strip mode, ignored otherwise.
        profile: the glove: places of pads and magnetometers.
        posture: "prone" or "seated": where gravity points in the back frame.
        back_length_mm: C7 to sacrum.
        parameters: the filter's numbers.

    Results do not depend, to the bit, on how the rows are cut into blocks.
    """

    def __init__(
        self,
        mode: Mode,
        strip: StripProfile | None,
        profile: GloveProfile,
        posture: str = "prone",
        back_length_mm: float = 450.0,
        parameters: Parameters | None = None,
    ) -> None:
        if posture not in POSTURES:
            raise BadInputError(f"posture: found {posture!r}, expected one of {', '.join(POSTURES)}")
        self.mode = mode
        self.back_length_mm = back_length_mm
        self._parameters = parameters or Parameters()
        self._strip = strip or load_strip()
        self._seated = posture == "seated"
        self._setup = _setup_of(self._strip, profile)
        self._frame = frame_of(posture, self._strip.length_m, self._setup.ribbon.height, self._parameters)
        self._packed = packed(self._parameters)
        self._size = error_size(self._strip.magnets)
        self._work = new_work(self._size)
        self.restart()

    def restart(self) -> None:
        """Forget everything and wait for the start procedure (in the other modes: begin afresh)."""
        self._book, self._start = new_book(), new_start()
        self._estimate = _new_estimate(self._size, self._strip.magnets)
        self._bank = new_bank(self._size)
        self._search: StartSearch | None = None
        self._motion = MotionMode(self._setup.pads)

    @property
    def phase(self) -> Phase:
        """Where the start procedure stands; a log without one never leaves ``AWAIT_AWAY``/``AWAIT_START_POSE``."""
        if self.mode is not Mode.STRIP or self._book["status"][0] >= status.TRACK:
            return Phase.RUNNING
        return Phase.AWAIT_START_POSE if self._start["away_ready"][0] else Phase.AWAIT_AWAY

    @property
    def guidance(self) -> Guidance:
        """What the giver should do now, with the reason why it does not go on."""
        if self.mode is not Mode.STRIP:
            return Guidance(RUNNING, "")
        book, start = self._book[0], self._start[0]
        return guidance_of(
            int(book["status"]), bool(start["away_ready"]), int(start["hint"]), int(book["reason"])
        )

    def process(self, sensed: np.ndarray) -> np.ndarray:
        """Poses (POSE_DTYPE), one per row of ``sensed`` (SENSED_DTYPE)."""
        if self.mode is Mode.MOTION:
            return self._motion.process(sensed)
        if self.mode is Mode.FORCE:
            return unknown_poses(sensed, Mode.FORCE)
        rows = np.ascontiguousarray(sensed, SENSED_DTYPE).view(ROWS)
        poses = np.zeros(len(rows), POSE_DTYPE)
        for name in PACE_FIELDS:
            poses[name] = np.nan
        written = poses.view(POSES)
        at = 0
        while at < len(rows):
            at = self._run(rows, written, at)
            if at < len(rows):
                self._solve()
                report(rows[at], written[at], self._estimate, self._book[0], self._start[0],
                       self._frame[0], self._packed[0])
                at += 1
        return poses

    def _run(self, rows: np.ndarray, written: np.ndarray, at: int) -> int:
        """Rows from ``at`` on; returns the row after the last one taken in, or that of a start."""
        return run(
            rows, written, at, self._size, self._seated, self._estimate, self._bank, self._setup, self._book,
            self._start, self._frame, self._packed, self._work,
        )

    def state(self) -> dict[str, Any]:
        """Everything that later rows depend on; ``restore`` goes on from it, to the bit."""
        return deepcopy(
            {
                "book": self._book,
                "start": self._start,
                "estimate": tuple(self._estimate),
                "bank": tuple(self._bank),
                "search": None if self._search is None else self._search.state(),
                "motion": self._motion.state(),
            }
        )

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned, on a locator of the same glove, strip and mode."""
        state = deepcopy(state)
        self._book, self._start = state["book"], state["start"]
        self._estimate = Estimate(*state["estimate"])
        self._bank = Bank(*state["bank"])
        self._search = None
        if state["search"] is not None:
            self._search = self._new_search()
            self._search.restore(state["search"])
        self._motion.restore(state["motion"])

    def _new_search(self) -> StartSearch:
        return StartSearch(self._start[0], self._setup, self._frame[0], self._parameters)

    def _solve(self) -> None:
        """Both rests were seen: a row's share of solving for the start; wait on when it does not fit."""
        if self._search is None:
            self._search = self._new_search()
        self._search.advance()
        solution = self._search.solution
        if solution is None:
            return
        self._search = None
        if solution.believable:
            self._begin(solution)
            return
        book, start = self._book[0], self._start[0]
        start["hint"] = HINT_NO_FIT
        start["pose_slices"] = 0
        book["status"] = status.WAIT

    def _begin(self, solution: StartSolution) -> None:
        book, start, estimate = self._book[0], self._start[0], self._estimate
        estimate.x[:] = solution.x
        estimate.cov[:] = solution.cov
        # The hand has rested on meanwhile, or has begun to move.
        turned = Rotation.from_quat(np.roll(solution.x[Q : Q + 4], -1)) * Rotation.from_quat(np.roll(start["turned"], -1))
        estimate.x[Q : Q + 4] = np.roll(turned.as_quat(), 1)
        estimate.cov[range(P, P + 3), range(P, P + 3)] += (RESTING_M_S * start["turned_s"]) ** 2
        estimate.cov[range(V, V + 3), range(V, V + 3)] += RESTING_M_S**2
        for s in range(2):
            estimate.snap_x[s] = estimate.x
            estimate.snap_cov[s] = estimate.cov
            estimate.snap_age[s] = 0.0
        book["since_start_s"] = 0.0
        book["trial_s"] = TRIAL_S if start["strict"] else 0.0
        book["status"] = status.TRACK


def _new_estimate(size: int, magnets: int) -> Estimate:
    x = fresh_state(magnets)
    return Estimate(
        x, np.zeros((size, size)), empty_map(magnets), np.stack([x, x]), np.zeros((2, size, size)), np.zeros(2)
    )


def _setup_of(strip: StripProfile, profile: GloveProfile) -> Setup:
    levers = np.zeros((2, 3))
    for k, magnetometer in enumerate(profile.magnetometer):
        levers[k] = np.array(magnetometer.position_mm) / 1000.0
    pads = np.array([pad.position_mm for pad in profile.pad], float) / 1000.0
    return Setup(ribbon_of(strip), pads, levers)


def warm_up(progress: Callable[[str, float], None] | None = None) -> None:
    """Compile every kernel, or load it from disk. The first time takes some ten seconds.

    ``progress`` is told what is being done and the share done (0 to 1).
    """
    from slowhand.locate.warming import warm_kernels

    warm_kernels(progress or (lambda what, share: None))
