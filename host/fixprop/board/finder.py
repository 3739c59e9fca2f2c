"""Boards that are plugged in, by the identity of their USB chip."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from fixprop.errors import FixpropError


class Kind(IntEnum):
    """How sure it is that a board is one that the firmware runs on; the surest first."""

    UNO = 0
    BOARD = 1  # another Arduino with a chip of the same family
    CONVERTER = 2  # a chip that many boards have, Nanos and copies of the Uno among them


# Arduino AVR boards, boards.txt: build.vid and build.pid. Converters: the Linux drivers ch341,
# ftdi_sio and cp210x.
CHIPS: dict[tuple[int, int], tuple[Kind, str]] = {
    (0x2341, 0x0043): (Kind.UNO, "Arduino Uno"),
    (0x2341, 0x0001): (Kind.UNO, "Arduino Uno"),
    (0x2A03, 0x0043): (Kind.UNO, "Arduino Uno"),
    (0x2341, 0x0243): (Kind.UNO, "Arduino Uno"),
    (0x2341, 0x006A): (Kind.UNO, "Arduino Uno"),
    (0x2341, 0x0062): (Kind.BOARD, "Arduino Uno Mini"),
    (0x2341, 0x0010): (Kind.BOARD, "Arduino Mega 2560"),
    (0x2341, 0x0042): (Kind.BOARD, "Arduino Mega 2560"),
    (0x2A03, 0x0010): (Kind.BOARD, "Arduino Mega 2560"),
    (0x2A03, 0x0042): (Kind.BOARD, "Arduino Mega 2560"),
    (0x2341, 0x0210): (Kind.BOARD, "Arduino Mega 2560"),
    (0x2341, 0x0242): (Kind.BOARD, "Arduino Mega 2560"),
    (0x1A86, 0x7523): (Kind.CONVERTER, "CH340, perhaps a Nano or Uno"),
    (0x1A86, 0x5523): (Kind.CONVERTER, "CH341, perhaps a Nano or Uno"),
    (0x1A86, 0x7522): (Kind.CONVERTER, "CH340K, perhaps a Nano or Uno"),
    (0x0403, 0x6001): (Kind.CONVERTER, "FT232R, perhaps a Nano"),
    (0x10C4, 0xEA60): (Kind.CONVERTER, "CP2102, perhaps a Nano"),
}


BRLTTY = "on Ubuntu: sudo apt remove brltty if the board has a CH340"
"""brltty of Ubuntu 22.04 takes 1A86:7523 for a Braille display, and the port vanishes."""


class UsbPort(Protocol):
    """What serial.tools.list_ports tells of a port."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None


@dataclass(frozen=True)
class Candidate:
    """A board that is plugged in."""

    url: str
    description: str
    kind: Kind
    vid: int
    pid: int
    serial_number: str | None = None

    def is_same_board(self, other: Candidate) -> bool:
        """Whether the two are one board, perhaps at another port; without a number, at this one."""
        chips = (self.vid, self.pid) == (other.vid, other.pid)
        if self.serial_number or other.serial_number:
            return chips and self.serial_number == other.serial_number
        return chips and self.url == other.url


def usb_ports() -> Iterable[UsbPort]:
    """The serial ports of this computer."""
    from serial.tools import list_ports

    ports: Iterable[UsbPort] = list_ports.comports()
    return ports


Ports = Callable[[], Iterable[UsbPort]]


def find_boards(ports: Ports = usb_ports) -> list[Candidate]:
    """Boards that are plugged in, Unos first, then by the name of their port."""
    found = (_candidate(port) for port in ports())
    return sorted((c for c in found if c is not None), key=lambda c: (c.kind, natural(c.url)))


def find_again(board: Candidate, ports: Ports = usb_ports) -> str:
    """Where `board` is now; FixpropError while it is not plugged in."""
    for candidate in find_boards(ports):
        if candidate.is_same_board(board):
            return candidate.url
    raise FixpropError(f"{board.description} at {board.url} is not plugged in")


def vendor_at(url: str, ports: Ports = usb_ports) -> int | None:
    """The USB vendor of the chip behind a port; None for what is no USB port."""
    if "://" in url:
        return None
    device = os.path.realpath(url)  # by-id names are links
    return next((p.vid for p in ports() if device == os.path.realpath(p.device)), None)


def _candidate(port: UsbPort) -> Candidate | None:
    if port.vid is None or port.pid is None:
        return None
    kind, description = CHIPS.get((port.vid, port.pid), (None, ""))
    if kind is None:
        return None
    return Candidate(port.device, description, kind, port.vid, port.pid, port.serial_number)


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts ttyACM2 before ttyACM10."""
    pieces = re.findall(r"\d+|\D+", name)
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]
