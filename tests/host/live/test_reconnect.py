"""The same board, wherever it comes back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fixprop.board.native import NativeBoard
from fixprop.errors import FixpropError
from fixprop.live.reconnect import Reconnect
from fixprop.sim.scene import World


@dataclass
class Usb:
    """A port as the system lists it."""

    device: str
    serial_number: str | None
    vid: int | None = 0x2341
    pid: int | None = 0x0043


class Computer:
    """USB ports that come and go, and what was opened."""

    def __init__(self, *ports: Usb) -> None:
        self.ports, self.opened = list(ports), list[str]()
        self.busy = False

    def open(self, url: str) -> NativeBoard:
        self.opened.append(url)
        if self.busy:
            raise FixpropError(f"{url} is busy")
        return NativeBoard(World(1), url)

    def reconnect(self, url: str = "auto") -> Reconnect:
        return Reconnect(url, lambda: self.ports, self.open)


@pytest.mark.parametrize("url", ["auto", "/dev/ttyACM0"])
def test_a_board_that_comes_back_under_another_name_is_found(url: str) -> None:
    computer = Computer(Usb("/dev/ttyACM0", "A"), Usb("/dev/ttyACM1", "B"))
    connect = computer.reconnect(url)
    connect()
    computer.ports = [Usb("/dev/ttyACM1", "B")]
    with pytest.raises(FixpropError, match="Arduino Uno at /dev/ttyACM0 is not plugged in"):
        connect()
    computer.ports = [Usb("/dev/ttyACM0", "C"), Usb("/dev/ttyACM3", "A")]
    connect()
    assert computer.opened == ["/dev/ttyACM0", "/dev/ttyACM3"]


def test_without_a_board_it_says_so_until_one_comes() -> None:
    computer = Computer()
    connect = computer.reconnect()
    with pytest.raises(FixpropError, match="no Uno is plugged in"):
        connect()
    computer.ports = [Usb("/dev/ttyACM0", None)]
    assert connect().url == "/dev/ttyACM0"


def test_a_board_that_does_not_open_is_not_the_one_to_wait_for() -> None:
    computer = Computer(Usb("/dev/ttyACM0", "A"))
    connect, computer.busy = computer.reconnect(), True
    with pytest.raises(FixpropError, match="is busy"):
        connect()
    computer.ports, computer.busy = [Usb("/dev/ttyACM1", "B")], False
    connect()
    assert computer.opened == ["/dev/ttyACM0", "/dev/ttyACM1"]


def test_a_line_of_another_kind_is_opened_by_its_name() -> None:
    computer = Computer(Usb("/dev/ttyACM0", "A"))
    connect = computer.reconnect("socket://localhost:1")
    connect()
    connect()
    assert computer.opened == ["socket://localhost:1"] * 2
