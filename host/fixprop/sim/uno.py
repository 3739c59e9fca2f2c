"""The simulated Uno: an ATmega328P at 16 MHz that runs one ELF, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import cffi

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.sim.elf import Firmware, read_elf
from fixprop.toolchain import build_shared_library, once

CLOCK_HZ = 16_000_000
SRAM_START, SRAM_END = 0x100, 0x900
EEPROM_BYTES = 1024
FLASH_BYTES = 32_768
ERASED = b"\xff\xff"  # a word of flash
AVCC_MV = 5000
BANDGAP_MV = 1100
OPEN = 1 << 16  # UNO_OPEN: added to the millivolts around a pin that nothing drives
_HERE = Path(__file__).parent

AdcMv = Callable[[int, int], int]


class EmptyFlash(FixpropError):
    """The chip ran into flash that nothing was written to."""


class Pulse(NamedTuple):
    """A high pulse on D9 (PB1), complete."""

    start_cycle: int
    width_us: float

    @property
    def end_s(self) -> float:
        """When the pulse ended, in seconds since power-on."""
        return self.start_cycle / CLOCK_HZ + self.width_us * 1e-6


class Mark(NamedTuple):
    """A value the firmware wrote to GPIOR0; the cycle is that of the OUT instruction's start."""

    value: int
    cycle: int


@once
def _library() -> tuple[cffi.FFI, Any]:
    header = (_HERE / "uno.h").read_text()
    ffi = cffi.FFI()
    ffi.cdef(header.split("/* cdef begins */")[1].split("/* cdef ends */")[0])
    sources = [_HERE / "uno.c", _HERE / "uno_parts.c", _HERE / "uno_line.c"]
    path = build_shared_library("uno", sources, include=[_HERE], libraries=["simavr", "m"])
    try:
        return ffi, ffi.dlopen(str(path))
    except OSError as error:
        raise MissingTool(
            f"the simulated Uno does not load ({error}); "
            "on Debian: sudo apt-get install libsimavr-dev"
        ) from error


class SimulatedUno:
    """An ATmega328P at 16 MHz running one ELF; steps deterministically, no threads, no wall clock.

    `adc_mv(channel, cycle)` gives what drives an analog pin in millivolts when a conversion
    starts, or OPEN and what surrounds it; `on_pulse` hears of each complete servo pulse on D9
    before any later conversion.
    `supply_mv(cycle)` gives AVCC then; without it, it is AVCC_MV all the time.
    `boot_at`: where a reset starts, with a boot loader there as part of the firmware.
    An instance must be used from one thread; two of them run independently.
    """

    def __init__(
        self,
        elf: Path | Firmware,
        *,
        adc_mv: AdcMv | None = None,
        on_pulse: Callable[[Pulse], None] | None = None,
        eeprom: bytes | None = None,
        boot_at: int = 0,
        supply_mv: Callable[[int], int] | None = None,
        bandgap_mv: int = BANDGAP_MV,
    ) -> None:
        self.firmware = elf if isinstance(elf, Firmware) else read_elf(elf)
        self._ffi, self._c = _library()
        self._error: BaseException | None = None
        flash = self.firmware.flash
        self._painted_from = SRAM_START + self.firmware.static_sram_bytes
        handle = self._c.uno_create(flash, len(flash), self._painted_from, AVCC_MV)
        if handle == self._ffi.NULL:
            raise FixpropError("libsimavr has no atmega328p: reinstall Debian's libsimavr-dev")
        self._uno = self._ffi.gc(handle, self._c.uno_destroy)
        self._listen(adc_mv, on_pulse, supply_mv)
        self._c.uno_power(self._uno, self._callbacks[2], bandgap_mv)
        if boot_at:
            self._c.uno_boot_at(self._uno, boot_at)
        if eeprom is not None:
            self._load_eeprom(eeprom)

    def _listen(
        self,
        adc_mv: AdcMv | None,
        on_pulse: Callable[[Pulse], None] | None,
        supply_mv: Callable[[int], int] | None,
    ) -> None:
        def pulse(start: int, end: int) -> None:
            assert on_pulse is not None
            on_pulse(_pulse(start, end))

        def callback(kind: str, function: Callable[..., Any] | None) -> Any:
            if function is None:
                return self._ffi.NULL
            return self._ffi.callback(kind, function, error=0, onerror=self._failed)

        self._callbacks = (  # held here: C does not keep them alive
            callback("int(int, uint64_t)", adc_mv),
            self._ffi.callback("void(uint64_t, uint64_t)", pulse, onerror=self._failed)
            if on_pulse
            else self._ffi.NULL,
            callback("int(uint64_t)", supply_mv),
        )
        self._c.uno_listen(self._uno, *self._callbacks[:2])

    def _failed(self, _kind: object, error: BaseException, _trace: object) -> None:
        self._error = self._error or error
        self._c.uno_stop(self._uno)

    def _load_eeprom(self, eeprom: bytes) -> None:
        if len(eeprom) != EEPROM_BYTES:
            raise UsageError(
                f"EEPROM image of {len(eeprom)} bytes: the ATmega328P has {EEPROM_BYTES}"
            )
        self._ffi.memmove(self._c.uno_eeprom(self._uno), eeprom, EEPROM_BYTES)

    @property
    def cycle(self) -> int:
        """CPU cycles since power-on; a reset does not set it back."""
        return int(self._c.uno_cycle(self._uno))

    @property
    def pc(self) -> int:
        """Byte address in flash of the next instruction."""
        return int(self._c.uno_pc(self._uno))

    @property
    def time_s(self) -> float:
        """Seconds since power-on."""
        return self.cycle / CLOCK_HZ

    def run(self, cycles: int) -> None:
        """Run until `cycle + cycles`, one instruction over at most.

        Raises FixpropError when the firmware crashes, EmptyFlash when there is none, and what a
        callback raised.
        """
        status = self._c.uno_run(self._uno, max(0, cycles))
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if status:
            raise self._crash()

    def _crash(self) -> FixpropError:
        if self.flash[:2] == ERASED:  # no reset vector: only a boot loader can have run
            return EmptyFlash("the chip's flash is empty: write a sketch to it: fixprop flash")
        pc = self._c.uno_pc(self._uno)
        text = self._ffi.string(self._c.uno_crash(self._uno)).decode(errors="replace")
        reason = "illegal opcode" if "Opcode" in text else "address outside the chip's memory"
        return FixpropError(
            f"the firmware crashed at pc 0x{pc:04x}, cycle {self.cycle}: {reason}; "
            f"look it up with: avr-addr2line -f -e {self.firmware.path} 0x{pc:x}"
        )

    def reset(self, cause: str = "external") -> None:
        """Pull RESET ("external": EXTRF), cut the power ("power": PORF), or let it sink until its
        detector resets the chip ("brown-out": BORF). SRAM is kept as it was.

        What was on its way over the serial line in either direction is lost.
        """
        causes = {
            "external": self._c.UNO_EXTERNAL,
            "power": self._c.UNO_POWER_ON,
            "brown-out": self._c.UNO_BROWN_OUT,
        }
        if cause not in causes:
            raise UsageError(f"no reset cause {cause!r}: use one of {', '.join(causes)}")
        self._c.uno_reset(self._uno, causes[cause])

    def hang(self) -> None:
        """The next instruction jumps to itself until a reset; interrupts go on if they are on."""
        self._c.uno_hang(self._uno)

    @property
    def resets(self) -> int:
        """Resets since power-on, which is the first; the watchdog's count too."""
        return int(self._c.uno_resets(self._uno))

    def send(self, data: bytes) -> None:
        """Queue bytes for the UART; they arrive at line rate, as the firmware takes them."""
        self._c.uno_send(self._uno, data, len(data))

    @property
    def unsent(self) -> int:
        """Bytes of send() that have not reached the UART yet."""
        return int(self._c.uno_unsent(self._uno))

    def rush(self, on: bool = True) -> None:
        """From now on, before anything is sent: bytes come at line rate, ready or not."""
        self._c.uno_rush(self._uno, int(on))

    @property
    def overruns(self) -> int:
        """Bytes that came in a rush when the UART's three places were full, and were lost."""
        return int(self._c.uno_overruns(self._uno))

    def receive(self) -> bytes:
        """Everything the UART put out since the last call."""
        out = bytearray()
        buffer = self._ffi.new("uint8_t[4096]")
        while count := self._c.uno_receive(self._uno, buffer, 4096):
            out += self._ffi.buffer(buffer, count)
        return bytes(out)

    def pulses(self) -> list[Pulse]:
        """The pulses on D9 (PB1) that ended since the last call."""
        return [_pulse(cycle, value) for cycle, value in self._events(self._c.uno_pulses)]

    def marks(self) -> list[Mark]:
        """What the firmware wrote to GPIOR0 since the last call."""
        return [Mark(value, cycle) for cycle, value in self._events(self._c.uno_marks)]

    def _events(self, take: Any) -> list[tuple[int, int]]:
        events: list[tuple[int, int]] = []
        while True:
            buffer = self._ffi.new("uno_event_t[1024]")
            count = take(self._uno, buffer, 1024)
            events += [(buffer[i].cycle, buffer[i].value) for i in range(count)]
            if count < 1024:
                return events

    def pin(self, name: str) -> bool:
        """Level of a pin by its Arduino name: D0 to D13, A0 to A5."""
        return bool(self._c.uno_pin(self._uno, *_port_bit(name)))

    def drive(self, name: str, level: bool | None) -> None:
        """Pull an input pin high or low from outside, as a button does; None lets go."""
        self._c.uno_drive(self._uno, *_port_bit(name), -1 if level is None else int(level))

    def symbol(self, name: str) -> int:
        """Address of a symbol: SRAM variables from 0x100, functions in bytes of flash."""
        if name not in self.firmware.symbols:
            raise UsageError(
                f"no symbol {name!r} in {self.firmware.path}: is it static or inlined?"
            )
        return self.firmware.symbols[name]

    def read_sram(self, address: int, size: int) -> bytes:
        """`size` bytes of data memory (registers, I/O and SRAM, 0 to 0x8FF)."""
        self._check_sram(address, size)
        return bytes(self._ffi.buffer(self._c.uno_data(self._uno) + address, size))

    def write_sram(self, address: int, data: bytes) -> None:
        """Put bytes into data memory; I/O registers get no side effects."""
        self._check_sram(address, len(data))
        self._ffi.memmove(self._c.uno_data(self._uno) + address, data, len(data))

    def _check_sram(self, address: int, size: int) -> None:
        if address < 0 or size < 0 or address + size > SRAM_END:
            raise UsageError(
                f"data memory 0x{address:x}+{size}: the ATmega328P's ends at 0x{SRAM_END:x}"
            )

    @property
    def eeprom(self) -> bytes:
        """The 1,024 bytes of EEPROM as they are now."""
        return bytes(self._ffi.buffer(self._c.uno_eeprom(self._uno), EEPROM_BYTES))

    @property
    def flash(self) -> bytes:
        """The 32,768 bytes of flash as they are now; a boot loader may have written them."""
        return bytes(self._ffi.buffer(self._c.uno_flash(self._uno), FLASH_BYTES))

    @property
    def eeprom_busy_at(self) -> int | None:
        """Address of the cell being written: a power cut now may leave anything in it."""
        at = self._c.uno_eeprom_busy_at(self._uno)
        return None if at < 0 else int(at)

    @property
    def stack_peak_bytes(self) -> int:
        """Bytes from the end of SRAM down to the lowest that was written above the variables."""
        return int(self._c.uno_stack_peak(self._uno, self._painted_from))

    @property
    def static_sram_bytes(self) -> int:
        """Bytes of SRAM used by variables."""
        return self.firmware.static_sram_bytes

    @property
    def flash_bytes(self) -> int:
        """Bytes of flash used."""
        return self.firmware.flash_bytes


def _pulse(start: int, end: int) -> Pulse:
    return Pulse(start, (end - start) * 1e6 / CLOCK_HZ)


def _port_bit(name: str) -> tuple[bytes, int]:
    number = int(name[1:]) if name[1:].isdigit() else -1
    if name[:1] == "A" and 0 <= number <= 5:
        return b"C", number
    if name[:1] == "D" and 0 <= number <= 13:
        return (b"D", number) if number < 8 else (b"B", number - 8)
    raise UsageError(f"no pin {name!r}: the Uno has D0 to D13 and A0 to A5")
