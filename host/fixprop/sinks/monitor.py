"""A board watched for a while: standard output here, each sink in a thread of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fixprop.board.replay import Replay
from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, LinkState
from fixprop.live.subscription import Subscription
from fixprop.sinks.output import Output, write_line
from fixprop.sinks.sampler import KINDS
from fixprop.sinks.sink import Pump, Sink
from fixprop.sinks.source import Source
from fixprop.sinks.terminal import badge

TURN_S = 0.2
Say = Callable[[str], None]


@dataclass
class Monitor:
    """Everything that `run` needs; `say` prints a line that is no data."""

    bridge: Bridge
    source: Source
    output: Output
    sinks: Sequence[Sink]
    start_s: float  # Unix time at which the bridge was made
    say: Say
    clock: Callable[[], float] = time.monotonic
    write: Callable[[str], None] = write_line
    replay: Replay | None = None  # what the bridge goes through instead of a board's life
    _events: Subscription = field(init=False, repr=False)
    _pumps: list[Pump] = field(init=False, repr=False)
    _told: set[str] = field(default_factory=set, repr=False)
    _verdict: str = ""

    def __post_init__(self) -> None:
        self._events = self.bridge.subscribe(*KINDS)
        self._pumps = [Pump(self.bridge, sink, self.start_s) for sink in self.sinks]

    def run(self, seconds: float | None, teach_s: int = 0) -> bool:
        """Watch until `seconds` are over, Ctrl-C, or nobody reads; whether all sinks lasted.

        Raises FixpropError if the board cannot be opened at first; later it may come and go.
        """
        read = True
        try:
            self._open(teach_s)
            try:
                self._watch(seconds)
            except BrokenPipeError:
                read = False
                forget_output()
            except KeyboardInterrupt:
                pass
            if not self._has_ended():  # a twin whose line is lost knows nothing for sure
                self._verdict = badge(self.bridge.twin)
        finally:
            self._close()
        self._sum_up(read)
        return not any(pump.failure for pump in self._pumps)

    def _open(self, teach_s: int) -> None:
        self.bridge.turn(0.0)
        if self.bridge.session is None:
            raise self.source.error or FixpropError(self.bridge.link.text)
        for pump in self._pumps:
            pump.start()
            self.say(pump.sink.ready)
        self.bridge.start()
        if teach_s:
            self.bridge.call(lambda session: self.source.teach(session, teach_s)).result()

    def _watch(self, seconds: float | None) -> None:
        end = None if seconds is None else self.clock() + seconds
        while end is None or self.clock() < end:
            left = TURN_S if end is None else min(TURN_S, max(0.0, end - self.clock()))
            for event in self._events.take(left):
                self._show(event)
            self._tell_troubles()
            if self.bridge.link.state == LinkState.CONNECTED:
                self._verdict = badge(self.bridge.twin)
            if self._has_ended() and not len(self._events):
                return

    def _has_ended(self) -> bool:
        """Whether a recording is over; a board may always come back."""
        over = self.replay is not None and self.replay.finished
        return over and self.bridge.link.state == LinkState.LOST

    def _show(self, event: Event) -> None:
        for line in self.output.take(event):
            self.write(line)
        for text in self.output.notes:
            self.say(text)
        self.output.notes.clear()

    def _tell_troubles(self) -> None:
        for pump in self._pumps:
            if pump.failure:
                self._tell_once(f"{pump.sink.name}: {pump.failure}; the others go on")
            elif pump.sink.trouble:
                self._tell_once(f"{pump.sink.name}: {pump.sink.trouble}; trying again")

    def _tell_once(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self.say(line)

    def _close(self) -> None:
        self.bridge.close()
        for pump in self._pumps:
            pump.close()

    def _sum_up(self, read: bool) -> None:
        if read:
            totals = self.bridge.totals
            skipped = self._events.dropped
            self.say(
                f"{totals.frames:,} frames, {totals.lost:,} lost; {self._verdict}"
                + (f"; {skipped:,} events skipped as the terminal was too slow" if skipped else "")
            )
        for pump in self._pumps:
            self.say(pump.summary())


def forget_output() -> None:
    """Nobody reads standard output any more: let what is still buffered go nowhere, in silence."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
