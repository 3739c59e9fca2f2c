"""A simulated board to play with: its hand can be dragged, its cable pulled."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import cast

import numpy as np

from fixprop.board.native import NativeBoard
from fixprop.board.paced import PacedBoard
from fixprop.board.port import Port
from fixprop.board.ports import open_port
from fixprop.board.simulated import SimulatedBoard
from fixprop.dashboard.hand import LiveHand, Place
from fixprop.errors import FixpropError
from fixprop.sim.paths import Follow, HandPath, Track
from fixprop.sim.scene import World
from fixprop.tracking.definition import READING_PERIOD_S, VALUES

START: Place = (0.0, 22.0)
AWAY: Place = (np.nan, np.nan)
REST_S = (VALUES["TEACH_REST_READINGS"] + 5) * READING_PERIOD_S
UNPLUGGED_S = 1.0
MOST_TRUTHS = 4096


class Playground:
    """The board behind `url`, in a world whose hand the page moves.

    The world belongs to the reader's thread: whatever others ask for is done within its `read`.
    """

    def __init__(
        self,
        url: str,
        seed: int,
        speed: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        paced: bool = True,
    ) -> None:
        self.url, self.seed, self._clock = url, seed, clock
        self._speed, self._paced = speed, paced
        self.auto, self.lesson = True, False
        self.truths: deque[Place] = deque(maxlen=MOST_TRUTHS)
        """Where the hand was at each piece of bytes from the board, for who hears of them all."""
        self._hand = LiveHand(START)
        self._wanted: Place | None = None
        self._mode = "wander"
        self._back_s, self._power_lost = 0.0, False
        self.world = World(seed, Track(seed))
        self._board = cast(SimulatedBoard | NativeBoard, open_port(url, self.world))

    # any thread

    def drag(self, place: Place) -> None:
        """The hand is the page's and goes there."""
        self._wanted, self.auto = place, False
        self._hand.move(place)

    def set_auto(self, on: bool) -> None:
        """Whether the hand moves by itself: it follows the pointer in lessons, else it wanders."""
        self._wanted, self.auto = None, on

    def unplug(self) -> None:
        """Pull the cable; it is back after a second, with the chip powered up anew."""
        self._back_s, self._power_lost = self._clock() + UNPLUGGED_S, True

    @property
    def unplugged(self) -> bool:
        """Whether the cable is out."""
        return self._clock() < self._back_s

    # the reader's thread

    def connect(self) -> Port:
        """The board's line; FixpropError while the cable is out."""
        if self.unplugged:
            raise FixpropError(f"{self.url} is unplugged")
        if self._power_lost:
            _power_cycle(self._board)
        self._power_lost = False
        port = PacedBoard(self._board, self._speed) if self._paced else self._board
        return PlaygroundPort(self, port)

    def before_read(self, time_s: float) -> None:
        """Let the hand do what it is to do now."""
        if self._power_lost:
            raise FixpropError(f"{self.url} was unplugged")
        mode = "live" if not self.auto else "follow" if self.lesson else "wander"
        if mode != self._mode:
            self._mode = mode
            self.world.use(self._path(mode, time_s), time_s)

    def _path(self, mode: str, time_s: float) -> HandPath:
        if mode == "follow":
            return Follow(self.seed, rest_s=REST_S)
        if mode == "wander":
            return Track(self.seed)
        here = self.place(time_s)
        self._hand = LiveHand(self._wanted or (here if np.isfinite(here[0]) else START))
        return self._hand

    def place(self, time_s: float) -> Place:
        """Where the hand is."""
        bearing, distance = self.world.hand_at(time_s)
        return float(bearing), float(distance)

    def after_read(self, time_s: float) -> None:
        """Bytes came: remember where the hand was."""
        self.truths.append(self.place(time_s))


def _power_cycle(board: SimulatedBoard | NativeBoard) -> None:
    """Off and on: only the EEPROM is kept."""
    if isinstance(board, NativeBoard):
        board.power_cycle()
    else:
        board.uno.reset("power")


class PlaygroundPort:
    """A Port that lets the playground's hand move between reads."""

    def __init__(self, playground: Playground, port: Port) -> None:
        self.url, self._playground, self._port = port.url, playground, port

    def read(self, seconds: float) -> bytes:
        """See Port."""
        self._playground.before_read(self._port.time_s())
        data = self._port.read(seconds)
        if data:
            self._playground.after_read(self._port.time_s())
        return data

    def write(self, data: bytes) -> None:
        """See Port."""
        self._port.write(data)

    def time_s(self) -> float:
        """See Port."""
        return self._port.time_s()

    def close(self) -> None:
        """See Port; the simulated board itself stays, to be plugged in again."""
