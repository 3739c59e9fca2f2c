"""The twin: computes every training step as the board does, from its readings and commands.

The board sends no weights while it learns. Its frames say how many training steps came before each
reading, command and checksum; replaying them in that order gives the board's weights, and each
checksum proves it.

Weights that the board loads from its EEPROM are known here if they were saved while the twin watched.
Otherwise it follows all but the weights, until they are asked for.

A gap ends all this: samples may have come that nobody saw. The twin goes on when the board starts
anew or its weights are reset, which empties the memory too. A load does not, as it keeps the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fixprop.formats import Integers
from fixprop.saturation import Saturations
from fixprop.tracking.definition import OUTPUTS, VALUES
from fixprop.tracking.latest_step import LatestStep, Reals, loss_of
from fixprop.tracking.learner import (
    UNKNOWN,
    Learner,
    label_of_bearing,
    label_of_pulse,
    weights_crc,
)
from fixprop.tracking.twin_state import IN_STEP, IN_STEP_UNKNOWN, NOT_BEGUN, RESET, TwinState
from fixprop.wire.codec import Frame
from fixprop.wire.messages import BYTES_PER_WEIGHT
from fixprop.wire.records import (
    Ack,
    ButtonAction,
    Hello,
    Mark,
    Pressed,
    Reading,
    Record,
    ResetWeights,
    Result,
    Save,
    SetRate,
    SetWeights,
    State,
    Stored,
    StoreOperation,
    StoreResult,
    Teach,
    Trained,
    TrainSample,
    WeightCheck,
    Weights,
    WeightsSource,
)

MOST_STEPS_BETWEEN_FRAMES = 1_000_000
STEPS_WRAP = 2**32  # a month of learning

Pair = tuple[str, int, int]  # a name, the number here and the number on the board
Pairs = tuple[Pair, ...]


def weights_of(data: bytes, count: int) -> Integers:
    """int64 [count], Q4.19, from 3 bytes each, little endian."""
    rows = np.frombuffer(data, np.uint8)[: count * BYTES_PER_WEIGHT].reshape(-1, BYTES_PER_WEIGHT)
    unsigned = rows.astype(np.int64) @ np.array([1, 1 << 8, 1 << 16])
    return np.asarray(np.where(unsigned >= 1 << 23, unsigned - (1 << 24), unsigned))


def values_of(data: bytes) -> Integers:
    """int64, Q0.15, from 2 bytes each, little endian."""
    return np.frombuffer(data, "<i2").astype(np.int64)


@dataclass
class Twin:
    """Feed it every command in the order sent and every frame in the order received."""

    learner: Learner
    on_steps: Callable[[int, Reals], None] | None = None
    """Told the step reached and the loss before each of the steps since the last call."""
    state: TwinState = field(default_factory=TwinState)
    in_step: bool = False
    weights_known: bool = True  # False: the board loaded weights that were not saved before us
    board_weights: Integers | None = None
    saved: dict[tuple[int, int], Integers] = field(default_factory=dict)
    """Weights that the board may have stored, and load, by their step and CRC."""
    _out_of_step: str = NOT_BEGUN
    _has_stepped: bool = False
    _board_known: int = 0  # weights of the dump in board_weights, from the first
    _outputs: Integers | None = None  # of the latest sample from the host
    _sent: dict[int, Record] = field(default_factory=dict)

    def sent(self, sequence: int, command: Record) -> None:
        """A command went to the board under this sequence number."""
        self._sent[sequence] = command

    def lost(self, frames: int) -> None:
        """Frames are missing: nothing can be known until the weights are reset."""
        if frames and self.in_step:
            self._differ(f"frames lost: {frames}; {RESET}")
            self._fall_out(f"not in step since frames were lost ({frames}); {RESET}")

    def _fall_out(self, why: str) -> None:
        self.state.gaps += 1
        self.in_step, self._out_of_step = False, why

    @property
    def standing(self) -> str:
        """One line for people: whether the twin follows, and if not, since when and what helps."""
        if not self.in_step:
            return self._out_of_step
        return IN_STEP if self.weights_known else IN_STEP_UNKNOWN

    def latest_step(self) -> LatestStep | None:
        """Inputs, outputs, deltas and gradients of the latest step; None if they are not known."""
        known = self.in_step and self.weights_known and self._has_stepped
        return self.learner.latest() if known else None

    @property
    def saturation(self) -> Saturations | None:
        """What was cut off on the board since it got its present weights, at start, reset or load.

        Nothing on the board counts it: the twin's firmware does. None if the weights are not known.
        """
        known = self.in_step and self.weights_known
        return self.learner.saturation if known else None

    def disconnected(self) -> None:
        """The line is gone: what the board does from now on is not known until it starts anew.

        Weights that were saved, or were being saved, are known again when the board starts with them.
        """
        if self.in_step:
            self._fall_out(
                f"the line was lost after step {self.learner.step:,}; waiting for the board"
            )
        self._sent.clear()
        self._outputs = None
        self._board_known = 0

    def take(self, frame: Frame) -> None:
        """A frame came from the board."""
        match frame.message:
            case Hello() as hello if hello.reading_index == 0:
                if frame.sequence == 0 or not self.in_step:  # else it answers a question
                    self._start(hello)
            case Hello() if not self.in_step:  # a board that ran while nobody heard it
                since = "the gap" if self.state.gaps else f"step {frame.message.step:,}, or before"
                self._out_of_step = f"not in step since {since}; {RESET}"
            case Ack() as ack if ack.result == Result.OK:
                self._acknowledged(ack)
            case Pressed() as pressed:
                self._pressed(pressed)
            case Reading() as reading if self.in_step:
                self._reading(reading)
            case WeightCheck() as check if self.in_step:
                self._check(check)
            case Trained() as trained if self.in_step:
                self._trained(trained)
            case Stored() as stored if self.in_step:
                self._stored(stored)
            case Weights() as weights:
                self._weights(weights)
            case _:
                pass

    def _start(self, hello: Hello) -> None:
        self._reset(hello.seed)
        if hello.step or hello.weights_source != WeightsSource.INITIAL:
            self._load(hello.step, hello.rate, hello.weights_crc)
        else:
            self.learner.set_rate(hello.rate)
            self._compare("the start", *self._crc_pair(hello.weights_crc))

    def _reset(self, seed: int) -> None:
        self.learner.reset(seed)
        self.in_step = self.weights_known = True
        self._has_stepped = False

    def _load(self, step: int, rate: int, crc: int) -> None:
        weights = self.saved.get((step, crc))
        self.weights_known = weights is not None
        if weights is not None:
            self.learner.set_weights(0, weights)
        self.learner.set_step(step)
        self.learner.set_rate(rate)
        self.learner.clear_saturation()

    def _acknowledged(self, ack: Ack) -> None:
        command = self._sent.pop(ack.command_sequence, None)
        if isinstance(command, ResetWeights):
            self._reset(command.seed)
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
            case TrainSample():
                self._train_on(command)
            case Save():
                self._saves(ack.step)
            case Teach():
                self.learner.label_none()
                if command.seconds:
                    self.learner.set_rate(VALUES["RATE_START"])

    def _pressed(self, pressed: Pressed) -> None:
        if pressed.action == ButtonAction.FORGET:
            self._reset(pressed.seed)
        if not self.in_step or pressed.action in (ButtonAction.FORGET, ButtonAction.REFUSED):
            return
        self._advance(pressed.step)
        self.learner.label_none()
        if pressed.action == ButtonAction.TEACH:
            self.learner.set_rate(VALUES["RATE_START"])
        else:
            self._saves(pressed.step)

    def _saves(self, step: int) -> None:
        """A save begins. Nothing moves the weights until its end, which may go unheard."""
        if self.weights_known:
            weights = self.learner.weights()
            self.saved[step, weights_crc(weights)] = weights

    def _train_on(self, sample: TrainSample) -> None:
        targets = values_of(sample.targets)
        self._outputs = self.learner.train_on(values_of(sample.inputs), targets)
        self._trained_here(np.array([loss_of(self._outputs, targets)]))

    def _trained_here(self, losses: Reals) -> None:
        if not len(losses):
            return
        self.state.steps_replayed += len(losses)
        self._has_stepped = True
        if self.on_steps is not None and self.weights_known:
            self.on_steps(self.learner.step, losses)

    def _trained(self, trained: Trained) -> None:
        if self._outputs is None:
            return
        outputs = self._output_pairs(self._outputs, values_of(trained.outputs))
        self._compare(f"step {trained.step:,}", *outputs, *self._crc_pair(trained.weights_crc))

    def _output_pairs(self, ours: Integers, theirs: Integers) -> Pairs:
        return self._if_known(*zip(OUTPUTS, ours.tolist(), theirs.tolist(), strict=True))

    def _stored(self, stored: Stored) -> None:
        if stored.operation == StoreOperation.LOAD:
            self._load(stored.step, stored.rate, stored.weights_crc)
        elif stored.operation == StoreOperation.SAVE and stored.result == StoreResult.OK:
            self._compare(f"step {stored.step:,}", *self._crc_pair(stored.weights_crc))

    def _crc_pair(self, told: int) -> Pairs:
        return self._if_known(("the weights' CRC", weights_crc(self.learner.weights()), told))

    def _if_known(self, *pairs: Pair) -> Pairs:
        return pairs if self.weights_known else ()

    def _compare(self, where: str, *pairs: Pair) -> bool:
        """Whether all pairs are equal."""
        different = [pair for pair in pairs if pair[1] != pair[2]]
        for name, ours, theirs in different[:1]:
            self._differ(f"{where}: {name} is {theirs} on the board, {ours} here")
        return not different

    def _advance(self, step: int) -> None:
        missing = (step - self.learner.step) % STEPS_WRAP
        if missing > MOST_STEPS_BETWEEN_FRAMES:
            self._differ(f"board at step {step:,}, twin at step {self.learner.step:,}")
            return
        self._trained_here(self.learner.train(missing))
        if self.learner.step != step:
            self._differ(f"board at step {step:,}, twin has nothing to train on")

    def _reading(self, reading: Reading) -> None:
        self._advance(reading.step)
        outputs = self.learner.read(reading.left, reading.right)
        told = np.array([reading.bearing, reading.bearing_ahead, reading.presence])
        where = f"reading {reading.reading_index:,}, step {reading.step:,}"
        self._compare(where, *self._output_pairs(outputs, told))
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
        equal = self._compare(
            f"step {check.step:,}",
            *self._crc_pair(check.weights_crc),
            ("the state of the training order", self.learner.order_state(), check.generator),
            ("the count of samples", self.learner.memory_count(), check.memory_count),
        )
        if self.weights_known:
            self.state.checksums_compared += 1
            self.state.checksums_equal += equal

    def _weights(self, weights: Weights) -> None:
        if self.board_weights is None:
            self.board_weights = np.zeros_like(self.learner.weights())
        end = weights.offset + weights.count
        self.board_weights[weights.offset : end] = weights_of(weights.data, weights.count)
        self._board_known = end if weights.offset in (0, self._board_known) else 0
        if not self.in_step:
            return
        if self.weights_known:
            self._compare_weights(weights.step, self.board_weights, range(weights.offset, end))
        elif self._board_known == len(self.board_weights):  # nothing is trained during a dump
            self.learner.set_weights(0, self.board_weights)
            self.learner.clear_saturation()
            self.weights_known = True

    def _compare_weights(self, step: int, theirs: Integers, indices: range) -> None:
        ours = self.learner.weights()
        self._compare(
            f"step {step:,}", *((f"weight {i}", int(ours[i]), int(theirs[i])) for i in indices)
        )

    def _differ(self, what: str) -> None:
        if self.state.first_difference is None:
            self.state.first_difference = what
