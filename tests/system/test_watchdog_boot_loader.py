"""Behind the Uno's boot loader, which clears the chip's note of why it started, a hang is known too."""

from __future__ import annotations

from fixprop.firmware_build import FirmwareBuild, build_firmware
from fixprop.intel_hex import read_intel_hex
from fixprop.reliability.altered import altered_firmware
from fixprop.sim.bootloader import BOOT_START, SOURCES, build_optiboot, flash_with_boot_loader
from fixprop.sim.elf import Firmware
from fixprop.sim.uno import CLOCK_HZ, FLASH_BYTES, SimulatedUno
from fixprop.upload.boot_loaders import OLD_NANO
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Hello, Learn, ResetCause, SetRate, State

ATMEGABOOT = SOURCES.parent / "atmega" / "ATmegaBOOT_168_atmega328.hex"


def hellos_within(uno: SimulatedUno, seconds: float) -> list[Hello]:
    uno.receive()
    uno.run(round(seconds * CLOCK_HZ))
    messages = [frame.message for frame in FrameReader().feed(uno.receive())]
    return [m for m in messages if isinstance(m, Hello)]


def hello_after(uno: SimulatedUno, seconds: float) -> Hello:
    return hellos_within(uno, seconds)[-1]


def behind_optiboot(build: FirmwareBuild) -> SimulatedUno:
    sketch = read_intel_hex(build.hex)
    return SimulatedUno(flash_with_boot_loader(sketch, build_optiboot()), boot_at=BOOT_START)


def after_a_hang(uno: SimulatedUno) -> Hello:
    """The hello of a board that learned at another rate than it starts with."""
    assert ResetCause.WATCHDOG not in ResetCause(hello_after(uno, 2.5).reset_cause)
    uno.send(encode_record(Learn(1), 0) + encode_record(SetRate(777), 1))
    uno.run(CLOCK_HZ // 5)
    uno.hang()
    return hello_after(uno, 0.9)


def test_the_boot_loader_hides_no_hang_and_its_own_reset_is_none() -> None:
    uno = behind_optiboot(build_firmware())
    hello = after_a_hang(uno)
    assert ResetCause(hello.reset_cause) == ResetCause.WATCHDOG
    assert (State.LEARNING in State(hello.state), hello.rate) == (True, 777)
    uno.reset()  # the button: the boot loader listens, then resets the chip by its own watchdog
    hello = hello_after(uno, 2.5)
    assert ResetCause.WATCHDOG not in ResetCause(hello.reset_cause)
    assert hello.rate != 777


def test_without_the_note_in_sram_the_boot_loader_hides_the_hang() -> None:
    unnoted = altered_firmware("src/reset.c", "++unfed_ms == HUNG_MS", "++unfed_ms > HUNG_MS")
    hello = after_a_hang(behind_optiboot(build_firmware(project=unnoted)))
    assert ResetCause.WATCHDOG not in ResetCause(hello.reset_cause)
    assert (State.LEARNING in State(hello.state), hello.rate) != (True, 777)


def test_behind_the_boot_loader_a_brown_out_has_no_cause() -> None:
    uno = behind_optiboot(build_firmware())
    uno.run(CLOCK_HZ)
    uno.reset("brown-out")
    assert hello_after(uno, 2.5).reset_cause == 0
    bare = SimulatedUno(build_firmware().elf)
    bare.run(CLOCK_HZ)
    bare.reset("brown-out")
    assert ResetCause(hello_after(bare, 1.0).reset_cause) == ResetCause.BROWN_OUT


def with_old_boot_loader() -> SimulatedUno:
    flash = bytearray(b"\xff" * FLASH_BYTES)
    content = read_intel_hex(build_firmware().hex) | read_intel_hex(ATMEGABOOT)
    for address, byte in content.items():
        flash[address] = byte
    firmware = Firmware(ATMEGABOOT, bytes(flash), {}, {})
    return SimulatedUno(firmware, boot_at=OLD_NANO.start)


def test_behind_an_old_nanos_boot_loader_a_hang_ends_when_the_power_is_cut() -> None:
    uno = with_old_boot_loader()
    assert hellos_within(uno, 2.5)
    uno.hang()
    assert not hellos_within(uno, 2.5)
    uno.reset()  # the button
    assert not hellos_within(uno, 2.5)
    assert "power switched off" in OLD_NANO.warning
    uno.reset("power")
    assert hellos_within(uno, 2.5)
