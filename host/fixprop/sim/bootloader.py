"""Optiboot, the Uno's boot loader, built from the source that Debian's arduino-core-avr ships.

The package's own optiboot_atmega328.hex is not used: it is 532 bytes and the Uno's boot section has
512. Without the flashes of the LED at the start avr-gcc 5.4 makes 496 bytes of the same source.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

from fixprop.errors import FixpropError, MissingTool
from fixprop.intel_hex import read_intel_hex
from fixprop.sim.elf import Firmware
from fixprop.sim.uno import FLASH_BYTES
from fixprop.toolchain import BUILD, require_tool

SOURCES = Path("/usr/share/arduino/hardware/arduino/avr/bootloaders/optiboot")
BOOT_START = 0x7E00  # fuse bits BOOTSZ 11: 256 words (datasheet Atmel-8271, table 27-7)
UNO_BAUD = 115_200
ERASED = 0xFF
FLAGS = (
    *("-w", "-Os", "-fno-inline-small-functions", "-fno-split-wide-types", "-mshort-calls"),
    *("-mmcu=atmega328p", "-DF_CPU=16000000L", "-DLED_START_FLASHES=0"),
    *("-Wl,--section-start=.text=0x7e00", "-Wl,--section-start=.version=0x7ffe"),
    *("-Wl,--relax", "-Wl,--gc-sections", "-nostartfiles", "-nostdlib"),
)
COPY = (
    "-j",
    ".text",
    "-j",
    ".data",
    "-j",
    ".version",
    "--set-section-flags",
    ".version=alloc,load",
)


def build_optiboot(baud: int = UNO_BAUD) -> Path:
    """build/optiboot/optiboot-<baud>-<digest>.hex, made unless it is there."""
    compiler = require_tool("avr-gcc", "gcc-avr avr-libc")
    objcopy = require_tool("avr-objcopy", "binutils-avr")
    if not (SOURCES / "optiboot.c").is_file():
        raise MissingTool(f"no {SOURCES}; on Debian: sudo apt-get install arduino-core-avr")
    command = [compiler, *FLAGS, f"-DBAUD_RATE={baud}", f"-I{SOURCES}", str(SOURCES / "optiboot.c")]
    digest = hashlib.sha256("\0".join([*command, *COPY]).encode())
    for path in sorted(SOURCES.glob("*.[ch]")):
        digest.update(path.read_bytes())
    target = BUILD / "optiboot" / f"optiboot-{baud}-{digest.hexdigest()[:16]}.hex"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _build(command, [objcopy, *COPY, "-O", "ihex"], target)
    return target


def _build(compile_: list[str], copy: list[str], target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        elf, image = Path(folder) / "optiboot.elf", Path(folder) / "optiboot.hex"
        for command in ([*compile_, "-o", str(elf)], [*copy, str(elf), str(image)]):
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode:
                lines = run.stderr.strip().splitlines() or ["no message"]
                raise FixpropError(f"building Optiboot failed: {lines[0]}")
        image.replace(target)


def flash_with_boot_loader(sketch: dict[int, int], boot_loader: Path) -> Firmware:
    """All of the chip's flash: a sketch, what is erased, and the boot loader at its end."""
    content = read_intel_hex(boot_loader)
    if min(content) < BOOT_START or max(content) >= FLASH_BYTES:
        raise FixpropError(
            f"{boot_loader} does not fit the {FLASH_BYTES - BOOT_START} bytes for it"
        )
    if sketch and max(sketch) >= BOOT_START:
        raise FixpropError(f"the sketch reaches 0x{max(sketch):x}, into the boot loader")
    flash = bytearray([ERASED] * FLASH_BYTES)
    for address, byte in (sketch | content).items():
        flash[address] = byte
    return Firmware(boot_loader, bytes(flash), {}, {})
