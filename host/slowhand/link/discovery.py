"""Which serial ports there are, and which of them may be a glove."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from serial.tools import list_ports as pyserial_ports

# USB numbers of the chips on Arduino Nano boards and their copies (USB ID repository, usb.ids). A product of None
# stands for all of the maker's.
KNOWN_CHIPS: tuple[tuple[int, int | None, str], ...] = (
    (0x1A86, 0x7523, "CH340, as on most Nano copies"),
    (0x1A86, 0x5523, "CH341"),
    (0x1A86, 0x55D4, "CH9102"),
    (0x0403, 0x6001, "FTDI FT232R, as on the first Nanos"),
    (0x0403, 0x6015, "FTDI FT231X"),
    (0x10C4, 0xEA60, "CP2102"),
    (0x067B, 0x2303, "PL2303"),
    (0x2341, None, "Arduino"),
    (0x2A03, None, "Arduino"),
)


@dataclass(frozen=True)
class PortInfo:
    """A serial port of this machine. Pseudo-terminals (a simulated glove's) are not listed by the system."""

    path: str
    description: str
    usb_id: str          # "1a86:7523", "" when it is no USB device
    serial_number: str
    chip: str            # what the numbers say it is; "" when they are not known
    likely: bool         # the chip is one that gloves have


def list_ports(scan: Callable[[], Iterable[Any]] = pyserial_ports.comports) -> list[PortInfo]:
    """All serial ports, those that may be a glove first, then by name."""
    found = [_describe(port) for port in scan()]
    return sorted(found, key=lambda port: (not port.likely, port.path))


def _describe(port: Any) -> PortInfo:
    chip = _chip(port.vid, port.pid)
    usb_id = f"{port.vid:04x}:{port.pid:04x}" if port.vid is not None and port.pid is not None else ""
    description = port.description if port.description and port.description != "n/a" else ""
    return PortInfo(port.device, description, usb_id, port.serial_number or "", chip, bool(chip))


def _chip(vendor: int | None, product: int | None) -> str:
    for known_vendor, known_product, name in KNOWN_CHIPS:
        if vendor == known_vendor and known_product in (None, product):
            return name
    return ""
