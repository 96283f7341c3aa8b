"""A sheet of SVG: lines, words and the few symbols of a wiring diagram. Standard library only, the same bytes each time."""

from __future__ import annotations

from html import escape

RED, DARK, BLUE, AMBER, GREEN, VIOLET = "#c8312b", "#2b2f36", "#2467b8", "#b97800", "#2b7d4f", "#7a3fa0"
PAPER, FAINT, MUTED, BOARD = "#ffffff", "#e9edf2", "#69717d", "#dfe9f6"
FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"

Point = tuple[float, float]


def number(value: float) -> str:
    return f"{round(value, 2):g}"


class Sheet:
    """Collects elements; `svg` is the file's text."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self._size = (width, height)
        self._title, self._description = title, description
        self._parts: list[str] = []

    def svg(self) -> str:
        width, height = (number(side) for side in self._size)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" font-family="{FONT}">\n<title>{escape(self._title)}</title>\n'
            f"<desc>{escape(self._description)}</desc>\n"
        )
        paper = f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n'
        return head + paper + "\n".join(self._parts) + "\n</svg>\n"

    def add(self, element: str) -> None:
        self._parts.append(element)

    def line(self, *points: Point, colour: str = DARK, width: float = 2.5, dash: str = "") -> None:
        at = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="{number(width)}" '
                 f'stroke-linecap="round" stroke-linejoin="round"{dashed}/>')

    def path(self, d: str, fill: str = "none", stroke: str = DARK, width: float = 2.0, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{number(width)}" '
                 f'stroke-linecap="round" stroke-linejoin="round"{dashed}/>')

    def box(self, x: float, y: float, width: float, height: float, fill: str = PAPER, stroke: str = DARK,
            radius: float = 8, line: float = 2.0, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
                 f'rx="{number(radius)}" fill="{fill}" stroke="{stroke}" stroke-width="{number(line)}"{dashed}/>')

    def disc(self, x: float, y: float, radius: float, fill: str = PAPER, stroke: str = DARK, line: float = 2.0) -> None:
        self.add(f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}" stroke="{stroke}" '
                 f'stroke-width="{number(line)}"/>')

    def words(self, x: float, y: float, text: str, size: float = 15, colour: str = DARK, anchor: str = "start",
              bold: bool = False) -> None:
        """One line of text; y is its baseline."""
        weight = ' font-weight="700"' if bold else ""
        self.add(f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{colour}" '
                 f'text-anchor="{anchor}"{weight}>{escape(text)}</text>')

    def arrow(self, start: Point, end: Point, colour: str = DARK, width: float = 2.5, head: float = 10) -> None:
        (x0, y0), (x1, y1) = start, end
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        bx, by = x1 - ux * head, y1 - uy * head
        self.line(start, (bx, by), colour=colour, width=width)
        left, right = (bx - uy * head * 0.45, by + ux * head * 0.45), (bx + uy * head * 0.45, by - ux * head * 0.45)
        tips = " ".join(f"{number(x)},{number(y)}" for x, y in ((x1, y1), left, right))
        self.add(f'<polygon points="{tips}" fill="{colour}"/>')

    def measure(self, start: Point, end: Point, text: str, colour: str = MUTED, size: float = 14) -> None:
        """A dimension line, level, with arrows at both ends and its words above the middle."""
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.arrow(middle, start, colour, 1.5, 8)
        self.arrow(middle, end, colour, 1.5, 8)
        self.words(middle[0], middle[1] - 6, text, size, colour, "middle")

    def joint(self, x: float, y: float, colour: str = DARK) -> None:
        self.disc(x, y, 5, colour, colour, 0)

    def supply(self, x: float, y: float, words_left: bool = False) -> None:
        """A 5 V mark on the end of a wire at (x, y); it points up."""
        self.line((x, y), (x, y - 12), colour=RED)
        self.path(f"M{number(x - 8)} {number(y - 10)} L{number(x)} {number(y - 24)} L{number(x + 8)} {number(y - 10)} Z",
                  RED, RED, 1)
        place = (x - 13, y - 10) if words_left else (x, y - 30)
        self.words(*place, "5 V", 14, RED, "end" if words_left else "middle", bold=True)

    def ground(self, x: float, y: float) -> None:
        """A ground mark under the end of a wire at (x, y)."""
        self.line((x, y), (x, y + 8))
        for half, down in ((13, 8), (8, 14), (3, 20)):
            self.line((x - half, y + down), (x + half, y + down), width=3)

    def resistor(self, x: float, y: float, text: str, upright: bool) -> None:
        """44 long, its middle at (x, y)."""
        if upright:
            self.box(x - 8, y - 22, 16, 44, PAPER, DARK, 2)
            self.words(x + 15, y + 5, text, 14)
        else:
            self.box(x - 22, y - 8, 44, 16, PAPER, DARK, 2)
            self.words(x, y - 15, text, 14, DARK, "middle")

    def capacitor(self, x: float, y: float, polar: bool = False) -> None:
        """Upright, its plates 10 apart about (x, y); wires meet it at y - 5 and y + 5."""
        for side in (-5, 5):
            self.line((x - 14, y + side), (x + 14, y + side), width=3.5)
        if polar:
            self.words(x - 22, y - 8, "+", 17, DARK, "middle", bold=True)

    def hop(self, x: float, y: float, colour: str, radius: float = 9) -> None:
        """The upright wire at x jumps over a level one at y: they do not touch. Leaves y - radius to y + radius."""
        top, bottom = number(y - radius), number(y + radius)
        self.path(f"M{number(x)} {top} A{number(radius)} {number(radius)} 0 0 1 {number(x)} {bottom}", "none", colour, 2.5)
