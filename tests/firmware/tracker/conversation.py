"""The tracker's C, spoken to in messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from fixprop.board.native import NativeTracker
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.twin import weights_of
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.framing import frame_payload
from fixprop.wire.records import Ack, GetWeights, Reading, Record, Result, SetWeights, Weights

COUNT = TOPOLOGY.weight_count
M = TypeVar("M", bound=Record)


class Conversation:
    """A tracker that has just begun, perhaps with an old EEPROM; its hello is in `frames`.

    `altered`: sources of its C that are replaced, by their names.
    """

    def __init__(
        self, eeprom: bytes | None = None, altered: Mapping[str, Path] | None = None
    ) -> None:
        self.tracker, self.reader = NativeTracker(eeprom, altered), FrameReader()
        self.sequence, self.readings = 0, 0
        self.frames: list[Frame] = []
        self.answer: list[Frame] = []
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
        """The acknowledgement of a framed command; `answer` has what followed it too."""
        self.tracker.write(data)
        self.answer = self.listen()
        ack = self.answer[0].message
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


def dump(board: Conversation) -> np.ndarray:
    """All weights, learning being off."""
    assert board.result(GetWeights()) == Result.OK
    board.tracker.work(100)
    parts = every(Weights, board.listen())
    assert [p.offset for p in parts] == list(range(0, COUNT, 16))
    return np.concatenate([weights_of(p.data, p.count) for p in parts])


def set_outputs(board: Conversation, ahead: int, presence: int, until: int = COUNT) -> None:
    """Weights that give these outputs, Q0.15, whatever is read: biases of the last layer."""
    hidden = (4 + 1) * 8
    weights = [0] * COUNT
    weights[hidden + 9], weights[hidden + 18] = ahead << 4, presence << 4  # Q4.19
    for offset in range(0, until, 16):
        part = weights[offset : offset + 16]
        data = b"".join(w.to_bytes(3, "little", signed=True) for w in part)
        assert board.result(SetWeights(offset, len(part), data.ljust(48, b"\0"))) == Result.OK
