"""The conversation with a glove: who are you, begin to stream, stay well. No input or output happens here."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from slowhand.clock import LATE_S, DeviceClock
from slowhand.device.outbox import Outbox
from slowhand.device.output import DeviceOutput, Notice, NoticeKind
from slowhand.device.pulses import Pulses
from slowhand.device.reception import Reception
from slowhand.errors import BadInputError, NotAGloveError, ProtocolMismatchError, SlowhandError
from slowhand.wire.framing import DELIMITER
from slowhand.wire.messages_gen import (
    PROTOCOL_VERSION,
    Ack,
    Cue,
    Hello,
    Identify,
    Limits,
    Nak,
    NakReason,
    Pace,
    Ping,
    Start,
    Stop,
)

RATES_HZ = (100, 200, 400, 500)

IDENTIFY_EVERY_S = 0.5
GIVE_UP_S = 3.0              # an old Nano's boot loader waits 2 s before the firmware starts
SILENT_S = 0.5               # a hundred samples missing: no hiccup of the operating system
PING_EVERY_S = 1.0
MAX_OPEN_PINGS = 8
LIMITS_TTL_MS = 1000
LIMITS_REFRESH = 0.4         # of the time to live: one lost frame does not let them expire
LIMITS_AT_MOST_EVERY_S = 0.05
LIMITS_FRESH_S = 0.1         # thresholds are as fresh as the samples they were made from; a hiccup is shorter
CUE_TRIES = 2                # a cue that comes late is worse than none


class DeviceState(StrEnum):
    CLOSED = "closed"              # no link
    IDENTIFYING = "identifying"    # link open, no Hello yet
    STARTING = "starting"          # Hello came, no sample yet
    STREAMING = "streaming"
    STALE = "stale"                # was streaming, samples stopped
    IDLE = "idle"                  # stopped because we said so
    NOT_A_GLOVE = "not_a_glove"    # nothing of use in GIVE_UP_S; it is still asked now and then
    MISMATCH = "mismatch"          # another version of the wire; nothing is sent any more


class GloveDevice:
    """One glove, as long as the session lasts, whatever happens to the cable.

    ``feed`` what was read, write what ``poll`` returns, both with the same host clock; poll at least every 50 ms, from
    the thread that also evaluates the samples: if that hangs, the limits expire in the glove, as they should. So they
    do when samples stop; and those held are forgotten when the link is lost or the glove was reset, since nobody knows
    where the hand is by then.
    """

    def __init__(self, rate_hz: int = 200, clock: DeviceClock | None = None) -> None:
        self.clock = clock or DeviceClock()
        self.reception = Reception()
        self.state = DeviceState.CLOSED
        self.words = "no link to a glove"
        self._outbox = Outbox()
        self._notices: list[Notice] = []
        self._rate_hz = _checked_rate(rate_hz)
        self._wanted = True                    # to stream
        self._limits: Limits | None = None
        self.pulses = Pulses(self._outbox)
        self._bytes_in = 0                     # since the link was opened
        self._frames_before = self._echoes_before = 0
        self._greeted = False                  # a Hello of our version came since the link was opened
        self._progress_s: float | None = None  # when the link opened, Hello or a sample came; None: at the next poll
        self._next_identify_s: float | None = None
        self._next_ping_s = 0.0
        self._next_limits_s = 0.0
        self._pings: dict[int, float] = {}     # token: when sent
        self._next_token = 0

    @property
    def hello(self) -> Hello | None:
        return self.reception.hello

    @property
    def holds_limits(self) -> bool:
        """Thresholds were given since the link was opened and the glove was last reset."""
        return self._limits is not None

    @property
    def lost_frames(self) -> int:
        """Frames of any type that the sequence numbers show to be missing, since this object was made."""
        return self.reception.losses.lost

    @property
    def bad_frames(self) -> int:
        return self.reception.decoder.counts.bad

    def problem(self) -> SlowhandError | None:
        """The state as an error to raise, where a command cannot go on without a glove."""
        if self.state is DeviceState.MISMATCH:
            return ProtocolMismatchError(self.words)
        if self.state is DeviceState.NOT_A_GLOVE:
            return NotAGloveError(self.words)
        return None

    def link_opened(self, now_s: float) -> None:
        """The link is open (again): ask who is there. What is wanted (pace, rate) is kept; limits must be given anew."""
        self._progress_s = now_s
        self._bytes_in = 0
        self._frames_before = self.reception.decoder.counts.frames
        self._echoes_before = self.reception.echoes
        self._begin_anew()
        self._enter(DeviceState.IDENTIFYING, "asking the glove who it is")

    def link_lost(self) -> None:
        self._begin_anew()
        self._enter(DeviceState.CLOSED, "no link to a glove")

    def start(self, rate_hz: int | None = None) -> None:
        """Stream, at this rate in Hz (100, 200, 400 or 500) or the one before.

        Raises:
            BadInputError: the glove does not offer this rate.
        """
        if rate_hz is not None:
            self._rate_hz = _checked_rate(rate_hz)
        self._wanted = True
        if self._greeted:
            self._ask_to_stream()
            if self.state is DeviceState.IDLE:
                self._progress_s = None
                self._enter(DeviceState.STARTING, "asking the glove to begin")

    def stop(self) -> None:
        """Stop streaming; the motor stops too."""
        self._wanted = False
        self.pulses.want(None)
        if self._greeted:
            self._ask_to_stop()
            self._enter(DeviceState.IDLE, "stopped")

    def limits(self, pads: tuple[int, int, int, int, int, int], ttl_ms: int = LIMITS_TTL_MS) -> None:
        """Thresholds of the reflex, counts per pad; 65535 none.

        Sent now, and again before they grow too old, for as long as fresh samples come.

        Raises:
            struct.error: a number does not fit its field.
        """
        limits = Limits(pads, ttl_ms)
        limits.pack()
        self._limits = limits
        self._next_limits_s = 0.0

    def pace(self, period_ms: int, on_ms: int, strength: int) -> None:
        """Pacing pulses made in the glove until told otherwise; a period of 0 stops them.

        Raises:
            struct.error: a number does not fit its field.
        """
        pace = Pace(period_ms, on_ms, strength)
        pace.pack()
        self.pulses.want(pace)
        if self._greeted:
            self.pulses.ask()

    def cue(self, pattern: int, strength: int) -> None:
        """Play a pattern (`CuePattern`) once, now or not at all. Strength 0-255.

        Raises:
            struct.error: a number does not fit its field.
        """
        cue = Cue(pattern, strength)
        cue.pack()
        if self._greeted:
            self._outbox.put(cue, CUE_TRIES)

    def feed(self, data: bytes, host_time_s: float) -> DeviceOutput:
        """Take in bytes that were read at ``host_time_s``. Never raises, whatever the bytes."""
        self._bytes_in += len(data)
        stamped_before = self.reception.timeline.newest_us
        output = self.reception.feed(data, host_time_s)
        if any(notice.kind is NoticeKind.GLOVE_RESTARTED for notice in output.notices):
            self._after_reset()
        for hello in output.hellos:
            self._take_hello(hello, host_time_s)
        for answer, at_us in zip(output.answers, output.answered_us, strict=True):
            self._take_answer(answer, at_us)
        for pong in output.pongs:
            sent_s = self._pings.pop(pong.token, None)
            if sent_s is not None:
                self.clock.saw_round_trip(sent_s, pong.t_us, host_time_s)
        newest_us = self.reception.timeline.newest_us
        if newest_us is not None and newest_us != stamped_before:
            self.clock.saw_arrival(newest_us, host_time_s)
        if len(output.rows):
            self._take_samples(host_time_s)
        return output

    def poll(self, now_s: float) -> bytes:
        """Bytes to send now. Time passes here: retries, pings, limits, and giving up."""
        if self.state in (DeviceState.CLOSED, DeviceState.MISMATCH):
            return b""
        self._watch(now_s)
        out = self._identify_if_due(now_s)
        if not self._greeted:
            return out
        self._refresh_limits(now_s)
        commands, given_up = self._outbox.due(now_s)
        for message in given_up:
            name = type(message).__name__
            self._notices.append(Notice(NoticeKind.COMMAND_LOST, f"The glove does not answer {name}."))
        return out + commands + self._ping_if_due(now_s)

    def take_notices(self) -> tuple[Notice, ...]:
        """What happened while sending and in answers, since the last call (what came with bytes is in their output)."""
        notices = tuple(self._notices)
        self._notices.clear()
        return notices

    def snapshot(self) -> dict[str, Any]:
        """What a recording that begins now must hold for its bytes to give the same rows again; fit for JSON."""
        return self.reception.state()

    def restore(self, snapshot: dict[str, Any]) -> None:
        self.reception.restore(snapshot)

    def _take_hello(self, hello: Hello, host_time_s: float) -> None:
        if self.state is DeviceState.CLOSED:
            return  # a replay: nobody to talk to
        first = not self._greeted
        self._greeted = self.reception.compatible
        if not self._greeted:
            self._outbox.forget()
            self._enter(DeviceState.MISMATCH, _mismatch_words(hello))
            return
        if self.state in (DeviceState.STREAMING, DeviceState.IDLE) and hello.rate_hz == self._wanted_rate_hz():
            return  # an answer to an old question
        if self.state in (DeviceState.IDENTIFYING, DeviceState.STREAMING, DeviceState.MISMATCH):
            self._progress_s = host_time_s
            self._enter(DeviceState.STARTING, "the glove answers; asking it to begin")
        if first:
            self._next_ping_s = self._next_limits_s = host_time_s
            self.pulses.ask()
        if self._wanted and not self._outbox.waits_for(Start.TYPE):
            self._ask_to_stream()
        elif not self._wanted:
            self._ask_to_stop()
            self._enter(DeviceState.IDLE, "stopped")

    def _take_samples(self, host_time_s: float) -> None:
        self._progress_s = host_time_s
        waiting = self.state in (DeviceState.STARTING, DeviceState.STALE, DeviceState.NOT_A_GLOVE)
        if self._greeted and self._wanted and waiting:
            self._enter(DeviceState.STREAMING, "the glove is streaming")

    def _take_answer(self, answer: Ack | Nak, at_us: int) -> None:
        first_try = self._outbox.was_first_try(answer.command, answer.command_seq)
        message = self._outbox.answered(answer.command, answer.command_seq)
        if message is not None and isinstance(answer, Nak):
            reason = _nak_words(answer.reason)
            words = f"The glove refuses {type(message).__name__}: {reason}."
            self._notices.append(Notice(NoticeKind.COMMAND_REFUSED, words))
        elif message is not None and isinstance(answer, Ack):
            self.pulses.answered(answer, first_try, at_us)

    def _after_reset(self) -> None:
        self.clock.restart()
        self._begin_anew()
        if self.state is DeviceState.STREAMING:
            self._enter(DeviceState.STALE, "the glove was reset; asking it to begin again")

    def _begin_anew(self) -> None:
        """Nothing that was sent so far will be answered."""
        self._greeted = False
        self._limits = None   # of the place where the hand was; a glove that comes back must not be given it
        self._pings.clear()
        self._outbox.forget()
        self._next_identify_s = None

    def _watch(self, now_s: float) -> None:
        if self._progress_s is None:
            self._progress_s = now_s
        quiet_s = now_s - self._progress_s
        if self.state is DeviceState.STREAMING and quiet_s > SILENT_S:
            self._next_identify_s = None
            self._enter(DeviceState.STALE, "samples have stopped; asking the glove to begin again")
        elif self.state is DeviceState.IDENTIFYING and quiet_s > GIVE_UP_S:
            self._enter(DeviceState.NOT_A_GLOVE, self._silence_words())
        elif self.state is DeviceState.STARTING and quiet_s > GIVE_UP_S:
            words = "the glove answers but sends no samples: unplug it, plug it in again, and see `slowhand doctor`"
            self._enter(DeviceState.NOT_A_GLOVE, words)

    def _silence_words(self) -> str:
        if self._bytes_in == 0:
            return (
                "nothing answers on this port: is it the right one, and is the glove's firmware on the board "
                "(`make flash`)?"
            )
        if self.reception.echoes > self._echoes_before:
            return "this port only sends back what is sent to it: it is no glove; choose another port"
        if self.reception.decoder.counts.frames == self._frames_before:
            return (
                f"{self._bytes_in} bytes came in, but no message of a glove: another device, or other firmware; "
                "choose another port"
            )
        return "messages come in, but the glove does not say who it is: unplug it and plug it in again"

    def _identify_if_due(self, now_s: float) -> bytes:
        settled = self.state in (DeviceState.STREAMING, DeviceState.IDLE)
        if settled or self._outbox.waits_for(Start.TYPE):
            return b""
        if self._next_identify_s is not None and now_s < self._next_identify_s:
            return b""
        first = self._next_identify_s is None
        self._next_identify_s = now_s + IDENTIFY_EVERY_S
        # The delimiter ends whatever half a frame the glove may hold from before.
        return (DELIMITER if first else b"") + self._outbox.once(Identify(PROTOCOL_VERSION))

    def _ping_if_due(self, now_s: float) -> bytes:
        if now_s < self._next_ping_s:
            return b""
        self._next_ping_s = now_s + PING_EVERY_S
        token, self._next_token = self._next_token, (self._next_token + 1) & 0xFFFFFFFF
        if len(self._pings) >= MAX_OPEN_PINGS:
            del self._pings[next(iter(self._pings))]
        self._pings[token] = now_s
        return self._outbox.once(Ping(token))

    def _refresh_limits(self, now_s: float) -> None:
        """Old thresholds must not outlive the samples they were made from, neither as refresh nor as a retry."""
        if not self._samples_are_fresh(now_s):
            self._outbox.drop(Limits.TYPE)
        elif self._limits is not None and now_s >= self._next_limits_s:
            self._outbox.put(self._limits)
            self._next_limits_s = now_s + max(self._limits.ttl_ms * 1e-3 * LIMITS_REFRESH, LIMITS_AT_MOST_EVERY_S)

    def _samples_are_fresh(self, now_s: float) -> bool:
        if self.state is not DeviceState.STREAMING or self._progress_s is None:
            return False
        newest_us = self.reception.timeline.newest_us
        age_s = self.clock.age_s(newest_us, now_s) if newest_us is not None else None
        return now_s - self._progress_s <= LIMITS_FRESH_S and not (age_s is not None and age_s > LATE_S)

    def _ask_to_stream(self) -> None:
        self._outbox.drop(Stop.TYPE)
        self._outbox.put(Start(self._rate_hz))

    def _ask_to_stop(self) -> None:
        self._outbox.drop(Start.TYPE)
        self._outbox.put(Stop())

    def _wanted_rate_hz(self) -> int:
        return self._rate_hz if self._wanted else 0

    def _enter(self, state: DeviceState, words: str) -> None:
        self.state, self.words = state, words


def _checked_rate(rate_hz: int) -> int:
    if rate_hz not in RATES_HZ:
        offered = ", ".join(str(rate) for rate in RATES_HZ)
        raise BadInputError(f"sample rate: found {rate_hz} Hz, expected one of {offered}")
    return rate_hz


def _mismatch_words(hello: Hello) -> str:
    firmware = f"{hello.firmware_major}.{hello.firmware_minor}.{hello.firmware_patch}"
    if hello.protocol_version > PROTOCOL_VERSION:
        return (
            f"the glove (firmware {firmware}) speaks version {hello.protocol_version} of the wire, this program "
            f"version {PROTOCOL_VERSION}: update Slowhand on this computer"
        )
    if hello.protocol_version < PROTOCOL_VERSION:
        return (
            f"the glove (firmware {firmware}) speaks version {hello.protocol_version} of the wire, this program "
            f"version {PROTOCOL_VERSION}: update the glove's firmware (`make flash`)"
        )
    return (
        f"the glove (firmware {firmware}) and this program both say version {PROTOCOL_VERSION} of the wire but were "
        "built from different definitions: update the glove's firmware from this release (`make flash`)"
    )


def _nak_words(reason: int) -> str:
    known: dict[int, str] = {
        NakReason.UNKNOWN_COMMAND: "it does not know this command",
        NakReason.BAD_LENGTH: "the command came in with a wrong length",
        NakReason.BAD_VALUE: "a value is out of its range",
    }
    return known.get(reason, f"reason {reason}")
