"""`slowhand demo` as the README has it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.integration.commands import one_clear_line, slowhand

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("demo") / "out"
    return slowhand("demo", "--seconds", 20, "--no-browser", "--out", out, "--http", "127.0.0.1:0"), out


def test_it_ends_by_itself_and_names_what_it_wrote(demo) -> None:
    done, out = demo
    assert done.returncode == 0, done.stderr
    named = [Path(line) for line in done.stdout.split()]
    assert {p.name for p in named} >= {"overview.png", "review.pdf", "hand-view.html", "session.json", "sessions.sqlite3"}
    assert all(p.is_file() and p.parent == out for p in named)
    assert "http://127.0.0.1" in done.stderr
    assert "open hand-view.html in a browser" in done.stderr


def test_it_ends_with_the_score_card_in_words(demo) -> None:
    done, out = demo
    card = json.loads((out / "session.json").read_text())["summary"]["score_card"]
    shown = " ".join(done.stderr.replace("│", " ").split())   # as it stands in its frame, lines joined
    assert card["headline"] in done.stderr and "The one thing to practise next" in shown
    assert card["practise"]["words"] in shown and card["practise"]["why"] in shown
    assert card["contact_s"] < 60 and card["well"] == []   # too short to praise
    assert (out / "score-card.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_charts_are_pictures(demo) -> None:
    _, out = demo
    for png in out.glob("*.png"):
        data = png.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 10_000, png
    assert len(list(out.glob("*.png"))) >= 4
    assert (out / "review.pdf").read_bytes()[:5] == b"%PDF-"


def test_the_giver_was_told_off_and_did_better(demo) -> None:
    _, out = demo
    session = json.loads((out / "session.json").read_text())
    kinds = {flag["kind"] for flag in session["flags"]}
    assert {"too_fast", "spine_pressure"} <= kinds
    assert {cue["kind"] for cue in session["cues"]} >= {"too_fast", "spine_pressure"}
    assert session["summary"]["mode"] == "strip"
    last_flag = max(flag["end_us"] for flag in session["flags"])
    after = [stroke for stroke in session["strokes"] if stroke["start_us"] > last_flag]
    assert after and all(not stroke["flags"] for stroke in after)
    assert session["bad_frames"] == 0


def test_the_database_is_whole(demo) -> None:
    _, out = demo
    connection = sqlite3.connect(out / "sessions.sqlite3")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM session").fetchone() == (1,)
    listed = json.loads(slowhand("sessions", "--db", out / "sessions.sqlite3", "--json").stdout)
    assert [row["ending"] for row in listed] == ["ended"] and listed[0]["strokes"] > 2


def test_the_session_can_be_reviewed_and_exported_again(demo, tmp_path: Path) -> None:
    _, out = demo
    database = out / "sessions.sqlite3"
    reviewed = slowhand("review", 1, "--db", database, "--out", tmp_path / "charts", "--json")
    assert reviewed.returncode == 0, reviewed.stderr
    told = json.loads(reviewed.stdout)
    assert told["score_card"] == json.loads((out / "session.json").read_text())["summary"]["score_card"]
    assert Path(told["files"][0]).name == "score-card.png"
    assert (tmp_path / "charts" / "overview.png").is_file() and (tmp_path / "charts" / "hand-view.html").is_file()
    assert slowhand("export", 1, "--db", database, "--out", tmp_path / "files").returncode == 0
    again = slowhand("analyze", tmp_path / "files" / "raw.csv", "--out", tmp_path / "again", "--strip", "nominal")
    assert again.returncode == 0, again.stderr
    for name in ("flags.csv", "strokes.csv", "track.csv"):
        assert (tmp_path / "files" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_an_output_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = one_clear_line(slowhand("demo", "--no-browser", "--out", tmp_path / "file" / "out"))
    assert "file/out" in line and "--out" in line


def test_the_session_plays_again(demo) -> None:
    _, out = demo
    done = slowhand("replay", 1, "--db", out / "sessions.sqlite3", "--speed", 20, "--no-browser", "--http", "127.0.0.1:0")
    assert done.returncode == 0 and "http://127.0.0.1" in done.stderr, done.stderr
