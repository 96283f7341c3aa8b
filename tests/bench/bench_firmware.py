"""What must hold of the firmware, measured on the emulated board from its own log, with the bound beside each figure.

`python -m tests.bench firmware`, or `make bench-firmware`; ends with 1 when a bound is broken.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from slowhand.sim.emulator import Firmware, build_firmware, firmware_folder
from slowhand.wire.messages_gen import Field, Pace, Ping, Pong, Sample, Status, Stop
from tests.bench.firmware_faults import recoveries
from tests.firmware.glove_talk import busy_feed, commands, start_at, still_feed
from tests.firmware.glove_truth import (
    Run,
    chatter,
    fuzz_bytes,
    on_edges_us,
    random_crossings,
    reflex_latencies_us,
    run_glove,
    scan_starts_us,
    start_jitter_us,
    then_held_down,
)

FLASH_BYTES, RAM_BYTES = 32 * 1024, 2 * 1024
LIMIT = 300
CROSSINGS = 1000
FUZZ_CORE_BYTES = 10_000_000
FUZZ_CHIP_BYTES = 500_000
LONGEST_ON_S = 1.0


class Sheet:
    """Prints each figure with its bound, and remembers whether all held."""

    def __init__(self) -> None:
        self.held = True
        self.stack_bytes = 0

    def line(self, what: str, figure: str, bound: str = "", holds: bool = True) -> None:
        self.held = self.held and holds
        print(f"{what:<46} {figure:<42} {bound:<18} {'' if holds else 'DOES NOT HOLD'}".rstrip(), flush=True)

    def saw(self, run: Run) -> None:
        self.stack_bytes = max(self.stack_bytes, run.statistics["stack_bytes"])


def sampling(firmware: Firmware, sheet: Sheet) -> None:
    for rate_hz in (200, 400):
        run = run_glove(firmware, busy_feed(60), 60, [*start_at(rate_hz), *chatter(60, 20, rate_hz)], kinds=["adc"])
        sheet.saw(run)
        starts_us = scan_starts_us(run.events)
        sd_us, worst_us = start_jitter_us(starts_us[starts_us > 1e6], rate_hz)
        sheet.line(f"ADC start at {rate_hz} Hz, the host talking", f"sd {sd_us:.2f} us, worst {worst_us:.2f} us",
                   "<= 1, <= 5 us", sd_us <= 1 and worst_us <= 5)
        share = run.statistics["cpu_share"]
        sheet.line(f"CPU at {rate_hz} Hz, the host talking", f"{100 * share:.1f} %", "< 30 %" if rate_hz == 200 else "",
                   rate_hz != 200 or share < 0.30)


def reflex(firmware: Firmware, sheet: Sheet) -> None:
    feed, seconds = random_crossings(CROSSINGS, LIMIT, seed=1)
    run = run_glove(firmware, feed, seconds, [*start_at(200), *chatter(seconds, 20, 2, LIMIT)], kinds=["adc", "motor"])
    sheet.saw(run)
    us = reflex_latencies_us(run.events, LIMIT)
    sheet.line(f"reflex, conversion to pin, {len(us)} crossings",
               f"median {np.median(us) / 1e3:.2f} ms, p99 {np.percentile(us, 99) / 1e3:.2f}, worst {us.max() / 1e3:.2f}",
               "<= 5.5 ms", len(us) >= CROSSINGS and us.max() <= 5500)


def pacing(firmware: Firmware, sheet: Sheet) -> None:
    for period_ms, on_ms in ((500, 120), (1250, 150), (3000, 200)):
        said = [*start_at(200), *commands((500_000, Pace(period_ms, on_ms, 120))), *chatter(120, 5, 3)]
        run = run_glove(firmware, still_feed(120), 120, said, kinds=["motor"])
        steps_us = np.diff(on_edges_us(run.events))
        each = 100 * np.max(np.abs(steps_us / (1000 * period_ms) - 1))
        mean = 100 * abs(np.mean(steps_us) / (1000 * period_ms) - 1)
        sheet.line(f"pace of {period_ms} ms, {len(steps_us)} periods", f"each within {each:.4f} %, mean {mean:.5f} %",
                   "< 0.1 %", each < 0.1 and len(steps_us) >= 118_000 // period_ms)


def endurance(firmware: Firmware, sheet: Sheet) -> None:
    for rate_hz, minutes in ((200, 30), (400, 5)):
        seconds = 60 * minutes
        run = run_glove(firmware, busy_feed(seconds), seconds, start_at(rate_hz), kinds=["misuse"])
        sheet.saw(run)
        samples, lost = len(run.said.of(Sample)), sum(run.said.lost().values())
        bad = len(run.said.faults) + run.statistics["misuses"] + run.statistics["framing_errors"]
        whole = samples >= rate_hz * (seconds - 0.6)
        sheet.line(f"{minutes} minutes at {rate_hz} Hz", f"{samples} samples, {lost} lost, {bad} bad frames",
                   "none", whole and not lost and not bad)
        sheet.line("  CPU, and speed of the emulator", f"{100 * run.statistics['cpu_share']:.1f} %, "
                   f"{run.statistics['speed']:.0f} times real time")


def losses(firmware: Firmware, sheet: Sheet) -> None:
    calm = run_glove(firmware, busy_feed(60), 60, start_at(500), kinds=["misuse"])
    asked = commands(*((2_000_000 + 500 * k, Ping(k)) for k in range(40_000)))  # more answers than the line takes
    last = [(58_000_000, b"\0" + data) for _, data in commands(*((0, Ping(k)) for k in range(40_001)))[-1:]]
    run = run_glove(firmware, busy_feed(60), 60, [*start_at(500), *asked, *last], kinds=["misuse"])
    gaps, told = run.said.lost(since_boot=True), run.said.of(Status)[-1].frames_dropped
    sheet.line("500 Hz", f"{sum(calm.said.lost().values())} lost in a minute", "counted exactly",
               sum(calm.said.lost().values()) == calm.said.of(Status)[-1].frames_dropped)
    sheet.line("500 Hz and more questions than it can answer", f"{sum(gaps.values())} missing, STATUS says {told}",
               "counted exactly", sum(gaps.values()) == told > 0)
    sheet.line("  of them samples and fields", f"{gaps.get(Sample.__name__, 0) + gaps.get(Field.__name__, 0)}; "
               f"{len(run.said.of(Pong))} answers got out")


def room(sheet: Sheet) -> None:
    told = subprocess.run(["make", "-s", "-C", str(firmware_folder()), "size"], capture_output=True, text=True, check=True)
    flash, ram = (int(found) for found in re.findall(r"(?:Program|Data):\s+(\d+) bytes", told.stdout))
    sheet.line("flash", f"{flash} bytes, {100 * flash / FLASH_BYTES:.1f} %", "< 40 %", flash < 0.40 * FLASH_BYTES)
    taken = ram + sheet.stack_bytes
    sheet.line("static RAM and deepest stack seen", f"{ram} + {sheet.stack_bytes} bytes, {100 * taken / RAM_BYTES:.1f} %",
               "< 45 %", taken < 0.45 * RAM_BYTES)


def faults(firmware: Firmware, sheet: Sheet) -> None:
    print("faults: all as before, ms after the fault's end; what the glove says")
    for one in recoveries(firmware):
        back = "" if one.back_ms is None else f"{one.back_ms:.1f} ms; "
        sheet.line(f"  {one.name}", f"{back}{one.told or 'NOT TOLD'}", "<= 100 ms, told",
                   bool(one.told) and (one.back_ms is None or one.back_ms <= 100))


def fuzz_core(sheet: Sheet) -> None:
    done = subprocess.run(["make", "-s", "-C", str(firmware_folder()), "BUILD=build/desktop", f"FUZZ_BYTES={FUZZ_CORE_BYTES}",
                           "FUZZ_SEED=11", "fuzz"], capture_output=True, text=True, check=False)
    last = (done.stdout + done.stderr).strip().splitlines()[-1:]
    sheet.line("fuzz of the core, ASan and UBSan", last[0] if last else "no answer", "nothing breaks", done.returncode == 0)


def fuzz_chip(firmware: Firmware, sheet: Sheet) -> None:
    data, chunk = fuzz_bytes(FUZZ_CHIP_BYTES, 5), 400
    half = len(data) // chunk // 2 * chunk
    said: list[tuple[int, bytes | str]] = []
    t_us = 500_000
    for at in range(0, len(data), chunk):
        said.append((t_us, data[at : at + chunk]))
        t_us += 16_100 if at < half else 50_000   # first as fast as the line, then so that the motor has time to run
    sane_again = commands((0, Stop()), (0, Ping(0xC0FFEE)))
    end = [(t_us + 3_500_000 + 20_000 * k, b"\0" + line) for k, (_, line) in enumerate(sane_again)]
    feed, _ = random_crossings(int(t_us / 1e6 / 0.3), LIMIT, seed=9)
    feed = then_held_down(feed, t_us, t_us + 3_000_000)
    run = run_glove(firmware, feed, t_us / 1e6 + 5, [*said, *end], kinds=["motor", "misuse"])
    sheet.saw(run)
    sane = run.statistics["resets"] == run.statistics["misuses"] == len(run.said.faults) == 0
    answered = run.said.of(Pong)[-1:] and run.said.of(Pong)[-1].token == 0xC0FFEE
    stuck = run.events[-1].words[0] != "off" or run.events[-1].t_us > end[1][0]
    longest_s = run.statistics["motor_longest_on_s"]
    sheet.line(f"fuzz of the chip, {FUZZ_CHIP_BYTES} bytes",
               f"motor {run.statistics['motor_starts']} times, longest {longest_s:.3f} s; "
               f"{'answers' if answered else 'MUTE'}{', STUCK' if stuck else ''}",
               "<= 1 s, off at end", sane and bool(answered) and not stuck and longest_s <= LONGEST_ON_S)


def main(_: list[str]) -> None:
    began_s = time.monotonic()
    firmware, sheet = build_firmware(), Sheet()
    for part in (sampling, reflex, pacing, endurance, losses, faults, fuzz_chip):
        measure: Callable[[Firmware, Sheet], None] = part
        measure(firmware, sheet)
    fuzz_core(sheet)
    room(sheet)
    print(f"all in {time.monotonic() - began_s:.0f} s; {'everything holds' if sheet.held else 'NOT EVERYTHING HOLDS'}")
    if not sheet.held:
        sys.exit(1)
