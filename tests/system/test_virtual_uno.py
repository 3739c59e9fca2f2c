"""The virtual Uno: a boot loader, a line that resets, and an EEPROM that outlives the power."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from fixprop.errors import FixpropError
from fixprop.firmware_build import build_firmware
from fixprop.intel_hex import intel_hex, read_intel_hex
from fixprop.sim.bootloader import BOOT_START, build_optiboot, flash_with_boot_loader
from fixprop.sim.kept_eeprom import Eeprom
from fixprop.sim.orders import obey
from fixprop.sim.uno import EEPROM_BYTES, FLASH_BYTES, SRAM_START
from fixprop.sim.virtual_uno import BOOT_BAUDS, VirtualUno
from fixprop.upload.boot_loaders import GET_SYNC, IN_SYNC
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import GetHello, Reading, State, Teach


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


@pytest.mark.parametrize("baud", BOOT_BAUDS)
def test_optiboot_can_be_built_at_the_slowest_and_the_fastest_speed(baud: int) -> None:
    flash_with_boot_loader({}, build_optiboot(baud))


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


SKETCH_MS = 60  # after power-on: then the firmware runs and has read its sensors once


def firmware() -> dict[int, int]:
    return read_intel_hex(build_firmware().hex)


def test_without_power_it_is_silent_and_its_time_stands_still() -> None:
    line = Line()
    board = VirtualUno(line, firmware())
    turn(board, SKETCH_MS)
    obey(board, "power off")
    line.from_board.clear()
    stopped_s = board.time_s
    assert not ask_boot_loader(board, line)
    assert not line.from_board and not board.powered
    assert board.time_s == stopped_s


def test_flash_and_eeprom_outlive_the_power_and_nothing_else_does() -> None:
    board = VirtualUno(Line(), firmware())
    turn(board, SKETCH_MS)
    flash, eeprom = board.uno.flash, bytes(range(256)) * 4
    board.uno._load_eeprom(eeprom)  # as if the sketch had written it
    before = [board.uno.read_sram(SRAM_START, 2048)]
    obey(board, "power off")
    obey(board, "power off")  # it is off
    obey(board, "power on")
    assert (board.uno.flash, board.uno.eeprom) == (flash, eeprom)
    assert board.time_s == 0
    for _ in range(2):  # anything, and something else each time
        assert board.uno.read_sram(SRAM_START, 2048) not in before
        before.append(board.uno.read_sram(SRAM_START, 2048))
        obey(board, "power off")
        obey(board, "power on")


def test_the_sketch_starts_at_power_on_and_a_second_later_after_the_line_is_opened() -> None:
    line = Line()
    board = VirtualUno(line, firmware())
    turn(board, SKETCH_MS)
    obey(board, "power off")
    line.openings = 1  # there is no chip to reset
    obey(board, "power on")
    assert obey(board, "truth")["started_s"] is None
    turn(board, SKETCH_MS)
    assert 0 < obey(board, "truth")["started_s"] < SKETCH_MS / 1000
    line.openings = 1
    turn(board, 500)
    assert obey(board, "truth")["started_s"] is None
    turn(board, 1600)
    assert obey(board, "truth")["started_s"] > 1


def test_a_cell_that_is_written_when_the_power_goes_holds_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = VirtualUno(Line(), firmware())
    monkeypatch.setattr(type(board.uno), "eeprom_busy_at", 7)
    found = set()
    for _ in range(20):
        obey(board, "power off")
        obey(board, "power on")
        found.add(board.uno.eeprom[7])
        assert board.uno.eeprom[:7] + board.uno.eeprom[8:] == bytes([0xFF] * (EEPROM_BYTES - 1))
    assert len(found) > 10


def test_its_pace_may_change() -> None:
    now_s = [0.0]

    class Waiting(Line):
        def wait(self, seconds: float) -> None:
            now_s[0] += seconds

    board = VirtualUno(Waiting(), {}, clock=lambda: now_s[0])
    turn(board, 100)
    assert now_s[0] == pytest.approx(0.1, abs=0.002)
    obey(board, "speed 4")
    turn(board, 400)
    assert now_s[0] == pytest.approx(0.2, abs=0.002)
    obey(board, "speed 0.5")
    turn(board, 100)
    assert now_s[0] == pytest.approx(0.4, abs=0.002)


def present_in_lesson(board: VirtualUno, line: Line) -> tuple[float, float]:
    """Parts of the readings of a lesson's rest, and of the rest of it, at which a hand is there."""
    line.from_board.clear()
    line.to_board += encode_record(Teach(10), 0)
    started_s, reader = board.time_s, FrameReader()
    readings: list[tuple[int, bool]] = []
    while board.time_s < started_s + 9.0:
        turn(board, 5)
        came = [f.message for f in reader.feed(bytes(line.from_board))]
        line.from_board.clear()
        present = board.person.world.truth(board.time_s).present
        readings += [(m.state, present) for m in came if isinstance(m, Reading)]
    rest = [there for state, there in readings if state & State.HAND_ABSENT_LABEL]
    after = [there for state, there in readings if state & State.TEACHING][len(rest) :]
    assert len(rest) > 95 and len(after) > 50
    return float(np.mean(rest)), float(np.mean(after))


@pytest.mark.parametrize("order", ["hand follow", None])
def test_a_lesson_rests_with_nobody_there(order: str | None) -> None:
    line = Line()
    board = VirtualUno(line, firmware())
    turn(board, 1500)
    if order:
        assert obey(board, order)["present"]
    rest, after = present_in_lesson(board, line)
    assert rest < 0.03  # the first reading is on its way before the person sees it
    assert after > 0.95


def test_the_button_starts_such_a_lesson_too() -> None:
    board = VirtualUno(Line(), firmware())
    turn(board, 1500)
    assert obey(board, "truth")["present"]
    board.uno.drive("D2", False)
    turn(board, 100)
    board.uno.drive("D2", None)
    turn(board, 200)
    assert not obey(board, "truth")["present"]


def test_an_empty_flash_is_told_once_with_what_fills_it(capfd: pytest.CaptureFixture[str]) -> None:
    line = Line(url="socket://127.0.0.1:4321")
    board = VirtualUno(line, {})
    for _ in range(2):
        line.openings = 1
        for _ in range(8):  # as `fixprop hello` asks; the boot loader makes nothing of it
            line.to_board += b"\0" + encode_record(GetHello(), 0)
            turn(board, 500)
        assert board._crashed
        assert board.uno.flash[:256] == b"\xff" * 256  # nor did its wild writes go there
    told = capfd.readouterr().err
    assert told == "virtual Uno: flash is empty: fixprop flash --port socket://127.0.0.1:4321\n"
