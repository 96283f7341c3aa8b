"""Runs the commands as a user would: processes, files, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def slowhand(*words: object, cwd: Path | None = None, timeout_s: float = 240, **environment: str):
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "slowhand", *map(str, words)], capture_output=True, text=True, cwd=cwd, timeout=timeout_s,
        env=os.environ | environment, check=False,
    )


def one_clear_line(done: subprocess.CompletedProcess) -> str:
    """What a failed command said: checks exit code 2, one line that begins with the program's name, no traceback."""
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("slowhand: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


@contextmanager
def simulated_glove(folder: Path, seconds: int, script: str = "mixed", seed: int = 5) -> Iterator[str]:
    """A glove in a process of its own; gives the name of its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "slowhand", "simulate", "--script", script, "--seconds", str(seconds), "--seed", str(seed),
         "--link", str(folder / "glove"), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["port"]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def live(port: str, db: Path, *words: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """`slowhand live` with its page up; gives the process and the page's URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "slowhand", "live", "--port", port, "--db", str(db), "--http", "127.0.0.1:0",
         "--no-browser", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        assert process.stderr is not None
        url, said = "", []
        for line in process.stderr:
            said.append(line)
            if "http://" in line:
                url = line.split("http://")[1].split()[0]
                break
        assert url, f"live ended before its page was up: {said}"
        yield process, f"http://{url}"
    finally:
        process.kill()
        process.communicate()


def wait_until(condition, timeout_s: float = 60.0, what: str = "") -> None:
    """Look again and again until it holds; processes of their own have no clock that a test could hand in."""
    give_up = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < give_up, f"waited {timeout_s:g} s for {what or condition}"
        time.sleep(0.05)


def page_answers(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.status == 200
