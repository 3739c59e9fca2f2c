"""A native board on a cable, its bridge with a twin, and a clock that the test winds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import numpy as np

from fixprop.board.native import NativeBoard
from fixprop.board.simulated import SimulatedBoard
from fixprop.board.unpluggable import Cable
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, Link
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import decode
from fixprop.wire.records import Learn, Mark, Record

T = TypeVar("T")
CHECK_S = 0.7  # a checksum comes every 16 readings, 0.61 s


class Rig:
    """`turn` is a turn of the bridge, and as much time of ours."""

    def __init__(self, board: SimulatedBoard | None = None, world: World | None = None) -> None:
        self.now_s = 100.0
        self.world = world or World(3)
        self.board = board or NativeBoard(self.world, url="test://")
        self.cable = Cable(self.board)
        self.twin = Twin(NativeLearner(9))
        self.bridge = Bridge(self.cable.connect, self.twin, lambda: self.now_s)
        self.all = self.bridge.subscribe(limit=1_000_000)
        self.told: list[Event] = []

    def turn(self, seconds: float = 0.1) -> None:
        """One turn."""
        self.bridge.turn(seconds)
        self.now_s += seconds
        self.told += self.all.take()

    def turns(self, seconds: float) -> None:
        """Turns for so long."""
        for _ in range(round(seconds / 0.1)):
            self.turn()

    def did(self, future: Future[T]) -> T:
        """The future's result after one turn."""
        self.turn()
        return future.result(timeout=0)

    def teach(self, marks: int = 3) -> None:
        """Some samples, and time to learn them."""
        for number in range(marks):
            self.did(self.bridge.command(Mark(1500 * number - 4000, 1)))
        self.did(self.bridge.command(Learn(1)))
        self.turns(0.3)

    def certain(self) -> bool:
        """Whether checksums came and the twin followed in every bit until now."""
        state, before = self.twin.state, self.twin.state.checksums_compared
        self.turns(CHECK_S)
        assert state.first_difference is None
        assert state.checksums_equal == state.checksums_compared
        return self.twin.in_step and self.twin.weights_known and state.checksums_compared > before

    def weights_agree(self) -> bool:
        """The board's weights against the twin's, while nothing is trained."""

        def compare(session: Session) -> bool:
            with session.paused():
                return bool(np.array_equal(session.weights(), self.twin.learner.weights()))

        return self.did(self.bridge.call(compare))

    def links(self) -> list[Link]:
        """What was told of the line."""
        return [event for event in self.told if isinstance(event, Link)]


def is_command(kind: type[Record]) -> Callable[[bytes], bool]:
    """Whether bytes are a frame of that command."""
    return lambda data: isinstance(decode(data.strip(b"\0")).message, kind)
