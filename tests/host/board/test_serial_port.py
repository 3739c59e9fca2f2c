"""A serial line to a tracker that answers: over a pty, and over TCP."""

from __future__ import annotations

import os
import select
import socket
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import numpy as np
import pytest

from fixprop.board.native import NativeTracker
from fixprop.board.serial_port import SerialPort
from fixprop.errors import FixpropError
from fixprop.session import Session
from fixprop.tracking.native_learner import NativeLearner
from fixprop.wire.records import ResetWeights

LIMIT_S = 20  # a test that hangs ends with an error here


def received(handle: int) -> bytes:
    with suppress(OSError):  # the other end of a pty has been closed
        return os.read(handle, 256)
    return b""


@contextmanager
def tracker_behind(handle: int, send: Callable[[bytes], object]) -> Iterator[None]:
    """A NativeTracker that answers what comes to `handle`, in a thread, until the line is closed."""
    tracker = NativeTracker()
    stop_read, stop_write = os.pipe()

    def serve() -> None:
        send(tracker.read())
        while True:
            ready, _, _ = select.select([handle, stop_read], [], [], LIMIT_S)
            if stop_read in ready or not ready:
                return
            tracker.write(received(handle))
            while tracker.work(100):
                pass
            send(tracker.read())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.close(stop_write)
        thread.join(LIMIT_S)
        os.close(stop_read)
        assert not thread.is_alive()


def converse(port: SerialPort) -> None:
    session = Session(port)
    session.open()
    session.command(ResetWeights(11))
    assert np.array_equal(session.weights(), NativeLearner(11).weights())
    assert session.reader.counters.lost == 0
    port.close()


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    """The board's end of a line, and the name of the host's."""
    board, host = os.openpty()
    tty.setraw(board)
    yield board, os.ttyname(host)
    for handle in (board, host):
        with suppress(OSError):
            os.close(handle)


def test_a_session_over_a_pty(pty: tuple[int, str]) -> None:
    board, name = pty
    with tracker_behind(board, lambda data: os.write(board, data)):
        converse(SerialPort(name))


def test_a_session_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = SerialPort(f"socket://127.0.0.1:{server.getsockname()[1]}")
        line, _ = server.accept()
        with line, tracker_behind(line.fileno(), line.sendall):
            converse(port)


def test_reading_gives_all_that_came_and_waits_no_longer_than_told(pty: tuple[int, str]) -> None:
    board, name = pty
    port = SerialPort(name)
    assert port.read(0.0) == b""
    os.write(board, bytes(range(256)))
    data = b""
    while len(data) < 256 and (part := port.read(LIMIT_S)):
        data += part
    assert data == bytes(range(256))
    assert port.read(0.001) == b""
    port.close()


def test_what_is_written_arrives_unchanged(pty: tuple[int, str]) -> None:
    board, name = pty
    port = SerialPort(name)
    port.write(bytes(range(256)))
    data = b""
    while len(data) < 256 and select.select([board], [], [], LIMIT_S)[0]:
        data += os.read(board, 256)
    assert data == bytes(range(256))
    port.close()


def test_a_port_in_use_is_refused(pty: tuple[int, str]) -> None:
    _, name = pty
    port = SerialPort(name)
    with pytest.raises(FixpropError, match=rf"{name} is busy: another program has it open"):
        SerialPort(name)
    port.close()


def test_a_tcp_line_that_is_lost_is_one_line_with_the_next_step() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = SerialPort(f"socket://127.0.0.1:{server.getsockname()[1]}")
        line, _ = server.accept()
        line.close()
        with pytest.raises(
            FixpropError, match=r"^lost socket://.*; another program may hold"
        ) as raised:
            port.read(LIMIT_S)
        assert "\n" not in str(raised.value)


def test_an_unplugged_device_is_lost_too(pty: tuple[int, str]) -> None:
    board, name = pty
    port = SerialPort(name)
    os.close(board)
    with pytest.raises(FixpropError, match=f"^lost {name}: "):
        port.read(LIMIT_S)
    with pytest.raises(FixpropError, match=f"^lost {name}: "):
        port.write(b"x")


@pytest.mark.parametrize("reset", [True, False])
def test_a_board_to_be_left_alone_keeps_its_dtr_when_the_port_is_closed(
    pty: tuple[int, str], reset: bool
) -> None:
    board, name = pty
    port = SerialPort(name, reset=reset)
    hangs_up = bool(termios.tcgetattr(board)[2] & termios.HUPCL)
    port.close()
    assert hangs_up == reset


def test_closing_a_line_that_is_gone_is_no_error(pty: tuple[int, str]) -> None:
    board, name = pty
    port = SerialPort(name)
    os.close(board)
    with pytest.raises(FixpropError):
        port.read(LIMIT_S)
    port.close()
    port.close()
    for use in (lambda: port.read(0.0), lambda: port.write(b"x")):
        with pytest.raises(FixpropError, match=f"^lost {name}: "):
            use()


def test_time_goes_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = SerialPort(f"socket://127.0.0.1:{server.getsockname()[1]}")
        start = port.time_s()
        assert port.read(0.01) == b""
        assert port.time_s() >= start + 0.009  # a tick of the clock less
        port.close()
