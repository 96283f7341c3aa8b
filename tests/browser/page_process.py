"""Runs the scripted page as a process of its own, like the real command would be."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

MODULE = "tests.browser.scripted_page"
ROOT = Path(__file__).parents[2]
ANSWER_S = 20.0


class PageProcess:
    """The scripted page in a subprocess; ``ask`` sends it a line and returns its answer's words."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", MODULE, *(arguments or ("--port", "0"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
            # before what the caller has there: its own code, not an installed one, is to be tested
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))},
        )  # fmt: skip
        self._answers: queue.Queue[str] = queue.Queue()
        self.errors: list[str] = []
        takers = ((self.process.stdout, self._answers.put), (self.process.stderr, self.errors.append))
        self._drains = [threading.Thread(target=_drain, args=taker, daemon=True) for taker in takers]
        for drain in self._drains:
            drain.start()

    def expect(self, word: str) -> list[str]:
        """The next line's words after ``word``; anything else is an error of the page's."""
        try:
            first, *rest = self._answers.get(timeout=ANSWER_S).split()
        except queue.Empty:
            raise AssertionError(f"no '{word}' within {ANSWER_S} s; errors: {self.errors}") from None
        assert first == word, f"expected '{word}', got '{first} {rest}'; errors: {self.errors}"
        return rest

    def ask(self, line: str, answer: str) -> list[str]:
        self.tell(line)
        return self.expect(answer)

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def scene(self, name: str) -> str:
        """Change the scene; returns the session number by which the page can be known to show it."""
        [number] = self.ask(name, "scene")
        return number

    def wait(self) -> int:
        """The exit code; everything that was printed has been read then."""
        code = self.process.wait(timeout=ANSWER_S)
        for drain in self._drains:
            drain.join(timeout=ANSWER_S)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.wait()


def _drain(stream: TextIO, take: Callable[[str], None]) -> None:
    for line in stream:
        take(line.rstrip("\n"))
