"""Ports are listed with those that gloves have first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from slowhand.errors import LinkError
from slowhand.link.discovery import list_ports
from slowhand.link.serial_port import SerialLink


@dataclass
class Scanned:
    device: str
    description: str | None = None
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


def test_the_chips_of_nano_boards_come_first() -> None:
    ports = list_ports(
        lambda: [
            Scanned("/dev/ttyS0", "n/a"),
            Scanned("/dev/ttyUSB1", "Modem", 0x12D1, 0x1001),
            Scanned("/dev/ttyUSB0", "USB Serial", 0x1A86, 0x7523),
            Scanned("/dev/ttyACM0", "Arduino Nano Every", 0x2341, 0x0058, "ABC"),
        ]
    )
    assert [port.path for port in ports] == ["/dev/ttyACM0", "/dev/ttyUSB0", "/dev/ttyS0", "/dev/ttyUSB1"]
    assert [port.likely for port in ports] == [True, True, False, False]
    assert ports[0].serial_number == "ABC"
    assert ports[1].usb_id == "1a86:7523"
    assert "CH340" in ports[1].chip
    assert ports[2].description == ports[2].usb_id == ""


def test_this_machine_can_be_asked() -> None:
    assert all(port.path for port in list_ports())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/dev/there-is-no-such-port", "no such port"),
        ("/dev/null", "is no serial port"),
        ("/", "is no serial port"),
        ("", "no port was named"),
        ("nope://x", "is no port and no URL"),
        ("socket://x", "is no port and no URL"),
        ("socket://127.0.0.1:1", "refused"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(url: str, words: str) -> None:
    with pytest.raises(LinkError) as caught:
        SerialLink(url).open()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert url in str(caught.value)
