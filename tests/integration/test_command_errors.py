"""Bad input: one clear line, exit code 2, nothing lost, never a traceback."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from slowhand.sim.glove import SimulatedGlove
from slowhand.sim.glove_model import Faults
from slowhand.sim.level import LEVELS
from slowhand.sim.simulation import Simulation
from tests.integration.commands import one_clear_line, slowhand

HEADER = "t_us,seq,fsr0,fsr1,fsr2,fsr3,fsr4,fsr5,ax,ay,az,gx,gy,gz,m0x,m0y,m0z,m1x,m1y,m1z,mag_new,haptic"
GOOD = "0,0,0,0,0,0,0,0,0,0,9.81,0,0,0,10,20,-40,10,20,-40,1,0"


def test_help_names_every_level_of_the_simulation() -> None:
    words = slowhand("simulate", "--help", COLUMNS="120").stdout
    assert all(level in words for level in LEVELS)


def live_words(tmp_path: Path, port: object) -> list:
    return ["live", "--port", port, "--no-browser", "--http", "127.0.0.1:0", "--db", tmp_path / "s.sqlite3"]


def test_no_such_port(tmp_path: Path) -> None:
    assert "/dev/no-such-port" in one_clear_line(slowhand(*live_words(tmp_path, "/dev/no-such-port")))


def test_a_port_that_is_no_glove(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        os.write(master, b"GPS: $GPGGA,,,,,,0,,,,,,,,*66\r\n")
        line = one_clear_line(slowhand(*live_words(tmp_path, os.ttyname(slave))))
        assert os.ttyname(slave) in line and "glove" in line
        listed = slowhand("sessions", "--json", "--db", tmp_path / "s.sqlite3")
        assert listed.stdout.strip() == "[]", "a port that was refused leaves no empty session"
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize("fault", ["protocol", "schema"])
def test_another_version_of_the_wire(tmp_path: Path, fault: str) -> None:
    faults = Faults(protocol_version=99) if fault == "protocol" else Faults(schema_hash=1)
    run = Simulation("calm", seed=1, duration_s=20).run()
    with SimulatedGlove.from_run(run, faults=faults) as glove:
        line = one_clear_line(slowhand(*live_words(tmp_path, glove.port)))
    assert "version" in line.lower() or "firmware" in line.lower()


def test_a_page_address_that_is_taken_or_wrong(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        words = ["demo", "--no-browser", "--out", tmp_path / "out", "--http", address]
        assert address in one_clear_line(slowhand(*words))
    assert "HOST:PORT" in one_clear_line(slowhand("demo", "--no-browser", "--out", tmp_path / "out", "--http", "nonsense"))


@pytest.mark.parametrize(
    ("option", "text", "names"),
    [
        ("--glove", "name = ", "TOML"),
        ("--glove", 'name = "x"\nhand = "middle"\n', "hand"),
        ("--strip", 'pitch_mm = "far"\npolarity = "+-"\nmoment_a_m2 = 0.1\nheight_mm = 0\n', "pitch_mm"),
        ("--strip", 'pitch_mm = "30"\n', "pitch_mm"),
        ("--strip", "moment_a_m2 = true\n", "moment_a_m2"),
        ("--receiver", 'posture = "standing"\n', "posture"),
        ("--receiver", "posture = 'prone'\n[limits]\ntoo_quick = {warn = 1, alarm = 2}\n", "too_quick"),
    ],
)
def test_a_broken_settings_file(tmp_path: Path, option: str, text: str, names: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    (tmp_path / "raw.csv").write_text(f"{HEADER}\n{GOOD}\n")
    line = one_clear_line(slowhand("analyze", tmp_path / "raw.csv", option, path, "--out", tmp_path / "out"))
    assert "settings.toml" in line and names in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (f"{HEADER}\n{GOOD}\n{GOOD.replace('9.81', 'much').replace('0,0,0,0', '5000,1,0,0', 1)}\n", ["raw.csv", "3", "az"]),
        (f"{HEADER}\n{GOOD}\n{GOOD}\n", ["raw.csv", "3", "t_us"]),
        (HEADER.replace("gz,", "") + "\n", ["raw.csv", "gz"]),
        ("", ["raw.csv"]),
        ("\x00\x01\x02", ["raw.csv"]),
    ],
)
def test_a_broken_raw_log(tmp_path: Path, body: str, names: list[str]) -> None:
    (tmp_path / "raw.csv").write_text(body)
    line = one_clear_line(slowhand("analyze", tmp_path / "raw.csv", "--out", tmp_path / "out"))
    assert all(name in line for name in names), line
    assert not (tmp_path / "out").exists()


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert "gone.csv" in one_clear_line(slowhand("analyze", tmp_path / "gone.csv", "--out", tmp_path / "out"))
    assert "99" in one_clear_line(slowhand("review", 99, "--db", tmp_path / "s.sqlite3"))
    for command in ("review", "export"):   # more than the file can count to
        assert "no session 9999" in one_clear_line(slowhand(command, "9" * 23, "--db", tmp_path / "s.sqlite3"))
    (tmp_path / "text.sqlite3").write_text("this is no database, but long enough to look like a file of some kind\n" * 40)
    assert "text.sqlite3" in one_clear_line(slowhand("sessions", "--db", tmp_path / "text.sqlite3"))


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the system refuses every further byte."""
    import resource
    import subprocess
    import sys

    rows = [GOOD.replace("0,0,", f"{5000 * i},{i},", 1) for i in range(4000)]
    (tmp_path / "raw.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "slowhand", "analyze", str(tmp_path / "raw.csv"), "--out", str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    one_clear_line(done)
    assert not (tmp_path / "out").exists() and {p.name for p in tmp_path.iterdir()} == {"raw.csv"}


def test_the_cable_goes_and_comes_back(tmp_path: Path) -> None:
    """Through the whole command: the session goes on, and the gap is in the session file."""
    import json

    from tests.integration.commands import live, wait_until
    from tests.integration.test_command_kill import stored_bytes

    run = Simulation("calm", seed=3, duration_s=60).run()
    db = tmp_path / "s.sqlite3"
    with SimulatedGlove.from_run(run, link=tmp_path / "glove") as glove, live(glove.port, db) as (host, _):
        wait_until(lambda: stored_bytes(db) > 10_000, what="bytes")
        glove.unplug()
        threading.Event().wait(0.7)
        before = stored_bytes(db)
        glove.plug()
        wait_until(lambda: stored_bytes(db) > before + 10_000, what="bytes after the cable came back")
        host.terminate()
        host.wait(timeout=20)
    assert slowhand("export", 1, "--db", db, "--out", tmp_path / "files").returncode == 0
    session = json.loads((tmp_path / "files" / "session.json").read_text())
    assert {"link_down", "link_up", "gap"} <= {event["kind"] for event in session["events"]}
    assert session["summary"]["gaps"] >= 1 and session["ending"] == "ended"
