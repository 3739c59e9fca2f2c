"""A bridge's listener that writes all that passes on the line to a file."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, Link, LinkState, Lost, Raw
from fixprop.recording.facts import Facts
from fixprop.recording.items import COUNT, Item, Kind, json_bytes
from fixprop.recording.links import pack_link
from fixprop.recording.writer import Writer

EVENTS_WAITING = 100_000  # some minutes of a board that sends all it can
PAUSE_S = 0.25


class Recorder:
    """Records `bridge` into the new file `path` from now on, until `close`.

    Call `pump` again and again, or `start` a thread that does; at least twice a second, so that
    little is lost if this process is killed. Times count from the bridge's `start_s`, by default
    from the first event.
    """

    def __init__(
        self, bridge: Bridge, path: Path, facts: Facts, start_s: float | None = None
    ) -> None:
        self.error: FixpropError | None = None
        """Why nothing more is written: the disk is full."""
        self.dropped = 0
        self._bridge, self._writer = bridge, Writer(path, facts)
        self._start_s = start_s
        self._last_us = 0
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        self._subscription = bridge.subscribe(Raw, Link, Lost, limit=EVENTS_WAITING)
        if bridge.link.state == LinkState.CONNECTED:  # so that a player need not wait for a hello
            self._write(Item(0, Kind.LINK, pack_link(bridge.link)))

    @property
    def path(self) -> Path:
        """The file."""
        return self._writer.path

    @property
    def file_bytes(self) -> int:
        """That are on the disk."""
        return self._writer.file_bytes

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return self._last_us / 1e6

    def pump(self, timeout_s: float = 0.0) -> None:
        """Write what waits; FixpropError if it cannot be written, and then nothing more is."""
        events = self._subscription.take(timeout_s)
        if self.error is not None:
            raise self.error
        try:
            with self._writing:
                self._count_dropped()
                for event in events:
                    self._take(event)
        except FixpropError as error:
            self._give_up(error)
            raise

    def flush(self) -> None:
        """Bring all that was pumped to the disk."""
        try:
            with self._writing:
                self._writer.flush()
        except FixpropError as error:
            self._give_up(error)
            raise

    def note(self, **said: Any) -> None:
        """Keep facts that are known only now."""
        with self._writing:
            self._write(Item(self._last_us, Kind.NOTE, json_bytes(said)))

    def mark(self, time_s: float, kind: Kind, data: bytes) -> None:
        """Keep something that happened at this time of the bridge."""
        with self._writing:
            self._keep(time_s, kind, data)

    def start(self) -> None:
        """Pump and flush in a thread until `close`; see `error`."""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what still waits and let go of the file; FixpropError if it cannot be written."""
        if self._writer.closed:
            return
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._bridge.unsubscribe(self._subscription)
        try:
            if self.error is None:
                self.pump()
        finally:
            self._writer.close()
        if self.error is not None:
            raise self.error

    def discard(self) -> None:
        """Close, and leave no file: there was nothing to record."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stopping.is_set() and self.error is None:
            try:
                self.pump(PAUSE_S)
                self.flush()
            except FixpropError:
                return

    def _give_up(self, error: FixpropError) -> None:
        self.error = error
        self._bridge.unsubscribe(self._subscription)

    def _count_dropped(self) -> None:
        dropped = self._subscription.dropped
        if dropped > self.dropped:
            self._write(Item(self._last_us, Kind.DROPPED, COUNT.pack(dropped - self.dropped)))
            self.dropped = dropped

    def _take(self, event: Event) -> None:
        match event:
            case Raw(time_s, data, outgoing):
                self._keep(time_s, Kind.OUT if outgoing else Kind.IN, data)
            case Link(time_s) as link:
                self._keep(time_s, Kind.LINK, pack_link(link))
            case Lost(time_s, frames):
                self._keep(time_s, Kind.LOST, COUNT.pack(frames))

    def _keep(self, time_s: float, kind: Kind, data: bytes) -> None:
        self._write(Item(self._at(time_s), kind, data))

    def _at(self, time_s: float) -> int:
        if self._start_s is None:
            self._start_s = time_s
        return max(self._last_us, round((time_s - self._start_s) * 1e6))

    def _write(self, item: Item) -> None:
        self._last_us = item.time_us
        self._writer.write(item)
