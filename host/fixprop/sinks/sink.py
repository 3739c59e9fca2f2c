"""What a sink is, and the pump that keeps a slow one from slowing anything else."""

from __future__ import annotations

import threading

from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, Link
from fixprop.live.subscription import Subscription
from fixprop.sinks.sampler import KINDS, Sample, Sampler

QUEUE_LIMIT = 2000  # events; more than ten seconds of them
TURN_S = 0.2
CLOSE_PATIENCE_S = 3.0


class Sink:
    """A place for samples. Its methods are called from one thread, `close` from another.

    `send` and `hear` raise FixpropError when nothing more can be had from it; what merely does not
    get through is counted in `dropped`.
    """

    def __init__(self, name: str, every_s: float = 0.0) -> None:
        self.name, self.every_s = name, every_s
        self.sent = self.dropped = 0
        self.ready = name
        """One line for people: where to look."""
        self.trouble = ""
        """Why nothing gets through for now, in a few words; it goes on trying."""

    def send(self, sample: Sample) -> None:
        """Pass a sample on."""
        raise NotImplementedError

    def hear(self, link: Link) -> None:
        """The line to the board changed."""

    def unreached(self) -> str:
        """Why nobody was ever there to take anything, and what to do; "" if somebody was."""
        return ""

    def close(self) -> None:
        """Nothing more will come."""


class Pump:
    """Feeds one sink from a subscription of its own, in a thread of its own.

    The queue between is bounded: when the sink is slow its oldest events go, counted.
    """

    def __init__(self, bridge: Bridge, sink: Sink, start_s: float) -> None:
        self.sink, self.failure = sink, ""
        self._bridge = bridge
        self._events: Subscription = bridge.subscribe(*KINDS, limit=QUEUE_LIMIT)
        self._sampler = Sampler(start_s, sink.every_s)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take turns in a thread until `close`."""
        self._thread = threading.Thread(target=self._run, name=self.sink.name, daemon=True)
        self._thread.start()

    def turn(self, seconds: float = 0.0) -> None:
        """Pass on what waits, after waiting at most so long for the first."""
        for event in self._events.take(seconds):
            if self.failure:
                return
            self._give(event)

    def close(self) -> None:
        """Pass on what waits, if that does not take long, and let go of the sink."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(CLOSE_PATIENCE_S)
            if self._thread.is_alive():  # it hangs in a system call, and is left to the system
                self.failure = self.failure or "still busy at the end"
                self.sink.dropped += len(self._events)
                return
        self.turn()
        self._bridge.unsubscribe(self._events)
        try:
            self.sink.close()
        except FixpropError as error:
            self.failure = self.failure or str(error)
        self.failure = self.failure or self.sink.unreached()

    def summary(self) -> str:
        """One line for people."""
        text = f"{self.sink.name}: {self.sink.sent:,} sent, {self.sink.dropped:,} dropped"
        if self._events.dropped:
            text += f", {self._events.dropped:,} events skipped as it was too slow"
        return text + (f"; {self.failure}" if self.failure else "")

    def _run(self) -> None:
        while not self._stopping.is_set() and not self.failure:
            self.turn(TURN_S)

    def _give(self, event: Event) -> None:
        try:
            if isinstance(event, Link):
                self.sink.hear(event)
            sample = self._sampler.take(event)
            if sample is not None:
                self.sink.send(sample)
        except FixpropError as error:
            self.failure = str(error)
            self._bridge.unsubscribe(self._events)
