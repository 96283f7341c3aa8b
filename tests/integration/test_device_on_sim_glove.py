"""Link and device on the simulated glove's real pseudo-terminal, on a clock of our own: no waiting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slowhand.device import DeviceState, GloveDevice
from slowhand.link.reconnecting import ReconnectingLink
from slowhand.link.serial_port import SerialLink
from slowhand.sim.glove import SimulatedGlove
from slowhand.sim.simulation import Simulation

STEP_S = 0.005


class Bench:
    """A glove and a host that share a clock."""

    def __init__(self, run, path: Path, **options) -> None:
        self.now_s = 1000.0
        self.glove = SimulatedGlove.from_run(run, link=path, clock=lambda: self.now_s, wait=lambda _: None, **options)
        self.link = ReconnectingLink(SerialLink(str(path)), lambda: self.now_s, lambda _: None)
        self.device = GloveDevice()
        self.rows: list[np.ndarray] = []
        self.link.open_when_there()

    def play(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            self.glove.step()
            # Every step of a stream brings a sample; a busy kernel may need a moment to carry it over.
            data = self.link.read(1.0 if self.glove.streaming and self.link.up else 0.0)
            for change in self.link.take_changes():
                if change.up:
                    self.device.link_opened(change.at_s)
                else:
                    self.device.link_lost()
            output = self.device.feed(data, self.now_s)
            self.rows.append(output.rows)
            if answer := self.device.poll(self.now_s):
                self.link.write(answer)

    def all_rows(self) -> np.ndarray:
        return np.concatenate(self.rows)


@pytest.fixture(scope="module")
def run():
    return Simulation("calm", seed=0, duration_s=30).run()


@pytest.fixture
def bench(run, tmp_path: Path):
    bench = Bench(run, tmp_path / "ttyGLOVE", drift_ppm=3000.0, boot_us=2**32 - 8_000_000)
    yield bench
    bench.link.close()
    bench.glove.stop()


def test_eight_seconds_before_the_stamps_wrap_nothing_is_lost(bench: Bench, run) -> None:
    bench.play(15.0)
    rows = bench.all_rows()
    assert bench.device.state is DeviceState.STREAMING
    assert (bench.device.lost_frames, bench.device.bad_frames) == (0, 0)
    assert len(rows) == pytest.approx(15 * 200 * 1.003, abs=40)
    assert set(np.diff(rows["t_us"])) == {5000}
    assert rows["t_us"][0] < 2**32 < rows["t_us"][-1]
    assert rows["fresh0"].sum() == pytest.approx(len(rows) / 2, abs=2)
    assert (rows["pads"] == run.chips["pads"][: len(rows)]).all()
    assert (rows["field0"][rows["fresh0"]] == run.chips["field0"][: len(rows)][rows["fresh0"]]).all()
    fit = bench.device.clock.fit
    assert fit is not None
    # An answer that the kernel carried over a step late makes a round trip longer, which the fit must bear.
    assert fit.rate == pytest.approx(1 / 1.003, abs=1e-3)
    assert fit.host_s(int(rows["t_us"][-1])) == pytest.approx(bench.now_s, abs=0.015)


def test_the_cable_is_pulled_out_and_put_back(bench: Bench) -> None:
    bench.play(3.0)
    before = bench.all_rows()
    bench.glove.unplug()
    bench.play(4.0)
    assert not bench.link.up
    assert len(bench.all_rows()) == pytest.approx(len(before), abs=2)
    bench.glove.plug()
    bench.play(4.0)
    rows = bench.all_rows()
    assert bench.device.state is DeviceState.STREAMING
    assert bench.link.reconnects == 1
    steps = np.diff(rows["t_us"])
    [cut] = np.flatnonzero(steps != 5000)
    assert 4.0e6 < steps[cut] < 7.0e6
    assert np.flatnonzero(rows["gap"]).tolist() == [0, cut + 1]
    assert (rows["t_us"][-1] - rows["t_us"][0]) * 1e-6 == pytest.approx(11.0, abs=0.1)
