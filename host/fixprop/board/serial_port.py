"""A real serial line, or a TCP line to one: what pyserial can open."""

from __future__ import annotations

import errno
import time

import serial

from fixprop.errors import FixpropError
from fixprop.wire.messages import BAUD


class SerialPort:
    """A Port over pyserial. Opening a real Uno's port resets it through DTR."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._line = serial.serial_for_url(url, baudrate=BAUD, timeout=0, exclusive=True)
        except (serial.SerialException, ValueError, OSError) as error:
            raise FixpropError(diagnosis(url, error)) from error

    def read(self, seconds: float) -> bytes:
        """See Port."""
        try:
            self._line.timeout = seconds
            first: bytes = self._line.read(1)
            self._line.timeout = 0
            return first + self._line.read(4096) if first else first
        except (serial.SerialException, OSError) as error:
            raise FixpropError(f"lost {self.url}: {error}; plug it in and start again") from error

    def write(self, data: bytes) -> None:
        """See Port."""
        try:
            self._line.write(data)
        except (serial.SerialException, OSError) as error:
            raise FixpropError(f"lost {self.url}: {error}; plug it in and start again") from error

    def time_s(self) -> float:
        """See Port."""
        return time.monotonic()

    def close(self) -> None:
        """See Port."""
        self._line.close()


def diagnosis(url: str, error: Exception) -> str:
    """One line that says why a port does not open, and what to do."""
    number = getattr(error, "errno", None)
    text = str(error)
    if number == errno.ENOENT or ("could not open port" in text and "No such file" in text):
        return (
            f"no port {url}: is the board plugged in? list ports with: ls /dev/ttyACM* /dev/ttyUSB*"
        )
    if number == errno.EACCES or "Permission denied" in text:
        return f"no permission for {url}: sudo usermod -aG dialout $USER, then log in again"
    if number in (errno.EBUSY, errno.EAGAIN) or "lock" in text:
        return f"{url} is busy: another program has it open; find it with: fuser -v {url}"
    if number == errno.ECONNREFUSED or "refused" in text:
        return f"nobody listens at {url}: start the program that offers the port, or correct the number"
    if "Inappropriate ioctl" in text or number == errno.EISDIR or "Is a directory" in text:
        return f"{url} is not a serial line: name the board's, such as /dev/ttyACM0"
    return f"cannot open {url}: {text.splitlines()[0]}; check the name"
