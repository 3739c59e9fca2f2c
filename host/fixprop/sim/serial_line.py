"""Ends of a serial line that programs outside can open: a pseudo terminal, or a TCP port."""

from __future__ import annotations

import ctypes
import os
import re
import select
import socket
import termios
import tty
from contextlib import suppress
from typing import Protocol

from fixprop.errors import FixpropError

MOST_BYTES = 4096  # taken at once
MOST_WAITING = 65_536  # bytes for a program that does not read; later ones are lost, as on a board
SPEEDS = {
    getattr(termios, name): int(name[1:]) for name in dir(termios) if re.fullmatch(r"B\d+", name)
}
HOST = "127.0.0.1"
IN_OPEN = 0x20  # inotify(7)


class SerialLine(Protocol):
    """The board's end. Nothing here waits but `wait`."""

    url: str

    def opened(self) -> bool:
        """Whether a program has opened the line since the last call; DTR then pulls RESET."""

    def baud(self) -> int | None:
        """The speed that the program set; None where a line has none, as over TCP."""

    def read(self) -> bytes:
        """What the program sent; b"" while it sends nothing."""

    def write(self, data: bytes) -> None:
        """Send; lost while nobody has the line open."""

    def wait(self, seconds: float) -> None:
        """Until there is something to read, or the time is over."""

    def close(self) -> None:
        """Take the line away."""


class PtyLine:
    """A pseudo terminal: a device like /dev/ttyACM0 to any program, except that it has no DTR."""

    def __init__(self) -> None:
        self._end, device = os.openpty()
        tty.setraw(device)
        self.url = os.ttyname(device)
        os.close(device)  # so that it is seen when a program opens it: until then it is hung up
        os.set_blocking(self._end, False)
        self._openings = _watch_openings(self.url)
        self._open = False
        self._waiting = bytearray()

    def _is_open(self) -> bool:
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in poll.poll(0))

    def opened(self) -> bool:
        """See SerialLine."""
        self._open = self._is_open()
        with suppress(BlockingIOError):
            os.read(self._openings, MOST_BYTES)
            self._waiting.clear()
            return True
        return False

    def baud(self) -> int | None:
        """See SerialLine."""
        return SPEEDS.get(termios.tcgetattr(self._end)[5])

    def read(self) -> bytes:
        """See SerialLine."""
        with suppress(OSError):  # EAGAIN: nothing there; EIO: nobody there
            return os.read(self._end, MOST_BYTES)
        return b""

    def write(self, data: bytes) -> None:
        """See SerialLine."""
        if not self._open:
            return
        _queue(self._waiting, data)
        with suppress(OSError):
            del self._waiting[: os.write(self._end, self._waiting)]

    def wait(self, seconds: float) -> None:
        """See SerialLine."""
        ends = [self._openings, self._end] if self._open else [self._openings]
        select.select(ends, [], [], seconds)

    def close(self) -> None:
        """See SerialLine."""
        os.close(self._end)
        os.close(self._openings)


def _watch_openings(path: str) -> int:
    """A file that has something to read when `path` was opened, even if it was closed at once."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if watch < 0 or libc.inotify_add_watch(watch, path.encode(), IN_OPEN) < 0:
        raise FixpropError(
            f"cannot watch {path}: {os.strerror(ctypes.get_errno())}; use a TCP port"
        )
    return int(watch)


class TcpLine:
    """A TCP port on this computer: socket://127.0.0.1:PORT, to avrdude net:127.0.0.1:PORT.

    One program at a time; the next one that connects takes the line over.
    """

    def __init__(self, port: int) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((HOST, port))
        except OSError as error:
            raise FixpropError(
                f"TCP port {port}: {error.strerror}; choose another, or 0"
            ) from error
        self._listener.listen(1)
        self._listener.setblocking(False)
        self.url = f"socket://{HOST}:{self._listener.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._waiting = bytearray()

    def opened(self) -> bool:
        """See SerialLine."""
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return False
        self._hang_up()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        return True

    def baud(self) -> int | None:
        """See SerialLine."""
        return None

    def read(self) -> bytes:
        """See SerialLine."""
        if self._connection is None:
            return b""
        try:
            data = self._connection.recv(MOST_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes) -> None:
        """See SerialLine."""
        if self._connection is None:
            return
        _queue(self._waiting, data)
        with suppress(OSError):
            del self._waiting[: self._connection.send(self._waiting)]

    def wait(self, seconds: float) -> None:
        """See SerialLine."""
        select.select([end for end in (self._listener, self._connection) if end], [], [], seconds)

    def _hang_up(self) -> None:
        self._waiting.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """See SerialLine."""
        self._hang_up()
        self._listener.close()


def _queue(waiting: bytearray, data: bytes) -> None:
    waiting += data[: MOST_WAITING - len(waiting)]
