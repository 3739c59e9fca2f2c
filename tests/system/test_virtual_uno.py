"""The virtual Uno: a boot loader, a line that resets, and an EEPROM that outlives the power."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.intel_hex import intel_hex, read_intel_hex
from fixprop.sim.bootloader import BOOT_START, build_optiboot, flash_with_boot_loader
from fixprop.sim.uno import EEPROM_BYTES, FLASH_BYTES
from fixprop.sim.virtual_uno import Eeprom, VirtualUno
from fixprop.upload.boot_loaders import GET_SYNC, IN_SYNC


@dataclass
class Line:
    """A SerialLine that the test holds the other end of."""

    url: str = "line"
    speed: int | None = None
    openings: int = 0
    to_board: bytearray = field(default_factory=bytearray)
    from_board: bytearray = field(default_factory=bytearray)

    def opened(self) -> bool:
        self.openings, before = 0, self.openings
        return before > 0

    def baud(self) -> int | None:
        return self.speed

    def read(self) -> bytes:
        data = bytes(self.to_board)
        self.to_board.clear()
        return data

    def write(self, data: bytes) -> None:
        self.from_board += data

    def wait(self, seconds: float) -> None:
        pass

    def close(self) -> None:
        pass


def turn(board: VirtualUno, milliseconds: int) -> None:
    for _ in range(milliseconds):
        board.turn()


def ask_boot_loader(board: VirtualUno, line: Line) -> bool:
    """Open the line, as avrdude does, and say what it says."""
    line.openings = 1
    turn(board, 20)
    line.to_board += GET_SYNC
    turn(board, 20)
    return IN_SYNC in line.from_board


def test_optiboot_fits_its_section() -> None:
    content = read_intel_hex(build_optiboot())
    assert min(content) == BOOT_START
    assert max(content) < FLASH_BYTES


def test_a_sketch_that_reaches_the_boot_loader_is_refused() -> None:
    with pytest.raises(FixpropError, match="into the boot loader"):
        flash_with_boot_loader({BOOT_START: 0}, build_optiboot())


def test_opening_the_line_starts_the_boot_loader_which_answers_for_a_second() -> None:
    line = Line()
    board = VirtualUno(line, {})
    turn(board, 10)
    assert ask_boot_loader(board, line)
    turn(board, 1300)
    line.from_board.clear()
    line.to_board += GET_SYNC
    turn(board, 20)
    assert line.from_board == b""


def test_at_another_speed_nothing_gets_through() -> None:
    line = Line(speed=57_600)
    board = VirtualUno(line, {})
    assert not ask_boot_loader(board, line)
    line.speed = 115_200
    assert ask_boot_loader(board, line)


def test_a_chip_that_crashed_waits_for_its_reset(capfd: pytest.CaptureFixture[str]) -> None:
    line, illegal = Line(), {0: 0x01, 1: 0x00}  # opcode 0x0001 is none
    board = VirtualUno(line, illegal)
    turn(board, 5)
    assert capfd.readouterr().err.count("crashed at pc 0x0002") == 1
    assert ask_boot_loader(board, line)


def test_an_eeprom_file_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "eeprom.hex"
    path.write_text(intel_hex(bytes(EEPROM_BYTES - 1)))
    with pytest.raises(FixpropError, match="not the whole EEPROM"):
        Eeprom(path)
