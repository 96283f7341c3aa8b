"""The simulated glove's mind: the wire's conversation, the reflex and the motor, in device time handed in."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from slowhand.sim.buzzer import ABSOLUTE_COUNTS, LONGEST_ON_US, Buzzer, Pulses
from slowhand.sim.glove_model import Faults, GloveModel, Identity
from slowhand.sim.simulation import CHIP_DTYPE
from slowhand.wire.framing import Decoder, Fault, encode_frame
from slowhand.wire.messages_gen import (
    Ack,
    Channels,
    Cue,
    CuePattern,
    Event,
    EventKind,
    Field,
    FieldFlags,
    Hello,
    Identify,
    Limits,
    Message,
    Nak,
    NakReason,
    Pace,
    Ping,
    Pong,
    Sample,
    SampleFlags,
    Start,
    Status,
    StatusFaults,
    Stop,
)

OPEN = (65535,) * 6


def chips(seconds: float = 10.0) -> np.ndarray:
    rows = np.zeros(round(seconds * 200), CHIP_DTYPE)
    rows["pads"] = 20
    rows["accel"][:, 0] = np.arange(len(rows)) % 1000  # so that each row can be told
    rows["field0"], rows["field1"] = (100, -200, 300), (-1000, 2000, 3000)
    return rows


class Talk:
    """A host and a model with time in between."""

    def __init__(self, rows: np.ndarray | None = None, faults: Faults | None = None, **options):
        identity = Identity(magnetometers=options.pop("magnetometers", 2))
        self.model = GloveModel(chips() if rows is None else rows, 200.0, identity, 7, faults or Faults(), **options)
        self.now_us, self.decoder, self.faults = options.get("now_us", 0), Decoder(), 0

    def wait(self, seconds: float) -> list[Message]:
        heard = []
        for _ in range(round(seconds * 1000)):
            self.now_us += 1000
            self.model.advance(self.now_us)
            heard += self.hear()
        return heard

    def hear(self) -> list[Message]:
        found = self.decoder.feed(b"".join(self.model.take_frames()))
        self.faults += sum(isinstance(f, Fault) for f in found)
        return [f.message for f in found if not isinstance(f, Fault)]

    def say(self, message: Message, seq: int = 0) -> list[Message]:
        self.model.receive(encode_frame(message, seq), self.now_us)
        return self.hear()


def of(kind: type, heard: list[Message]) -> list:
    return [m for m in heard if isinstance(m, kind)]


def test_it_says_hello_once_after_a_reset_and_when_asked():
    talk = Talk()
    (hello,) = talk.wait(1.0)
    assert isinstance(hello, Hello)
    assert (hello.boot_id, hello.rate_hz, hello.adc_max) == (7, 0, 1023)
    assert hello.channels == 31
    assert hello.accel_scale == pytest.approx(9.80665 / 8192)
    assert talk.say(Identify(1)) == [hello]


def test_start_streams_two_samples_and_one_field_per_ten_milliseconds():
    talk = Talk()
    talk.wait(0.5)
    assert talk.say(Start(200), 11) == [Ack(talk.now_us, Start.TYPE, 11)]
    heard = talk.wait(2.0)
    samples, fields = of(Sample, heard), of(Field, heard)
    assert (len(samples), len(fields), len(of(Status, heard))) == (400, 200, 2)
    assert np.all(np.diff([s.t_us for s in samples]) == 5000)
    assert [s.accel[0] for s in samples] == list(range(400))  # the world begins at the first Start
    at = heard.index(fields[3])
    assert isinstance(heard[at + 1], Sample)                  # a field comes before its sample
    assert heard[at + 1].t_us == fields[3].t_us
    assert fields[0].field1 == (-1000, 2000, 3000)
    assert fields[0].flags == FieldFlags.FRESH0 | FieldFlags.FRESH1
    assert talk.say(Identify(1))[0].rate_hz == 200


def test_a_slower_rate_skips_rows_and_the_world_does_not_slow_down():
    talk = Talk()
    talk.say(Start(100))
    assert [s.accel[0] for s in of(Sample, talk.wait(0.095))] == list(range(0, 20, 2))


@pytest.mark.parametrize("rate_hz", [0, 150, 400, 1000])
def test_a_rate_that_it_cannot_do_is_refused(rate_hz):
    talk = Talk()
    assert talk.say(Start(rate_hz), 3) == [Nak(0, Start.TYPE, 3, NakReason.BAD_VALUE)]
    assert not talk.model.streaming


def test_stop_is_silence_and_the_world_goes_on():
    talk = Talk()
    talk.say(Start(200))
    talk.wait(1.0)
    assert isinstance(talk.say(Stop())[0], Ack)
    assert talk.wait(1.0) == []
    talk.say(Start(200))
    assert of(Sample, talk.wait(0.1))[0].accel[0] == pytest.approx(400, abs=2)


def test_ping_is_answered_with_its_token():
    talk = Talk(now_us=2**32 - 1000)
    talk.wait(0.005)
    assert talk.say(Ping(99)) == [Pong(4000, 99)]


def test_device_time_wraps_at_32_bits():
    talk = Talk(now_us=2**32 - 1_000_000)
    talk.say(Start(200))
    times = [s.t_us for s in of(Sample, talk.wait(2.0))]
    assert times[0] > 2**32 - 1_100_000
    assert times[-1] < 1_100_000
    assert {(b - a) % 2**32 for a, b in pairwise(times)} == {5000}


def test_reflex_buzzes_within_one_sample_of_the_hosts_limit_and_says_so():
    rows = chips()
    rows["pads"][100:140, 4] = 300
    talk = Talk(rows)
    talk.say(Start(200))
    talk.say(Limits((65535,) * 4 + (250, 65535), 5000))
    heard = talk.wait(2.0)
    events = of(Event, heard)
    assert [(e.kind, e.pad, e.count, e.limit) for e in events] == [
        (EventKind.REFLEX_ON, 4, 300, 250), (EventKind.REFLEX_OFF, 4, 20, 250)]
    buzzing = [s.accel[0] for s in of(Sample, heard) if s.flags & SampleFlags.MOTOR_ON]
    assert buzzing == list(range(100, 140))
    assert all(s.flags & SampleFlags.REFLEX_ACTIVE for s in of(Sample, heard) if s.accel[0] in buzzing)
    disturbed = [f for f in of(Field, heard) if f.flags & FieldFlags.MOTOR_ON]
    assert len(disturbed) == 20
    shift = 0.15 * np.linalg.norm(np.subtract(disturbed[0].field0, (100, -200, 300)))
    assert 8.0 < shift < 9.0


def test_a_short_touch_is_still_felt():
    rows = chips()
    rows["pads"][100:102, 2] = 500
    talk = Talk(rows)
    talk.say(Start(200))
    talk.say(Limits((400,) * 6, 5000))
    buzzing = sum(bool(s.flags & SampleFlags.MOTOR_ON) for s in of(Sample, talk.wait(2.0)))
    assert buzzing == 30  # 150 ms


def test_built_in_limits_hold_without_a_host_and_whatever_it_says():
    rows = chips()
    rows["pads"][100:160, 0] = ABSOLUTE_COUNTS[0] + 1
    talk = Talk(rows)
    talk.say(Start(200))
    talk.say(Limits(OPEN, 5000))
    (on, off) = of(Event, talk.wait(2.0))
    assert (on.pad, on.limit) == (0, ABSOLUTE_COUNTS[0])
    assert off.t_us - on.t_us == 300_000


def test_stale_limits_expire_and_status_tells():
    talk = Talk()
    talk.say(Start(200))
    talk.say(Limits(OPEN, 1500))
    heard = talk.wait(4.0)
    (event,) = of(Event, heard)
    assert event.kind == EventKind.LIMITS_EXPIRED
    assert 1_500_000 <= event.t_us < 1_510_000
    builtin = [bool(s.faults & StatusFaults.LIMITS_BUILTIN) for s in of(Status, heard)]
    assert builtin[0] is False
    assert builtin[-1] is True


def test_cue_and_pace_move_the_motor():
    talk = Talk()
    talk.say(Start(200))
    assert isinstance(talk.say(Cue(CuePattern.SLOWER, 200))[0], Ack)
    on = [bool(s.flags & SampleFlags.MOTOR_ON) for s in of(Sample, talk.wait(1.0))]
    assert np.count_nonzero(np.diff(np.array(on, int)) == 1) + on[0] == 2  # two pulses
    talk.say(Pace(1000, 100, 120))
    on = [bool(s.flags & SampleFlags.MOTOR_ON) for s in of(Sample, talk.wait(3.0))]
    assert sum(on) == pytest.approx(60, abs=3)
    talk.say(Pace(0, 0, 0))
    assert not any(s.flags & SampleFlags.MOTOR_ON for s in of(Sample, talk.wait(1.0)))


@pytest.mark.parametrize("command", [Cue(9, 100), Pace(50, 20, 100), Pace(1000, 700, 100), Pace(3000, 1200, 100)])
def test_a_command_that_makes_no_sense_is_refused(command):
    (nak,) = Talk().say(command, 5)
    assert (nak.command, nak.command_seq, nak.reason) == (command.TYPE, 5, NakReason.BAD_VALUE)


def test_the_motor_never_runs_a_whole_second():
    buzzer = Buzzer()
    run_us, longest = 0, 0
    cuts = 0
    for t_us in range(0, 6_000_000, 5000):
        cuts += buzzer.update(True, t_us)
        run_us = run_us + 5000 if buzzer.on else 0
        longest = max(longest, run_us)
    assert longest <= LONGEST_ON_US + 5000
    assert cuts >= 3
    assert buzzer.on_us < 6_000_000 * 0.7


def test_pulses_are_exact_in_time():
    train = Pulses(1000, 300_000, 100_000, 2, 80)
    seen = [train.strength_at(1000 + t) for t in (0, 99_999, 100_000, 300_000, 400_000, 600_000)]
    assert seen == [80, 80, 0, 80, 0, None]


def test_the_end_of_the_session_ends_the_samples_but_not_the_glove():
    talk = Talk(chips(1.0))
    talk.say(Start(200))
    assert len(of(Sample, talk.wait(1.5))) == 200
    assert talk.model.finished
    assert of(Sample, talk.wait(0.5)) == []
    assert len(of(Status, talk.wait(2.1))) == 2
    assert isinstance(talk.say(Ping(1))[0], Pong)


def test_a_suspended_computer_gets_no_flood_but_an_overrun():
    talk = Talk()
    talk.say(Start(200))
    talk.wait(0.5)
    talk.now_us += 5_000_000
    talk.model.advance(talk.now_us)
    samples = of(Sample, talk.hear())
    assert len(samples) == 1
    assert samples[0].flags & SampleFlags.OVERRUN


def test_lost_and_damaged_frames_are_just_that():
    talk = Talk(faults=Faults(lose_every=10))
    talk.say(Start(200))
    frames = [f for f in talk.decoder.feed(b"".join(_frames(talk, 1.0))) if isinstance(f.message, Sample)]
    assert len(frames) == 180
    assert frames[9].seq == 10  # the lost one's number is missing
    talk = Talk(faults=Faults(corrupt_every=10))
    talk.say(Start(200))
    assert len(of(Sample, talk.wait(0.999))) == 180
    assert talk.faults == 20


def _frames(talk: Talk, seconds: float) -> list[bytes]:
    talk.model.advance(talk.now_us + round(seconds * 1e6) - 1)
    return talk.model.take_frames()


def test_faults_of_other_kinds():
    assert Talk(faults=Faults(mute=True)).wait(1.0) == []
    garbage = Talk(faults=Faults(boot_garbage=b"\xf0\x9a\x00avr\x00"))
    assert isinstance(garbage.wait(0.3)[0], Hello)
    assert garbage.faults > 0
    (old,) = Talk(faults=Faults(protocol_version=9)).wait(0.3)
    assert old.protocol_version == 9
    broken = Talk(faults=Faults(i2c_fault_rows=(10, 20)))
    broken.say(Start(200))
    bad = [k for k, s in enumerate(of(Sample, broken.wait(0.5))) if s.flags & SampleFlags.I2C_FAULT]
    assert bad == list(range(10, 20))


def test_damaged_commands_are_counted():
    talk = Talk()
    talk.say(Start(200))
    talk.model.receive(b"\x05nonsense\x00", talk.now_us)
    talk.model.receive(encode_frame(Start(200), 1)[:-3] + b"\x01\x00", talk.now_us)
    assert of(Status, talk.wait(1.1))[0].bad_commands == 2


def test_one_magnetometer_is_said_and_shown():
    talk = Talk(magnetometers=1)
    assert not talk.wait(0.3)[0].channels & Channels.FIELD1
    talk.say(Start(200))
    field = of(Field, talk.wait(0.1))[0]
    assert field.flags == FieldFlags.FRESH0
    assert field.field1 == (0, 0, 0)


def test_the_world_of_an_earlier_boot_goes_on():
    talk = Talk(origin_us=-3_000_000)
    talk.say(Start(200))
    assert of(Sample, talk.wait(0.1))[0].accel[0] == 600
