"""replay://FILE: a recording as a port."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from fixprop.board.ports import REPLAY
from fixprop.errors import FixpropError
from fixprop.recording.items import Item, Kind
from fixprop.recording.links import unpack_link
from fixprop.recording.reader import Reader
from fixprop.wire.codec import decode
from fixprop.wire.framing import CrcError, Malformed
from fixprop.wire.records import GetHello, Hello

BETWEEN_BYTES = (Kind.LINK, Kind.NOTE, Kind.TRUTH)


class RecordingEnded(FixpropError):
    """There is nothing more in the recording."""


class RecordedGap(FixpropError):
    """The line was lost here; `connect` again."""


class Replay:
    """Where a player of the recording stands. Each of its ports goes on where the last one ended.

    `on_mark` hears the items that were no bytes, at their places.
    """

    def __init__(self, path: Path, on_mark: Callable[[Item], None] | None = None) -> None:
        self.reader, self.url = Reader(path), f"{REPLAY}{path}"
        self.time_us = 0
        self.finished = False
        self.hello: Hello | None = None  # of the connection that plays, once it had one
        self.unheard: deque[Item] = deque()
        """Bytes that the host sent and losses of the recorder, which no port can read."""
        self._on_mark = on_mark
        self._items: Iterator[Item] = iter(self.reader)
        self._advance()

    def connect(self) -> ReplayPort:
        """The line, from here on; RecordingEnded if there is no more of it."""
        self.hello = None
        self.unheard.clear()
        while self._next is not None and self._next.kind in BETWEEN_BYTES:
            self._take(self._next)
        if self.finished:
            raise self._end()
        return ReplayPort(self)

    def read(self, seconds: float) -> bytes:
        """As Port's; b"" also where the host sent something."""
        until_us = self.time_us + max(1, round(seconds * 1e6))
        while self._next is not None and self._next.time_us <= until_us:
            item = self._next
            if self._take(item):
                raise RecordedGap(f"{unpack_link(item).text} (so it was when it was recorded)")
            if item.kind == Kind.IN:
                return item.data
            if item.kind in (Kind.OUT, Kind.DROPPED):
                self.unheard.append(item)
                return b""
        if self.finished:
            raise self._end()
        self.time_us = until_us
        return b""

    def _take(self, item: Item) -> bool:
        """Go past it; whether it begins a gap."""
        self.time_us = max(self.time_us, item.time_us)
        self._advance()
        if item.kind in (Kind.IN, Kind.OUT):
            return False
        if self._on_mark is not None:
            self._on_mark(item)
        if item.kind != Kind.LINK:
            return False
        link = unpack_link(item)
        self.hello = link.hello or self.hello
        return link.is_gap

    def _advance(self) -> None:
        self._next = next(self._items, None)
        self.finished = self._next is None

    def _end(self) -> RecordingEnded:
        cut = f"; it is cut short, {short}" if (short := self.reader.cut_short) else ""
        return RecordingEnded(
            f"the recording {self.reader.path} ends after {self.time_us / 1e6:.1f} s{cut}"
        )


class ReplayPort:
    """A Port: the bytes that came, at the times at which they came. It takes no commands."""

    def __init__(self, replay: Replay) -> None:
        self.url, self._replay = replay.url, replay
        self._gap: RecordedGap | None = None

    def read(self, seconds: float) -> bytes:
        """See Port; RecordedGap where the line was lost, RecordingEnded at the end."""
        if self._gap is not None:
            raise self._gap
        try:
            return self._replay.read(seconds)
        except RecordedGap as gap:
            self._gap = gap
            raise

    def write(self, data: bytes) -> None:
        """See Port. What was sent then may be sent again; a hello comes when the recording has it."""
        unheard = self._replay.unheard
        if (unheard and unheard[0].data == data) or _asks_for_hello(data):
            return
        raise FixpropError(f"{self.url} is a recording: it takes no commands")

    def time_s(self) -> float:
        """See Port; seconds of the recording."""
        return self._replay.time_us / 1e6

    def close(self) -> None:
        """See Port."""


def _asks_for_hello(data: bytes) -> bool:
    try:
        return isinstance(decode(data.strip(b"\0")).message, GetHello)
    except (CrcError, Malformed):
        return False
