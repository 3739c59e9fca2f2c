"""The control beside a virtual Uno's serial line: `python -m fixprop.sim.control 4322 card 20`.

A TCP port of this computer. One order a line, as orders.py has them; each answer is a line of JSON,
and an order that cannot be obeyed is answered with {"error": ...}. `nc` does as well as this client.
"""

from __future__ import annotations

import json
import select
import socket
import sys
from collections.abc import Callable, Iterable

import click

from fixprop.cli import run
from fixprop.errors import FixpropError
from fixprop.sim.orders import Figures
from fixprop.sim.serial_line import HOST
from fixprop.toolchain import typed

LONGEST_LINE = 1000  # bytes of an order; a program that sends more is hung up on
MOST_BYTES = 4096  # taken at once
PATIENCE_S = 10.0  # for a virtual Uno on a busy computer, or for a program that does not read


class ControlLine:
    """The virtual Uno's end; several programs may speak at a time."""

    def __init__(self, port: int, obey: Callable[[str], Figures]) -> None:
        """`port` 0: any free one. `obey` raises FixpropError for what cannot be done."""
        try:
            self._listener = socket.create_server((HOST, port))
        except OSError as error:
            raise FixpropError(
                f"control port {port}: {error.strerror}; choose another, or 0"
            ) from error
        self.port: int = self._listener.getsockname()[1]
        self._obey = obey
        self._heard: dict[socket.socket, bytes] = {}

    def turn(self) -> None:
        """Obey what was said since the last turn; waits for nobody."""
        ready, _, _ = select.select([self._listener, *self._heard], [], [], 0)
        for end in ready:
            if end is self._listener:
                connection, _ = end.accept()
                connection.settimeout(PATIENCE_S)
                self._heard[connection] = b""
            else:
                self._listen(end)

    def _listen(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(MOST_BYTES)
            *lines, rest = (self._heard[connection] + data).split(b"\n")
            for line in lines:
                connection.sendall(self._answer(line.decode(errors="replace")))
        except OSError:
            data = rest = b""
        self._heard[connection] = rest
        if not data or len(rest) > LONGEST_LINE:
            del self._heard[connection]
            connection.close()

    def _answer(self, line: str) -> bytes:
        try:
            told = self._obey(line)
        except FixpropError as error:
            told = {"error": str(error)}
        return json.dumps(told).encode() + b"\n"

    def close(self) -> None:
        """Hang up on everybody."""
        for end in [self._listener, *self._heard]:
            end.close()


class Control:
    """A program's end."""

    def __init__(self, port: int) -> None:
        """Raises FixpropError if nobody listens there."""
        self._port = port
        try:
            self._line = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        except OSError as error:
            raise FixpropError(
                f"nobody listens at control port {port}: start one with "
                f"{typed('python')} -m fixprop.sim.virtual_uno --tcp 4321 --control {port}"
            ) from error
        self._answers = self._line.makefile("r", encoding="utf-8")

    def ask(self, order: str) -> Figures:
        """The answer; raises FixpropError when the order cannot be obeyed, or nobody is there."""
        try:
            self._line.sendall(order.encode() + b"\n")
            answer = self._answers.readline()
        except OSError as error:
            raise FixpropError(f"control port {self._port}: {error}; start again") from error
        if not answer:
            raise FixpropError(f"control port {self._port}: the virtual Uno has ended; start again")
        told: Figures = json.loads(answer)
        if "error" in told:
            raise FixpropError(told["error"])
        return told

    def close(self) -> None:
        """Hang up."""
        self._answers.close()
        self._line.close()


@click.command(context_settings={"ignore_unknown_options": True})  # -10 is a bearing
@click.argument("port", type=click.IntRange(1, 65535))
@click.argument("order", nargs=-1)
def control(port: int, order: tuple[str, ...]) -> None:
    """Say ORDER to the virtual Uno whose control is at PORT; without one, lines are read.

    \b
    Example:  python -m fixprop.sim.control 4322 card 20
              python -m fixprop.sim.control 4322 help
    """
    line = Control(port)
    try:
        orders: Iterable[str] = [" ".join(order)] if order else sys.stdin
        for said in orders:
            click.echo(json.dumps(line.ask(said.strip()), indent=2))
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], control, "python -m fixprop.sim.control"))
