"""Ports are URLs: /dev/ttyACM0, COM3, socket://host:port, sim://, native://, replay://FILE."""

from __future__ import annotations

from pathlib import Path

from fixprop.board.native import NativeBoard
from fixprop.board.port import Port
from fixprop.board.serial_port import SerialPort
from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import UsageError
from fixprop.firmware_build import build_firmware
from fixprop.sim.scene import World

SIMULATED = ("sim://", "native://")
REPLAY = "replay://"
KINDS = "/dev/ttyACM0, COM3, socket://host:port, sim://, native:// or replay://FILE"


def open_port(url: str, world: World | None = None) -> Port:
    """Open the port that `url` names; `world` is what a simulated board's pins are wired to.

    Raises UsageError for a URL of no known kind, FixpropError when the port does not open.
    """
    check_url(url)
    if url == "sim://":
        return SimulatedBoard(build_firmware().elf, world or World(1))
    if url == "native://":
        return NativeBoard(world or World(1))
    if url.startswith(REPLAY):
        from fixprop.board.replay import Replay  # which reads through the wire's own layers

        return Replay(Path(url.removeprefix(REPLAY))).connect()
    return SerialPort(url)


def check_url(url: str) -> None:
    """Raise UsageError unless `url` is of a kind that can be opened."""
    if not url:
        raise UsageError(f"port '': name one of {KINDS}")
    if f"{url}://" in SIMULATED:
        raise UsageError(f"port '{url}': did you mean {url}://?")
    if url.startswith("socket://"):
        check_socket(url)
    elif "://" in url and url not in SIMULATED and not url.startswith(REPLAY):
        raise UsageError(f"port '{url}': no such kind of port; use {KINDS}")


def check_socket(url: str) -> None:
    """Raise UsageError unless `url` is socket://HOST:PORT with a port from 1 to 65535."""
    host, _, port = url.removeprefix("socket://").rpartition(":")
    if not host or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise UsageError(f"port '{url}': use socket://HOST:PORT with a PORT from 1 to 65535")
