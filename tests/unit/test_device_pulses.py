"""When the glove's pulses began is known to the microsecond, or not at all."""

from __future__ import annotations

from slowhand.wire import messages_gen as wire
from tests.unit.device_peer import ScriptedGlove, converse
from tests.unit.test_device_handshake import opened


def test_the_glove_says_itself_when_its_pulses_began() -> None:
    device, glove = opened(), ScriptedGlove(first_us=2**32 - 600_000)   # its clock wraps before that
    converse(device, glove, 0.0, 1.0)
    device.pace(2000, 80, 90)
    assert device.pulses.take_began_us() is None
    converse(device, glove, 1.0, 0.2)
    # It obeyed at the first poll, which is half a step old when it comes in; its clock had wrapped, the line does not.
    assert device.pulses.take_began_us() == glove.t_us(1.005) > 2**32
    assert device.pulses.take_began_us() is None
    device.pace(0, 0, 0)
    converse(device, glove, 1.2, 0.3)
    assert device.pulses.take_began_us() is None


def test_an_answer_that_was_lost_makes_it_begin_anew() -> None:
    """The glove keeps its rhythm when it hears the same again: its second answer would be no beginning."""
    device, glove = opened(), ScriptedGlove()
    converse(device, glove, 0.0, 0.5)
    device.pace(2000, 80, 90)
    glove.deaf_to = {wire.Pace}   # it obeys, for all the host knows, and its answer is lost
    converse(device, glove, 0.5, 0.1)
    glove.deaf_to = set()
    converse(device, glove, 0.6, 0.5)
    heard = [message for message in glove.got if isinstance(message, wire.Pace)]
    assert len(heard) == 3 and heard[0] == heard[1] and heard[2].on_ms == heard[1].on_ms + 1
    began_us = device.pulses.take_began_us()
    assert began_us is not None and began_us > glove.t_us(0.65)


class HalfDeaf(ScriptedGlove):
    """The answer to each first try for pulses is lost."""

    def hear(self, data: bytes, now_s: float) -> None:
        self.deaf_to = {wire.Pace} if self.count(wire.Pace) % 2 == 0 else set()
        super().hear(data, now_s)


def test_a_line_that_loses_every_first_answer_does_not_make_the_glove_stutter_for_ever() -> None:
    device, glove = opened(), HalfDeaf()
    converse(device, glove, 0.0, 0.5)
    device.pace(2000, 80, 90)
    converse(device, glove, 0.5, 3.0)
    assert device.pulses.take_began_us() is None
    assert glove.count(wire.Pace) == 2 * 4
    assert device.take_notices() == ()


def test_after_a_cable_was_out_they_begin_anew_and_differently() -> None:
    device, glove = opened(), ScriptedGlove()
    device.pace(2000, 80, 90)
    converse(device, glove, 0.0, 0.5)
    assert device.pulses.take_began_us() is not None
    device.link_lost()
    device.link_opened(1.0)
    converse(device, glove, 1.0, 0.6)
    heard = [message for message in glove.got if isinstance(message, wire.Pace)]
    assert [message.on_ms for message in heard] == [80, 81]
    began_us = device.pulses.take_began_us()
    assert began_us is not None and began_us > glove.t_us(1.0)
