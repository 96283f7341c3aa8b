"""SIGKILL of the host at random instants: the session opens again and is whole up to the last second."""

from __future__ import annotations

import itertools
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from slowhand.session.store import Ending, SessionStore
from tests.integration.commands import live, simulated_glove, slowhand, wait_until

pytestmark = pytest.mark.xdist_group("kill")
STRIP = 'pitch_mm = 30\npolarity = "+++++-------++++"\nmoment_a_m2 = 0.1\nheight_mm = 0\n'


def stored_bytes(db: Path) -> int:
    if not db.exists():
        return 0
    with sqlite3.connect(db) as connection:
        return connection.execute("SELECT coalesce(sum(length(bytes)), 0) FROM wire").fetchone()[0]


@pytest.mark.parametrize("instant", [random.Random(seed).uniform(1.0, 6.0) for seed in (11, 12, 13)])
def test_a_killed_host_loses_at_most_one_second(tmp_path: Path, instant: float) -> None:
    db = tmp_path / "sessions.sqlite3"
    (tmp_path / "strip.toml").write_text(STRIP)
    with simulated_glove(tmp_path, seconds=30) as port, live(port, db, "--strip", str(tmp_path / "strip.toml")) as (host, _):
        wait_until(lambda: stored_bytes(db) > 2000, what="the first bytes in the session file")
        time.sleep(instant)  # the instant of the kill is what is tested
        host.send_signal(signal.SIGKILL)
        killed_s = time.monotonic()
        host.wait()
    store = SessionStore(db, wall_clock=lambda: time.time() + 60)  # seen a minute later
    chunks = list(store.iter_wire(1))
    lost_s = killed_s - chunks[-1][0]
    assert lost_s < 1.0, f"lost {lost_s:.2f} s"
    gaps = [b[0] - a[0] for a, b in itertools.pairwise(chunks)]
    assert max(gaps) < 1.0 and sum(len(data) for _, data in chunks) > 7000 * instant * 0.8
    info = store.list()[0]
    assert info.ending is Ending.INTERRUPTED
    store.close()
    with sqlite3.connect(db) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    done = slowhand("review", "--db", db, "--out", tmp_path / "charts")
    assert done.returncode == 0 and (tmp_path / "charts" / "overview.png").is_file(), done.stderr
