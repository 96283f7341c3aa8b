"""After the session: track and strokes smoothed, flags as they were raised, and files that say which is which."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from slowhand.coach.receiver import Receiver
from slowhand.locate.strip import load_strip
from slowhand.review.record import record_of
from slowhand.sensing.profile import load_glove
from slowhand.session.analyze import Analysis, analyze, analyze_log, summarize
from slowhand.session.rawlog import RawLog, write_raw_log
from slowhand.session.smoothing import in_words, located_share, smoothed, smoothed_touch
from slowhand.sim.profiles import strip_toml
from slowhand.sim.simulation import SimOutput, Simulation
from tests.integration.commands import slowhand


@cache
def naughty() -> tuple[SimOutput, Analysis]:
    run = Simulation("flags", seed=2, duration_s=36.0).run()
    return run, analyze_log(RawLog(run.raw, 200.0, (), ""), load_glove(), load_strip(), Receiver())


def test_flags_stay_and_places_change() -> None:
    run, live = naughty()
    told: list[float] = []
    later = smoothed(live, run.raw, told.append)
    assert later.flags == live.flags and later.setup is live.setup and later.smoothed and not live.smoothed
    assert told == sorted(told) and told[-1] == 1.0
    for name in ("t_us", "gap", "mode", "phase", "contact", "haptic"):
        assert np.array_equal(later.touch[name], live.touch[name]), name
    assert np.array_equal(later.touch["total_n"], live.touch["total_n"], equal_nan=True)
    both = live.touch["contact"] & live.touch["located"] & later.touch["located"]
    truth = run.truth["speed_cm_s"]
    errors = [np.sqrt(np.mean((t["speed_cm_s"] - truth)[both] ** 2)) for t in (live.touch, later.touch)]
    assert errors[1] < errors[0]
    assert located_share(later.touch) >= located_share(live.touch)
    located = later.touch["located"] & later.touch["contact"]
    for name in ("pos_mm", "sigma_mm", "cop_mm", "velocity_cm_s"):
        assert np.isfinite(later.touch[name][located]).all(), name
    assert {kind for stroke in later.strokes for kind in stroke.flags} == {
        kind for stroke in live.strokes for kind in stroke.flags
    }
    assert [stroke.start_us for stroke in later.strokes] == sorted(stroke.start_us for stroke in later.strokes)


def test_the_same_rows_give_the_same_touch() -> None:
    run, live = naughty()
    assert smoothed_touch(live.setup, run.raw).tobytes() == smoothed(live, run.raw).touch.tobytes()


def test_only_places_can_be_smoothed() -> None:
    run, _ = naughty()
    without = analyze_log(RawLog(run.raw, 200.0, (), ""), load_glove(), None, Receiver())
    assert smoothed(without, run.raw) is without and in_words(without, without) == ""
    assert summarize(without)["smoothed"] is False


def test_the_chart_says_what_is_smoothed_and_what_is_not() -> None:
    run, live = naughty()
    later = smoothed(live, run.raw)
    words = in_words(live, later)
    assert "smoothed" in words and "Flags are those raised live" in words and "% of the contact" in words
    assert record_of(later, "Back rub", "", (), words).method == words
    assert in_words(live, replace(later, smoothed=False)) == ""


def test_analyze_smooths_only_when_asked_and_says_so(tmp_path: Path) -> None:
    run, _ = naughty()
    raw, strip = tmp_path / "raw.csv", tmp_path / "strip.toml"
    write_raw_log(raw, run.raw, ["a naughty back rub"])
    strip.write_text(strip_toml())
    plain = analyze(raw, None, strip, None, tmp_path / "plain")
    told: list[float] = []
    smooth = analyze(raw, None, strip, None, tmp_path / "smooth", told.append, smooth=True)
    assert told == sorted(told) and told[-1] == 1.0
    assert plain["smoothed"] is False and smooth["smoothed"] is True
    assert json.loads((tmp_path / "smooth" / "summary.json").read_text())["smoothed"] is True
    files = {name: [(tmp_path / way / name).read_bytes() for way in ("plain", "smooth")] for name in
             ("flags.csv", "track.csv", "strokes.csv")}
    assert files["flags.csv"][0] == files["flags.csv"][1]
    assert files["track.csv"][0] != files["track.csv"][1] and files["strokes.csv"][0] != files["strokes.csv"][1]


def test_the_command_says_it_in_its_one_line(tmp_path: Path) -> None:
    run, _ = naughty()
    raw, strip = tmp_path / "raw.csv", tmp_path / "strip.toml"
    write_raw_log(raw, run.raw[:2400], ["its beginning"])
    strip.write_text(strip_toml())
    done = slowhand("analyze", raw, "--strip", strip, "--smooth", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert ", smoothed)" in done.stdout
