"""A session's poses once more, each with what was learned later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from slowhand.locate.backward import go_back, new_way_back
from slowhand.locate.book import POSES
from slowhand.locate.parameters import Parameters
from slowhand.locate.pose import POSE_DTYPE, Mode
from slowhand.locate.recording import Recorder
from slowhand.locate.strip import StripProfile
from slowhand.sensing.profile import GloveProfile

CHUNK_ROWS = 4000


def smooth(
    sensed: np.ndarray,
    strip: StripProfile,
    profile: GloveProfile,
    posture: str = "prone",
    back_length_mm: float = 450.0,
    parameters: Parameters | None = None,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    recorder = Recorder(Mode.STRIP, strip, profile, posture, back_length_mm, parameters)
    starts = range(0, len(sensed), CHUNK_ROWS)
    poses = np.zeros(len(sensed), POSE_DTYPE)
    states = []
    for start in starts:
        states.append(recorder.kept_state())
        poses[start : start + CHUNK_ROWS] = recorder.process(sensed[start : start + CHUNK_ROWS])
    way = new_way_back(recorder._size)
    for start in reversed(starts):
        recorder.return_to(states.pop())
        notes, work = recorder.record(sensed[start : start + CHUNK_ROWS])
        go_back(
            notes, work.tape, way, recorder._size, recorder._frame, recorder._packed,
            poses[start : start + CHUNK_ROWS].view(POSES),
        )
    return poses
