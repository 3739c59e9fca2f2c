"""A line to a native board that loses or changes what the test wants."""

from __future__ import annotations

from collections.abc import Callable

from fixprop.board.native import NativeBoard
from fixprop.sim.scene import World
from fixprop.wire.codec import Frame, decode, encode_record

Spoil = Callable[[Frame], Frame | None]


def as_it_is(frame: Frame) -> Frame | None:
    """A good line."""
    return frame


class ThroughABadLine:
    """A Port to a native board; `spoil` sees every frame and may change it or swallow it.

    `spoil_sent` does so with what goes to the board.
    """

    def __init__(self, spoil: Spoil = as_it_is, spoil_sent: Spoil = as_it_is) -> None:
        self.board = NativeBoard(World(1), url="test://")
        self.url, self.spoil, self.spoil_sent = self.board.url, spoil, spoil_sent

    def read(self, seconds: float) -> bytes:
        """See Port."""
        return _spoilt(self.board.read(seconds), self.spoil)

    def write(self, data: bytes) -> None:
        """See Port."""
        self.board.write(_spoilt(data, self.spoil_sent))

    def time_s(self) -> float:
        """See Port."""
        return self.board.time_s()

    def close(self) -> None:
        """See Port."""
        self.board.close()


def _spoilt(data: bytes, spoil: Spoil) -> bytes:
    kept = (spoil(decode(frame)) for frame in data.split(b"\0")[:-1] if frame)
    return b"".join(encode_record(f.message, f.sequence) for f in kept if f is not None)
