"""A conversation with a board: hello, commands and their answers, and everyone who listens."""

from __future__ import annotations

import re
from collections.abc import Callable
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
from fixprop.wire.frames import FrameReader
from fixprop.wire.messages import PROTOCOL_VERSION
from fixprop.wire.records import Ack, GetHello, GetWeights, Hello, Record, Result, Weights

HELLO_PATIENCE_S = 4.0  # an Uno that was reset by opening the port sits 1.6 s in its boot loader
HELLO_REPEAT_S = 0.5
ANSWER_PATIENCE_S = 1.0
PIECES = re.compile(rb"[^\0]*\0|[^\0]+")  # frames, each with the zero that ends it

Listener = Callable[[Frame], None]
M = TypeVar("M", bound=Record)


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
        raise FixpropError(
            f"no hello from {self.port.url} in {HELLO_PATIENCE_S:g} s: is fixprop's firmware on it? "
            "flash it with: pio run -d firmware -e uno -t upload"
        )

    def run(self, seconds: float) -> None:
        """Listen for `seconds` of the board's time."""
        end = self.port.time_s() + seconds
        while (left := end - self.port.time_s()) > 0:
            self._listen(left)

    def command(self, command: Record) -> Ack:
        """Send a command and wait for its acknowledgement.

        Raises FixpropError if none comes or the board refuses.
        """
        sequence = self._send(command)
        ack = self._await(Ack, ANSWER_PATIENCE_S, lambda a: a.command_sequence == sequence)
        if ack is None:
            raise FixpropError(
                f"no answer to {command.name} from {self.port.url} in {ANSWER_PATIENCE_S:g} s: "
                "check the cable, then try again"
            )
        if ack.result != Result.OK:
            reason = Result(ack.result).name.lower().replace("_", " ")
            raise FixpropError(f"{self.port.url} refused {command}: {reason}")
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
            self._listen_until(lambda _: None, lambda: known == len(weights), ANSWER_PATIENCE_S)
        finally:
            self.listeners.remove(collect)
        if known < len(weights):
            raise FixpropError(f"{self.port.url} sent {known} of {len(weights)} weights, then none")
        return weights

    def _send(self, command: Record) -> int:
        sequence = self._sequence
        self._sequence = (sequence + 1) % 256
        for hear_command in self.on_sent:
            hear_command(sequence, command)
        self.port.write(encode_record(command, sequence))
        return sequence

    def _await(
        self, kind: type[M], seconds: float, fits: Callable[[M], bool] = lambda _: True
    ) -> M | None:
        found: list[M] = []

        def listen(frame: Frame) -> None:
            if isinstance(frame.message, kind) and fits(frame.message):
                found.append(frame.message)

        self._listen_until(listen, lambda: bool(found), seconds)
        return found[0] if found else None

    def _listen_until(self, listener: Listener, done: Callable[[], bool], seconds: float) -> None:
        self.listeners.append(listener)
        end = self.port.time_s() + seconds
        try:
            while not done() and (left := end - self.port.time_s()) > 0:
                self._listen(left)
        finally:
            self.listeners.remove(listener)

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


def check_hello(hello: Hello, topology: Topology, url: str) -> None:
    """Raise FixpropError if this host cannot mirror that board; it says which side to update."""
    if hello.protocol != PROTOCOL_VERSION:
        older = "firmware" if hello.protocol < PROTOCOL_VERSION else "host"
        cure = {
            "firmware": "flash it anew: pio run -d firmware -e uno -t upload",
            "host": "update it: git pull && make demo",
        }[older]
        raise FixpropError(
            f"{url} speaks protocol {hello.protocol}, this host {PROTOCOL_VERSION}: "
            f"the {older} is older, {cure}"
        )
    if hello.fingerprint != fingerprint(topology):
        raise FixpropError(
            f"{url} has fingerprint {hello.fingerprint:08x}, this host {fingerprint(topology):08x} "
            f"for {topology}: other formats or topology; "
            "flash this checkout's firmware: pio run -d firmware -e uno -t upload"
        )
