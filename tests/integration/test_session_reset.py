"""A glove that is reset in mid-session: between two boots nobody watched, so the place has to be found again."""

from __future__ import annotations

import numpy as np
import pytest

from slowhand.device import GloveDevice
from slowhand.locate.strip import load_strip
from slowhand.sensing.chips import ChipReader
from slowhand.sensing.profile import load_glove
from slowhand.session.pipeline import Pipeline
from slowhand.sim.glove_model import Faults, GloveModel, Identity
from slowhand.sim.simulation import SimOutput, Simulation
from slowhand.wire.framing import encode_frame
from slowhand.wire.messages_gen import Start
from tests.integration.coach_truth import receiver_of

STEP_US = 20_000
START = encode_frame(Start(200), 0)


class Host:
    """Bytes to touches, as a session makes them."""

    def __init__(self, out: SimOutput) -> None:
        self.device = GloveDevice()
        self.pipeline = Pipeline(load_glove(), load_strip(), receiver_of(out))
        self.reader: ChipReader | None = None

    def hear(self, model: GloveModel, from_us: int, to_us: int, quiet_s: float) -> np.ndarray:
        """All that a glove streams between two times of its own clock; read ``quiet_s`` after what was before."""
        model.receive(START, from_us)
        touches = []
        for now_us in range(from_us, to_us, STEP_US):
            model.advance(now_us)
            host_s = quiet_s + 1e-6 * now_us
            for hello, rows in self.device.feed(b"".join(model.take_frames()), host_s).parts():
                if hello is not None:
                    self.reader = ChipReader(hello)
                if self.reader is not None and len(rows):
                    touches.append(self.pipeline.process(self.reader.raw(rows)).touch)
        return np.concatenate(touches)


@pytest.mark.parametrize("cut_s", [14.0, 17.0])
@pytest.mark.parametrize("told", [True, False])
def test_a_reset_in_mid_session_loses_the_place_until_it_is_found_again(cut_s: float, told: bool) -> None:
    out = Simulation("calm", seed=8, duration_s=30.0).run()
    host, cut_us = Host(out), round(cut_s * 1e6)
    boot = GloveModel(out.chips, out.rate_hz, Identity(), 1, Faults())
    before = host.hear(boot, 200_000, cut_us, 0.0)
    assert before["located"][-1]

    # As fast as a reset can be, and everything read at once: the host has not seen any time pass.
    world_us = cut_us + 150_000 - (boot.origin_us or 0)
    again = GloveModel(out.chips, out.rate_hz, Identity(), 2 if told else 1, Faults(), 0, -world_us)
    after = host.hear(again, 0, 10_000_000, 1e-6 * cut_us)
    assert after["gap"][0]
    assert not after["located"][:20].any()
    assert after["located"][-200:].mean() > 0.9
    assert not np.isfinite(after["pad_mm"][~after["located"]]).any()
