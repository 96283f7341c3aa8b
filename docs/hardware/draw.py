"""Draw the figures of the build guide.

    python docs/hardware/draw.py            writes wiring.svg, glove.svg and strip.svg beside this file
    python docs/hardware/draw.py --check    writes nothing; exit code 1 when a file differs from what would be drawn
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from glove import glove
from strip import strip
from wiring import wiring

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "host" / "slowhand"


def read(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def figures() -> dict[str, str]:
    """File name to SVG text."""
    profile = read(PACKAGE / "sensing" / "nominal_glove.toml")
    ribbon = read(next((PACKAGE / "locate").glob("*strip*.toml")))
    return {"wiring.svg": wiring(read(HERE / "pins.toml")), "glove.svg": glove(profile), "strip.svg": strip(ribbon)}


def main(words: list[str]) -> int:
    if words not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = []
    for name, text in figures().items():
        path = HERE / name
        if words and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        elif not words:
            path.write_text(text, encoding="utf-8", newline="\n")
    if stale:
        print(f"{', '.join(stale)}: not as drawn; run: python docs/hardware/draw.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
