"""How soon the glove is itself again after each fault, by the emulated board's own log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from slowhand.sim.emulator import Firmware
from slowhand.wire.messages_gen import Event, EventKind, Hello, Limits, Pace, Ping, Pong, Status, StatusFaults
from tests.firmware.glove_talk import busy_feed, commands, start_at, still_feed
from tests.firmware.glove_truth import Run, fuzz_bytes, on_edges_us, run_glove

FAULT_US = 2_000_000
END_US = 3_000_000
SECONDS = 5.0
BROWN_OUT, WATCHDOG = 4, 8   # MCUSR
SENSORS = ("motion", "field0", "field1")


@dataclass(frozen=True)
class Recovery:
    """One fault: how long after its end all was well again, and what the glove says of it."""

    name: str
    back_ms: float | None   # None: it goes on all the while, and what is wrong is told; infinite: never
    told: str               # empty: not told


def recoveries(firmware: Firmware) -> list[Recovery]:
    """Inject every fault once."""
    return [measure(firmware) for measure in (*_sensor_faults(), _stuck_bus, _overflow, _low_supply, _hang, _stall,
                                              _brown_out, _overrun, _garbage, _flood, _short, _open, _host_gone)]


def _ms_after(t_us: float, moments: list[float]) -> float:
    return (min((m for m in moments if m > t_us), default=np.inf) - t_us) / 1000


def _fresh_ms(run: Run, after_us: float, sensors: tuple[str, ...] = SENSORS) -> float:
    """Until the last of the sensors has given a new value."""
    return max(_ms_after(after_us, [e.t_us for e in run.of(sensor) if "fresh" in e.words]) for sensor in sensors)


def _told(run: Run, since_s: float = FAULT_US / 1e6) -> str:
    bits = 0
    for one in run.said.of(Status):
        bits |= one.faults if one.uptime_s > since_s else 0
    return ", ".join(bit.name.lower() for bit in StatusFaults if bits & bit & ~StatusFaults.LIMITS_BUILTIN)


def _sensor_faults() -> list[Callable[[Firmware], Recovery]]:
    def lasting(fault: str, sensors: tuple[str, ...]) -> Callable[[Firmware], Recovery]:
        def measure(firmware: Firmware) -> Recovery:
            run = run_glove(firmware, busy_feed(SECONDS), SECONDS, start_at(200), [f"{fault}@2-3"])
            return Recovery(fault, _fresh_ms(run, END_US, sensors), _told(run))
        return measure

    return [lasting("motion_absent", SENSORS), lasting("field0_absent", ("field0",)),
            lasting("field1_absent", ("field1",)), lasting("all_zero", SENSORS), lasting("nack", SENSORS),
            lasting("stuck_bus", SENSORS)]


def _stuck_bus(firmware: Firmware) -> Recovery:
    worst_ms, told = 0.0, ""
    for shift_us in range(0, 2500, 310):
        at_us = FAULT_US + shift_us
        run = run_glove(firmware, busy_feed(4), 4, start_at(200), [f"stuck_bus@{at_us / 1e6:.6f}"])
        worst_ms = max(worst_ms, _fresh_ms(run, at_us))
        told = f"i2c_errors {run.said.of(Status)[-1].i2c_errors}"
    return Recovery("stuck_bus, freed by clocks", worst_ms, told)


def _overflow(firmware: Firmware) -> Recovery:
    feed = still_feed(SECONDS)
    feed["field0"][400:600] = 12_000, 12_000, 12_000
    feed["field1"][400:600] = 32_767, 0, 0
    run = run_glove(firmware, feed, SECONDS, start_at(200))
    clean = max(_ms_after(END_US, [e.t_us for e in run.of(sensor) if "fresh" in e.words and "overflow" not in e.words])
                for sensor in ("field0", "field1"))
    return Recovery("magnetic overflow", clean, "FIELD's flags")


def _low_supply(firmware: Firmware) -> Recovery:
    run = run_glove(firmware, busy_feed(SECONDS), SECONDS, start_at(200), ["supply_low@2-3"])
    low = [one.supply_mv for one in run.said.of(Status)]
    lost = sum(run.said.lost().values())
    return Recovery("supply at 4.2 V", None, f"{min(low)} mV in STATUS" if not lost else "")


def _hang(firmware: Firmware, fault: str = "hang") -> Recovery:
    feed = still_feed(SECONDS)
    feed["adc"][380:410, 1] = 900  # the motor runs when it happens
    run = run_glove(firmware, feed, SECONDS, [*start_at(200), *start_at(200, 4_000_000)], [f"{fault}@2"])
    reset_us = next(e.t_us for e in run.of("reset") if e.t_us > FAULT_US)
    off_us = next(e.t_us for e in run.of("motor") if e.t_us > FAULT_US and e.words[0] == "off")
    greeted = len(run.said.of(Hello)) == 4 and run.said.of(Status)[-1].reset_cause == WATCHDOG
    back_ms = max(_ms_after(reset_us, [e.t_us for e in run.of("adc")]), _fresh_ms(run, reset_us))
    told = f"new boot, cause watchdog; motor off {(off_us - FAULT_US) / 1000:.0f} ms after it hung"
    return Recovery(f"{fault}, since the watchdog bit", back_ms, told if greeted else "")


def _stall(firmware: Firmware) -> Recovery:
    return _hang(firmware, "stall")


def _brown_out(firmware: Firmware) -> Recovery:
    feed = still_feed(SECONDS)
    feed["adc"][380:410, 1] = 900
    run = run_glove(firmware, feed, 6, [*start_at(200), *start_at(200, 4_000_000)], ["brown_out@2-3"])
    off_us = next(e.t_us for e in run.of("motor") if e.t_us > FAULT_US)
    told = run.said.of(Status)[-1].reset_cause == BROWN_OUT
    return Recovery("brown-out", max(_ms_after(END_US, [e.t_us for e in run.of("adc")]), _fresh_ms(run, END_US)),
                    f"new boot, cause brown-out; motor off in {(off_us - FAULT_US) / 1000:.2f} ms" if told else "")


def _answers_ms(firmware: Firmware, noise: list[tuple[int, bytes]], faults: list[str], end_us: int) -> tuple[float, Run]:
    """Until a Ping is answered, asked every 5 ms from the fault's end on; the glove's clock began 0.5 ms after power-on."""
    asked = [(end_us + 5000 * k, b"\0" + data) for k, (_, data) in enumerate(commands(*((0, Ping(k)) for k in range(60))))]
    said = [*start_at(200), *noise, *asked, *start_at(200, END_US + 500_000)]
    run = run_glove(firmware, still_feed(SECONDS), SECONDS, said, faults)
    return _ms_after(end_us, [float(one.t_us) for one in run.said.of(Pong)]), run


def _overrun(firmware: Firmware) -> Recovery:
    flood = [(FAULT_US + 400 * i, b"\1" * 10) for i in range(10)]
    back_ms, run = _answers_ms(firmware, flood, ["stall@2-2.003"], FAULT_US + 4000)
    return Recovery("bytes lost in the UART", back_ms, f"uart_overruns {run.said.of(Status)[-1].uart_overruns}")


def _garbage(firmware: Firmware) -> Recovery:
    noise = np.random.default_rng(7).integers(0, 256, 25_000, dtype=np.uint8).tobytes()
    back_ms, run = _answers_ms(firmware, [(FAULT_US + 16_000 * i, noise[400 * i : 400 * i + 400]) for i in range(62)],
                               [], END_US)
    return Recovery("garbage at full speed", back_ms, f"bad_commands {run.said.of(Status)[-1].bad_commands}")


def _flood(firmware: Firmware) -> Recovery:
    mad = fuzz_bytes(25_000, 3)
    back_ms, run = _answers_ms(firmware, [(FAULT_US + 16_000 * i, mad[400 * i : 400 * i + 400]) for i in range(62)],
                               [], END_US)
    assert run.statistics["resets"] == 0
    return Recovery("flood of commands", back_ms, f"bad_commands {run.said.of(Status)[-1].bad_commands}")


def _short(firmware: Firmware) -> Recovery:
    feed = still_feed(9)
    feed["adc"][300:1200, 4] = 1023
    feed["adc"][1200:1240, 4] = 700   # mended, and pressed at once
    run = run_glove(firmware, feed, 9, start_at(200))
    edges = on_edges_us(run.events)
    noisy = np.any((edges > 4_500_000) & (edges < 6_000_000))
    return Recovery("pad shorted", np.inf if noisy else _ms_after(6_000_000, edges.tolist()), _told(run))


def _open(firmware: Firmware) -> Recovery:
    feed = still_feed(1)[:1].repeat(3)
    feed["t_us"] = 0, 1_000_000, 62_500_000
    feed["adc"] = 0
    feed["adc"][1:, :3] = feed["adc"][2, 3:] = 150
    run = run_glove(firmware, feed, 65, start_at(100))
    silent = [bool(one.faults & StatusFaults.PAD_SILENT) for one in run.said.of(Status)]
    told = any(silent) and not silent[-1]
    return Recovery("pad open", None, "pad_silent after a minute of touch" if told else "")


def _host_gone(firmware: Firmware) -> Recovery:
    said = commands((600_000, Limits((100,) * 6, 2000)), (700_000, Pace(1000, 150, 90)))
    run = run_glove(firmware, still_feed(16), 16, [*start_at(200), *said])
    expired = [e for e in run.said.of(Event) if e.kind == EventKind.LIMITS_EXPIRED]
    last_s = on_edges_us(run.events).max() / 1e6
    if not expired or last_s > 11:
        return Recovery("host gone", None, "")
    limits_s = expired[0].t_us / 1e6 - 0.6
    return Recovery("host gone", None, f"limits of 2 s end after {limits_s:.2f} s, the pace after {last_s - 0.7:.0f} s")
