"""A simulated board on a cable that can be pulled at any byte and plugged in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from fixprop.board.port import Port
from fixprop.board.serial_port import lost_line
from fixprop.errors import FixpropError

GONE = "device disconnected"  # as pyserial says it


class PoweredBoard(Port, Protocol):
    """A simulated board that can lose its power."""

    def power_cycle(self) -> None:
        """Off and on: only the EEPROM is kept."""


class Cable:
    """The way to `board`. `connect` opens a Port, which fails for good once the cable is out."""

    def __init__(self, board: PoweredBoard) -> None:
        self.board, self.plugged = board, True
        self._bytes_left: int | None = None
        self._cuts: Callable[[bytes], bool] | None = None
        self._plug = 0

    def connect(self) -> Port:
        """What Bridge wants; raises FixpropError while the cable is out."""
        if not self.plugged:
            raise FixpropError(f"no port {self.board.url}: is the board plugged in?")
        return CablePort(self, self._plug)

    def unplug(self) -> None:
        """Now. The board runs on as long as it is read, until `plug_in` takes its power."""
        self.plugged, self._bytes_left, self._cuts = False, None, None
        self._plug += 1

    def unplug_after(self, count: int) -> None:
        """So many bytes of the board still arrive."""
        self._bytes_left = count

    def unplug_at_write(self, fits: Callable[[bytes], bool]) -> None:
        """The first bytes to the board that fit still arrive there, but nothing of the answer."""
        self._cuts = fits

    def plug_in(self, *, power_lost: bool = True, ran_on_s: float = 0.0) -> None:
        """The cable is back; the board started anew, or ran on for so long with no one to hear."""
        if power_lost:
            self.board.power_cycle()
        else:
            self.let_run(ran_on_s)
        self.plugged = True

    def let_run(self, seconds: float) -> None:
        """The board lives for so long and no byte of it arrives."""
        end_s = self.board.time_s() + seconds
        while (left_s := end_s - self.board.time_s()) > 0:
            self.board.read(left_s)

    def pass_on(self, data: bytes) -> bytes:
        """What of the board's bytes still arrives."""
        if self._bytes_left is None:
            return data
        arrived = data[: self._bytes_left]
        self._bytes_left -= len(arrived)
        if not self._bytes_left:
            self.unplug()
        return arrived

    def has_written(self, data: bytes) -> None:
        """The board got bytes."""
        if self._cuts is not None and self._cuts(data):
            self.unplug()

    def carries(self, plug: int) -> bool:
        """Whether a port of that plugging in still has its board."""
        return self.plugged and plug == self._plug


class CablePort:
    """A Port that fails as a real one does when its cable is pulled."""

    def __init__(self, cable: Cable, plug: int) -> None:
        self.url, self._cable, self._plug = cable.board.url, cable, plug

    def _check(self) -> None:
        if not self._cable.carries(self._plug):
            raise lost_line(self.url, GONE)

    def read(self, seconds: float) -> bytes:
        """See Port."""
        self._check()
        return self._cable.pass_on(self._cable.board.read(seconds))

    def write(self, data: bytes) -> None:
        """See Port."""
        self._check()
        self._cable.board.write(data)
        self._cable.has_written(data)

    def time_s(self) -> float:
        """See Port."""
        return self._cable.board.time_s()

    def close(self) -> None:
        """See Port."""
