"""A recording read back: order, times, and speed on a clock that the test owns."""

from __future__ import annotations

import pytest

from slowhand.link.replay import ReplayLink

CHUNKS = [(10.0, b"a"), (10.5, b"bc"), (12.5, b"d")]


class FakeTime:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


def replay(speed: float | None) -> tuple[ReplayLink, FakeTime]:
    clock = FakeTime()
    link = ReplayLink(CHUNKS, speed, now_s=clock, wait=clock.wait)
    link.open()
    return link, clock


@pytest.mark.parametrize(("speed", "expected_s"), [(1.0, [0.0, 0.5, 2.5]), (2.0, [0.0, 0.25, 1.25]), (None, [0, 0, 0])])
def test_pieces_come_when_they_did(speed: float | None, expected_s: list[float]) -> None:
    link, clock = replay(speed)
    seen = []
    while len(seen) < len(CHUNKS):
        if data := link.read(0.1):
            seen.append((clock.now_s, link.host_s, data))
    assert [(host_s, data) for _, host_s, data in seen] == CHUNKS
    assert [at_s for at_s, _, _ in seen] == pytest.approx(expected_s)


def test_the_end_is_told_and_still_takes_its_timeout() -> None:
    link, clock = replay(None)
    for _ in CHUNKS:
        link.read(0.1)
    assert not link.finished
    before_s = clock.now_s
    assert link.read(0.1) == b""
    assert link.finished
    assert clock.now_s == pytest.approx(before_s + 0.1)


def test_a_speed_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="speed"):
        ReplayLink(CHUNKS, 0.0)
