"""SIGKILL of the host at any instant: the session opens again and is whole up to the last second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from slowhand.session.replay import replay
from slowhand.session.store import Ending, SessionStore

ROOT = Path(__file__).resolve().parents[2]


def record_and_kill(path: Path, blocks: int) -> tuple[int, float]:
    """Bytes that the host had read when it was killed, and when it was (monotonic clock)."""
    host = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.host_to_kill", str(path)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert host.stdout is not None
    told = "0 0"
    try:
        for _ in range(blocks):
            told = host.stdout.readline()
    finally:
        host.send_signal(signal.SIGKILL)
        rest, _ = host.communicate()
    lines = [told, *rest.splitlines()]
    complete = [line for line in lines if len(line.split()) == 2]
    count, _ = complete[-1].split()
    return int(count), time.monotonic()


@pytest.mark.parametrize("blocks", [31, 88])
def test_a_killed_host_loses_at_most_a_second_and_never_the_file(tmp_path: Path, blocks: int) -> None:
    path = tmp_path / "sessions.sqlite3"
    read_bytes, killed_s = record_and_kill(path, blocks)
    assert read_bytes > 1000
    long_after = 2e9 + time.time()
    store = SessionStore(path, lambda: long_after)
    info = store.list()[0]
    assert info.ending is Ending.INTERRUPTED
    chunks = list(store.iter_wire(info.id))
    stored = sum(len(chunk) for _, chunk in chunks)
    assert 0 < stored <= read_bytes and stored == info.wire_bytes
    assert killed_s - chunks[-1][0] < 1.0
    played = replay(store, info.id)
    assert played.bad_frames == 0 and played.lost_frames == 0
    assert np.count_nonzero(played.analysis.touch["gap"]) == 1  # whole: only the beginning
    writer = store.begin({})  # and the file takes new sessions
    writer.close()
    assert store.latest() == info.id + 1
