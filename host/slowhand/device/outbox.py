"""Commands on their way to the glove: sent again until answered, a few times."""

from __future__ import annotations

from dataclasses import dataclass, field

from slowhand.wire.framing import encode_frame
from slowhand.wire.messages_gen import Message

# A round trip takes 4-20 ms (USB hands bytes over every 1-16 ms), so a silent 150 ms means lost.
RETRY_S = 0.15
MAX_TRIES = 5


@dataclass(slots=True)
class _Waiting:
    message: Message
    tries_left: int
    next_s: float | None = None      # None: at once
    seqs: list[int] = field(default_factory=list)


class Outbox:
    """At most one command of each type waits for its answer; a newer one takes the older one's place."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._next_seq: dict[int, int] = {}

    def put(self, message: Message, max_tries: int = MAX_TRIES) -> None:
        self._waiting[message.TYPE] = _Waiting(message, max_tries)

    def once(self, message: Message) -> bytes:
        """The frame of a message that nothing answers, or that is repeated anyway."""
        seq = self._next_seq.get(message.TYPE, 0)
        self._next_seq[message.TYPE] = (seq + 1) & 0xFFFF
        return encode_frame(message, seq)

    def due(self, now_s: float) -> tuple[bytes, list[Message]]:
        """Frames to send now, and the commands that are given up: sent often enough and never answered."""
        frames = []
        given_up = []
        for message_type, waiting in list(self._waiting.items()):
            if waiting.next_s is not None and now_s < waiting.next_s:
                continue
            if waiting.tries_left == 0:
                given_up.append(waiting.message)
                del self._waiting[message_type]
                continue
            waiting.seqs.append(self._next_seq.get(message_type, 0))
            frames.append(self.once(waiting.message))
            waiting.tries_left -= 1
            waiting.next_s = now_s + RETRY_S
        return b"".join(frames), given_up

    def answered(self, message_type: int, seq: int) -> Message | None:
        """The command that an Ack or Nak is for; ``None`` when it is no longer waited for."""
        waiting = self._waiting.get(message_type)
        if waiting is None or seq not in waiting.seqs:
            return None
        del self._waiting[message_type]
        return waiting.message

    def was_first_try(self, message_type: int, seq: int) -> bool:
        """Whether an answer with this number is for the first time that the waiting command was sent."""
        waiting = self._waiting.get(message_type)
        return waiting is not None and waiting.seqs[:1] == [seq]

    def waits_for(self, message_type: int) -> bool:
        return message_type in self._waiting

    def drop(self, message_type: int) -> None:
        self._waiting.pop(message_type, None)

    def forget(self) -> None:
        self._waiting.clear()
