"""What the emulated board says that really happened, as figures: nothing here asks the firmware."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from slowhand.sim.emulator import FEED_DTYPE, EmulatedGlove, EmulatorEvent, Firmware
from slowhand.wire.messages_gen import Cue, Identify, Limits, Message, Pace, Ping, Start, Stop
from tests.firmware.glove_talk import Said, commands, decode, still_feed

PADS = 6
FIRST_PAD = "0"


@dataclass(frozen=True)
class Run:
    """One life of the glove: what it said, what happened, what it took."""

    said: Said
    events: list[EmulatorEvent]
    statistics: dict

    def of(self, kind: str) -> list[EmulatorEvent]:
        return [event for event in self.events if event.kind == kind]


def run_glove(firmware: Firmware, feed: np.ndarray, seconds: float, said: Iterable[tuple[int, bytes | str]] = (),
              faults: Iterable[str] = (), kinds: Iterable[str] = (), timeout_s: float = 900) -> Run:
    """Run to the end as fast as can be; ``kinds`` of events are kept, all unless told."""
    with EmulatedGlove(firmware) as glove:
        glove.start(feed, realtime=False, port=False, seconds=seconds, faults=faults, event_kinds=kinds,
                    commands=sorted(said, key=lambda line: line[0]))
        statistics = glove.wait(timeout_s)
        return Run(decode(glove.bytes_sent()), glove.events(), statistics)


def scan_starts_us(events: Iterable[EmulatorEvent]) -> np.ndarray:
    """When each scan of the pads was begun: the start of the first pad's conversion."""
    return np.array([float(e.words[2]) for e in events if e.kind == "adc" and e.words[0] == FIRST_PAD])


def start_jitter_us(starts_us: np.ndarray, rate_hz: int) -> tuple[float, float]:
    """(sd, worst) of the starts about the crystal's own grid, microseconds."""
    off_us = starts_us - starts_us[0] - 1e6 / rate_hz * np.arange(len(starts_us))
    off_us -= np.median(off_us)
    return float(np.std(off_us)), float(np.max(np.abs(off_us)))


def on_edges_us(events: Iterable[EmulatorEvent]) -> np.ndarray:
    """When the motor's pin went from still to driven."""
    edges, running = [], False
    for event in events:
        if event.kind != "motor":
            continue
        on = event.words[0] == "on"
        if on and not running:
            edges.append(event.t_us)
        running = on
    return np.array(edges)


def random_crossings(count: int, limit: int, seed: int) -> tuple[np.ndarray, float]:
    """A feed in which one pad after another is pressed over ``limit`` at any moment, and its seconds."""
    random = np.random.default_rng(seed)
    rest = still_feed(1)[:1]
    feed = rest.repeat(2 * count + 1)
    t_us = 1_500_000
    for k in range(count):
        t_us += int(random.integers(280_000, 360_000))
        press, release = feed[2 * k + 1 : 2 * k + 3]
        press["t_us"], release["t_us"] = t_us, t_us + int(random.integers(20_000, 80_000))
        press["adc"][random.integers(PADS)] = random.integers(limit + 1, 600)
    return feed.astype(FEED_DTYPE), t_us / 1e6 + 1.0


def then_held_down(feed: np.ndarray, from_us: int, to_us: int) -> np.ndarray:
    """The feed until ``from_us``, and then a pad over the built-in limits, for longer than the motor may run."""
    rest = still_feed(1)[:1].repeat(2)
    rest["t_us"] = from_us, to_us
    rest["adc"][0, 2] = 900
    return np.concatenate([feed[feed["t_us"] < from_us], rest])


def reflex_latencies_us(events: list[EmulatorEvent], limit: int) -> np.ndarray:
    """From each conversion that crosses ``limit`` to the pin; infinite where the motor did not move."""
    edges = on_edges_us(events)
    over: set[str] = set()
    found = []
    for event in events:
        if event.kind != "adc" or int(event.words[0]) > 7:
            continue
        pad = event.words[0]
        if int(event.words[1]) <= limit:
            over.discard(pad)
        elif pad not in over:
            over.add(pad)
            at = np.searchsorted(edges, event.t_us)
            found.append(edges[at] - event.t_us if at < len(edges) else np.inf)
    return np.array(found)


def chatter(seconds: float, per_s: float, seed: int, limit: int | None = None) -> list[tuple[int, bytes]]:
    """What a busy host says at any moment from 1 s on: questions, and thresholds every second when ``limit`` is given."""
    random = np.random.default_rng(seed)
    asked = [(int(t_us), Ping(i) if i % 8 else Identify(1))
             for i, t_us in enumerate(np.sort(random.uniform(1e6, seconds * 1e6, int(per_s * seconds))))]
    if limit is not None:
        asked += [(1_000_000 * s + 137, Limits((limit,) * PADS, 3000)) for s in range(1, int(seconds))]
    return commands(*sorted(asked, key=lambda line: line[0]))


def _sensible(random: np.random.Generator) -> Message:
    period_ms = int(random.integers(100, 3000))
    return (
        Identify(1), Start(int(random.choice([100, 200, 400, 500, 123]))), Stop(), Ping(int(random.integers(1 << 32))),
        Limits(tuple(random.integers(0, 1024, PADS).tolist()), int(random.integers(0, 5000))),
        Pace(period_ms, int(random.integers(1, period_ms)), int(random.integers(256))),
        Cue(int(random.integers(0, 7)), int(random.integers(256))),
    )[random.integers(7)]


def fuzz_bytes(count: int, seed: int) -> bytes:
    """What a mad host may say: commands, a third of them damaged, and noise."""
    random = np.random.default_rng(seed)
    made = bytearray()
    while len(made) < count:
        if random.random() < 0.1:
            made += random.integers(0, 256, random.integers(200), dtype=np.uint8).tobytes()
            continue
        frame = bytearray(commands((0, _sensible(random)))[0][1])
        if random.random() < 0.33:
            at = int(random.integers(len(frame)))
            frame[at : at + int(random.integers(2))] = random.integers(0, 256, random.integers(3), dtype=np.uint8).tobytes()
        made += frame
    return bytes(made[:count])
