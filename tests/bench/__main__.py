"""`python -m tests.bench [NAME ...]`: run every bench_*.py (or those named) and print its figures.

A bench that takes long by itself names the arguments of a shorter run in ``BRIEF``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    folder = Path(__file__).parent
    found = sorted(p.stem.removeprefix("bench_") for p in folder.glob("bench_*.py"))
    unknown = [n for n in names if n not in found]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are: {', '.join(found)}", file=sys.stderr)
        return 2
    for name in names or found:
        print(f"\n== {name} ==", flush=True)
        bench = importlib.import_module(f"tests.bench.bench_{name}")
        bench.main(getattr(bench, "BRIEF", []))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
