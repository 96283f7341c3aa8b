"""The build guide cannot drift from the firmware: pins, addresses, figures and the nominal glove are one thing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from slowhand.cli.joints import PAD_NAMES, PAD_PINS
from slowhand.locate.strip import load_strip
from slowhand.sensing.profile import load_glove

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "hardware"
HAL = ROOT / "firmware" / "glove" / "src" / "hal"
PINS = tomllib.loads((GUIDE / "pins.toml").read_text(encoding="utf-8"))
# What the Nano prints beside the chip's pins: A0-A5 are port C as well as analog inputs, D0-D7 port D.
PRINTED = {f"P{port}{k}": f"{letter}{k}" for port, letter, many in (("C", "A", 6), ("D", "D", 8)) for k in range(many)}
PRINTED |= {f"ADC{k}": f"A{k}" for k in range(8)}
PAGE = (ROOT / "docs" / "hardware.md").read_text(encoding="utf-8")


def firmware(name: str) -> str:
    return (HAL / name).read_text(encoding="utf-8")


def only(pattern: str, text: str) -> str:
    found = set(re.findall(pattern, text))
    assert len(found) == 1, f"{pattern}: {found or 'not found'}: the firmware says it in another way now; mend this test"
    return found.pop()


def test_each_pad_is_read_from_the_pin_that_the_guide_names():
    first, step = re.findall(r"channel_of\(uint8_t pad\) \{ return pad < (\d) \? pad : static_cast<uint8_t>\(pad \+ (\d)\)",
                             firmware("pads.cpp"))[0]
    channels = [k if k < int(first) else k + int(step) for k in range(6)]
    assert [pad["port"] for pad in PINS["pad"]] == [f"ADC{k}" for k in channels]
    assert int(only(r"kCount = (\d+);", firmware("pads.h"))) == len(PINS["pad"])


def test_bus_and_motor_are_on_the_pins_that_the_guide_names():
    assert only(r"kSda = _BV\((\w+)\)", firmware("twi.cpp")) == PINS["bus"]["sda"]["port"]
    assert only(r"kScl = _BV\((\w+)\)", firmware("twi.cpp")) == PINS["bus"]["scl"]["port"]
    assert only(r"DDRD \|= _BV\((\w+)\)", firmware("motor_pin.cpp")) == PINS["motor"]["port"]
    assert only(r"_BV\((COM2\w)1\)", firmware("motor_pin.cpp")) == "COM2B"  # OC2B, which is PD3 (data sheet, table 14-9)


def test_the_chips_answer_where_the_guide_says():
    sheets = (ROOT / "firmware" / "glove" / "src" / "core" / "chip_sheets.cpp").read_text(encoding="utf-8")
    found = dict(re.findall(r"ChipSheet k(\w+)Sheet[^{]*\{\s*(0x\w\w, 0x\w\w)", sheets))
    assert found["Motion"].split(", ") == PINS["chip"][0]["addresses"]
    assert found["Field1"].split(", ") == PINS["chip"][1]["addresses"]
    assert found["Field0"].split(", ")[0] in PINS["chip"][0]["note"]


def test_what_is_printed_on_the_board_belongs_to_the_port():
    places = [*PINS["pad"], PINS["bus"]["sda"], PINS["bus"]["scl"], PINS["motor"]]
    assert all(PRINTED[place["port"]] == place["pin"] for place in places)
    assert len({place["pin"] for place in places}) == len(places)


def test_pads_and_dividers_are_those_of_the_nominal_glove_and_of_doctor():
    glove = load_glove(None)
    ohm = {"3.3 kΩ": 3300.0, "47 kΩ": 47000.0}
    assert [pad["name"] for pad in PINS["pad"]] == [pad.name for pad in glove.pad] == list(PAD_NAMES)
    assert [ohm[pad["resistor"]] for pad in PINS["pad"]] == [pad.divider_ohm for pad in glove.pad]
    assert tuple(pad["pin"] for pad in PINS["pad"]) == PAD_PINS


def test_the_pin_table_on_the_page_says_the_same():
    rows = {cells[0]: " ".join(cells[1:]) for line in PAGE.splitlines() if re.match(r"\| [AD]\d ", line)
            for cells in [[cell.strip() for cell in line.strip("|").split("|")]]}
    wanted = {pad["pin"]: [pad["name"], pad["part"], pad["resistor"]] for pad in PINS["pad"]}
    wanted |= {PINS["bus"]["sda"]["pin"]: ["SDA"], PINS["bus"]["scl"]["pin"]: ["SCL"]}
    wanted[PINS["motor"]["pin"]] = ["motor", PINS["motor"]["base_resistor"], PINS["motor"]["transistor"]]
    assert rows.keys() == wanted.keys()
    for pin, words in wanted.items():
        assert all(word in rows[pin] for word in words), (pin, words, rows[pin])


def test_the_page_names_the_strip_as_it_is_shipped():
    strip = load_strip(None)
    assert f"`{strip.polarity}`" in PAGE and f"{len(strip.polarity)} discs" in PAGE and f"{strip.pitch_mm:g} mm" in PAGE


def test_the_figures_are_as_drawn():
    done = subprocess.run([sys.executable, "-B", GUIDE / "draw.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_check_finds_a_figure_that_was_changed_by_hand(tmp_path):
    for path in GUIDE.iterdir():
        if path.is_file():
            (tmp_path / "docs" / "hardware").mkdir(parents=True, exist_ok=True)
            (tmp_path / "docs" / "hardware" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "host").symlink_to(ROOT / "host")
    copy = tmp_path / "docs" / "hardware"
    drawing = (copy / "wiring.svg").read_text(encoding="utf-8")
    (copy / "wiring.svg").write_text(drawing.replace("47 kΩ", "4.7 kΩ"), encoding="utf-8")
    done = subprocess.run([sys.executable, "-B", copy / "draw.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "wiring.svg" in done.stderr and "strip.svg" not in done.stderr


@pytest.mark.parametrize("name", ["wiring.svg", "glove.svg", "strip.svg"])
def test_a_figure_is_well_formed_has_words_for_the_blind_and_keeps_within_its_sheet(name):
    root = ElementTree.parse(GUIDE / name).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") and root.findtext(f"{space}desc")
    width, height = float(root.get("width")), float(root.get("height"))
    for word in root.iter(f"{space}text"):
        assert 0 <= float(word.get("x")) <= width and 0 <= float(word.get("y")) <= height
    pages = [PAGE, *(page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md"))]
    assert any(f"{name})" in page for page in pages)


def test_the_wiring_diagram_has_every_pin_and_part():
    words = [element.text for element in ElementTree.parse(GUIDE / "wiring.svg").iter("{http://www.w3.org/2000/svg}text")]
    for pad in PINS["pad"]:
        assert words.count(pad["pin"]) == 2 and f"{pad['name']} pad" in words   # at the Nano and on its wire
    for resistor in ("3.3 kΩ", "47 kΩ"):
        assert words.count(resistor) == sum(pad["resistor"] == resistor for pad in PINS["pad"])
    for part in ("ICM-20948 board", "LIS3MDL board", "2N2222 (NPN)", "1N4148", "1 kΩ", "10 kΩ", "22 Ω"):
        assert part in words
