"""Boards are found by their USB chips, Unos first, and found again at another port."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from fixprop.board.finder import CHIPS, Kind, find_again, find_boards, usb_ports, vendor_at
from fixprop.errors import FixpropError

BOARDS_TXT = Path("/usr/share/arduino/hardware/arduino/avr/boards.txt")


@dataclass
class Port:
    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


UNO = Port("/dev/ttyACM10", 0x2341, 0x0043, "55")
SECOND_UNO = Port("/dev/ttyACM2", 0x2A03, 0x0043, "56")
MEGA = Port("/dev/ttyACM0", 0x2341, 0x0042, "57")
CH340 = Port("/dev/ttyUSB0", 0x1A86, 0x7523)
FTDI = Port("/dev/ttyUSB1", 0x0403, 0x6001, "A1")
BUILT_IN = Port("/dev/ttyS0")
MOUSE = Port("/dev/ttyACM1", 0x046D, 0xC077)


def test_unos_come_first_then_other_boards_then_converters() -> None:
    found = find_boards(lambda: [BUILT_IN, CH340, FTDI, MEGA, MOUSE, UNO, SECOND_UNO])
    assert [candidate.url for candidate in found] == [
        "/dev/ttyACM2",
        "/dev/ttyACM10",
        "/dev/ttyACM0",
        "/dev/ttyUSB0",
        "/dev/ttyUSB1",
    ]
    assert found[0].description == "Arduino Uno"
    assert found[0].serial_number == "56"
    assert "perhaps" in found[-1].description


def test_nothing_plugged_in_is_an_empty_list() -> None:
    assert find_boards(lambda: [BUILT_IN, MOUSE]) == []


def test_a_board_is_found_again_by_its_serial_number() -> None:
    [board] = find_boards(lambda: [UNO])
    moved = Port("/dev/ttyACM0", UNO.vid, UNO.pid, UNO.serial_number)
    other = Port(UNO.device, UNO.vid, UNO.pid, "99")
    assert find_again(board, lambda: [other, moved]) == "/dev/ttyACM0"


def test_a_board_without_a_number_is_found_again_at_its_port_only() -> None:
    [board] = find_boards(lambda: [CH340])
    assert find_again(board, lambda: [FTDI, CH340]) == CH340.device
    elsewhere = Port("/dev/ttyUSB5", CH340.vid, CH340.pid)
    with pytest.raises(FixpropError, match="/dev/ttyUSB0 is not plugged in"):
        find_again(board, lambda: [elsewhere])


def test_the_systems_ports_can_be_listed() -> None:
    assert all(isinstance(port.device, str) for port in usb_ports())


@pytest.mark.skipif(not BOARDS_TXT.exists(), reason="no Arduino core from the system's packages")
@pytest.mark.parametrize(("board", "kind"), [("uno", Kind.UNO), ("mega", Kind.BOARD)])
def test_the_arduino_cores_own_numbers_are_known(board: str, kind: Kind) -> None:
    lines = BOARDS_TXT.read_text(encoding="utf-8").splitlines()
    facts = dict(line.split("=", 1) for line in lines if line.startswith(f"{board}."))
    numbers = [
        (int(facts[f"{board}.vid.{n}"], 16), int(facts[f"{board}.pid.{n}"], 16))
        for n in range(20)
        if f"{board}.vid.{n}" in facts
    ]
    assert len(numbers) >= 5
    assert {CHIPS[number][0] for number in numbers} == {kind}


def test_the_vendor_behind_a_port_or_a_link_to_it(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to(UNO.device)
    ports = [BUILT_IN, CH340, UNO]
    assert vendor_at(UNO.device, lambda: ports) == vendor_at(str(link), lambda: ports) == 0x2341
    assert vendor_at(BUILT_IN.device, lambda: ports) is None
    assert vendor_at("/dev/none", lambda: ports) is None
    assert vendor_at("socket://127.0.0.1:1", lambda: ports) is None
