"""The simulated glove on a real pseudo-terminal, stepped by hand with a clock of our own: no waiting."""

from __future__ import annotations

import os
import resource
import tty
from pathlib import Path

import numpy as np
import pytest

from slowhand.errors import LinkError
from slowhand.sim.glove import RING_BYTES, SimulatedGlove
from slowhand.sim.simulation import Simulation
from slowhand.wire.framing import Decoder, Fault, encode_frame
from slowhand.wire.messages_gen import Hello, Sample, Start, Status


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Host:
    """The other end of the pseudo-terminal, as plain as it can be."""

    def __init__(self, port: str):
        self.fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.decoder = Decoder()

    def read(self) -> list:
        try:
            found = self.decoder.feed(os.read(self.fd, 65536))
        except BlockingIOError:
            return []
        assert not any(isinstance(f, Fault) for f in found)
        return [f.message for f in found]

    def write(self, message) -> None:
        os.write(self.fd, encode_frame(message, 0))

    def close(self) -> None:
        os.close(self.fd)


@pytest.fixture(scope="module")
def run():
    return Simulation("calm", seed=0, duration_s=15).run()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def glove_for(run, clock, **options) -> SimulatedGlove:
    return SimulatedGlove.from_run(run, clock=clock, wait=lambda _: None, **options)


def play(glove, clock, host, seconds: float) -> list:
    heard = []
    for _ in range(round(seconds * 200)):
        clock.now += 0.005
        glove.step()
        heard += host.read() if host else []
    return heard


def start(glove, clock) -> Host:
    host = Host(glove.port)
    glove.step()
    host.write(Start(200))
    play(glove, clock, host, 0.02)
    return host


def test_a_whole_run_comes_through_in_order(run, clock):
    glove = glove_for(run, clock)
    host = Host(glove.port)
    glove.step()
    assert any(isinstance(m, Hello) for m in play(glove, clock, host, 0.3))
    host.write(Start(200))
    heard = play(glove, clock, host, 15.2)
    samples = [m for m in heard if isinstance(m, Sample)]
    assert len(samples) == len(run.chips)
    assert np.array_equal([s.pads for s in samples], run.chips["pads"])
    assert np.array_equal([s.accel for s in samples], run.chips["accel"])
    assert glove.finished
    assert glove.frames_dropped == 0
    host.close()
    glove.stop()


def test_the_host_may_close_and_open_the_port_again(run, clock):
    glove = glove_for(run, clock)
    host = start(glove, clock)
    host.close()
    play(glove, clock, None, 1.0)
    again = Host(glove.port)
    heard = play(glove, clock, again, 0.5)
    assert len([m for m in heard if isinstance(m, Sample)]) == pytest.approx(100, abs=2)  # it never stopped
    again.close()
    glove.stop()


def test_a_board_that_resets_when_opened_has_a_new_boot_id_and_a_new_clock(run, clock):
    glove = glove_for(run, clock, reset_on_open=True)
    host = start(glove, clock)
    play(glove, clock, host, 2.0)
    host.close()
    play(glove, clock, None, 0.1)
    again = Host(glove.port)
    heard = play(glove, clock, again, 0.5)
    hello = next(m for m in heard if isinstance(m, Hello))
    assert hello.boot_id == glove.boot_id == 3
    assert not any(isinstance(m, Sample) for m in heard)
    again.write(Start(200))
    sample = next(m for m in play(glove, clock, again, 0.5) if isinstance(m, Sample))
    assert sample.t_us < 600_000
    row = np.flatnonzero((run.chips["accel"] == sample.accel).all(axis=1))
    assert 500 < row[0] < 550  # 2.6 s into the session: the hand did not wait
    again.close()
    glove.stop()


def test_cable_out_and_in_again_under_the_same_name(run, clock, tmp_path):
    name = tmp_path / "ttyGLOVE"
    glove = glove_for(run, clock, link=name)
    assert glove.port == str(name)
    host = start(glove, clock)
    glove.unplug()
    assert not name.exists()
    with pytest.raises(OSError):
        if not os.read(host.fd, 65536):
            raise OSError
        os.read(host.fd, 65536)
        os.write(host.fd, b"x")
        raise OSError
    host.close()
    play(glove, clock, None, 1.0)
    glove.plug()
    again = Host(str(name))
    glove.step()
    assert any(isinstance(m, Hello) for m in play(glove, clock, again, 0.3))
    again.close()
    glove.stop()
    assert not os.path.lexists(name)


def test_a_host_that_does_not_read_loses_frames_and_is_told(run, clock):
    glove = glove_for(run, clock)
    host = start(glove, clock)
    play(glove, clock, None, 8.0)  # more than the kernel's and the glove's buffers hold
    assert glove.frames_dropped > 0
    statuses = [m for m in play(glove, clock, host, 3.0) if isinstance(m, Status)]
    assert statuses[-1].frames_dropped > 0
    host.close()
    glove.stop()
    assert RING_BYTES < 65536


def test_a_fast_clock_gains_time(run, clock):
    glove = glove_for(run, clock, drift_ppm=5000.0)
    host = start(glove, clock)
    samples = [m for m in play(glove, clock, host, 10.0) if isinstance(m, Sample)]
    assert (samples[-1].t_us - samples[0].t_us) / 1e6 == pytest.approx(10.05, abs=0.02)
    host.close()
    glove.stop()


def test_a_port_name_that_is_taken_is_refused(run, clock, tmp_path):
    taken = tmp_path / "notes.txt"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(LinkError, match=r"notes\.txt"):
        glove_for(run, clock, link=taken)
    assert taken.read_text(encoding="utf-8") == "mine"
    with pytest.raises(LinkError, match="nowhere"):
        glove_for(run, clock, link=Path(tmp_path) / "nowhere" / "port")


def test_ports_are_given_back(run, clock):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208
    for _ in range(20):
        glove_for(run, clock).stop()
    after = len(os.listdir("/proc/self/fd")) if before else 0  # noqa: PTH208
    assert after <= before + 1


def test_it_costs_little(run, clock):
    """Fifteen seconds of streaming take well under a second of one core."""
    glove = glove_for(run, clock)
    host = start(glove, clock)
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    play(glove, clock, host, 15.0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - begun < 0.10 * 15
    host.close()
    glove.stop()


def test_it_runs_by_itself(run):
    """In a thread and real time; a fifth of a second is enough to see it."""
    with SimulatedGlove.from_run(run) as glove:
        host = Host(glove.port)
        os.set_blocking(host.fd, True)
        host.write(Start(200))
        samples = []
        while len(samples) < 30:
            samples += [m for m in host.read() if isinstance(m, Sample)]
        assert np.array_equal([s.pads for s in samples[:30]], run.chips["pads"][:30])
        host.close()
