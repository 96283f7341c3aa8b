"""The house rules that a reader relies on: one direction of imports, libraries kept to their rooms, sizes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "host" / "slowhand"

# Each entry may import those to its left only.
ORDER = [
    ("errors",), ("settings",), ("wire",), ("link",), ("clock",), ("device",), ("sensing",), ("locate",), ("strokes",),
    ("coach",), ("session",), ("live",), ("review",), ("sim",), ("cli",), ("__main__",),
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
ONLY_IN = {"serial": {"link"}, "matplotlib": {"review"}, "nicegui": {"live"}, "vqf": {"locate"}, "typer": {"cli"}}
SIM_MAY_USE = {"errors", "settings", "wire", "sensing", "locate", "sim"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> list[str]:
    """Full names of the modules that a file imports, also inside functions."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            names.append("slowhand.relative")
    return names


def sources() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_in_one_direction(path: Path) -> None:
    room = room_of(path)
    assert room in RANK, f"{room} is no room of the design: give it a place in the order"
    for name in imports_of(path):
        top, *rest = name.split(".")
        if top == "slowhand" and rest:
            used = rest[0]
            if used == "__version__":
                continue
            assert used in RANK, f"{path.name} imports {name}: use full names"
            if room == "sim":
                assert used in SIM_MAY_USE, f"sim may not use {used}: its truth must be its own"
            assert used == room or RANK[used] < RANK[room], f"{room} may not import {used}"
        elif top in ONLY_IN:
            assert room in ONLY_IN[top], f"only {ONLY_IN[top]} may import {top}, not {room}"


def test_the_order_holds_every_room_of_the_package() -> None:
    rooms = {room_of(p) for p in sources()}
    assert {"wire", "link", "sensing", "locate", "strokes", "coach", "session", "live", "review", "sim"} <= rooms


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_and_functions_stay_readable(path: Path) -> None:
    if path.stem.endswith("_gen"):
        return
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, "over 400 lines: move a wall"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= 60, f"{node.name} has {lines} lines"
