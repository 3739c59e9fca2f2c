"""A recorded session once more, through the whole of the firmware's C on this computer.

The twin replays what is learned; this replays all that the tracker does and says. A difference
means that the board's compiler, its interrupts or its memory did something that the C does not say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixprop.board.native import NativeTracker
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import (
    Ack,
    ButtonAction,
    GetHello,
    Health,
    Hello,
    Pressed,
    Reading,
    Record,
    ResetWeights,
    Result,
    Stored,
    Trained,
    Weights,
)

TELLS_OF_THE_STEP = (Hello, Stored, Trained)  # which a load and a sample change
TELLS_OF_THE_CHIP = (Hello, Health)  # reset cause, memory, time: no computer has the board's


@dataclass(frozen=True)
class Sent:
    """A command that went to the board."""

    sequence: int
    command: Record


def replay(
    events: Iterable[Sent | Frame], tracker: NativeTracker | None = None
) -> Iterator[tuple[Frame, Frame | None]]:
    """Each recorded frame, and the one that the tracker sends in its place, None for silence.

    `events`: commands in the order sent and frames in the order received, from the board's start.
    """
    replay = _Replay(tracker or NativeTracker())
    for event in events:
        if isinstance(event, Sent):
            replay.sent[event.sequence] = event.command
        else:
            yield event, replay.answer_to(event)


def differs(recorded: Frame, replayed: Frame | None) -> bool:
    """Whether the two are different frames; of the chip's own state only the number is compared."""
    if replayed is None or isinstance(recorded.message, TELLS_OF_THE_CHIP):
        return replayed is None or _kind(recorded) != _kind(replayed)
    return recorded != replayed


def _kind(frame: Frame) -> tuple[int, str]:
    return frame.sequence, frame.name


class _Replay:
    def __init__(self, tracker: NativeTracker) -> None:
        self.sent: dict[int, Record] = {}
        self._tracker, self._reader, self._step = tracker, FrameReader(), 0
        self._told = deque(self._reader.feed(tracker.read()))

    def answer_to(self, frame: Frame) -> Frame | None:
        if not self._told:  # a reading may bring a checksum and more with it
            self._cause(frame)
            self._told += self._reader.feed(self._tracker.read())
        if not self._told:
            return None
        told = self._told.popleft()
        if isinstance(told.message, TELLS_OF_THE_STEP):
            self._step = told.message.step
        return told

    def _cause(self, frame: Frame) -> None:
        match frame.message:
            case Reading() as reading:
                self._work_until(reading.step)
                self._tracker.reading(
                    reading.left, reading.right, reading.time_us, reading.supply_mv
                )
            case Pressed() as pressed:
                self._work_until(pressed.step)
                forgets = pressed.action == ButtonAction.FORGET
                self._tracker.press(forgets)
                self._step = 0 if forgets else self._step
            case Ack() as ack:
                self._work_until(ack.step)
                command = self._write(ack.command_sequence)
                if isinstance(command, ResetWeights) and ack.result == Result.OK:
                    self._step = 0
            case Weights():
                self._tracker.work(1)
            case Stored():
                self._store()
            case Hello():
                self._tracker.write(encode_record(GetHello(), 0))
            case _:
                pass

    def _work_until(self, step: int) -> None:
        if step > self._step:
            self._step += self._tracker.work(step - self._step)

    def _store(self) -> None:
        while not self._told and self._tracker.work(1):
            self._told += self._reader.feed(self._tracker.read())

    def _write(self, sequence: int) -> Record | None:
        command = self.sent.pop(sequence, None)
        if command is not None:
            self._tracker.write(encode_record(command, sequence))
        return command
