"""A Port that tells what passes, and tells its own failures from a board's refusals."""

from __future__ import annotations

from collections.abc import Callable

from fixprop.board.port import Port
from fixprop.errors import FixpropError


class LineLost(FixpropError):
    """The port itself failed: nothing more can be had from it."""


class Tap:
    """`tell` hears of bytes and whether they go out; `stopping` ends every wait with LineLost."""

    def __init__(
        self, port: Port, tell: Callable[[bytes, bool], None], stopping: Callable[[], bool]
    ) -> None:
        self.url, self._port, self._tell, self._stopping = port.url, port, tell, stopping

    def read(self, seconds: float) -> bytes:
        """See Port."""
        if self._stopping():
            raise LineLost(f"{self.url} was closed")
        try:
            data = self._port.read(seconds)
        except FixpropError as error:
            raise LineLost(str(error)) from error
        if data:
            self._tell(data, False)
        return data

    def write(self, data: bytes) -> None:
        """See Port."""
        try:
            self._port.write(data)
        except FixpropError as error:
            raise LineLost(str(error)) from error
        self._tell(data, True)

    def time_s(self) -> float:
        """See Port."""
        return self._port.time_s()

    def close(self) -> None:
        """See Port."""
        self._port.close()
