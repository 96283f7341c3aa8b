"""`analyze`: exact files, the mode and why, and nothing left behind when something is wrong."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from slowhand.coach.receiver import Receiver
from slowhand.errors import BadInputError, StoreError
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove
from slowhand.session import tables
from slowhand.session.analyze import analyze, analyze_log, summarize
from slowhand.session.rawlog import RawLog, write_raw_log
from slowhand.sim.profiles import receiver_toml, strip_toml
from slowhand.sim.simulation import SimOutput, Simulation

FILES = ["flags.csv", "strokes.csv", "summary.json", "track.csv"]


@cache
def naughty() -> SimOutput:
    return Simulation("flags", seed=2, duration_s=36.0).run()


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    run = naughty()
    paths = {name: tmp_path / name for name in ("raw.csv", "strip.toml", "receiver.toml")}
    write_raw_log(paths["raw.csv"], run.raw, ["a naughty back rub"])
    paths["strip.toml"].write_text(strip_toml())
    paths["receiver.toml"].write_text(receiver_toml(run.body))
    return paths


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_strip_session_gives_the_four_files(inputs: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    summary = analyze(inputs["raw.csv"], None, inputs["strip.toml"], inputs["receiver.toml"], out)
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert summary == json.loads((out / "summary.json").read_text())
    assert summary["mode"] == "strip" and summary["rows"] == len(naughty().raw)
    assert summary["source"]["file"] == "raw.csv" and len(summary["source"]["sha256"]) == 64
    assert [pad["name"] for pad in summary["pads"]] == ["thumb", "index", "middle", "ring", "heel", "edge"]
    assert all(pad["ok"] and pad["felt"] for pad in summary["pads"][1:])
    track, strokes, flags = (rows_of(out / name) for name in ("track.csv", "strokes.csv", "flags.csv"))
    assert [int(row["t_us"]) for row in track] == naughty().raw["t_us"].tolist()
    assert len(strokes) == summary["strokes"] > 0 and len(flags) == summary["flags"] > 0
    assert sum(summary["flags_by_kind"].values()) == sum(summary["flags_by_severity"].values()) == len(flags)
    for table in (strokes, flags):
        starts = [int(row["start_us"]) for row in table]
        assert starts == sorted(starts)
    worked_s = sum(seconds for sides in summary["contact_s_by_muscle"].values() for seconds in sides.values())
    assert worked_s == pytest.approx(summary["contact_s"] * summary["located_share_of_contact"], abs=0.1)
    flagged = {kind for row in strokes for kind in row["flags"].split(";") if kind}
    assert flagged and flagged <= set(summary["flags_by_kind"])


def test_the_headers_are_the_published_ones(inputs: dict[str, Path], tmp_path: Path) -> None:
    analyze(inputs["raw.csv"], None, inputs["strip.toml"], None, tmp_path / "out")
    heads = {name: (tmp_path / "out" / name).read_text().split("\n")[0] for name in FILES if name.endswith("csv")}
    assert heads["track.csv"] == (
        "t_us,x_mm,y_mm,z_mm,sx_mm,sy_mm,cop_x_mm,cop_y_mm,speed_cm_s,force_n,"
        "f0_n,f1_n,f2_n,f3_n,f4_n,f5_n,spine_mm,located"
    )
    assert heads["strokes.csv"] == (
        "start_us,end_us,kind,mean_cm_s,peak_cm_s,path_mm,cadence_per_min,mean_n,peak_n,min_spine_mm,region,side,flags"
    )
    assert heads["flags.csv"] == "start_us,end_us,raised_us,kind,severity,value,limit,unit,x_mm,y_mm"


def test_what_is_unknown_is_empty(inputs: dict[str, Path], tmp_path: Path) -> None:
    analyze(inputs["raw.csv"], None, inputs["strip.toml"], None, tmp_path / "out")
    track = rows_of(tmp_path / "out" / "track.csv")
    needs_place = ["x_mm", "y_mm", "z_mm", "sx_mm", "sy_mm", "cop_x_mm", "cop_y_mm", "speed_cm_s", "spine_mm"]
    assert {row["located"] for row in track} == {"0", "1"}
    for row in track:
        assert row["force_n"] != "" and "nan" not in row.values()
        if row["located"] == "0":
            assert all(row[name] == "" for name in needs_place)
        else:
            assert all(row[name] != "" for name in ("x_mm", "y_mm", "z_mm", "sx_mm", "sy_mm"))


def test_without_a_strip_it_is_motion_mode(inputs: dict[str, Path], tmp_path: Path) -> None:
    summary = analyze(inputs["raw.csv"], None, None, None, tmp_path / "out")
    assert summary["mode"] == "motion" and "no strip" in summary["mode_reason"]
    pace = summary["pace_without_strip"]
    assert 0 < pace["passes_with_speed"] <= pace["passes"] == sum(pace["passes_by_class"].values())
    assert pace["strokes_with_speed"] > 0 and pace["speed_sigma_cm_s_median"] > 0 and "place" in pace["unknown"]
    assert summary["located_share_of_contact"] == 0.0 and summary["strip"] is None
    track = rows_of(tmp_path / "out" / "track.csv")
    assert len(track) > 1000
    assert all(row["located"] == "0" and row["x_mm"] == "" for row in track)


def log_of(rows: np.ndarray) -> RawLog:
    return RawLog(rows, 200.0, (), "")


def test_without_the_start_procedure_it_falls_back_to_motion_and_says_why() -> None:
    raw = naughty().raw
    from_contact_on = raw[raw["t_us"] > naughty().start_us][2000:5000]
    analysis = analyze_log(log_of(from_contact_on), load_glove(), load_strip(), Receiver())
    assert analysis.setup.choice.mode.name == "MOTION"
    assert "no start procedure" in analysis.setup.choice.reason
    assert len(analysis.strokes) > 0


def test_a_log_without_field_or_motion_is_analysed_with_what_there_is() -> None:
    raw = naughty().raw[:3000].copy()
    raw["m0"] = raw["m1"] = 0.0
    assert "no magnetic field" in analyze_log(log_of(raw), load_glove(), load_strip(), Receiver()).setup.choice.reason
    raw["accel"] = raw["gyro"] = 0.0
    analysis = analyze_log(log_of(raw), load_glove(), load_strip(), Receiver())
    assert analysis.setup.choice.mode.name == "FORCE"


def test_the_summary_says_for_how_long_the_force_was_only_a_lower_bound() -> None:
    rows = naughty().raw[-2000:].copy()
    rows["pads"] = 0
    rows["pads"][500:900, 1] = 300
    rows["pads"][600:700, 1] = 1023
    analysis = analyze_log(log_of(rows), load_glove(), None, Receiver())
    assert summarize(analysis)["force_at_least_s"] == pytest.approx(0.5, abs=0.006)


def test_the_same_log_gives_the_same_bytes(inputs: dict[str, Path], tmp_path: Path) -> None:
    for name in ("one", "two"):
        analyze(inputs["raw.csv"], None, inputs["strip.toml"], inputs["receiver.toml"], tmp_path / name)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_older_results_are_replaced_and_other_files_left_alone(inputs: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "track.csv").write_text("old")
    (out / "notes.txt").write_text("mine")
    analyze(inputs["raw.csv"], None, None, None, out)
    assert (out / "track.csv").read_text().startswith("t_us,")
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "notes.txt"])


def spoil_last_row(path: Path) -> None:
    path.write_text(path.read_text().rstrip("\n").rsplit(",", 1)[0] + ",x\n")


def test_bad_input_leaves_nothing_behind(inputs: dict[str, Path], tmp_path: Path) -> None:
    spoil_last_row(inputs["raw.csv"])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadInputError, match=r"raw\.csv, row \d+, column haptic: found 'x'"):
        analyze(inputs["raw.csv"], None, inputs["strip.toml"], None, tmp_path / "deep" / "out")
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_prepared_for_bad_input(inputs: dict[str, Path], tmp_path: Path) -> None:
    """Compiling takes half a minute at the first start, and tells so: a typing error is told before, and alone."""
    happened: list[str] = []

    def run() -> None:
        analyze(
            inputs["raw.csv"], None, None, None, tmp_path / "out",
            lambda share: happened.append("progress"), lambda: happened.append("prepared"),
        )

    run()
    assert happened[:2] == ["prepared", "progress"] and happened.count("prepared") == 1
    happened.clear()
    spoil_last_row(inputs["raw.csv"])
    with pytest.raises(BadInputError):
        run()
    assert happened == []


def test_a_write_that_fails_half_way_leaves_nothing_behind(
    inputs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path, flags: object) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables, "write_flags", full_disk)
    out = tmp_path / "out"
    with pytest.raises(StoreError, match="No space left"):
        analyze(inputs["raw.csv"], None, None, None, out)
    assert not out.exists()
    out.mkdir()
    (out / "track.csv").write_text("old")
    with pytest.raises(StoreError):
        analyze(inputs["raw.csv"], None, None, None, out)
    assert [path.name for path in out.iterdir()] == ["track.csv"] and (out / "track.csv").read_text() == "old"


def test_a_file_in_the_folders_place_is_bad_input(inputs: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(BadInputError, match="is a file"):
        analyze(inputs["raw.csv"], None, None, None, tmp_path / "out")


def test_progress_runs_from_nothing_to_all(inputs: dict[str, Path], tmp_path: Path) -> None:
    shares: list[float] = []
    analyze(inputs["raw.csv"], None, None, None, tmp_path / "out", shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0
