"""The ribbon of magnets, to scale: which pole of each faces out, and where it lies on the spine."""

from __future__ import annotations

from typing import Any

from paper import BLUE, DARK, MUTED, RED, Sheet

SCALE = 2.55             # pixels per mm
FIRST_X, MIDDLE_Y = 110, 215
DISC_MM, THICK_MM, RIBBON_MM = 8.0, 2.0, 30.0
CLOTH, THREAD = "#f4efe4", "#b3a88d"


def strip(ribbon: dict[str, Any]) -> str:
    """The whole sheet."""
    polarity, pitch_mm = ribbon["polarity"], ribbon["pitch_mm"]
    sheet = Sheet(1400, 600, "Slowhand strip", f"A ribbon with {len(polarity)} disc magnets, polarity {polarity}.")
    sheet.words(50, 58, "The strip", 30, bold=True)
    sheet.words(50, 86, f"{len(polarity)} discs N42, {DISC_MM:g} × {THICK_MM:g} mm, every {pitch_mm:g} mm, seen from outside "
                        "(not from the skin).", 16, MUTED)
    end_x = FIRST_X + (len(polarity) - 1) * pitch_mm * SCALE
    half = RIBBON_MM / 2 * SCALE
    sheet.box(FIRST_X - 45, MIDDLE_Y - half, end_x - FIRST_X + 90, 2 * half, CLOTH, THREAD, 12)
    for side in (-1, 1):
        y = MIDDLE_Y + side * (half - 10)
        sheet.line((FIRST_X - 35, y), (end_x + 35, y), colour=THREAD, width=1.5, dash="6 5")
    for k, sign in enumerate(polarity):
        magnet(sheet, FIRST_X + k * pitch_mm * SCALE, k + 1, sign)
    for k in range(len(polarity) + 1):
        x = FIRST_X + (k - 0.5) * pitch_mm * SCALE
        sheet.line((x, MIDDLE_Y - half + 10), (x, MIDDLE_Y + half - 10), colour=THREAD, width=1.5, dash="6 5")
    dimensions(sheet, end_x, pitch_mm, half)
    section(sheet)
    meaning(sheet, polarity)
    return sheet.svg()


def colours(sign: str) -> tuple[str, str]:
    return ("#f3c9c5", RED) if sign == "+" else ("#cadcf3", BLUE)


def magnet(sheet: Sheet, x: float, place: int, sign: str) -> None:
    fill, edge = colours(sign)
    sheet.disc(x, MIDDLE_Y, DISC_MM / 2 * SCALE * 1.55, fill, edge, 2.5)   # larger than true, so that the sign is read
    sheet.words(x, MIDDLE_Y + 7, "+" if sign == "+" else "−", 21, edge, "middle", bold=True)
    sheet.words(x, MIDDLE_Y - RIBBON_MM / 2 * SCALE - 10, str(place), 14, DARK, "middle")


def dimensions(sheet: Sheet, end_x: float, pitch_mm: float, half: float) -> None:
    low = MIDDLE_Y + half
    for x in (FIRST_X, FIRST_X + pitch_mm * SCALE, end_x):
        sheet.line((x, low + 4), (x, low + (48 if x != FIRST_X + pitch_mm * SCALE else 24)), colour=MUTED, width=1.2)
    second_x = FIRST_X + pitch_mm * SCALE
    for start, end in ((FIRST_X + 1, second_x), (second_x - 1, FIRST_X)):
        sheet.arrow((start, low + 18), (end, low + 18), MUTED, 1.5, 8)
    sheet.words(second_x + 10, low + 23, f"{pitch_mm:g} mm", 14, MUTED)
    total_mm = round((end_x - FIRST_X) / SCALE)
    sheet.measure((FIRST_X, low + 42), (end_x, low + 42), f"{total_mm} mm", size=15)
    sheet.words(FIRST_X, low + 78, "C7: the knob at the base of the neck", 16, RED, bold=True)
    sheet.arrow((end_x - 190, low + 73), (end_x - 110, low + 73), RED, 3, 13)
    sheet.words(end_x - 100, low + 78, "to the feet", 16, RED, bold=True)


def section(sheet: Sheet) -> None:
    """Cut through two pockets."""
    x, y = 110, 492
    sheet.words(x - 45, y - 62, "Cut through two pockets", 17, bold=True)
    sheet.line((x - 30, y - 26), (x + 310, y - 26), colour=THREAD, width=5)
    sheet.line((x - 30, y + 26), (x + 310, y + 26), colour=THREAD, width=5)
    for seam in (x - 25, x + 140, x + 305):
        sheet.line((seam, y - 32), (seam, y + 32), colour=DARK, width=2, dash="4 4")
    for middle, sign in ((x + 57, "+"), (x + 222, "-")):
        fill, edge = colours(sign)
        top, bottom = ("N", "S") if sign == "+" else ("S", "N")
        sheet.box(middle - 52, y - 20, 104, 40, fill, edge, 3)
        sheet.line((middle - 52, y), (middle + 52, y), colour=edge, width=1.2)
        sheet.words(middle, y - 4, top, 15, edge, "middle", bold=True)
        sheet.words(middle, y + 16, bottom, 15, edge, "middle", bold=True)
    sheet.words(x + 330, y - 21, "outside: the hand comes from here", 14, MUTED)
    sheet.words(x + 330, y + 31, "skin side: soft cotton", 14, MUTED)
    sheet.words(x + 330, y + 5, "a seam between any two magnets", 14, MUTED)


def meaning(sheet: Sheet, polarity: str) -> None:
    x, y = 760, 408
    sheet.box(x, y, 590, 166, "#fafbfc", "#e9edf2", 12)
    for row, (sign, words) in enumerate((("+", "north pole outside: a compass held above it turns its SOUTH end to it"),
                                         ("-", "south pole outside: a compass held above it turns its NORTH end to it"))):
        fill, edge = colours(sign)
        sheet.disc(x + 34, y + 36 + 40 * row, 13, fill, edge, 2.5)
        sheet.words(x + 34, y + 42 + 40 * row, "+" if sign == "+" else "−", 17, edge, "middle", bold=True)
        sheet.words(x + 60, y + 41 + 40 * row, words, 14)
    sheet.words(x + 20, y + 119, f"From C7 to the feet:  {polarity.replace('-', '−')}", 17, DARK, bold=True)
    sheet.words(x + 20, y + 146, "One disc turned over moves the place that is found: test every one.", 14, MUTED)
