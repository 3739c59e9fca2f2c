"""What a port can be. Nothing above this package knows which kind it talks to."""

from __future__ import annotations

from typing import Protocol


class Port(Protocol):
    """A line to a board. Time on it is the board's: simulated boards only run while they are read."""

    url: str

    def read(self, seconds: float) -> bytes:
        """Bytes that came, after waiting at most `seconds` of the board's time for the first.

        Raises FixpropError when the line is lost.
        """

    def write(self, data: bytes) -> None:
        """Send bytes; raises FixpropError when the line is lost."""

    def time_s(self) -> float:
        """Seconds on the board's clock, or on this computer's for a real one."""

    def close(self) -> None:
        """Let go of the line."""
