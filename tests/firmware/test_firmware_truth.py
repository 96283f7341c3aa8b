"""From the simulated body through the shipped binary to flags and strokes, against what really happened.

The emulator runs the firmware as fast as it can with the body's sensor values; the host's own link, device and pipeline
take its bytes from the pseudo-terminal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from slowhand.coach.flag import FlagKind
from slowhand.locate.strip import load_strip
from slowhand.sensing.chips import ChipReader
from slowhand.sensing.profile import load_glove
from slowhand.session.analyze import Analysis, run
from slowhand.session.modes import Present, choose_mode
from slowhand.session.setup import Setup
from slowhand.sim.emulator import EmulatedGlove, Firmware
from slowhand.sim.simulation import SimOutput, Simulation
from tests.firmware import test_firmware_port
from tests.firmware.test_firmware_port import Host
from tests.integration.coach_score import FlagScore, score_flags, score_strokes
from tests.integration.coach_truth import receiver_of

EDGE_MM = 10.0   # a pad counts where it may be: so much wider may a zone be taken


@dataclass(frozen=True)
class Played:
    """A session that went through the firmware, its times moved onto the truth's."""

    truth: SimOutput
    analysis: Analysis
    host: Host
    statistics: dict


def play(firmware: Firmware, script: str, seed: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> Played:
    monkeypatch.setattr(test_firmware_port, "LONG_S", 60.0 + seconds)
    truth = Simulation(script, seed=seed, duration_s=seconds).run()
    with EmulatedGlove.from_run(truth, firmware=firmware, realtime=False, seconds=seconds + 2.0) as glove:
        host = Host(glove.port)
        host.open()
        host.pump(lambda: glove.finished)
        host.link.close()
        statistics = glove.stop()
    rows = ChipReader(host.device.hello).raw(host.rows)
    rows["t_us"] += shift_us(truth, rows)
    choice = choose_mode(Present(strip=True, magnetometer=True, field=True, motion=True))
    setup = Setup(load_glove(), load_strip(), receiver_of(truth), choice)
    return Played(truth, run(setup, rows), host, statistics)


def shift_us(truth: SimOutput, rows: np.ndarray) -> int:
    """What to add to the glove's time to have the truth's: where the pads' counts fit best."""
    ours, theirs = rows["pads"].sum(axis=1).astype(float), truth.raw["pads"].sum(axis=1).astype(float)
    n = min(len(ours), len(theirs)) - 400
    misfit = [np.abs(ours[:n] - theirs[k : k + n]).sum() for k in range(400)]
    return int(truth.raw["t_us"][int(np.argmin(misfit))] - rows["t_us"][0])


def totals(scores: dict[str, FlagScore]) -> FlagScore:
    total = FlagScore()
    for score in scores.values():
        total.add(score)
    return total


def assert_nothing_lost(played: Played, seconds: float) -> None:
    played.host.assert_nothing_lost()
    assert len(played.host.rows) > 0.99 * 200 * seconds
    assert played.statistics["misuses"] == played.statistics["uart_overruns"] == 0


def test_every_limit_broken_on_the_body_is_flagged_behind_the_firmware(firmware, monkeypatch) -> None:
    seconds = 90.0
    played = play(firmware, "flags", 23, seconds, monkeypatch)
    assert_nothing_lost(played, seconds)
    scores = score_flags(played.truth, played.analysis.touch, played.analysis.flags, EDGE_MM)
    assert set(scores) == {kind.value for kind in FlagKind}
    for kind, score in scores.items():
        assert score.there > 0, kind
        assert (score.found, score.wrong) == (score.there, 0), kind


@pytest.mark.soak
def test_ten_minutes_through_the_firmware(firmware, monkeypatch) -> None:
    seconds = 600.0
    flags, strokes = FlagScore(), None
    for script, seed in (("flags", 31), ("mixed", 32)):
        played = play(firmware, script, seed, seconds, monkeypatch)
        assert_nothing_lost(played, seconds)
        flags.add(totals(score_flags(played.truth, played.analysis.touch, played.analysis.flags, EDGE_MM)))
        strokes = score_strokes(played.truth, played.analysis.strokes)
        lost = played.host.device.lost_frames, played.host.device.bad_frames
        print(f"{script}, {seconds:g} s: {len(played.host.rows)} samples, lost and bad {lost}; kinds right "
              f"{strokes.accuracy:.3f} of the time, stroke boundaries F1 {strokes.f1:.3f}")
    print(f"flags: {flags.found} of {flags.there} found, {flags.wrong} wrong beside {flags.right} right")
    assert flags.there > 0 and flags.recall >= 0.97 and flags.precision >= 0.97
    assert strokes is not None and strokes.accuracy > 0.85


def test_the_shift_between_two_clocks_is_found(firmware) -> None:
    truth = Simulation("mixed", seed=5, duration_s=20).run()
    later = replace(truth).raw[123:].copy()
    later["t_us"] += 7_777_777
    assert shift_us(truth, later) == -7_777_777
