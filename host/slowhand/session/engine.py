"""A live session: reads the glove, runs the pipeline, records, answers the glove, and shows the page a picture."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType

from slowhand.device import DeviceOutput, DeviceState, GloveDevice, NoticeKind
from slowhand.errors import StoreError
from slowhand.link.reconnecting import ReconnectingLink
from slowhand.locate.pose import Mode
from slowhand.session.arrivals import Arrivals
from slowhand.session.glove_answers import answer_glove
from slowhand.session.glove_events import as_recorded
from slowhand.session.glove_health import GloveHealth
from slowhand.session.link_words import STALE_S, link_view
from slowhand.session.live_state import LinkState, LiveState
from slowhand.session.picture import Scene, draw, gone_stale
from slowhand.session.pipeline import warm_up
from slowhand.session.pulse_sender import PulseSender
from slowhand.session.recorder import COMMIT_EVERY_S, Recorder
from slowhand.session.results import Results
from slowhand.session.standing import ZONE, Standing
from slowhand.session.store import SessionStore
from slowhand.session.stream import Stream, Wishes
from slowhand.wire.messages_gen import Hello

BLOCK_S = 0.02          # samples are taken in blocks of this length: 4 rows at 200 Hz
PICTURE_EVERY_S = 1 / 30


class SessionEngine:
    """``with SessionEngine(link, store, wishes) as engine: serve(engine, ...)``

    Two threads: one reads, processes and answers; one commits to the session file. The page asks for `state` and
    may `start` and `stop` a recording; what it sees is drawn at most 30 times a second. ``now_s`` is a clock that
    never jumps. Tests call `step` instead of `open`.

    Args:
        link: to the glove; it comes back by itself when the cable was out.
        store: where sessions are recorded; None: nowhere.
        wishes: the user's profiles, mode and rate.
        demo: shown on the page.
        told: what the coach is told at every beginning, by kind (`Coach.tell`), until it is told otherwise.
    """

    def __init__(
        self,
        link: ReconnectingLink,
        store: SessionStore | None,
        wishes: Wishes,
        *,
        now_s: Callable[[], float] = time.monotonic,
        demo: bool = False,
        told: Mapping[str, object] | None = None,
    ) -> None:
        self.device = GloveDevice(int(wishes.rate_hz))
        self._link, self._wishes, self._now_s, self._demo = link, wishes, now_s, demo
        self._recorder = Recorder(store)
        self._wishes = self._recorder.recalled(wishes)
        self._lock = threading.RLock()      # held while a block is processed and while sessions change
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failure, self._getting_ready = None, ""  # type: tuple[Exception | None, str]
        self._stream: Stream | None = None
        self._standing, self._pulse_sender = Standing(told or {}), PulseSender(self.device)
        self._arrivals, self._health = Arrivals(), GloveHealth()
        self._objection, self._strokes = "", 0
        self._began_s, self._ended_s = None, None  # type: tuple[float | None, float | None]  # session, our clock
        self._session_id, self._origin_us = None, None  # type: tuple[int | None, int | None]  # origin: its beginning, device clock
        self._finished, self._charts = False, ()  # type: tuple[bool, tuple[str, ...]]
        self._drawn_s = -1.0
        self._picture = draw(self._scene(now_s()))

    # -- what the page asks for ------------------------------------------------------------------------------------

    def state(self) -> LiveState:
        """The latest picture; stale when nothing came since. Raises what ended the engine's thread, if anything did."""
        if self._failure is not None:
            raise self._failure
        picture, quiet_s = self._picture, self._now_s() - self._arrivals.row_s
        if picture.link.state is LinkState.STREAMING and quiet_s > STALE_S:
            return gone_stale(picture, f"No sample from the glove on {self._link.name} for {quiet_s:.1f} s.")
        return picture

    def start(self) -> None:
        """Begin a new session, with its start procedure; one that is being recorded ends.

        Raises:
            StoreError: the session file cannot be written.
        """
        writer = self._recorder.open_session()
        with self._lock:
            now, self._wishes = self._now_s(), self._recorder.recalled(self._wishes)
            self._standing.begin(self._stream, self._recorder.recording)
            self._end_session(now)
            self._recorder.use(writer, now)
            self._session_id, self._began_s, self._ended_s = writer.session_id, now, None
            self._origin_us, self._strokes = None, 0
            self._arrivals.begin()
            self._finished, self._charts = False, ()
            self._stream = None
            hello = self.device.hello
            setup = self._wishes.setup_for(hello)
            self._recorder.describe(setup.as_dict(), self.device.snapshot())
            if hello is not None and self.device.reception.compatible:
                self._begin_stream(Stream(setup, hello))
            self._tell_answer(now)
            self._redraw(now)

    def stop(self) -> None:
        """End the session; the stream goes on.

        Raises:
            StoreError: its last part is not on disk yet; it is tried again by itself.
        """
        with self._lock:
            stream, number = self._stream, self._session_id
            self._end_session(self._now_s())
            self._redraw(self._now_s())
        if not self._recorder.commit():
            raise StoreError(self._recorder.warning)
        if stream is not None and number is not None:   # read without holding up the stream
            stream.compare(self._recorder.earlier(number))

    def choose_zone(self, name: str | None) -> None:
        """Without a strip: where the giver says that the hand is (``coach.CHOICES``, None: not known)."""
        with self._lock:
            if self._stream is not None and self._stream.setup.choice.mode is not Mode.STRIP:
                self._stream.choose_zone(name)
                self._standing.keep(ZONE, name, self._stream)
                self._recorder.event("zone", {"name": name, "after_us": self._stream.last_us}, self._now_s())

    def tell(self, kind: str, value: object) -> None:
        """What a person tells the coach (`Coach.tell`); nothing before a glove is there.

        Raises:
            BadInputError: no such kind, or a value that it cannot have.
        """
        with self._lock:
            now, stream = self._now_s(), self._stream
            if stream is not None:
                stream.tell(kind, value)
                self._standing.keep(kind, value, stream)
                self._recorder.event("told", {"kind": kind, "value": value, "after_us": stream.last_us}, now)
                self._recorder.remember(stream)
                self._redraw(now)

    def start_over(self) -> None:
        """The start procedure anew: the place seems wrong, or the strip has moved. The session goes on."""
        with self._lock:
            now, stream = self._now_s(), self._stream
            if stream is not None and stream.start_over():
                self._recorder.event("start_over", {"after_us": stream.last_us}, now)
                self._redraw(now)

    def answer_implant(self, present: bool) -> None:
        """Whether either person has an implant that magnets can disturb; if so, force mode from the next row on."""
        with self._lock:
            now, stream = self._now_s(), self._stream
            self._wishes = self._wishes.with_answer(present)
            self._tell_answer(now)
            if stream is not None:
                stream.setup = replace(stream.setup, receiver=self._wishes.receiver)
            if stream is not None and present and stream.setup.choice.mode is Mode.STRIP:
                ended = stream.give_up_magnets()
                self._strokes += len(ended.strokes)
                self._recorder.results(ended)
            self._redraw(now)

    def _tell_answer(self, now: float) -> None:
        present = self._wishes.receiver.implant
        if present is not None:
            after_us = self._stream.last_us if self._stream else None
            self._recorder.event("implant", {"present": present, "after_us": after_us}, now)

    def conclude(self, charts: Sequence[str] = ()) -> None:
        """The stream has ended for good; the page names the charts that were written."""
        with self._lock:
            self._finished, self._charts = True, tuple(charts)
            self._redraw(self._now_s())

    # -- threads ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to read and to commit, each in a thread of its own."""
        for target, name in ((self._run, "session"), (self._keep_committing, "session-commits")):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """End everything: the stream, the session that is being recorded, the threads.

        Raises:
            StoreError: the last part of the session could not be written.
        """
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self.stop()

    def __enter__(self) -> SessionEngine:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        try:
            self._get_ready()
            if not self._link.up:
                self._link.open_when_there()
            while not self._closing.is_set():
                began = self._now_s()
                self.step(BLOCK_S)
                self._closing.wait(max(began + BLOCK_S - self._now_s(), 0.0))
            self.device.stop()
            self._link.write(self.device.poll(self._now_s()))
        except Exception as error:  # a fault of ours: shown by `state` in the page's thread, not lost in this one
            self._failure = error
        finally:
            self._link.close()

    def _keep_committing(self) -> None:
        try:
            while not self._closing.wait(COMMIT_EVERY_S):
                self._recorder.commit()
        except Exception as error:  # a fault of ours: without this thread sessions would stay in memory, unseen
            self._failure = error

    def _get_ready(self) -> None:
        """Compile or load the row loops, before bytes come in that would have to wait."""
        setup = self._wishes.setup_for(None)

        def tell(what: str, share: float) -> None:
            self._getting_ready = f"Getting ready (only the first time takes long): {what}, {100 * share:.0f} %."
            self._redraw(self._now_s())

        tell("loading", 0.0)
        warm_up(setup.glove, setup.strip, setup.receiver, setup.choice.mode, tell)
        self._getting_ready = ""

    # -- one step --------------------------------------------------------------------------------------------------

    def step(self, timeout_s: float = 0.0) -> None:
        """Take what has come in, process it, answer the glove, and draw when a picture is due."""
        data = self._link.read(timeout_s)
        now = self._now_s()
        with self._lock:
            self._follow_link()
            if data:
                self._take(data, now)
            self._pulse_sender.follow(self._stream, self.tell)
            answer = self.device.poll(now)
            if self.device.state is DeviceState.STREAMING:
                self._recorder.clock(self.device.clock.fit, now)
            for notice in self.device.take_notices():
                self._recorder.event(notice.kind.value, {"words": notice.words}, now)
            if now - self._drawn_s >= PICTURE_EVERY_S:
                self._redraw(now)
        if answer:
            self._link.write(answer)

    def _follow_link(self) -> None:
        for change in self._link.take_changes():
            if change.up:
                # Its time to answer begins when we begin to listen: kernels may have been compiled since it was opened.
                self.device.link_opened(self._now_s())
            else:
                self.device.link_lost()
            self._health.forget()
            self._recorder.event("link_up" if change.up else "link_down", {"words": change.words}, change.at_s)

    def _take(self, data: bytes, now: float) -> None:
        self._recorder.wire(data, now)
        output = self.device.feed(data, now)
        self._note(output, now)
        for hello, rows in output.parts():
            if hello is not None:
                self._meet(hello)
            if len(rows) and self._stream is not None:
                _, results = self._stream.process(rows)
                self._arrived(results, now)
                self._recorder.results(results)
                answer_glove(self.device, self._stream, results)

    def _meet(self, hello: Hello) -> None:
        """A glove says what it is. A session keeps its setup once rows have come; before, and between, it follows."""
        if not self.device.reception.compatible:
            return
        setup = self._wishes.setup_for(hello)
        stream = self._stream
        misfit = stream.objection(hello) if stream is not None and stream.rows else ""
        if misfit and self._recorder.recording:
            self._recorder.event("other_glove", {"words": misfit, "unit": hello.unit_id}, self._now_s())
        anew = not self._recorder.recording and stream is not None and (misfit or stream.setup != setup)
        if stream is None or stream.rows == 0 or anew:
            misfit = ""
            self._begin_stream(Stream(setup, hello))
            self._recorder.describe(setup.as_dict(), None)
        else:
            stream.chips.use(hello)
        self._objection = misfit or self._wishes.objection(hello)

    def _begin_stream(self, stream: Stream) -> None:
        if not self._recorder.recording:
            self._standing.carry(self._stream)
        self._stream = stream
        self._standing.tell_again(stream, self._recorder, self._now_s())

    def _note(self, output: DeviceOutput, now: float) -> None:
        if any(notice.kind is NoticeKind.GLOVE_RESTARTED for notice in output.notices):
            self._health.forget()
        self._health.heard(output.statuses)
        for notice in output.notices:
            self._recorder.event(notice.kind.value, {"words": notice.words}, now)
        for event in output.events:
            self._recorder.event(*as_recorded(event), now)

    def _arrived(self, results: Results, now: float) -> None:
        for from_us, to_us in self._arrivals.add(results.touch, now):
            self._recorder.event("gap", {"from_us": from_us, "to_us": to_us}, now)
        self._strokes += len(results.strokes)
        if self._origin_us is None:
            ahead_s = now - self._began_s if self._began_s is not None else 0.0
            self._origin_us = int(results.touch["t_us"][0]) - round(ahead_s * 1e6)

    def _end_session(self, now: float) -> None:
        if not self._recorder.recording:
            return
        if self._stream is not None:
            results = self._stream.finish()
            self._strokes += len(results.strokes)
            self._recorder.results(results)
            self._recorder.event("guide", self._stream.guide_figures(), now)
        self._recorder.clock(self.device.clock.fit, now, last=True)
        if self._link.dropped_writes:
            unsent = {"writes": self._link.dropped_writes, "bytes": self._link.dropped_bytes}
            self._recorder.event("unsent", unsent, now)   # since the link was opened
        self._recorder.release()
        self._ended_s = now

    # -- the picture -----------------------------------------------------------------------------------------------

    def _redraw(self, now: float) -> None:
        self._drawn_s = now
        self._picture = draw(self._scene(now))

    def _scene(self, now: float) -> Scene:
        stream, came = self._stream, self._arrivals
        end = self._ended_s if self._ended_s is not None else now
        setup = stream.setup if stream else self._wishes.setup_for(None)
        return Scene(
            setup=setup,
            link=link_view(
                self._link, self.device, came.quiet_s(now), came.late_s(self.device.clock, now), came.rate_hz(now),
                self._getting_ready,
            ),
            pipeline=stream.pipeline if stream else None,
            card=stream.card if stream else None,
            row=came.row,
            recording=self._recorder.recording,
            session_id=self._session_id,
            session_s=max(end - self._began_s, 0.0) if self._began_s is not None else 0.0,
            origin_us=self._origin_us or 0,
            strokes=self._strokes,
            demo=self._demo,
            finished=self._finished,
            charts=self._charts,
            warning=" ".join(filter(None, (self._recorder.warning, self._objection, self._sensor_warning()))),
            implant=self._wishes.implant_asked(setup, may_ask=not (self._demo or self._finished)),
        )

    def _sensor_warning(self) -> str:
        stream = self._stream
        if stream is None or self.device.state is not DeviceState.STREAMING:
            return ""
        setup = stream.setup
        fields = len(setup.glove.magnetometer) if setup.strip is not None else 0
        heard_s = stream.rows / setup.rate_hz
        return self._health.warning(stream.pipeline.sensing.health(), heard_s, fields, self.device.holds_limits)
