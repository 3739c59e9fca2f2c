"""Which board is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixprop.board.finder import BRLTTY, Candidate, Kind, find_boards
from fixprop.board.ports import SIMULATED, check_socket
from fixprop.errors import FixpropError, UsageError
from fixprop.toolchain import typed

AUTO = "auto"


@dataclass(frozen=True)
class Target:
    """A port, and what is known of the board behind it."""

    url: str
    description: str = "an ATmega328P"

    @property
    def is_device(self) -> bool:
        """Whether the port is a device of this computer, not a TCP line."""
        return "://" not in self.url

    @property
    def avrdude_port(self) -> str:
        """The port as avrdude calls it."""
        return self.url.replace("socket://", "net:")


def virtual_uno() -> str:
    """The command that makes an Uno without the board."""
    return f"{typed('python')} -m fixprop.sim.virtual_uno --pty"


def choose(port: str, boards: Callable[[], Sequence[Candidate]] = find_boards) -> Target:
    """The target that `port` names, or with "auto" the board that is plugged in.

    Raises UsageError for what is no port or when several boards could be meant, FixpropError if
    there is no board.
    """
    if port == AUTO:
        return _the_only(boards())
    if port in SIMULATED or f"{port}://" in SIMULATED:
        raise UsageError(f"{port} has nothing to flash; for an Uno that has: {virtual_uno()}")
    if port.startswith("socket://"):
        check_socket(port)
    elif "://" in port or not port:
        raise UsageError(
            f"port '{port}': name a device such as /dev/ttyACM0, or socket://HOST:PORT"
        )
    return Target(port)


def _the_only(boards: Sequence[Candidate]) -> Target:
    fitting = [board for board in boards if "Mega" not in board.description]
    if not fitting and boards:
        raise FixpropError(
            f"{boards[0].description} at {boards[0].url} has another chip; for it: "
            f"{typed('pio')} run -d firmware -e mega -t upload --upload-port {boards[0].url}"
        )
    if not fitting:
        raise FixpropError(
            "no board found: is it plugged in, with a cable that carries data? "
            f"{BRLTTY}; name its port with --port, or try without one: {virtual_uno()}"
        )
    surest = [board for board in fitting if board.kind == min(b.kind for b in fitting)]
    if len(surest) > 1:
        names = ", ".join(f"{board.url} ({board.description})" for board in surest)
        raise UsageError(f"several boards found: {names}; choose one with --port")
    return Target(surest[0].url, _article(surest[0]))


def _article(board: Candidate) -> str:
    return board.description if board.kind == Kind.CONVERTER else f"an {board.description}"
