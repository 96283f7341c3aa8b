"""One suite for every link: what the contract means, shown on real pseudo-terminals and sockets."""

from __future__ import annotations

import os
import select
import socket
import time
import tty
from pathlib import Path

import pytest

from slowhand.errors import LinkError
from slowhand.link.contract import Link
from slowhand.link.reconnecting import ReconnectingLink
from slowhand.link.replay import ReplayLink
from slowhand.link.serial_port import SerialLink

SOON_S = 2.0  # far beyond what a read may take; only a failing test waits so long


class PtyPeer:
    """The glove's end of a pseudo-terminal whose other end stands at a path of its own, as a udev link would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master: int | None = None
        self.plug_in()

    def plug_in(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)  # a board does not echo; the terminal's default line discipline would
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        os.close(slave)

    def pull_out(self) -> None:
        if self._master is not None:
            os.close(self._master)
            self._master = None
        self.path.unlink(missing_ok=True)

    def send(self, data: bytes) -> None:
        assert self._master is not None
        os.write(self._master, data)

    def receive(self, count: int) -> bytes:
        assert self._master is not None
        return _receive(lambda: os.read(self._master, 4096), self._master, count)


class SocketPeer:
    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._connection: socket.socket | None = None

    def _connected(self) -> socket.socket:
        if self._connection is None:
            self._server.settimeout(SOON_S)
            self._connection, _ = self._server.accept()
        return self._connection

    def send(self, data: bytes) -> None:
        self._connected().sendall(data)

    def receive(self, count: int) -> bytes:
        connection = self._connected()
        return _receive(lambda: connection.recv(4096), connection.fileno(), count)

    def pull_out(self) -> None:
        self._connected().close()
        self._server.close()

    def clean_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._server.close()


def _receive(read, file: int, count: int) -> bytes:
    data = b""
    deadline = time.monotonic() + SOON_S
    while len(data) < count and time.monotonic() < deadline:
        if select.select([file], [], [], 0.1)[0]:
            data += read()
    return data


def read_all(link: Link, count: int) -> bytes:
    data = b""
    deadline = time.monotonic() + SOON_S
    while len(data) < count and time.monotonic() < deadline:
        data += link.read(0.1)
    return data


class LinkContract:
    """Subclass it for a backend: give ``link`` and ``peer`` fixtures."""

    def test_is_a_link(self, link: Link) -> None:
        assert isinstance(link, Link)
        assert link.name

    def test_reads_what_the_peer_sends(self, link: Link, peer) -> None:
        link.open()
        every_byte = bytes(range(256))
        peer.send(every_byte)
        assert read_all(link, 256) == every_byte

    def test_read_returns_nothing_after_its_timeout(self, link: Link, peer) -> None:
        link.open()
        began = time.monotonic()
        assert link.read(0.02) == b""
        assert 0.015 < time.monotonic() - began < SOON_S
        assert link.read(0.0) == b""

    def test_read_returns_at_once_when_bytes_are_there(self, link: Link, peer) -> None:
        link.open()
        peer.send(b"now")
        began = time.monotonic()
        data = link.read(60.0)
        assert data
        assert time.monotonic() - began < SOON_S
        assert data + read_all(link, 3 - len(data)) == b"now"

    def test_writes_reach_the_peer(self, link: Link, peer) -> None:
        link.open()
        every_byte = bytes(range(256))
        link.write(every_byte)
        assert peer.receive(256) == every_byte

    def test_a_closed_link_refuses_and_opens_again(self, link: Link, peer) -> None:
        with pytest.raises(LinkError, match="not open"):
            link.read(0.0)
        with pytest.raises(LinkError, match="not open"):
            link.write(b"x")
        link.close()
        link.open()
        link.open()
        link.close()
        link.close()
        with pytest.raises(LinkError, match="not open"):
            link.read(0.0)

    def test_errors_are_one_line_that_names_the_link(self, link: Link, peer) -> None:
        with pytest.raises(LinkError) as caught:
            link.write(b"x")
        assert link.name in str(caught.value)
        assert "\n" not in str(caught.value)


class PulledCable:
    """For those links that say so when the cable goes."""

    def test_reading_a_pulled_cable_raises(self, link: Link, peer) -> None:
        link.open()
        peer.send(b"last words")
        assert read_all(link, 10) == b"last words"
        peer.pull_out()
        with pytest.raises(LinkError) as caught:
            link.read(SOON_S)
        assert link.name in str(caught.value)
        assert "\n" not in str(caught.value)
        link.close()

    def test_a_pulled_cable_cannot_be_opened(self, link: Link, peer) -> None:
        link.open()
        peer.send(b"x")
        read_all(link, 1)
        link.close()
        peer.pull_out()
        with pytest.raises(LinkError):
            link.open()


@pytest.fixture
def pty_peer(tmp_path: Path):
    peer = PtyPeer(tmp_path / "ttyGLOVE")
    yield peer
    peer.pull_out()


class TestSerialPort(LinkContract, PulledCable):
    @pytest.fixture
    def peer(self, pty_peer: PtyPeer) -> PtyPeer:
        return pty_peer

    @pytest.fixture
    def link(self, peer: PtyPeer):
        link = SerialLink(str(peer.path))
        yield link
        link.close()

    def test_writing_to_a_pulled_cable_raises(self, link: Link, peer: PtyPeer) -> None:
        link.open()
        peer.pull_out()
        with pytest.raises(LinkError, match="plug the cable in"):
            link.write(b"x")

    def test_put_back_at_the_same_path_it_opens_again(self, link: Link, peer: PtyPeer) -> None:
        link.open()
        peer.pull_out()
        with pytest.raises(LinkError):
            link.read(SOON_S)
        link.close()
        peer.plug_in()
        link.open()
        peer.send(b"back")
        assert read_all(link, 4) == b"back"

    def test_one_port_has_one_reader(self, link: Link, peer: PtyPeer) -> None:
        link.open()
        with pytest.raises(LinkError, match="in use"):
            SerialLink(str(peer.path)).open()

    def test_a_peer_that_takes_nothing_is_an_error_not_a_hang(self, link: Link, peer: PtyPeer) -> None:
        link.open()
        with pytest.raises(LinkError, match="takes no bytes"):
            link.write(b"x" * 1_000_000)


class TestSocket(LinkContract, PulledCable):
    @pytest.fixture
    def peer(self):
        peer = SocketPeer()
        yield peer
        peer.clean_up()

    @pytest.fixture
    def link(self, peer: SocketPeer):
        link = SerialLink(peer.url)
        yield link
        link.close()


class TestReconnecting(LinkContract):
    @pytest.fixture
    def peer(self, pty_peer: PtyPeer) -> PtyPeer:
        return pty_peer

    @pytest.fixture
    def link(self, peer: PtyPeer):
        link = ReconnectingLink(SerialLink(str(peer.path)))
        yield link
        link.close()

    def test_the_cable_goes_and_comes_back(self, link: ReconnectingLink, peer: PtyPeer) -> None:
        link.open()
        peer.send(b"before")
        assert read_all(link, 6) == b"before"
        peer.pull_out()
        assert link.read(SOON_S) == b""
        assert not link.up
        link.write(b"nobody hears")
        assert (link.dropped_writes, link.dropped_bytes) == (1, 12)
        peer.plug_in()
        deadline = time.monotonic() + SOON_S
        while not link.up and time.monotonic() < deadline:
            link.read(0.1)
        peer.send(b"after")
        assert read_all(link, 5) == b"after"
        link.write(b"heard")
        assert peer.receive(5) == b"heard"
        assert [change.up for change in link.take_changes()] == [True, False, True]
        assert link.reconnects == 1


class RecordedPeer:
    """Puts what is sent into the recording that the link reads; what is written goes nowhere, as documented."""

    def __init__(self) -> None:
        self.chunks: list[tuple[float, bytes]] = []

    def send(self, data: bytes) -> None:
        self.chunks.append((0.0, data))


class TestReplay(LinkContract):
    @pytest.fixture
    def peer(self) -> RecordedPeer:
        return RecordedPeer()

    @pytest.fixture
    def link(self, peer: RecordedPeer) -> ReplayLink:
        return ReplayLink(peer.chunks)

    def test_writes_reach_the_peer(self, link: Link, peer) -> None:
        link.open()
        link.write(b"x")
        assert isinstance(link, ReplayLink)
        assert link.dropped_writes == 1
