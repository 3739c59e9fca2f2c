"""Opens the same board again and again, wherever it is plugged in."""

from __future__ import annotations

from collections.abc import Callable

from fixprop.board.finder import Candidate, Ports, find_again, find_boards, usb_ports
from fixprop.board.port import Port
from fixprop.board.ports import open_port
from fixprop.errors import FixpropError

AUTO = "auto"


class Reconnect:
    """What Bridge wants of a real line: `url`, or "auto" for the first Uno.

    A board that has left and come back may have another name (ttyACM1 for ttyACM0): its USB chip
    says which it is. A line that is no USB board of ours is opened by its name.
    """

    def __init__(
        self,
        url: str = AUTO,
        ports: Ports = usb_ports,
        open_line: Callable[[str], Port] = open_port,
    ) -> None:
        self.url, self._ports, self._open = url, ports, open_line
        self._board: Candidate | None = None

    def __call__(self) -> Port:
        """The line; FixpropError while the board is not there."""
        if self._board is not None:
            return self._open(find_again(self._board, self._ports))
        found = find_boards(self._ports)
        wanted = [board for board in found if self.url in (AUTO, board.url)]
        if not wanted and self.url == AUTO:
            raise FixpropError("no Uno is plugged in; name another board's port with --port")
        line = self._open(wanted[0].url if wanted else self.url)
        self._board = wanted[0] if wanted else None  # not before it has opened
        return line
