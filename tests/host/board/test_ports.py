"""A port's URL opens the right kind of board, or says in one line why not."""

from __future__ import annotations

import errno
import socket

import pytest
import serial

from fixprop.board import ports
from fixprop.board.native import NativeBoard
from fixprop.board.ports import open_port
from fixprop.board.serial_port import diagnosis
from fixprop.errors import FixpropError, UsageError
from fixprop.sim.scene import World


def complaint(url: str) -> tuple[int, str]:
    with pytest.raises(FixpropError) as raised:
        open_port(url)
    assert "\n" not in str(raised.value)
    return raised.value.exit_status, str(raised.value)


def test_native_is_a_board_in_the_world_that_is_given() -> None:
    world = World(3)
    board = open_port("native://", world)
    assert isinstance(board, NativeBoard)
    assert board.world is world
    assert board.url == "native://"


def test_sim_runs_the_firmware_that_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    class Build:
        elf = "the.elf"

    monkeypatch.setattr(ports, "build_firmware", Build)
    monkeypatch.setattr(ports, "SimulatedBoard", lambda *given: opened.extend(given))
    world = World(3)
    open_port("sim://", world)
    assert opened == ["the.elf", world]


@pytest.mark.parametrize("url", ["simulated://", "http://localhost", "native://x", "sim://uno"])
def test_an_unknown_kind_of_port_lists_the_kinds_there_are(url: str) -> None:
    status, text = complaint(url)
    assert status == UsageError.exit_status
    assert text.startswith(f"port '{url}': no such kind of port; use ")
    for kind in ("/dev/ttyACM0", "COM3", "socket://host:port", "sim://", "native://"):
        assert kind in text


def test_an_empty_port_lists_the_kinds_there_are() -> None:
    status, text = complaint("")
    assert status == UsageError.exit_status
    assert "native://" in text


def test_a_device_that_is_not_there_asks_for_the_board() -> None:
    status, text = complaint("/dev/ttyNOSUCH0")
    assert status == 1
    assert text.startswith("no port /dev/ttyNOSUCH0: is the board plugged in?")


def test_a_tcp_port_where_nobody_listens_says_so() -> None:
    with socket.socket() as free:  # bound and not listening: refused, and nobody else's
        free.bind(("127.0.0.1", 0))
        url = f"socket://127.0.0.1:{free.getsockname()[1]}"
        status, text = complaint(url)
    assert status == 1
    assert text.startswith(f"nobody listens at {url}:")


def test_a_tcp_url_without_a_number_is_one_line() -> None:
    status, text = complaint("socket://localhost")
    assert status == 2
    assert "socket://localhost" in text


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (serial.SerialException(errno.EACCES, "Permission denied"), "usermod -aG dialout"),
        (serial.SerialException(errno.EBUSY, "Device or resource busy"), "fuser -v /dev/x"),
        (
            serial.SerialException(errno.EAGAIN, "Could not exclusively lock port /dev/x"),
            "fuser -v /dev/x",
        ),
        (serial.SerialException(errno.ENOENT, "No such file or directory"), "plugged in"),
        (OSError("something\nin two lines"), "cannot open /dev/x: something"),
    ],
)
def test_each_reason_has_its_own_advice(error: Exception, advice: str) -> None:
    text = diagnosis("/dev/x", error)
    assert "/dev/x" in text
    assert advice in text
    assert "\n" not in text
