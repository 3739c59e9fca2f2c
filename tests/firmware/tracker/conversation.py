"""The tracker's C, spoken to in messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from fixprop.board.native import NativeTracker
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.framing import frame_payload
from fixprop.wire.records import Ack, Reading, Record, Result

M = TypeVar("M", bound=Record)


class Conversation:
    """A tracker that has just begun; its hello is in `frames`."""

    def __init__(self) -> None:
        self.tracker, self.reader = NativeTracker(), FrameReader()
        self.sequence, self.readings = 0, 0
        self.frames: list[Frame] = []
        self.listen()

    def listen(self) -> list[Frame]:
        """The frames that came since; `frames` keeps all."""
        new = self.reader.feed(self.tracker.read())
        self.frames += new
        return new

    def ask(self, command: Record) -> Ack:
        """The acknowledgement of a command."""
        self.sequence += 1
        return self.ask_bytes(encode_record(command, self.sequence))

    def ask_payload(self, code: int, fields: bytes) -> Ack:
        """The acknowledgement of a command of any code and length."""
        self.sequence += 1
        return self.ask_bytes(frame_payload(bytes([code, self.sequence % 256]) + fields))

    def ask_bytes(self, data: bytes) -> Ack:
        """The acknowledgement of a framed command."""
        self.tracker.write(data)
        (frame,) = self.listen()
        ack = frame.message
        assert isinstance(ack, Ack)
        assert ack.command_sequence == self.sequence % 256
        return ack

    def result(self, command: Record) -> Result:
        """What became of a command."""
        return Result(self.ask(command).result)

    def read(self, left: int = 2000, right: int = 2000) -> Reading:
        """What the tracker tells of a reading."""
        self.tracker.reading(left, right, self.readings * 38_000)
        self.readings += 1
        (told,) = every(Reading, self.listen())
        return told


def every(kind: type[M], frames: Sequence[Frame]) -> list[M]:
    """The messages of one kind."""
    return [frame.message for frame in frames if isinstance(frame.message, kind)]
