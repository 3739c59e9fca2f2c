"""The twin: computes every training step as the board does, from its readings and commands.

The board sends no weights while it learns. Its frames say how many training steps came before each
reading, command and checksum; replaying them in that order gives the board's weights, and each
checksum proves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fixprop.formats import Integers
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import (
    UNKNOWN,
    Learner,
    label_of_bearing,
    label_of_pulse,
    weights_crc,
)
from fixprop.wire.codec import Frame
from fixprop.wire.messages import BYTES_PER_WEIGHT
from fixprop.wire.records import (
    Ack,
    Hello,
    Mark,
    Reading,
    Record,
    ResetWeights,
    Result,
    SetRate,
    SetWeights,
    State,
    Teach,
    WeightCheck,
    Weights,
)

MOST_STEPS_BETWEEN_FRAMES = 1_000_000


def weights_of(data: bytes, count: int) -> Integers:
    """int64 [count], Q4.19, from 3 bytes each, little endian."""
    rows = np.frombuffer(data, np.uint8)[: count * BYTES_PER_WEIGHT].reshape(-1, BYTES_PER_WEIGHT)
    unsigned = rows.astype(np.int64) @ np.array([1, 1 << 8, 1 << 16])
    return np.asarray(np.where(unsigned >= 1 << 23, unsigned - (1 << 24), unsigned))


@dataclass
class TwinState:
    """What has been replayed and how it compared."""

    steps_replayed: int = 0
    readings: int = 0
    checksums_compared: int = 0
    checksums_equal: int = 0
    first_difference: str | None = None


@dataclass
class Twin:
    """Feed it every command in the order sent and every frame in the order received."""

    learner: Learner
    on_step: Callable[[], None] | None = None
    state: TwinState = field(default_factory=TwinState)
    in_step: bool = False
    board_weights: Integers | None = None
    _sent: dict[int, Record] = field(default_factory=dict)

    def sent(self, sequence: int, command: Record) -> None:
        """A command went to the board under this sequence number."""
        self._sent[sequence] = command

    def lost(self, frames: int) -> None:
        """Frames are missing: nothing can be known until the weights are reset."""
        if frames and self.in_step:
            self._differ(f"frames lost: {frames}; reset the weights to start again")
            self.in_step = False

    def take(self, frame: Frame) -> None:
        """A frame came from the board."""
        match frame.message:
            case Hello() as hello if hello.step == 0 and hello.reading_index == 0:
                self._start(hello.seed)
            case Ack() as ack if ack.result == Result.OK:
                self._acknowledged(ack)
            case Reading() as reading if self.in_step:
                self._reading(reading)
            case WeightCheck() as check if self.in_step:
                self._check(check)
            case Weights() as weights:
                self._weights(weights)
            case _:
                pass

    def _start(self, seed: int) -> None:
        self.learner.reset(seed)
        self.in_step = True

    def _acknowledged(self, ack: Ack) -> None:
        command = self._sent.pop(ack.command_sequence, None)
        if isinstance(command, ResetWeights):
            self._start(command.seed)
        if not self.in_step or command is None:
            return
        if not isinstance(command, ResetWeights):
            self._advance(ack.step)
        match command:
            case SetRate():
                self.learner.set_rate(command.rate)
            case SetWeights():
                self.learner.set_weights(command.offset, weights_of(command.data, command.count))
            case Mark():
                self.learner.mark(label_of_bearing(command.bearing) if command.present else UNKNOWN)
            case Teach():
                self.learner.label_none()
                if command.seconds:
                    self.learner.set_rate(VALUES["RATE_START"])

    def _advance(self, step: int) -> None:
        missing = step - self.learner.step
        if not 0 <= missing <= MOST_STEPS_BETWEEN_FRAMES:
            self._differ(f"board at step {step}, twin at step {self.learner.step}")
            return
        if self.on_step is None:
            self.learner.train(missing)
        else:
            for _ in range(missing):
                self.learner.train(1)
                self.on_step()
        self.state.steps_replayed += missing
        if self.learner.step != step:
            self._differ(f"board at step {step}, twin has nothing to train on")

    def _reading(self, reading: Reading) -> None:
        self._advance(reading.step)
        outputs = self.learner.read(reading.left, reading.right)
        told = (reading.bearing, reading.bearing_ahead, reading.presence)
        for name, ours, theirs in zip(
            ("bearing", "bearing_ahead", "presence"), outputs.tolist(), told, strict=True
        ):
            if ours != theirs:
                self._differ(
                    f"reading {reading.reading_index}, step {reading.step}: "
                    f"{name} is {theirs} on the board, {ours} here"
                )
        self._label(reading)
        self.learner.set_rate(reading.rate)
        self.state.readings += 1

    def _label(self, reading: Reading) -> None:
        if not reading.state & State.LABELLED:
            self.learner.label_none()
        elif reading.state & State.HAND_ABSENT_LABEL:
            self.learner.label_lesson(UNKNOWN)
        else:
            self.learner.label_lesson(label_of_pulse(reading.pointer_us))

    def _check(self, check: WeightCheck) -> None:
        self._advance(check.step)
        self.state.checksums_compared += 1
        learner, equal = self.learner, True
        for name, ours, theirs in (
            ("weights' CRC", weights_crc(learner.weights()), check.weights_crc),
            ("state of the training order", learner.order_state(), check.generator),
            ("count of samples", learner.memory_count(), check.memory_count),
        ):
            if ours != theirs:
                equal = False
                self._differ(f"step {check.step}: the {name} is {theirs} on the board, {ours} here")
        self.state.checksums_equal += equal

    def _weights(self, weights: Weights) -> None:
        ours = self.learner.weights()
        if self.board_weights is None:
            self.board_weights = np.zeros_like(ours)
        end = weights.offset + weights.count
        self.board_weights[weights.offset : end] = weights_of(weights.data, weights.count)
        for index in range(weights.offset, end if self.in_step else weights.offset):
            if self.board_weights[index] != ours[index]:
                self._differ(
                    f"step {weights.step}: weight {index} is {self.board_weights[index]} "
                    f"on the board, {ours[index]} here"
                )

    def _differ(self, what: str) -> None:
        if self.state.first_difference is None:
            self.state.first_difference = what
