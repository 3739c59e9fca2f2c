"""A simulated board behind a line that is not as it should be."""

from __future__ import annotations

from collections.abc import Callable

from fixprop.board.simulated import SimulatedBoard

WATCHED_S = 0.001  # how often a fault is looked after; a cell of EEPROM takes 3.4 ms


class FaultyLine:
    """A Port: a simulated board behind a line that does to bytes what `garble` does."""

    def __init__(self, board: SimulatedBoard, garble: Callable[[bytes], bytes]) -> None:
        self.url, self.board, self._garble = board.url, board, garble
        self.hears, self.clock = True, 1.0  # the board's seconds in a second of this computer's
        self.at: list[tuple[float, Callable[[SimulatedBoard], None]]] = []
        self.each_slice: Callable[[SimulatedBoard], None] | None = None

    def read(self, seconds: float) -> bytes:
        """See Port."""
        end_s = self.board.time_s() + seconds * self.clock
        while (left_s := end_s - self.board.time_s()) > 0:
            if data := self._slice(left_s):
                return data
        return b""

    def _slice(self, most_s: float) -> bytes:
        watched = self.at or self.each_slice
        data = self._garble(self.board.read(min(most_s, WATCHED_S) if watched else most_s))
        if self.each_slice is not None:
            self.each_slice(self.board)
        while self.at and self.board.time_s() >= self.at[0][0]:
            self.at.pop(0)[1](self.board)
        return data

    def write(self, data: bytes) -> None:
        """See Port."""
        if self.hears:
            self.board.write(data)

    def time_s(self) -> float:
        """See Port."""
        return self.board.time_s() / self.clock

    def close(self) -> None:
        """See Port."""
        self.board.close()
