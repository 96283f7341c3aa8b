"""A program that records a session from a modelled glove in real time, and says what it has received; to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from slowhand.coach.receiver import Receiver
from slowhand.link.reconnecting import ReconnectingLink
from slowhand.session.engine import SessionEngine
from slowhand.session.store import SessionStore
from slowhand.session.stream import Wishes
from slowhand.sim.simulation import Simulation
from tests.integration.model_link import ModelLink, Time


class RealTime(Time):
    def __call__(self) -> float:
        return time.monotonic()

    now_s = property(__call__)  # type: ignore[assignment]

    def __init__(self) -> None:
        pass


class TellingLink(ModelLink):
    """Tells its parent, line by line, how many bytes were read in all, and when."""

    told = 0

    def read(self, timeout_s: float) -> bytes:
        data = super().read(timeout_s)
        self.told += len(data)
        print(self.told, time.monotonic(), flush=True)
        return data


def main(path: Path) -> None:
    link = TellingLink(Simulation("calm", seed=1, duration_s=30.0).run(), RealTime())
    engine = SessionEngine(ReconnectingLink(link), SessionStore(path), Wishes(Receiver()))
    engine.start()
    engine.open()
    time.sleep(600.0)  # the parent kills this program long before


if __name__ == "__main__":
    main(Path(sys.argv[1]))
