"""`slowhand analyze` against a world that shares no code with the package: axes, signs, flags and strokes must agree."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.integration.plain_world import GLOVE_TOML, HEEL, TIPS, World, measure, write_log

pytestmark = pytest.mark.xdist_group("plain_world")


def run_analyze(folder: Path, world: World, seed: int, *, strip: bool = True, second: bool = True) -> Path:
    log, truth = measure(world, seed)
    np.savez(folder / "truth.npz", t_us=log["t_us"], **truth)
    write_log(folder / "raw.csv", log, second)
    (folder / "glove.toml").write_text(GLOVE_TOML)
    (folder / "strip.toml").write_text(
        'pitch_mm = 30\npolarity = "+++++-------++++"\nmoment_a_m2 = 0.1\nheight_mm = 0\n')
    (folder / "receiver.toml").write_text('posture = "prone"\nback_length_mm = 450\nshoulder_width_mm = 380\n')
    command = [sys.executable, "-m", "slowhand", "analyze", str(folder / "raw.csv"), "--glove", str(folder / "glove.toml"),
               "--receiver", str(folder / "receiver.toml"), "--out", str(folder / "out")]
    if strip:
        command += ["--strip", str(folder / "strip.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(r[name]) if r[name] else np.nan for r in rows])


def a_back_rub() -> World:
    """Calm glides, one too fast, and every place pressed too hard once."""
    world = World()
    world.opening()
    world.glide(60, 60, 330, 12)
    world.glide(-60, 60, 330, 12)
    world.glide(60, 40, 340, 26)          # peak of a minimum-jerk stroke: 1.875 x its mean, about 49 cm/s
    world.press(0, 160, 40, share=TIPS)   # fingertips lie 100 mm below the sensor; middle and ring press 26 N on the spine
    world.press(60, 250, 50, share=HEEL)  # heel lies 40 mm above: y about 210 ... 215, upper edge of the kidney zone
    world.press(60, 330, 50, share=HEEL)  # y about 290: in the kidney zone
    world.press(110, 150, 120, share=HEEL)
    world.glide(-70, 60, 330, 12)
    return world


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    folder = tmp_path_factory.mktemp("plain")
    out = run_analyze(folder, a_back_rub(), seed=1)
    return out, dict(np.load(folder / "truth.npz"))


def test_the_place_is_where_the_hand_was(analysed) -> None:
    out, truth = analysed
    track = read(out / "track.csv")
    contact = truth["total"] > 1.5
    located = column(track, "located") == 1
    assert (located & contact).sum() / contact.sum() > 0.93
    both = located & contact
    error = np.column_stack([column(track, "x_mm"), column(track, "y_mm")])[both] - truth["p"][both, :2] * 1e3
    assert np.sqrt((error[:, 0] ** 2).mean()) < 4
    assert np.sqrt((error[:, 1] ** 2).mean()) < 12
    assert (np.abs(error[:, 0]) > 20).mean() < 0.005


def test_speed_and_centre_of_pressure_agree(analysed) -> None:
    out, truth = analysed
    track = read(out / "track.csv")
    both = (column(track, "located") == 1) & (truth["total"] > 1.5)
    speed = column(track, "speed_cm_s")[both]
    assert np.isfinite(speed).mean() > 0.99
    fine = np.isfinite(speed)
    assert np.sqrt(np.mean((speed - truth["speed"][both])[fine] ** 2)) < 2.0
    cop = np.column_stack([column(track, "cop_x_mm"), column(track, "cop_y_mm")])[both]
    assert np.nanpercentile(np.linalg.norm(cop - truth["cop"][both], axis=1), 95) < 20
    force = column(track, "force_n")[both]
    assert np.abs(force - truth["total"][both]).max() < 0.12 * truth["total"].max()


def test_what_was_wrong_is_flagged_and_nothing_else(analysed) -> None:
    out, _ = analysed
    kinds = [row["kind"] for row in read(out / "flags.csv")]
    assert {"too_fast", "spine_pressure", "kidney_pressure", "too_hard"} <= set(kinds)
    assert "neck_pressure" not in kinds and "too_fast_knead" not in kinds
    assert kinds.count("too_hard") == 1 and kinds.count("too_fast") == 1
    severe = {row["kind"] for row in read(out / "flags.csv") if row["severity"] == "alarm"}
    assert {"too_fast", "spine_pressure", "too_hard"} <= severe


def test_strokes_have_their_kinds_and_places(analysed) -> None:
    out, _ = analysed
    strokes = read(out / "strokes.csv")
    kinds = [row["kind"] for row in strokes]
    assert kinds.count("glide") == 4 and kinds.count("press") == 4 and len(kinds) == 8
    glides = [row for row in strokes if row["kind"] == "glide"]
    assert [row["side"] for row in glides] == ["left", "right", "left", "right"]
    assert all(abs(float(row["path_mm"]) - length) < 30 for row, length in zip(glides, (270, 270, 300, 270), strict=True))
    assert "too_fast" in glides[2]["flags"] and not glides[0]["flags"]


def test_one_magnetometer_still_finds_the_hand(tmp_path: Path) -> None:
    world = World()
    world.opening()
    world.glide(60, 60, 330, 12)
    world.glide(-40, 60, 330, 12)
    out = run_analyze(tmp_path, world, seed=2, second=False)
    track, truth = read(out / "track.csv"), np.load(tmp_path / "truth.npz")
    both = (column(track, "located") == 1) & (truth["total"] > 1.5)
    assert both.sum() / (truth["total"] > 1.5).sum() > 0.8
    error = column(track, "x_mm")[both] - truth["p"][both, 0] * 1e3
    assert np.sqrt((error**2).mean()) < 8


def test_without_a_strip_the_place_stays_unknown(tmp_path: Path) -> None:
    world = World()
    world.opening()
    world.glide(60, 60, 330, 12)
    out = run_analyze(tmp_path, world, seed=3, strip=False)
    assert json.loads((out / "summary.json").read_text())["mode"] == "motion"
    track = read(out / "track.csv")
    assert len(track) > 1000
    assert all(row["x_mm"] == "" and row["speed_cm_s"] == "" and row["located"] == "0" for row in track)
    assert max(column(track, "force_n")) > 8


def test_without_the_start_procedure_it_says_so(tmp_path: Path) -> None:
    world = World()
    world.go(0.0, 60, 100, 60)
    for _ in range(2):
        world.glide(60, 60, 330, 12)
    out = run_analyze(tmp_path, world, seed=4)
    summary = json.loads((out / "summary.json").read_text())
    assert summary["mode"] == "motion"
    assert "start" in json.dumps(summary).lower()
