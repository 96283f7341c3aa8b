"""The wiring diagram: the Nano seen from above with its pins where they are, and what is soldered to them."""

from __future__ import annotations

from typing import Any

from paper import AMBER, BLUE, BOARD, DARK, FAINT, GREEN, MUTED, PAPER, RED, VIOLET, Sheet

# Arduino Nano from above, USB at the top.
LEFT_PINS = ("D13", "3V3", "AREF", "A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "5V", "RST", "GND", "VIN")
RIGHT_PINS = ("D12", "D11", "D10", "D9", "D8", "D7", "D6", "D5", "D4", "D3", "D2", "GND", "RST", "RX0", "TX1")
LEFT_X, RIGHT_X, FIRST_Y, PITCH = 760, 960, 290, 40
PAD_ROWS = (154, 258, 362, 466, 930, 1034)        # y of each pad's wire, in wire order
PAD_LANES = (722, 698, 674, 650, 650, 674)        # x where it turns to its pin, so that no two wires cross
NODE_X = 430
BOARD_Y = 706


def pin_y(name: str, side: tuple[str, ...] = LEFT_PINS) -> float:
    return FIRST_Y + PITCH * side.index(name)


def wiring(pins: dict[str, Any]) -> str:
    """The whole sheet."""
    sheet = Sheet(1480, 1140, "Slowhand glove: wiring",
                  "An Arduino Nano with six force pads as dividers, two field sensor boards on one bus, and a motor.")
    sheet.words(50, 58, "Slowhand glove: wiring", 30, bold=True)
    sheet.words(50, 86, "Everything is joined at the Nano, which is seen from above, USB at the top.", 16, MUTED)
    nano(sheet, used_pins(pins))
    for pad, row_y, lane_x in zip(pins["pad"], PAD_ROWS, PAD_LANES, strict=True):
        divider(sheet, pad, row_y, lane_x)
    plate(sheet, pins)
    power(sheet)
    motor(sheet, pins["motor"])
    legend(sheet)
    return sheet.svg()


def used_pins(pins: dict[str, Any]) -> dict[str, str]:
    """Colour of each pin that something is soldered to."""
    colours = {pad["pin"]: GREEN for pad in pins["pad"]}
    colours |= {pins["bus"]["sda"]["pin"]: BLUE, pins["bus"]["scl"]["pin"]: AMBER, pins["motor"]["pin"]: VIOLET}
    return colours | {"5V": RED, "GND": DARK}


def nano(sheet: Sheet, used: dict[str, str]) -> None:
    top = FIRST_Y - 34
    sheet.box(LEFT_X, top, RIGHT_X - LEFT_X, PITCH * 14 + 68, BOARD, "#7d93b2", 12)
    sheet.box(LEFT_X + 62, top - 30, 76, 56, "#cfd6de", "#7d8794", 5)
    sheet.words(LEFT_X + 100, top + 4, "USB", 15, DARK, "middle", bold=True)
    sheet.line((LEFT_X + 100, top - 30), (LEFT_X + 100, top - 92), colour="#7d8794", width=9)
    sheet.words(LEFT_X + 100, top - 104, "data cable to the computer", 15, MUTED, "middle")
    sheet.words(LEFT_X + 100, 620, "Arduino", 22, "#48617f", "middle", bold=True)
    sheet.words(LEFT_X + 100, 648, "Nano", 22, "#48617f", "middle", bold=True)
    sheet.words(LEFT_X + 100, 674, "ATmega328P", 13, "#48617f", "middle")
    sheet.words(LEFT_X + 100, 692, "5 V, 16 MHz", 13, "#48617f", "middle")
    for side, x, inward, anchor in ((LEFT_PINS, LEFT_X, 1, "start"), (RIGHT_PINS, RIGHT_X, -1, "end")):
        for name in side:
            y = pin_y(name, side)
            colour = used.get(name)
            sheet.disc(x, y, 8, colour or PAPER, colour or "#9aa7b8", 2)
            sheet.words(x + inward * 18, y + 5, name, 15 if colour else 13, colour or "#8995a5", anchor, bold=bool(colour))


def divider(sheet: Sheet, pad: dict[str, Any], y: float, lane_x: float) -> None:
    """5 V, pad, wire to the pin; and from that wire a resistor to ground."""
    pin = pin_y(pad["pin"])
    sheet.line((90, y), (170, y), colour=RED)
    sheet.supply(90, y)
    large = pad["part"].startswith("FlexiForce")
    sheet.box(170, y - 24, 190, 48, "#eaf5ee", GREEN, 24)
    sheet.disc(197, y, 17 if large else 13, "#bfe0cc", GREEN)
    sheet.words(223, y - 3, f"{pad['name']} pad", 16, DARK, bold=True)
    sheet.words(223, y + 15, pad["part"], 13, MUTED)
    sheet.line((360, y), (lane_x, y), (lane_x, pin), (LEFT_X - 8, pin), colour=GREEN)
    sheet.line((NODE_X, y), (NODE_X, y + 16))
    sheet.joint(NODE_X, y, GREEN)
    sheet.resistor(NODE_X, y + 36, pad["resistor"], upright=True)
    sheet.ground(NODE_X, y + 58)
    sheet.words(480, y - 9, pad["pin"], 14, GREEN, bold=True)


def plate(sheet: Sheet, pins: dict[str, Any]) -> None:
    """Both sensor boards on the stiff plate, joined to one bus."""
    sda_y, scl_y = pin_y(pins["bus"]["sda"]["pin"]), pin_y(pins["bus"]["scl"]["pin"])
    sheet.box(70, 680, 545, 186, "#f6f3ea", "#b9ae8d", 14, dash="7 5")
    sheet.words(342, 856, "one stiff plate, no metal: 60 mm from chip to chip", 14, "#7d7047", "middle")
    sheet.words(88, 856, "wrist", 13, "#7d7047")
    sheet.words(598, 856, "fingertips", 13, "#7d7047", "end")
    boards = ((350, pins["chip"][0], "x"), (85, pins["chip"][1], "y"))   # and the axis that points to the fingertips
    for x, chip, to_tips in boards:
        board(sheet, x, chip, to_tips)
    left_end = boards[-1][0] + 205   # of the clock's wire: only to the right of it the data wires cross it
    for x, _, _ in boards:
        if x + 150 > left_end:
            sheet.hop(x + 150, scl_y, BLUE)
            sheet.line((x + 150, sda_y), (x + 150, scl_y - 9), colour=BLUE)
            sheet.line((x + 150, scl_y + 9), (x + 150, BOARD_Y), colour=BLUE)
        else:
            sheet.line((x + 150, sda_y), (x + 150, BOARD_Y), colour=BLUE)
        sheet.line((x + 205, scl_y), (x + 205, BOARD_Y), colour=AMBER)
    for y, last, colour, name in ((sda_y, 235, BLUE, "SDA"), (scl_y, 290, AMBER, "SCL")):
        sheet.line((last, y), (LEFT_X - 8, y), colour=colour)
        sheet.words(560, y - 8, f"{name}  {pins['bus'][name.lower()]['pin']}", 14, colour, bold=True)
    sheet.joint(500, sda_y, BLUE)
    sheet.joint(555, scl_y, AMBER)


def board(sheet: Sheet, x: float, chip: dict[str, Any], to_tips: str) -> None:
    y = BOARD_Y
    sheet.box(x, y, 245, 122, "#e8eef8", BLUE, 8)
    for offset, name, colour in ((40, "5 V", RED), (95, "GND", DARK), (150, "SDA", BLUE), (205, "SCL", AMBER)):
        sheet.disc(x + offset, y, 6, colour, colour, 0)
        sheet.words(x + offset, y + 22, name, 13, colour, "middle", bold=True)
    sheet.supply(x + 40, y - 12)
    sheet.line((x + 40, y), (x + 40, y - 12), colour=RED)
    sheet.line((x + 95, y), (x + 95, y - 36), (x + 87, y - 36))
    for left, half in ((87, 11), (81, 7), (75, 2.5)):
        sheet.line((x + left, y - 36 - half), (x + left, y - 36 + half), width=3)
    sheet.words(x + 14, y + 52, f"{chip['name']} board", 17, DARK, bold=True)
    sheet.words(x + 14, y + 73, " or ".join(chip["addresses"]), 14, MUTED)
    sheet.words(x + 14, y + 92, "regulator, level shifter", 13, MUTED)
    sheet.words(x + 14, y + 109, "and pull-ups on the board", 13, MUTED)
    sheet.arrow((x + 188, y + 84), (x + 232, y + 84), BLUE, 2.5)
    sheet.words(x + 190, y + 75, to_tips, 15, BLUE, bold=True)


def power(sheet: Sheet) -> None:
    """The Nano's own two ends of all 5 V and ground marks."""
    y = pin_y("5V")
    sheet.line((LEFT_X - 8, y), (722, y), colour=RED)
    sheet.supply(722, y, words_left=True)
    y = pin_y("GND")
    sheet.line((LEFT_X - 8, y), (722, y))
    sheet.ground(722, y)


def motor(sheet: Sheet, parts: dict[str, Any]) -> None:
    """D3, base resistor, transistor; motor, diode and capacitors between collector and 5 V."""
    base_y, x = pin_y(parts["pin"], RIGHT_PINS), 1200
    sheet.box(1036, 208, 402, 380, "#f7f1fb", "#b59aca", 14, dash="7 5")
    sheet.words(1056, 236, "on the wrist strap, far from the plate", 15, VIOLET)
    sheet.line((RIGHT_X + 8, base_y), (1068, base_y), colour=VIOLET)
    sheet.words(984, base_y - 10, parts["pin"], 14, VIOLET, bold=True)
    sheet.joint(1020, base_y, VIOLET)
    sheet.line((1020, base_y), (1020, base_y + 30))
    sheet.resistor(1020, base_y + 52, parts["pull_down"], upright=True)
    sheet.ground(1020, base_y + 74)
    sheet.resistor(1090, base_y, parts["base_resistor"], upright=False)
    sheet.line((1112, base_y), (1166, base_y), colour=VIOLET)
    transistor(sheet, x, base_y, parts["transistor"])
    sheet.line((x, base_y - 34), (x, 506))
    sheet.disc(x, 470, 36, "#ecdff5", VIOLET, 2.5)
    sheet.words(x, 479, "M", 25, VIOLET, "middle", bold=True)
    sheet.line((x, 434), (x, 400))
    sheet.resistor(x, 378, parts["series_resistor"], upright=True)
    sheet.line((x, 356), (x, 310), (1390, 310), colour=RED)
    sheet.supply(x, 310)
    sheet.line((x, 540), (1310, 540), (1310, 310))
    diode(sheet, 1310, 430, parts["diode"])
    sheet.line((x, 417), (1118, 417), (1118, 462))
    sheet.line((1118, 478), (1118, 523), (x, 523))
    sheet.capacitor(1118, 470)
    sheet.words(1098, 475, "100 nF", 14, DARK, "end")
    for joint in ((x, 417), (x, 523), (x, 540), (1310, 310)):
        sheet.joint(*joint)
    sheet.line((1390, 310), (1390, 360), colour=RED)
    sheet.capacitor(1390, 368, polar=True)
    sheet.line((1390, 373), (1390, 410))
    sheet.ground(1390, 410)
    sheet.words(1390, 455, "100 µF", 14, DARK, "middle")


def transistor(sheet: Sheet, x: float, y: float, name: str) -> None:
    """NPN, base to the left at (x - 34, y), collector up to (x, y - 34), emitter down to ground."""
    sheet.disc(x - 14, y, 32, PAPER, DARK)
    sheet.line((x - 46, y), (x - 24, y), colour=VIOLET)
    sheet.line((x - 24, y - 18), (x - 24, y + 18), width=4)
    sheet.line((x - 24, y - 8), (x, y - 24), (x, y - 36))
    sheet.arrow((x - 24, y + 8), (x, y + 24), DARK, 2.5, 11)
    sheet.line((x, y + 24), (x, y + 60))
    sheet.ground(x, y + 60)
    sheet.words(x + 28, y + 6, f"{name} (NPN)", 15, bold=True)
    sheet.words(x + 8, y - 34, "C", 13, MUTED)
    sheet.words(x + 8, y + 46, "E", 13, MUTED)
    sheet.words(x - 44, y + 18, "B", 13, MUTED, "end")


def diode(sheet: Sheet, x: float, y: float, name: str) -> None:
    """Upright, its ring at the top."""
    sheet.path(f"M{x - 14} {y + 13} L{x + 14} {y + 13} L{x} {y - 12} Z", PAPER, DARK, 2.5)
    sheet.line((x - 14, y - 12), (x + 14, y - 12), width=4)
    sheet.words(x - 20, y - 12, "ring", 13, MUTED, "end")
    sheet.words(x - 20, y + 12, name, 14, DARK, "end")


def legend(sheet: Sheet) -> None:
    x, y = 1010, 865
    sheet.box(x, y, 428, 232, "#fafbfc", FAINT, 12)
    sheet.words(x + 20, y + 32, "How to read it", 17, bold=True)
    sheet.supply(x + 36, y + 82)
    sheet.words(x + 66, y + 72, "all of these are joined to the Nano's 5V pin", 14)
    sheet.ground(x + 36, y + 98)
    sheet.words(x + 66, y + 114, "all of these are joined to its GND pins", 14)
    sheet.joint(x + 36, y + 142)
    sheet.line((x + 20, y + 142), (x + 52, y + 142))
    sheet.words(x + 66, y + 147, "joined; a wire that hops over another is not", 14)
    for row, words in enumerate(("Leave AREF, 3V3, VIN, RX0 and TX1 free.",
                                 "Resistors sit at the Nano; pads' wires are twisted pairs.",
                                 "22 Ω: for a 3 V motor; none for a 5 V one.")):
        sheet.words(x + 20, y + 175 + 20 * row, words, 14, MUTED)
