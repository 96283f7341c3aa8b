"""Where the parts sit on the hand, to scale, from the nominal glove's own numbers: from the back and from the palm."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

from paper import AMBER, BLUE, DARK, GREEN, MUTED, PAPER, RED, VIOLET, Sheet, number

SCALE = 2.45                     # pixels per mm
BACK_X, PALM_X, ORIGIN_Y = 370, 1010, 430
SKIN, EDGE = "#f6e7da", "#c9a98c"
Mm = tuple[float, float]         # hand frame: x to the fingertips, y to the left seen from the back of the hand

# A hand of 190 mm, size M: fingers as (joints, width), the palm and the forearm as an outline.
FINGERS: tuple[tuple[tuple[Mm, ...], float], ...] = (
    (((-38, 26), (2, 49), (56, 58)), 22),
    (((20, 27), (60, 27), (104, 25)), 19),
    (((25, 4), (65, 3), (114, 0)), 19),
    (((20, -18), (60, -20), (104, -20)), 18),
    (((10, -38), (45, -43), (80, -46)), 16),
)
PALM: tuple[Mm, ...] = ((28, 36), (33, 4), (28, -20), (18, -46), (-20, -47), (-62, -37), (-82, -29), (-190, -31),
                        (-190, 31), (-82, 29), (-58, 36), (-20, 42), (10, 39))


class View:
    """Millimetres of the hand frame to pixels. Seen from the palm, left and right are exchanged."""

    def __init__(self, middle_x: float, from_palm: bool) -> None:
        self._middle_x, self._sign = middle_x, 1 if from_palm else -1

    def at(self, place: Mm) -> tuple[float, float]:
        x_mm, y_mm = place
        return self._middle_x + self._sign * y_mm * SCALE, ORIGIN_Y - x_mm * SCALE

    def hand(self, sheet: Sheet) -> None:
        """All outlines first and then all fillings, so that the parts grow into one."""
        outline = " ".join(f"{number(x)} {number(y)} L" for x, y in map(self.at, PALM)).rstrip("L")
        for wider, colour in ((4, EDGE), (0, SKIN)):
            sheet.path(f"M{outline} Z", colour, colour, 14 + wider)
            for joints, width in FINGERS:
                sheet.line(*map(self.at, joints), colour=colour, width=width * SCALE + wider)


def glove(profile: dict[str, Any]) -> str:
    """The whole sheet."""
    sheet = Sheet(1380, 960, "Slowhand glove: where the parts sit",
                  "A right hand from the back with the sensor plate and its axes, and from the palm with six pads.")
    sheet.words(50, 58, "Where the parts sit", 30, bold=True)
    about = f"{profile['name']}, to scale, in mm (x, y); a left hand mirrors y. The numbers are those of nominal_glove.toml."
    sheet.words(50, 86, about, 16, MUTED)
    back, palm = View(BACK_X, from_palm=False), View(PALM_X, from_palm=True)
    back.hand(sheet)
    palm.hand(sheet)
    sheet.words(BACK_X, 930, "the back of the hand", 18, anchor="middle", bold=True)
    sheet.words(PALM_X, 930, "the palm", 18, anchor="middle", bold=True)
    strap(sheet, back)
    strap(sheet, palm)
    box(sheet, back)
    plate(sheet, back, [tuple(m["position_mm"][:2]) for m in profile["magnetometer"]])
    axes(sheet, back)
    pads(sheet, palm, profile["pad"])
    motor(sheet, palm)
    return sheet.svg()


def strap(sheet: Sheet, view: View) -> None:
    (x0, y0), (x1, y1) = view.at((-140, 38)), view.at((-172, -38))
    sheet.box(min(x0, x1), y0, abs(x1 - x0), y1 - y0, "#4d5563", "#343a44", 6)


def box(sheet: Sheet, view: View) -> None:
    """The Nano in its case on the strap, its USB socket towards the elbow; and the four wires to the plate."""
    for offset, colour in ((-4.5, RED), (-1.5, DARK), (1.5, BLUE), (4.5, AMBER)):
        sheet.line(view.at((-76, offset)), view.at((-136, offset)), colour=colour, width=2.5)
    (x0, y0), (x1, y1) = view.at((-134, 14)), view.at((-178, -14))
    sheet.box(x0, y0, x1 - x0, y1 - y0, "#dfe9f6", "#7d93b2", 6)
    sheet.words((x0 + x1) / 2, (y0 + y1) / 2 - 1, "Nano", 16, "#48617f", "middle", bold=True)
    sheet.words((x0 + x1) / 2, (y0 + y1) / 2 + 18, "in a case", 13, "#48617f", "middle")
    sheet.line(((x0 + x1) / 2, y1), ((x0 + x1) / 2, y1 + 26), colour="#7d8794", width=9)
    label(sheet, (x1 + 70, y1 + 4), (x0 + x1 + 26) / 2, y1 + 18, ("USB cable to the elbow,", "with strain relief"))


def plate(sheet: Sheet, view: View, sensors: list[Any]) -> None:
    (x0, y0), (x1, y1) = view.at((16, 17)), view.at((-76, -17))
    sheet.box(x0, y0, x1 - x0, y1 - y0, "#f4efdf", "#b9ae8d", 10)
    for place, name, chip_mm, to_tips in ((sensors[0], "ICM-20948", 24, "x"), (sensors[1], "LIS3MDL", 20, "y")):
        x, y = view.at(place)
        side = chip_mm * SCALE
        sheet.box(x - side / 2, y - side / 2, side, side, "#e8eef8", BLUE, 5)
        sheet.words(x, y + side / 2 + 12, name, 11, BLUE, "middle", bold=True)
        if to_tips == "y":
            sheet.arrow((x, y + 8), (x, y - 18), BLUE, 2, 8)
            sheet.words(x - 5, y - 8, "y", 13, BLUE, "end", bold=True)
            sheet.arrow((x, y + 8), (x + 21, y + 8), BLUE, 2, 8)
            sheet.words(x + 10, y + 2, "x", 13, BLUE, bold=True)
    side_x = x1 + 26
    (_, first), (_, second) = view.at(sensors[0]), view.at(sensors[1])
    for y in (first, second):
        sheet.line((x1 + 4, y), (side_x + 8, y), colour=MUTED, width=1.2)
    for start, end in ((first + 1, second), (second - 1, first)):
        sheet.arrow((side_x, start), (side_x, end), MUTED, 1.6, 9)
    apart_mm = sensors[0][0] - sensors[1][0]
    label(sheet, (x1 + 130, (first + second) / 2 - 14), side_x, (first + second) / 2,
          (f"{apart_mm:g} mm, chip to chip,", "on one stiff plate", "without metal"))


def axes(sheet: Sheet, view: View) -> None:
    """The hand frame at the motion sensor."""
    x, y = view.at((0, 0))
    sheet.arrow((x, y), (x, y - 108), RED, 4, 15)
    sheet.words(x + 11, y - 90, "x", 21, RED, bold=True)
    sheet.arrow((x, y), (x - 108, y), RED, 4, 15)
    sheet.words(x - 100, y - 12, "y", 21, RED, bold=True)
    sheet.disc(x, y, 10, PAPER, RED, 3)
    sheet.disc(x, y, 3.5, RED, RED, 0)
    sheet.words(x + 15, y + 5, "z", 21, RED, bold=True)
    label(sheet, (48, 560), x - 60, y, ("hand frame: x to the", "fingertips, y to the left,", "z out of the back"))


def pads(sheet: Sheet, view: View, profile_pads: list[dict[str, Any]]) -> None:
    """Each pad at its place and size, its twisted pair to the wrist and its name."""
    routes = {"thumb": ((0, 46), (-40, 34)), "index": ((40, 26), (-15, 28), (-52, 23)), "heel": ((-70, 4),),
              "middle": ((40, 2), (-10, -5), (-70, -4)), "ring": ((40, -18), (-10, -11), (-70, -8)), "edge": ((-70, -14),)}
    lanes = {name: 9 - 3.6 * order for order, name in enumerate(routes)}   # side by side across the wrist
    sides = {"thumb": (PALM_X + 215, 296), "index": (PALM_X + 165, 160), "middle": (PALM_X + 60, 118),
             "ring": (PALM_X - 235, 150), "heel": (PALM_X + 190, 560), "edge": (PALM_X - 300, 520)}
    for pad in profile_pads:
        x_mm, y_mm, _ = pad["position_mm"]
        lane = lanes[pad["name"]]
        way = ((x_mm, y_mm), *routes[pad["name"]], (-84, lane), (-140, lane))
        sheet.line(*map(view.at, way), colour=GREEN, width=2)
    for pad in profile_pads:
        x_mm, y_mm, _ = pad["position_mm"]
        x, y = view.at((x_mm, y_mm))
        sheet.disc(x, y, sqrt(pad["area_mm2"] / pi) * SCALE, "#bfe0cc", GREEN, 3)
        part = "FSR 402" if pad["area_mm2"] < 300 else "FlexiForce A401"
        label(sheet, sides[pad["name"]], x, y, (f"{pad['name']} ({x_mm:g}, {y_mm:g})".replace("-", "−"), part), bold=True)


def motor(sheet: Sheet, view: View) -> None:
    x, y = view.at((-156, 18))
    sheet.disc(x, y, 5 * SCALE, "#ecdff5", VIOLET, 3)
    where = ("coin motor on the inner side", "of the strap: 90 mm or more", "from both field sensors")
    label(sheet, (PALM_X + 150, 790), x, y, where)
    label(sheet, (PALM_X - 300, 790), view.at((-156, -30))[0], y, ("wrist strap,", "snug"))


def label(sheet: Sheet, place: tuple[float, float], x: float, y: float, lines: tuple[str, ...], bold: bool = False) -> None:
    """Words beside the hand, with a thin line to what they name; the first line may be bold."""
    left, top = place
    to_right = x < left
    width = (9 if bold else 7.2) * len(lines[0])   # as wide as a common font makes it
    start = (left - 6, top - 5) if to_right else (left + width + 2, top - 5)
    sheet.line(start, (x, y), colour=MUTED, width=1.2)
    for row, words in enumerate(lines):
        name = bold and row == 0
        sheet.words(left, top + 18 * row, words, 15 if name else 14, DARK if name or not bold else MUTED, bold=name)
