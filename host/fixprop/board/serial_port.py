"""A real serial line, or a TCP line to one: what pyserial can open."""

from __future__ import annotations

import errno
import os
import time
from contextlib import suppress

import serial

from fixprop.errors import FixpropError
from fixprop.wire.messages import BAUD

try:
    from termios import error as _termios_error

    TERMIOS_ERRORS: tuple[type[Exception], ...] = (_termios_error,)
except ImportError:  # Windows
    TERMIOS_ERRORS = ()

LINE_ERRORS: tuple[type[Exception], ...] = (
    *(serial.SerialException, ValueError, TypeError, OSError),
    *TERMIOS_ERRORS,
)
"""What pyserial raises for a line that is gone or does not open: TypeError where the other thread
or a lost handle closed it in the middle of a read, termios.error (no OSError) while it is set up."""

MOST_BYTES = 4096  # of one read
SOCKET = "socket://"
HELD = "another program may hold it"
"""Of a TCP line: it has no plug, serves one program at a time, and names nobody."""


class SerialPort:
    """A Port over pyserial. Opening a real Uno's port resets it through DTR.

    `reset` False: leave a running board alone, as far as the system allows. Windows keeps DTR low.
    Linux and macOS raise it in open() itself, and the board starts anew at the edge; from then on
    DTR stays up when the port is closed (no HUPCL), so that the next opening has no edge.
    """

    def __init__(self, url: str, *, reset: bool = True) -> None:
        self.url = url
        try:
            self._line = serial.serial_for_url(
                url, baudrate=BAUD, timeout=0, exclusive=True, do_not_open=True
            )
            if not reset and os.name == "nt":
                self._line.dtr = False
            self._line.open()
            if os.name == "posix" and not url.startswith(SOCKET):
                _hang_up_on_close(self._line.fileno(), reset)
        except LINE_ERRORS as error:
            raise FixpropError(diagnosis(url, error)) from error

    def read(self, seconds: float) -> bytes:
        """See Port."""
        try:
            self._wait(seconds)
            first: bytes = self._line.read(1)
            self._wait(0)
            return first + self._line.read(MOST_BYTES) if first else first
        except LINE_ERRORS as error:
            raise lost_line(self.url, error) from error

    def _wait(self, seconds: float) -> None:
        if self._line.timeout != seconds:  # pyserial sets up the whole line anew
            self._line.timeout = seconds

    def write(self, data: bytes) -> None:
        """See Port."""
        try:
            self._line.write(data)
        except LINE_ERRORS as error:
            raise lost_line(self.url, error) from error

    def time_s(self) -> float:
        """See Port."""
        return time.monotonic()

    def close(self) -> None:
        """See Port; a line that is gone already is as good as closed."""
        with suppress(*LINE_ERRORS):
            self._line.close()


def _hang_up_on_close(line: int, on: bool) -> None:
    """Whether DTR falls when the port is closed; see HUPCL in termios(3)."""
    import termios

    settings = termios.tcgetattr(line)
    settings[2] = settings[2] | termios.HUPCL if on else settings[2] & ~termios.HUPCL
    termios.tcsetattr(line, termios.TCSANOW, settings)


def lost_line(url: str, error: object) -> FixpropError:
    """What a Port raises when its line is gone."""
    return FixpropError(f"lost {url}: {error}; {back_again(url)}")


def back_again(url: str) -> str:
    """What to do about a line that is gone."""
    if url.startswith(SOCKET):
        return f"{HELD}: close that, or start the one that offers the port again"
    return "plug it in and start again"


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
    if "timed out" in text:
        return f"{url} answers nobody: {HELD}; close it, or correct the address"
    if "Inappropriate ioctl" in text or number == errno.EISDIR or "Is a directory" in text:
        return f"{url} is not a serial line: name the board's, such as /dev/ttyACM0"
    return f"cannot open {url}: {text.splitlines()[0]}; check the name"
