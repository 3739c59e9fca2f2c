"""An Arduino Uno without the board: `python -m fixprop.sim.virtual_uno --tcp 4321` or `--pty`.

A simulated ATmega328P with Optiboot in its boot section, two sensors and a servo on its pins and a
hand before them, at the pace of the wall clock. Opening the line resets the chip, as DTR does
through the Uno's capacitor, so avrdude, `pio run -t upload`, `pio device monitor` and fixprop's own
commands do with it what they do with a board. With `--control` a program, or a person through
`python -m fixprop.sim.control`, moves the hand, holds a card and switches the power.
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
import numpy as np

from fixprop.cli import run
from fixprop.commands.options import Finite, Seed
from fixprop.commands.paths import InputFile, KeptFile, OutputFile
from fixprop.errors import FixpropError, UsageError
from fixprop.files import write_whole
from fixprop.firmware_build import build_firmware
from fixprop.intel_hex import intel_hex, read_intel_hex
from fixprop.sim.bootloader import BOOT_START, UNO_BAUD, build_optiboot, flash_with_boot_loader
from fixprop.sim.control import ControlLine
from fixprop.sim.elf import Firmware
from fixprop.sim.kept_eeprom import Eeprom
from fixprop.sim.orders import SPEEDS, obey
from fixprop.sim.person import Person
from fixprop.sim.serial_line import PtyLine, SerialLine, TcpLine
from fixprop.sim.uno import CLOCK_HZ, SRAM_END, SRAM_START, EmptyFlash, SimulatedUno
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Reading, State

SLICE_CYCLES = 16_000  # a millisecond: avrdude waits that long at most for an answer that is there
MOST_BEHIND_S = 0.25  # when this computer was busy for longer, the chip's time stands still instead
KEEP_EVERY_S = 0.1  # of the wall clock: how old a kept EEPROM is at most
UCSR0A, UBRR0L, U2X = 0xC0, 0xC4, 0x02
OFF_WAIT_S = 0.01  # between two looks at what a person wants while the power is off
BOOT_BAUDS = (57_600, 2_000_000)  # slower, Optiboot wants a line in software; faster, there is none
BAUD_TOLERANCE = 0.04  # of a receiver (datasheet Atmel-8271, table 19-3: 8 data bits, double speed)


class VirtualUno:
    """The chip, its person and the line; `turn` lets a millisecond pass.

    The line is that of a converter with a supply of its own: it stays when the power goes.
    """

    def __init__(
        self,
        line: SerialLine,
        sketch: dict[int, int],
        *,
        eeprom: Eeprom | None = None,
        boot_baud: int = UNO_BAUD,
        speed: float = 1.0,
        seed: int = 1,
        crosstalk_mv: tuple[float, float] = (0.0, 0.0),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line, self._eeprom, self._speed, self._clock = (
            line,
            eeprom or Eeprom(None),
            speed,
            clock,
        )
        self.seed, self.person = seed, Person(seed, crosstalk_mv)
        self._noise = np.random.default_rng(seed)
        self._told_empty = False
        self.uno = self._start(
            flash_with_boot_loader(sketch, build_optiboot(boot_baud)), self._eeprom.content
        )
        self._keep_at_s = clock() + KEEP_EVERY_S

    def _start(self, flash: Firmware, eeprom: bytes | None) -> SimulatedUno:
        """The chip when its power comes: SRAM then holds anything."""
        world = self.person.see_power_come()
        uno = SimulatedUno(
            flash,
            adc_mv=self._adc_mv,
            on_pulse=lambda pulse: world.servo_pulse(pulse.width_us, pulse.end_s),
            eeprom=eeprom,
            boot_at=BOOT_START,
        )
        uno.write_sram(SRAM_START, self._noise.bytes(SRAM_END - SRAM_START))
        self._powered, self._crashed = True, False
        self._started_s: float | None = None
        self._resets, self._frames = uno.resets, FrameReader()
        self._offset_s = self._clock()
        return uno

    def _adc_mv(self, channel: int, cycle: int) -> int:
        if self._started_s is None:
            self._started_s = cycle / CLOCK_HZ
        return self.person.world.adc_mv(channel, cycle)

    @property
    def time_s(self) -> float:
        """See Bench; it stands still while the power is off."""
        return self.uno.time_s

    @property
    def started_s(self) -> float | None:
        """See Bench."""
        return self._started_s

    @property
    def powered(self) -> bool:
        """See Bench."""
        return self._powered

    def power(self, on: bool) -> None:
        """See Bench; when it goes while a cell of the EEPROM is written, that cell holds anything."""
        if self._powered and not on:
            self._powered = False
            self.keep()
        elif on and not self._powered:
            self._line.opened()  # before this there was no chip to reset
            flash = Firmware(self.uno.firmware.path, self.uno.flash, {}, {})
            self.uno = self._start(flash, self._cells())

    def _cells(self) -> bytes:
        """The EEPROM without power."""
        cells = bytearray(self.uno.eeprom)
        if (busy := self.uno.eeprom_busy_at) is not None:
            cells[busy] = int(self._noise.integers(256))
        return bytes(cells)

    def pace(self, speed: float) -> None:
        """See Bench."""
        self._offset_s += self.uno.time_s / self._speed - self.uno.time_s / speed
        self._speed = speed

    def turn(self) -> None:
        """A millisecond of the chip's time, and what came and goes over the line in it."""
        opened, data = self._line.opened(), self._line.read()
        if not self._powered:
            self._line.write(b"")
            self._line.wait(OFF_WAIT_S)
            return
        if opened:
            self.uno.reset("external")
            self._crashed = False
        if data and self._speeds_agree():
            self.uno.send(data)
        self._run()
        if data := self.uno.receive():
            self._watch_lesson(data)
            self._line.write(data if self._speeds_agree() else b"")
        else:
            self._line.write(b"")  # what the program had no room for before
        if self._resets != self.uno.resets:
            self._resets, self._started_s = self.uno.resets, None
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
        except EmptyFlash:
            self._crashed = True
            if not self._told_empty:  # once, not at each opening
                self._told_empty = True
                click.echo(
                    f"virtual Uno: flash is empty: fixprop flash --port {self._line.url}", err=True
                )
        except FixpropError as error:
            self._crashed = True
            click.echo(f"virtual Uno: {error}", err=True)

    def _watch_lesson(self, data: bytes) -> None:
        """The person sees when the lesson rests, as the LED says it, but without its second's delay.

        Whoever starts a lesson knows it at once, from the command that was typed or the button.
        """
        for frame in self._frames.feed(data):
            if isinstance(reading := frame.message, Reading):
                rests = bool(reading.state & State.HAND_ABSENT_LABEL)
                self.person.see_lesson(rests, self.uno.time_s)

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
        self._eeprom.keep(self.uno.eeprom if self._powered else self._cells())


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
@click.option(
    "--hex",
    "hex_file",
    type=InputFile("HEX file", "without --hex this checkout's firmware is built and put there"),
    help="Sketch in flash.",
)
@click.option("--eeprom", type=KeptFile("EEPROM"), help="Keep the EEPROM in this file.")
@click.option("--dump", type=OutputFile(), help="Write all of flash there at the end.")
@click.option(
    "--boot-baud",
    type=click.IntRange(*BOOT_BAUDS),
    default=UNO_BAUD,
    show_default=True,
    help="Speed of the boot loader.",
)
@click.option(
    "--speed",
    type=Finite(*SPEEDS),
    default=1.0,
    show_default=True,
    help="Seconds of the chip in a second.",
)
@click.option("--seed", type=Seed(), default=1, show_default=True, help="Sensors and hand.")
@click.option(
    "--crosstalk",
    type=(Finite(0, 127), Finite(0, 127)),
    default=(0.0, 0.0),
    metavar="MV MV",
    help="What left and right sensor read more by the other's light.  [default: 0 0]",
)
@click.option(
    "--control",
    type=click.IntRange(0, 65535),
    help="Be told there, at a TCP port, what hand, card and power do; 0: any free one.",
)
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
    crosstalk: tuple[float, float],
    control: int | None,
) -> None:
    """A virtual Arduino Uno behind a pseudo terminal or a TCP port, until interrupted.

    \b
    Example:  python -m fixprop.sim.virtual_uno --tcp 4321 --control 4322 --erased
    """
    if pty == (tcp is not None):
        raise UsageError("use --pty or --tcp PORT, one of them")
    sketch = _sketch(hex_file, erased)
    line: SerialLine = PtyLine() if tcp is None else TcpLine(tcp)
    board = VirtualUno(
        line,
        sketch,
        eeprom=Eeprom(eeprom),
        boot_baud=boot_baud,
        speed=speed,
        seed=seed,
        crosstalk_mv=crosstalk,
    )
    told = None if control is None else ControlLine(control, lambda order: obey(board, order))
    signal.signal(signal.SIGTERM, _stop)
    click.echo(f"virtual Uno at {line.url}{f', control at {told.port}' if told else ''}")
    try:
        with suppress(KeyboardInterrupt):  # how it is meant to end
            while True:
                board.turn()
                if told:
                    told.turn()
    finally:
        board.keep()
        line.close()
        if told:
            told.close()
        if dump:
            write_whole(dump, intel_hex(board.uno.flash))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], virtual_uno, "python -m fixprop.sim.virtual_uno"))
