"""An Arduino Uno without the board: `python -m fixprop.sim.virtual_uno --tcp 4321` or `--pty`.

A simulated ATmega328P with Optiboot in its boot section, two sensors and a servo on its pins and a
hand before them, at the pace of the wall clock. Opening the line resets the chip, as DTR does
through the Uno's capacitor, so avrdude, `pio run -t upload`, `pio device monitor` and fixprop's own
commands do with it what they do with a board.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click

from fixprop.errors import FixpropError, UsageError
from fixprop.files import write_whole
from fixprop.firmware_build import build_firmware
from fixprop.intel_hex import intel_hex, read_intel_hex
from fixprop.sim.bootloader import BOOT_START, UNO_BAUD, build_optiboot, flash_with_boot_loader
from fixprop.sim.scene import World
from fixprop.sim.serial_line import PtyLine, SerialLine, TcpLine
from fixprop.sim.uno import CLOCK_HZ, EEPROM_BYTES, SimulatedUno

SLICE_CYCLES = 16_000  # a millisecond: avrdude waits that long at most for an answer that is there
MOST_BEHIND_S = 0.25  # when this computer was busy for longer, the chip's time stands still instead
KEEP_EVERY_S = 0.1  # of the wall clock: how old a kept EEPROM is at most
UCSR0A, UBRR0L, U2X = 0xC0, 0xC4, 0x02
BAUD_TOLERANCE = 0.04  # of a receiver (datasheet Atmel-8271, table 19-3: 8 data bits, double speed)


class Eeprom:
    """The EEPROM's cells in an Intel HEX file, so that they outlive this process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept = self._read() if path and path.exists() else None

    def _read(self) -> bytes:
        assert self._path is not None
        content = read_intel_hex(self._path)
        if set(content) != set(range(EEPROM_BYTES)):
            raise FixpropError(f"{self._path} is not the whole EEPROM, {EEPROM_BYTES} bytes from 0")
        return bytes(content[at] for at in range(EEPROM_BYTES))

    @property
    def content(self) -> bytes | None:
        """What was kept; None for a new chip."""
        return self._kept

    def keep(self, now: bytes) -> None:
        """Write the cells to the file if they changed."""
        if self._path and now != self._kept:
            write_whole(self._path, intel_hex(now))
            self._kept = now


class VirtualUno:
    """The chip, its world and the line; `turn` lets a millisecond pass."""

    def __init__(
        self,
        line: SerialLine,
        sketch: dict[int, int],
        *,
        eeprom: Eeprom | None = None,
        boot_baud: int = UNO_BAUD,
        speed: float = 1.0,
        seed: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line, self._eeprom, self._speed, self._clock = (
            line,
            eeprom or Eeprom(None),
            speed,
            clock,
        )
        world = World(seed)
        self.uno = SimulatedUno(
            flash_with_boot_loader(sketch, build_optiboot(boot_baud)),
            adc_mv=world.adc_mv,
            on_pulse=lambda pulse: world.servo_pulse(pulse.width_us, pulse.end_s),
            eeprom=self._eeprom.content,
            boot_at=BOOT_START,
        )
        self._crashed = False
        self._offset_s = clock()
        self._keep_at_s = clock() + KEEP_EVERY_S

    def turn(self) -> None:
        """A millisecond of the chip's time, and what came and goes over the line in it."""
        if self._line.opened():
            self.uno.reset("external")
            self._crashed = False
        if (data := self._line.read()) and self._speeds_agree():
            self.uno.send(data)
        self._run()
        if data := self.uno.receive():
            self._line.write(data if self._speeds_agree() else b"")
        else:
            self._line.write(b"")  # what the program had no room for before
        self._keep_pace()
        if self._clock() >= self._keep_at_s:
            self.keep()

    def _run(self) -> None:
        """A chip that crashed stands still until the next reset; a real one would do anything."""
        if self._crashed:
            self._line.wait(SLICE_CYCLES / CLOCK_HZ)
            return
        try:
            self.uno.run(SLICE_CYCLES)
        except FixpropError as error:
            self._crashed = True
            click.echo(f"virtual Uno: {error}", err=True)

    def _speeds_agree(self) -> bool:
        """At different speeds nothing gets through; a real line carries nonsense then."""
        line = self._line.baud()
        status, low, high = (self.uno.read_sram(at, 1)[0] for at in (UCSR0A, UBRR0L, UBRR0L + 1))
        clocks_a_bit = (8 if status & U2X else 16) * ((high << 8 | low) + 1)
        return line is None or abs(CLOCK_HZ / clocks_a_bit / line - 1) <= BAUD_TOLERANCE

    def _keep_pace(self) -> None:
        early_s = self._offset_s + self.uno.time_s / self._speed - self._clock()
        if early_s > 0:
            self._line.wait(early_s)
        elif early_s < -MOST_BEHIND_S:
            self._offset_s -= early_s

    def keep(self) -> None:
        """Keep the EEPROM now."""
        self._keep_at_s = self._clock() + KEEP_EVERY_S
        self._eeprom.keep(self.uno.eeprom)


def _sketch(hex_file: Path | None, erased: bool) -> dict[int, int]:
    if hex_file and erased:
        raise UsageError("--hex puts a sketch into flash, --erased leaves it out: use one of them")
    return {} if erased else read_intel_hex(hex_file or build_firmware().hex)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@click.command()
@click.option("--pty", is_flag=True, help="Offer a pseudo terminal.")
@click.option("--tcp", type=click.IntRange(0, 65535), help="Offer this TCP port; 0: any free one.")
@click.option("--erased", is_flag=True, help="Nothing in flash but the boot loader.")
@click.option("--hex", "hex_file", type=click.Path(path_type=Path), help="Sketch in flash.")
@click.option("--eeprom", type=click.Path(path_type=Path), help="Keep the EEPROM in this file.")
@click.option(
    "--dump", type=click.Path(path_type=Path), help="Write all of flash there at the end."
)
@click.option("--boot-baud", default=UNO_BAUD, show_default=True, help="Speed of the boot loader.")
@click.option("--speed", default=1.0, show_default=True, help="Seconds of the chip in a second.")
@click.option("--seed", default=1, show_default=True, help="Sensors and hand.")
def virtual_uno(
    pty: bool,
    tcp: int | None,
    erased: bool,
    hex_file: Path | None,
    eeprom: Path | None,
    dump: Path | None,
    boot_baud: int,
    speed: float,
    seed: int,
) -> None:
    """A virtual Arduino Uno behind a pseudo terminal or a TCP port, until interrupted.

    \b
    Example:  python -m fixprop.sim.virtual_uno --tcp 4321 --erased
    """
    if pty == (tcp is not None):
        raise UsageError("use --pty or --tcp PORT, one of them")
    if not 0.01 <= speed <= 100:
        raise UsageError(f"--speed {speed:g}: use 0.01 to 100")
    sketch = _sketch(hex_file, erased)
    line: SerialLine = PtyLine() if tcp is None else TcpLine(tcp)
    board = VirtualUno(
        line, sketch, eeprom=Eeprom(eeprom), boot_baud=boot_baud, speed=speed, seed=seed
    )
    signal.signal(signal.SIGTERM, _stop)
    click.echo(f"virtual Uno at {line.url}")
    try:
        while True:
            board.turn()
    finally:
        board.keep()
        line.close()
        if dump:
            write_whole(dump, intel_hex(board.uno.flash))


def main() -> int:
    """Run until interrupted; return the exit status."""
    try:
        with suppress(KeyboardInterrupt, click.Abort):
            virtual_uno.main(prog_name="python -m fixprop.sim.virtual_uno", standalone_mode=False)
    except click.UsageError as error:
        print(f"fixprop: {error.format_message()}", file=sys.stderr)
        return 2
    except FixpropError as error:
        print(f"fixprop: {error}", file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
