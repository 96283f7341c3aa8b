"""How a demo ends: with its charts, or with what kept them from being drawn; never in silence, never not at all."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from slowhand.cli import demo
from slowhand.errors import LinkError


class Engine:
    def __init__(self) -> None:
        self.calls: list[object] = []

    def state(self) -> SimpleNamespace:
        return SimpleNamespace(session_id=7)

    def stop(self) -> None:
        self.calls.append("stop")

    def conclude(self, charts: tuple[str, ...] | list[str] = ()) -> None:
        self.calls.append(tuple(charts))


def ending(monkeypatch: pytest.MonkeyPatch, write) -> demo.Ending:
    monkeypatch.setattr(demo, "write_files", write)
    return demo.Ending(SimpleNamespace(port="p", finished=True), object(), Path("out"), stay=False)


def test_the_page_knows_that_it_is_over_before_the_charts_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    drawn_after: list[object] = []

    def write(store, session_id, out):
        drawn_after.extend(engine.calls)
        return [out / "a.png"]

    over = ending(monkeypatch, write)
    over.reached(engine)
    assert over.written() == [Path("out/a.png")]
    assert drawn_after == [(), "stop"] and engine.calls[-1] == ("out/a.png",)


def test_whatever_goes_wrong_with_the_charts_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(store, session_id, out):
        raise ZeroDivisionError("a fault of ours")

    over = ending(monkeypatch, write)
    with contextlib.suppress(ZeroDivisionError):   # the thread may be that fast
        over.reached(Engine())
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        over.written()
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        over.reached(Engine())


def test_charts_under_way_are_waited_for_and_not_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, calls = threading.Event(), []

    def write(store, session_id, out):
        calls.append(session_id)
        go_on.wait(10)
        return [out / "a.png"]

    over = ending(monkeypatch, write)
    assert over.reached(Engine()) is False
    assert over.reached(Engine()) is False
    threading.Timer(0.05, go_on.set).start()
    assert over.written() == [Path("out/a.png")] and calls == [7]


def played_by(code: str) -> demo._Process:
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    process.wait()
    return demo._Process("port", process)


def test_a_simulated_glove_that_broke_off_is_no_success() -> None:
    assert played_by("").finished
    with pytest.raises(LinkError, match="broke off: MemoryError"):
        _ = played_by("raise MemoryError").finished
