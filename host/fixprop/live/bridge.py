"""The bridge: one reader of one line, everyone who listens to it, and commands from any thread.

A turn reads what came, lets the twin follow, and tells every listener. The reader waits for nobody:
listeners have bounded queues of their own. When the line is lost the bridge opens it again, and the
same bridge goes on: the gap is an event like any other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from fixprop.board.port import Port
from fixprop.errors import FixpropError
from fixprop.live.events import Event, Link, LinkState, Lost, Raw, Received, Sent, Stepped
from fixprop.live.subscription import Subscription
from fixprop.live.tap import LineLost, Tap
from fixprop.live.totals import Damage, Totals
from fixprop.live.work import Work
from fixprop.session import Session, check_hello
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.records import Ack, Hello, Record

TURN_S = 0.02
RETRY_S = (0.25, 0.5, 1.0, 2.0)
"""Pauses before the first, second, ... attempt to open a lost line; the last one stays."""

WAKE_S = 0.1  # between refusals of work while there is no board
SILENCE_S = 5.0
"""Of the board's time without a frame: it sends a reading every 38 ms, whatever it does."""

COMMANDS_WAITING = 64
NOT_OPEN = "not opened yet"
CLOSED = "closed"
T = TypeVar("T")


class Bridge:
    """A board behind `connect`, which opens its line and raises FixpropError if it cannot.

    Call `turn` again and again, or `start` a thread that does. All methods but `turn` may be called
    from any thread.
    """

    def __init__(
        self,
        connect: Callable[[], Port],
        twin: Twin | None = None,
        clock: Callable[[], float] = time.monotonic,
        session: Callable[[Port], Session] = Session,  # a recording has sessions of its own
    ) -> None:
        self.twin = twin
        self.totals = Totals()
        self.link = Link(0.0, LinkState.CONNECTING, NOT_OPEN)
        self.session: Session | None = None
        self._connect, self._clock, self._start_s = connect, clock, clock()
        self._new_session = session
        self._subscriptions: list[Subscription] = []
        self._subscribing = threading.Lock()
        self._work = Work(COMMANDS_WAITING)
        self._attempts, self._next_attempt_s, self._heard_s = 0, 0.0, 0.0
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        if twin is not None:
            twin.on_steps = self._stepped

    # listeners

    def subscribe(
        self, *kinds: type[Event], limit: int = 10_000, wake: Callable[[], None] | None = None
    ) -> Subscription:
        """A queue of the events of these kinds from now on; none named: all."""
        subscription = Subscription(kinds or (Event,), limit, wake)
        with self._subscribing:
            self._subscriptions = [*self._subscriptions, subscription]
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Tell it no more."""
        with self._subscribing:
            self._subscriptions = [s for s in self._subscriptions if s is not subscription]

    def dropped(self) -> int:
        """Events that the present listeners were too slow for."""
        return sum(subscription.dropped for subscription in self._subscriptions)

    def now_s(self) -> float:
        """Seconds since the bridge was made, as the events count them."""
        return self._clock() - self._start_s

    # commands

    def command(self, command: Record) -> Future[Ack]:
        """Send a command in one of the next turns; the future has its Ack or a FixpropError."""
        return self.call(lambda session: session.command(command))

    def call(self, work: Callable[[Session], T]) -> Future[T]:
        """Let the reader do `work` with its session, between two turns; it must not wait long.

        FixpropError in the future if the line is not open or gets lost; at once if too much waits.
        """
        return self._work.put(work)

    # the reader

    def turn(self, seconds: float = TURN_S) -> None:
        """Open the line if need be; do what waits; listen for `seconds` of the board's time."""
        if self.session is None and not self._open():
            self._work.refuse(f"the board is not there: {self.link.text}")
        if self.session is None:
            return
        try:
            self._work.do(self.session)
            self.session.run(seconds)
            self._damage.count()
            self._check_silence(self.session.port)
        except FixpropError as error:
            self._lose(str(error))
        except Exception as error:  # a mistake in a listener or here must not end the bridge
            self._lose(f"error in the reader: {error!r}; opening the line anew")

    def start(self) -> None:
        """Take turns in a thread until `close`."""
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, if there is one, and let go of the line."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._drop_session()
        self._work.close("the board is not there: closed")
        if self.link.state != LinkState.CLOSED:
            self._tell_link(LinkState.CLOSED, CLOSED)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.turn()
            if self.session is None:
                pause_s = self._next_attempt_s - self.now_s()
                self._stopping.wait(min(WAKE_S, max(0.0, pause_s)))

    def _open(self) -> bool:
        if self.now_s() < self._next_attempt_s:
            return False
        port: Port | None = None
        try:
            port = Tap(self._connect(), self._raw, self._stopping.is_set)
            session = self._new_session(port)
            self._listen_to(session)
            hello = session.open()
        except Exception as error:  # whatever a system's driver comes up with
            told = isinstance(error, FixpropError)
            self._not_opened(port, str(error) if told else f"cannot open the line: {error!r}")
            return False
        self.session, self._attempts, self._heard_s = session, 0, port.time_s()
        self.totals.connections += 1
        self._tell_link(LinkState.CONNECTED, port.url, hello)
        return True

    def _not_opened(self, port: Port | None, why: str) -> None:
        if port is not None:
            self._damage.end()
            port.close()
            if self.twin is not None:  # it may have believed a hello that was refused
                self.twin.disconnected()
        self._retry_later()
        if self.link.text != why and not self._stopping.is_set():
            self._tell_link(LinkState.CONNECTING, why)

    def _listen_to(self, session: Session) -> None:
        def received(frame: Frame) -> None:
            self._heard_s = session.port.time_s()
            self.totals.frames += 1
            self._tell(Received(self.now_s(), frame))
            if isinstance(frame.message, Hello) and self.session is session:
                self._greeted(frame.sequence, frame.message, session)

        def lost(frames: int) -> None:
            self.totals.lost += frames
            self._tell(Lost(self.now_s(), frames))

        if self.twin is not None:
            session.listeners.append(self.twin.take)
            session.on_sent.append(self.twin.sent)
            session.on_lost.append(self.twin.lost)
        session.listeners.append(received)
        session.on_sent.append(lambda n, command: self._tell(Sent(self.now_s(), n, command)))
        session.on_lost.append(lost)
        self._damage = Damage(self.totals, session)

    def _greeted(self, sequence: int, hello: Hello, session: Session) -> None:
        """A hello within a conversation: an answer, or the board's reset button."""
        if sequence or hello.reading_index:
            return
        check_hello(hello, session.topology, session.port.url)
        self.totals.restarts += 1
        self._tell_link(LinkState.CONNECTED, f"{session.port.url} started anew", hello)

    def _check_silence(self, port: Port) -> None:
        if port.time_s() - self._heard_s > SILENCE_S:
            raise LineLost(
                f"nothing from {port.url} in {SILENCE_S:g} s: does the board have power?"
            )

    def _lose(self, why: str) -> None:
        """The line is gone. What was under way on the board is unknown until it says hello."""
        self._drop_session()
        if self.twin is not None:
            self.twin.disconnected()
        self._attempts = 0
        self._retry_later()
        if not self._stopping.is_set():
            self.totals.gaps += 1
            self._tell_link(LinkState.LOST, why)
        self._work.refuse(f"the board is not there: {why}")

    def _drop_session(self) -> None:
        if self.session is not None:
            self._damage.end()
            self.session.port.close()
        self.session = None

    def _retry_later(self) -> None:
        pause = RETRY_S[min(self._attempts, len(RETRY_S) - 1)]
        self._attempts += 1
        self._next_attempt_s = self.now_s() + pause

    # telling

    def _stepped(self, step: int, losses: Any) -> None:
        self._tell(Stepped(self.now_s(), step, losses))

    def _raw(self, data: bytes, outgoing: bool) -> None:
        if outgoing:
            self.totals.bytes_out += len(data)
        else:
            self.totals.bytes_in += len(data)
        self._tell(Raw(self.now_s(), data, outgoing))

    def _tell_link(self, state: LinkState, text: str, hello: Hello | None = None) -> None:
        self.link = Link(self.now_s(), state, text, hello)
        self._tell(self.link)

    def _tell(self, event: Event) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)
