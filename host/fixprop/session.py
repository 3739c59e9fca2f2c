"""A conversation with a board: hello, commands and their answers, and everyone who listens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import TypeVar

import numpy as np

from fixprop.board.port import Port
from fixprop.errors import FixpropError
from fixprop.fingerprint import fingerprint
from fixprop.formats import Integers
from fixprop.network import Topology
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.twin import weights_of
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.codes import ENUMERATIONS
from fixprop.wire.frames import FrameReader
from fixprop.wire.messages import PROTOCOL_VERSION
from fixprop.wire.records import (
    Ack,
    Erase,
    GetHello,
    GetWeights,
    Hello,
    Learn,
    Load,
    Record,
    Result,
    Save,
    State,
    Stored,
    StoreOperation,
    StoreResult,
    Trained,
    TrainSample,
    Weights,
)

HELLO_PATIENCE_S = 4.0  # an Uno that was reset by opening the port sits 1.6 s in its boot loader
HELLO_REPEAT_S = 0.5
ATTEMPTS = 3  # of a question that may be asked twice
ANSWER_PATIENCE_S = 1.0
STORE_PATIENCE_S = 5.0  # up to four slots of 221 cells, 3.4 to 4 ms each
END_OF_LOST = b"\0"  # ends a command before it that lost its own end; else an empty frame
PIECES = re.compile(rb"[^\0]*\0|[^\0]+")  # frames, each with the zero that ends it

FLASH = "flash this checkout's firmware: fixprop flash"
REASONS = {
    m.value: m.text for codes in ENUMERATIONS if codes.name == "result" for m in codes.members
}
NEXT_STEPS = {  # after the reasons that name none
    Result.BAD_VALUE: "send other values",
    Result.UNKNOWN_COMMAND: FLASH,
    Result.BAD_LENGTH: FLASH,
}

Listener = Callable[[Frame], None]
M = TypeVar("M", bound=Record)
T = TypeVar("T")


class NoAnswer(FixpropError):
    """A command or its answer was lost on the way; it may have been obeyed."""


class Session:
    """Talks to the board behind `port`. `listeners` hear every frame, in order."""

    def __init__(self, port: Port, topology: Topology = TOPOLOGY) -> None:
        self.port, self.topology = port, topology
        self.reader = FrameReader()
        self.listeners: list[Listener] = []
        self.on_sent: list[Callable[[int, Record], None]] = []
        self.on_lost: list[Callable[[int], None]] = []
        self._sequence = 0

    def open(self) -> Hello:
        """Wait for the board's hello and check that it can be mirrored.

        Raises FixpropError if none comes or protocol, formats or topology differ.
        """
        end = self.port.time_s() + HELLO_PATIENCE_S
        while self.port.time_s() < end:
            hello = self._await(Hello, HELLO_REPEAT_S)
            if hello is not None:
                check_hello(hello, self.topology, self.port.url)
                return hello
            self._sequence = 0  # a get_hello numbered 0 starts the board's count anew
            self._send(GetHello())
        strange = self.reader.counters.malformed
        guess = (
            f"what it sends is not protocol {PROTOCOL_VERSION} ({strange} unknown frames),"
            if strange
            else "has it power, and is fixprop's firmware on it?"
        )
        raise FixpropError(
            f"no hello from {self.port.url} in {HELLO_PATIENCE_S:g} s: {guess} "
            "flash it: fixprop flash"
        )

    def run(self, seconds: float) -> None:
        """Listen for `seconds` of the board's time."""
        end = self.port.time_s() + seconds
        while (left := end - self.port.time_s()) > 0:
            self._listen(left)

    def command(self, command: Record) -> Ack:
        """Send a command and wait for its acknowledgement.

        Raises NoAnswer if none comes, FixpropError if the board refuses.
        """
        sequence = self._send(command)
        ack = self._await(Ack, ANSWER_PATIENCE_S, lambda a: a.command_sequence == sequence)
        if ack is None:
            raise NoAnswer(
                f"no answer to {command.name} from {self.port.url} in {ANSWER_PATIENCE_S:g} s: "
                "check the cable, then try again"
            )
        if ack.result != Result.OK:
            raise FixpropError(f"{self.port.url} refused {refusal(command, ack.result)}")
        return ack

    def weights(self) -> Integers:
        """The board's weights, int64 [weight_count], Q4.19. Learning must be off."""
        weights, known = np.zeros(self.topology.weight_count, np.int64), 0

        def collect(frame: Frame) -> None:
            nonlocal known
            part = frame.message
            if isinstance(part, Weights) and part.offset == known:  # none is missing before it
                known = part.offset + part.count
                weights[part.offset : known] = weights_of(part.data, part.count)

        self.listeners.append(collect)
        try:
            self.command(GetWeights())
            self._listen_until(lambda: known == len(weights), ANSWER_PATIENCE_S)
        finally:
            self.listeners.remove(collect)
        if known < len(weights):
            raise NoAnswer(f"{self.port.url} sent {known} of {len(weights)} weights, then none")
        return weights

    def hello(self) -> Hello:
        """The board's present state; raises NoAnswer."""
        for _ in range(ATTEMPTS):
            self._send(GetHello())
            hello = self._await(Hello, HELLO_REPEAT_S)
            if hello is not None:
                return hello
        raise NoAnswer(f"{self.port.url} does not say how it is: check the cable, then start again")

    @contextmanager
    def paused(self) -> Iterator[Hello]:
        """Nothing is trained within; gives the state before, and afterwards it is so again.

        Raises FixpropError while a lesson goes on, as it would be spoilt.
        """
        hello = self.hello()
        if hello.state & State.TEACHING:
            raise FixpropError(
                f"a lesson goes on at {self.port.url}: wait for its end, then try again"
            )
        if not hello.state & State.LEARNING:
            yield hello
            return
        try:
            repeated(lambda: self.command(Learn(0)))
            yield hello
        except BaseException:  # with no answer, the board may have obeyed
            with suppress(FixpropError):  # the first error is the one to tell
                repeated(lambda: self.command(Learn(1)))
            raise
        repeated(lambda: self.command(Learn(1)))

    def train_sample(self, inputs: Integers, targets: Integers) -> Trained:
        """One step on a sample, int [4] and [3], Q0.15; what the board says of it."""
        sample = TrainSample(*(values.astype("<i2").tobytes() for values in (inputs, targets)))
        return self._command_until(sample, Trained, ANSWER_PATIENCE_S)

    def save(self) -> Stored:
        """Store the board's weights in its EEPROM; raises FixpropError if they are not."""
        return self._store(Save(), StoreOperation.SAVE)

    def load(self) -> Stored:
        """Let the board go on with what it stored last."""
        return self._store(Load(), StoreOperation.LOAD)

    def erase(self) -> Stored:
        """Let the board forget what it stored."""
        return self._store(Erase(), StoreOperation.ERASE)

    def _store(self, command: Record, operation: StoreOperation) -> Stored:
        stored = self._command_until(
            command, Stored, STORE_PATIENCE_S, lambda s: s.operation == operation
        )
        if stored.result != StoreResult.OK:
            raise FixpropError(
                f"{self.port.url} could not {command.name}: {stored.bad_slots} slots of its EEPROM "
                "are worn out; what it held before is still there"
            )
        return stored

    def _command_until(
        self,
        command: Record,
        kind: type[M],
        seconds: float,
        fits: Callable[[M], bool] = lambda _: True,
    ) -> M:
        """Send a command and wait for what follows its acknowledgement, perhaps at once."""
        with self._hearing(kind, fits) as found:
            self.command(command)
            self._listen_until(lambda: bool(found), seconds)
        if not found:
            raise NoAnswer(
                f"{self.port.url} obeyed {command.name} but told nothing of it in {seconds:g} s: "
                "try again"
            )
        return found[0]

    def _send(self, command: Record) -> int:
        sequence = self._sequence
        frame = END_OF_LOST + encode_record(command, sequence)  # a value out of range ends it here
        self._sequence = (sequence + 1) % 256
        for hear_command in self.on_sent:
            hear_command(sequence, command)
        self.port.write(frame)
        return sequence

    def _await(
        self, kind: type[M], seconds: float, fits: Callable[[M], bool] = lambda _: True
    ) -> M | None:
        with self._hearing(kind, fits) as found:
            self._listen_until(lambda: bool(found), seconds)
        return found[0] if found else None

    @contextmanager
    def _hearing(self, kind: type[M], fits: Callable[[M], bool]) -> Iterator[list[M]]:
        """The messages that fit and come within, in order."""
        found: list[M] = []

        def listen(frame: Frame) -> None:
            if isinstance(frame.message, kind) and fits(frame.message):
                found.append(frame.message)

        self.listeners.append(listen)
        try:
            yield found
        finally:
            self.listeners.remove(listen)

    def _listen_until(self, done: Callable[[], bool], seconds: float) -> None:
        end = self.port.time_s() + seconds
        while not done() and (left := end - self.port.time_s()) > 0:
            self._listen(left)

    def _listen(self, seconds: float) -> None:
        for piece in PIECES.findall(self.port.read(seconds)):
            self._hear(piece)

    def _hear(self, piece: bytes) -> None:
        """At most one frame, so that a loss is told where it happened."""
        lost = self.reader.counters.lost
        frames = self.reader.feed(piece)
        for tell in self.on_lost if self.reader.counters.lost > lost else ():
            tell(self.reader.counters.lost - lost)
        for frame in frames:
            for listener in self.listeners:
                listener(frame)


def repeated(ask: Callable[[], T]) -> T:
    """What `ask` returns; a question that was lost on the way is asked again, ATTEMPTS in all."""
    for _ in range(ATTEMPTS - 1):
        with suppress(NoAnswer):
            return ask()
    return ask()


def refusal(command: Record, result: int) -> str:
    """A refused command with its values, but for data in bytes; why, and what to do."""
    values = {field.name: getattr(command, field.name) for field in fields(command)}
    told = [f"{name} {value}" for name, value in values.items() if not isinstance(value, bytes)]
    given = f" ({', '.join(told)})" if told else ""
    reason = REASONS.get(result, f"result {result}; {FLASH}")
    step = f"; {NEXT_STEPS[Result(result)]}" if result in NEXT_STEPS else ""
    return f"{command.name}{given}: {reason}{step}"


def check_hello(hello: Hello, topology: Topology, url: str) -> None:
    """Raise FixpropError if this host cannot mirror that board; it says which side to update."""
    if hello.protocol != PROTOCOL_VERSION:
        older = "firmware" if hello.protocol < PROTOCOL_VERSION else "host"
        cure = {
            "firmware": "flash it anew: fixprop flash",
            "host": "update it: git pull && make demo",
        }[older]
        raise FixpropError(
            f"{url} speaks protocol {hello.protocol}, this host {PROTOCOL_VERSION}: "
            f"the {older} is older, {cure}"
        )
    if hello.fingerprint != fingerprint(topology):
        raise FixpropError(
            f"{url} has fingerprint {hello.fingerprint:08x}, this host {fingerprint(topology):08x} "
            f"for {topology}: other formats or topology; {FLASH}"
        )
