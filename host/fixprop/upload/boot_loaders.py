"""The boot loaders that boards with an ATmega328P have, and which of them answers.

Both speak STK500 version 1 (Atmel application note AVR061): GET_SYNC and a space are answered by
INSYNC and OK. Only the speed tells them apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import serial

from fixprop.board.serial_port import HELD, LINE_ERRORS, SOCKET, diagnosis
from fixprop.errors import FixpropError

GET_SYNC, IN_SYNC = b"\x30\x20", b"\x14\x10"
RESET_PULSE_S = 0.05  # DTR low; the Uno's capacitor makes a pulse of its edge
PATIENCE_S = 1.2  # Optiboot gives up after one second
REPEAT_S = 0.1


@dataclass(frozen=True)
class BootLoader:
    """A boot loader; `start` is its first address, where a sketch must end.

    `warning`: one line for whoever flashes through it; "" for none.
    """

    name: str
    baud: int
    start: int
    warning: str = ""


# Arduino AVR boards, boards.txt: upload.speed and upload.maximum_size
OPTIBOOT = BootLoader("the boot loader", 115_200, 0x7E00)
# ATmegaBOOT leaves MCUSR and WDTCSR alone, so a watchdog that has bitten bites again every 16 ms,
# before the sketch could stop it (arduino/Arduino issues 4492, 6228).
OLD_NANO = BootLoader(
    "the old boot loader (57,600 baud)",
    57_600,
    0x7800,
    "after a hang this old boot loader needs the power switched off; to be rid of it, burn Optiboot "
    'with the Arduino IDE: board "ATmega328P", Tools, Burn Bootloader',
)
KNOWN = (OPTIBOOT, OLD_NANO)

OpenLine = Callable[[str, int], Any]


def _open(url: str, baud: int) -> Any:
    return serial.serial_for_url(url, baudrate=baud, timeout=REPEAT_S, exclusive=True)


def answering(
    url: str, open_line: OpenLine = _open, patience_s: float = PATIENCE_S
) -> BootLoader | None:
    """Which boot loader answers at `url`; None for none. Resets the board, writes nothing.

    Raises FixpropError when the port does not open or the line is lost.
    """
    for boot_loader in KNOWN:
        try:
            line = open_line(url, boot_loader.baud)
        except LINE_ERRORS as error:
            raise FixpropError(diagnosis(url, error)) from error
        try:
            _reset(line)
            if _answers(line, patience_s):
                return boot_loader
        except LINE_ERRORS as error:
            cure = f"{HELD}; close it and flash again" if url.startswith(SOCKET) else "is it loose?"
            raise FixpropError(f"lost {url} while it was reset: {error}; {cure}") from error
        finally:
            line.close()
    return None


def _reset(line: Any) -> None:
    """An edge on DTR; a line without one (TCP, a pseudo terminal) was reset by being opened."""
    with suppress(OSError):
        line.dtr = False
        time.sleep(RESET_PULSE_S)
        line.dtr = True


def _answers(line: Any, patience_s: float) -> bool:
    heard, end = b"", time.monotonic() + patience_s
    while time.monotonic() < end:
        line.write(GET_SYNC)
        heard += line.read(64)
        if IN_SYNC in heard:
            return True
    return False
