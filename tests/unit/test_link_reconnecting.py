"""How a lost link is tried again: on a clock that the test owns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowhand.errors import LinkError
from slowhand.link.reconnecting import FIRST_RETRY_S, LONGEST_RETRY_S, ReconnectingLink


class FakeTime:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.now_s += seconds


class FakeLink:
    """A port that is there or not, as the test says."""

    name = "fake"

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.there = True
        self.is_open = False
        self.tried_s: list[float] = []
        self.incoming = b""
        self.written = b""

    def open(self) -> None:
        self.tried_s.append(self.time.now_s)
        if not self.there:
            raise LinkError("fake: no such port")
        self.is_open = True

    def read(self, timeout_s: float) -> bytes:
        self._check()
        if not self.incoming:
            self.time.wait(timeout_s)
        data, self.incoming = self.incoming, b""
        return data

    def write(self, data: bytes) -> None:
        self._check()
        self.written += data

    def close(self) -> None:
        self.is_open = False

    def _check(self) -> None:
        if not self.there or not self.is_open:
            raise LinkError("fake: the connection broke")


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime()


@pytest.fixture
def port(clock: FakeTime) -> FakeLink:
    return FakeLink(clock)


@pytest.fixture
def link(port: FakeLink, clock: FakeTime) -> ReconnectingLink:
    return ReconnectingLink(port, clock, clock.wait)


def read_for(link: ReconnectingLink, clock: FakeTime, seconds: float) -> None:
    end = clock.now_s + seconds
    while clock.now_s < end:
        link.read(min(0.05, end - clock.now_s))


def test_the_first_open_tells_what_is_wrong(link: ReconnectingLink, port: FakeLink) -> None:
    port.there = False
    with pytest.raises(LinkError, match="no such port"):
        link.open()
    assert link.take_changes() == ()


def test_retries_back_off_to_a_cap(link: ReconnectingLink, port: FakeLink, clock: FakeTime) -> None:
    link.open()
    port.there = False
    port.tried_s.clear()
    began = clock.now_s
    read_for(link, clock, 20.0)
    pauses = [b - a for a, b in zip([began, *port.tried_s], port.tried_s, strict=False)]
    assert pauses[0] == pytest.approx(FIRST_RETRY_S)
    assert pauses[:3] == pytest.approx([0.25, 0.5, 1.0])
    assert pauses[3:] == pytest.approx([LONGEST_RETRY_S] * len(pauses[3:]))
    assert len(pauses) > 8


def test_a_link_that_brings_bytes_earns_a_quick_return_again(
    link: ReconnectingLink, port: FakeLink, clock: FakeTime
) -> None:
    link.open()
    port.there = False
    read_for(link, clock, 10.0)
    port.there = True
    read_for(link, clock, 3.0)
    assert link.up
    port.incoming = b"x"
    assert link.read(0.1) == b"x"
    port.there = False
    port.tried_s.clear()
    link.read(0.1)
    down_s = clock.now_s
    read_for(link, clock, 1.0)
    assert port.tried_s[0] - down_s == pytest.approx(FIRST_RETRY_S)


def test_a_port_that_opens_and_breaks_at_once_is_not_hammered(
    link: ReconnectingLink, port: FakeLink, clock: FakeTime
) -> None:
    link.open()
    original_read = port.read
    port.read = lambda timeout_s: (_ for _ in ()).throw(LinkError("fake: broke"))  # type: ignore[method-assign]
    port.tried_s.clear()
    read_for_s = 20.0
    end = clock.now_s + read_for_s
    while clock.now_s < end:
        link.read(0.05)
    assert len(port.tried_s) < 25
    port.read = original_read  # type: ignore[method-assign]


def test_waits_for_a_port_that_is_not_there_yet(link: ReconnectingLink, port: FakeLink, clock: FakeTime) -> None:
    port.there = False
    link.open_when_there()
    read_for(link, clock, 5.0)
    assert not link.up
    assert "no such port" in link.words
    port.there = True
    read_for(link, clock, LONGEST_RETRY_S + 0.1)
    assert link.up
    assert link.reconnects == 0, "the first time is no reconnect"
    assert [change.up for change in link.take_changes()] == [True]
    assert link.take_changes() == ()


def test_a_write_that_breaks_is_counted_as_dropped(link: ReconnectingLink, port: FakeLink) -> None:
    link.open()
    link.write(b"fine")
    port.there = False
    link.write(b"lost")
    link.write(b"also lost")
    link.write(b"")
    assert port.written == b"fine"
    assert (link.dropped_writes, link.dropped_bytes) == (2, 13)
    assert [change.up for change in link.take_changes()] == [True, False]


def test_closing_ends_the_trying(link: ReconnectingLink, port: FakeLink, clock: FakeTime) -> None:
    link.open()
    port.there = False
    link.read(0.1)
    link.close()
    with pytest.raises(LinkError):
        link.read(0.1)


@given(st.lists(st.tuples(st.sampled_from(["read", "write", "pull", "plug"]), st.floats(0, 3)), max_size=60))
def test_whatever_happens_to_the_cable_nothing_raises_and_changes_alternate(steps: list[tuple[str, float]]) -> None:
    clock = FakeTime()
    port = FakeLink(clock)
    link = ReconnectingLink(port, clock, clock.wait)
    link.open_when_there()
    for step, seconds in steps:
        if step == "read":
            read_for(link, clock, seconds)
        elif step == "write":
            link.write(b"abc")
        else:
            port.there = step == "plug"
    ups = [change.up for change in link.take_changes()]
    assert ups == [i % 2 == 0 for i in range(len(ups))]
    assert link.up == (bool(ups) and ups[-1])
