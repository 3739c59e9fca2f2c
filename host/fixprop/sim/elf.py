"""What an AVR ELF file holds: the flash image, the sections' sizes, the symbols."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

from fixprop.errors import FixpropError

SRAM_OFFSET = 0x800000  # avr-gcc's linker places data memory here
EEPROM_OFFSET = 0x810000
_SHT_SYMTAB, _PT_LOAD = 2, 1


@dataclass(frozen=True)
class Firmware:
    """An ELF for the ATmega328P."""

    path: Path
    flash: bytes
    sections: dict[str, int]  # size in bytes, by name
    symbols: dict[str, int] = field(repr=False)  # SRAM symbols from 0x100, code in bytes

    @property
    def flash_bytes(self) -> int:
        """Bytes of flash used: code, constants and the initial values of .data."""
        return len(self.flash)

    @property
    def static_sram_bytes(self) -> int:
        """Bytes of SRAM used by variables: .data, .bss and .noinit."""
        return sum(self.sections.get(name, 0) for name in (".data", ".bss", ".noinit"))


def read_elf(path: Path) -> Firmware:
    """Read an ELF32 little-endian AVR executable; FixpropError when `path` is not one."""
    try:
        image = path.read_bytes()
    except OSError as error:
        raise FixpropError(f"cannot read firmware {path}: {error.strerror}") from error
    if image[:5] != b"\x7fELF\x01" or image[18:20] != b"\x53\x00":
        raise FixpropError(f"{path} is not an AVR ELF file: build it with avr-gcc")
    sections = _sections(image)
    return Firmware(
        path,
        _flash_image(image, path),
        {name: header[5] for name, header in sections.items()},
        _symbols(image, sections),
    )


def _sections(image: bytes) -> dict[str, tuple[int, ...]]:
    offset, count, names_index = (
        struct.unpack_from("<I", image, 32)[0],
        *struct.unpack_from("<HH", image, 48),
    )
    headers = [struct.unpack_from("<10I", image, offset + 40 * i) for i in range(count)]
    names = headers[names_index][4]
    return {_string(image, names + header[0]): header for header in headers}


def _string(image: bytes, offset: int) -> str:
    return image[offset : image.index(b"\0", offset)].decode()


def _flash_image(image: bytes, path: Path) -> bytes:
    offset, count = struct.unpack_from("<I", image, 28)[0], struct.unpack_from("<H", image, 44)[0]
    flash = bytearray()
    for i in range(count):
        kind, start, _, load_address, size = struct.unpack_from("<5I", image, offset + 32 * i)
        if kind != _PT_LOAD or not size or load_address >= SRAM_OFFSET:
            continue
        flash.extend(b"\xff" * (load_address + size - len(flash)))
        flash[load_address : load_address + size] = image[start : start + size]
    if len(flash) > 32768:
        raise FixpropError(f"{path} needs {len(flash)} bytes of flash: the ATmega328P has 32768")
    return bytes(flash)


def _symbols(image: bytes, sections: dict[str, tuple[int, ...]]) -> dict[str, int]:
    if ".symtab" not in sections:
        return {}
    _, _, _, _, offset, size, *_ = sections[".symtab"]
    names = sections[".strtab"][4]
    symbols = {}
    for at in range(offset, offset + size, 16):
        name, value = struct.unpack_from("<II", image, at)
        if name:
            symbols[_string(image, names + name)] = value % SRAM_OFFSET
    return symbols
