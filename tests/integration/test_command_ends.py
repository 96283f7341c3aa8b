"""How commands end when they are told to: by SIGTERM, or by a reader that has seen enough."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slowhand.cli.demo import simulated_glove
from tests.integration.commands import wait_until

END_S = 20


def begun(*words: object, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "slowhand", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | environment,
    )


def children(process: subprocess.Popen) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in listed.read_text().split()]


def test_a_simulated_glove_takes_its_port_s_name_with_it(tmp_path: Path) -> None:
    link = tmp_path / "glove"
    process = begun("simulate", "--script", "calm", "--seconds", 20, "--link", link)
    try:
        wait_until(link.is_symlink, what="the port")
        process.terminate()
        _, said = process.communicate(timeout=END_S)
    finally:
        process.kill()
    assert process.returncode == 128 + signal.SIGTERM and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_is_ended_while_it_prepares_leaves_no_folder_and_no_child(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = begun("demo", "--no-browser", "--out", tmp_path / "out", "--http", "127.0.0.1:0", TMPDIR=str(temporary))
    try:
        wait_until(lambda: any(temporary.glob("slowhand-*")) and children(process), what="the simulated glove's process")
        [child] = children(process)
        process.terminate()
        _, said = process.communicate(timeout=END_S)
    finally:
        process.kill()
    assert process.returncode == 128 + signal.SIGTERM and "Traceback" not in said
    assert list(temporary.iterdir()) == []
    assert not Path(f"/proc/{child}").exists()


def test_a_reader_that_has_seen_enough_hears_no_complaint(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-m", "slowhand", "sessions", "--db", str(tmp_path / "s.sqlite3")], stdout=writing,
        stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )
    os.close(writing)
    assert process.stderr == "" and process.returncode in (0, 1)


def test_a_demo_that_is_ended_in_the_moment_in_which_its_glove_begins_ends_that_too(monkeypatch: pytest.MonkeyPatch) -> None:
    begun_here: list[subprocess.Popen] = []

    def begin_and_be_told_to_end(*arguments, **options) -> subprocess.Popen:
        begun_here.append(real(*arguments, **options))
        os.kill(os.getpid(), signal.SIGTERM)
        return begun_here[0]

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", begin_and_be_told_to_end)
    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(SystemExit), simulated_glove(20.0, 1):
            pass
    finally:
        signal.signal(signal.SIGTERM, before)
    [glove] = begun_here
    ended = glove.poll()
    glove.kill()
    assert ended is not None
