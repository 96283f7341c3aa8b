"""A session's poses once more, each with what was learned later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from slowhand.locate.backward import WayBack, new_way_back
from slowhand.locate.book import POSES, ROWS
from slowhand.locate.bridge import Bridge, go_back, new_bridge
from slowhand.locate.layout import N_QUICK
from slowhand.locate.parameters import Parameters, frame_of
from slowhand.locate.pose import POSE_DTYPE, Mode
from slowhand.locate.prior import prior_covariance
from slowhand.locate.recording import Recorder
from slowhand.locate.strip import StripProfile, load_strip
from slowhand.sensing.profile import GloveProfile, load_glove
from slowhand.sensing.rows import SENSED_DTYPE

CHUNK_ROWS = 4000       # 20 s at 200 Hz: some 100 MB of notes
MAP_LASTS_S = 20.0      # after this long the map may differ by as much as was open about it in the beginning
FORWARD_SHARE = 0.3     # of the work


def smooth(
    sensed: np.ndarray,
    strip: StripProfile,
    profile: GloveProfile,
    posture: str = "prone",
    back_length_mm: float = 450.0,
    parameters: Parameters | None = None,
    progress: Callable[[float], None] | None = None,
    restarts: Sequence[int] = (),
) -> np.ndarray:
    """Poses (POSE_DTYPE), one per row of ``sensed`` (SENSED_DTYPE), smoothed over the whole session in strip mode.

    The causal pass first, its state kept at the start of every chunk; then chunk by chunk from the last: the same pass
    with notes, and the way back over them (``backward``), which also fills rows before a place was found again
    (``bridge``). What stays unknown is as in the causal poses.

    The arguments are those of ``Locator``; ``progress`` is told the share done; before the rows in ``restarts`` the
    locator was told to forget everything.
    """
    recorder = Recorder(Mode.STRIP, strip, profile, posture, back_length_mm, parameters)
    starts = sorted({*range(0, len(sensed), CHUNK_ROWS), *(row for row in restarts if 0 < row < len(sensed))})
    parts = [slice(*ends) for ends in pairwise([*starts, len(sensed)])]
    poses = np.zeros(len(sensed), POSE_DTYPE)
    tell = progress or (lambda share: None)
    states = []
    for done, part in enumerate(parts):
        tell(FORWARD_SHARE * done / len(parts))
        if part.start in restarts:
            recorder.restart()
        states.append(recorder.kept_state())
        poses[part] = recorder.process(sensed[part])
    way = new_way_back(_slack(strip, posture, parameters or Parameters()))
    bridge = new_bridge(len(way.slack), strip.magnets)
    for done, part in enumerate(reversed(parts)):
        tell(FORWARD_SHARE + (1.0 - FORWARD_SHARE) * done / len(parts))
        recorder.return_to(states.pop())
        _smooth_chunk(recorder, sensed[part], way, bridge, poses[part])
    tell(1.0)
    return poses


def _smooth_chunk(recorder: Recorder, sensed: np.ndarray, way: WayBack, bridge: Bridge, poses: np.ndarray) -> None:
    # A function of its own, so that a chunk's notes are gone before the next one's are taken.
    notes, tape = recorder.record(sensed)
    rows = np.ascontiguousarray(sensed, SENSED_DTYPE).view(ROWS)
    go_back(rows, notes, tape, way, bridge, *recorder.constants, *recorder.setup, poses.view(POSES))


def prepare(progress: Callable[[str, float], None] | None = None) -> None:
    """Compile what only ``smooth`` needs, or load it from disk; ``Locator``'s own kernels are needed too.

    ``progress`` is told what is being done and the share done (0 to 1).
    """
    tell = progress or (lambda what, share: None)
    strip, sensed = load_strip(), np.zeros(2, SENSED_DTYPE)
    recorder = Recorder(Mode.STRIP, strip, load_glove(None))
    way = new_way_back(_slack(strip, "prone", Parameters()))
    bridge = new_bridge(len(way.slack), strip.magnets)
    poses = np.zeros(2, POSE_DTYPE).view(POSES)
    tell("the pass with notes", 0.0)
    notes, tape = recorder.record(sensed)
    tell("the way back", 0.3)
    go_back(sensed.view(ROWS), notes, tape, way, bridge, *recorder.constants, *recorder.setup, poses)
    tell("ready", 1.0)


def _slack(strip: StripProfile, posture: str, parameters: Parameters) -> np.ndarray:
    """By what variance per second the map of later rows may differ from that of earlier ones, shape (N,)."""
    frame = frame_of(posture, strip.length_m, strip.height_mm / 1000.0, parameters)[0]
    slack = np.diag(prior_covariance(parameters, frame, strip.magnets)) / MAP_LASTS_S
    slack[:N_QUICK] = 0.0
    return slack
