"""Where the live page listens, and the one line that says why it cannot."""

from __future__ import annotations

import socket

import pytest

from slowhand.errors import BadInputError, LinkError
from slowhand.live.page import listen, page_url


def test_any_free_port_is_found():
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_a_port_in_use_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LinkError, match=rf"127\.0\.0\.1:{port}: another program has that port.*--http"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("no such host.invalid", 8765), ("127.0.0.1", 99_999), ("127.0.0.1", -1)])
def test_what_is_no_address_is_bad_input(host, port):
    with pytest.raises(BadInputError, match="--http HOST:PORT"):
        listen(host, port)


def test_an_address_of_another_machine_is_refused():
    # 192.0.2.0/24 is reserved for examples (RFC 5737): no machine has it
    with pytest.raises(LinkError, match="no such address"):
        listen("192.0.2.1", 8765)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8765/"),
        ("0.0.0.0", "http://127.0.0.1:8765/"),
        ("::1", "http://[::1]:8765/"),
        ("::", "http://[::1]:8765/"),
        ("bedside.local", "http://bedside.local:8765/"),
    ],
)
def test_the_url_is_one_that_a_browser_here_can_open(host, url):
    assert page_url(host, 8765) == url
