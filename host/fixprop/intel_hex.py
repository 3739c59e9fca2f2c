"""Intel HEX: the text that linkers make of a program and that avrdude writes.

A record is ":LLAAAATT<data>CC": length, address, type, bytes, and a checksum that makes the sum of
all its bytes zero (Intel, Hexadecimal Object File Format Specification, revision A, 1988).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fixprop.errors import FixpropError

DATA, END, SEGMENT, SEGMENT_START, LINEAR, LINEAR_START = range(6)
BYTES_A_LINE = 16


def read_intel_hex(path: Path) -> dict[int, int]:
    """The byte at each address that the file sets; FixpropError if it is no Intel HEX file."""
    try:
        text = path.read_text("ascii")
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FixpropError(
            f"{path} is not an Intel HEX file: byte {error.start} is no text; make the file anew"
        ) from error
    return _bytes_of(path, text)


def _bytes_of(path: Path, text: str) -> dict[int, int]:
    content: dict[int, int] = {}
    base, number = 0, 0
    for number, line in enumerate(text.split(), start=1):
        address, kind, data = _record(path, number, line)
        if kind == END:
            return content
        if kind == DATA:
            content |= {base + address + i: byte for i, byte in enumerate(data)}
        elif kind in (SEGMENT, LINEAR):
            base = int.from_bytes(data, "big") << (4 if kind == SEGMENT else 16)
        elif kind not in (SEGMENT_START, LINEAR_START):
            raise FixpropError(
                f"{path}, line {number}: no such type of record: {kind}; make the file anew"
            )
    raise FixpropError(f"{path} is cut short: no end record in {number} lines; make the file anew")


def _record(path: Path, number: int, line: str) -> tuple[int, int, bytes]:
    try:
        record = bytes.fromhex(line[1:])
    except ValueError:
        record = b""
    if line[:1] != ":" or len(record) < 5 or len(record) != record[0] + 5:
        raise FixpropError(
            f"{path}, line {number}: not a record of Intel HEX: {line[:40]!r}; make the file anew"
        )
    if sum(record) % 256:
        raise FixpropError(f"{path}, line {number}: wrong checksum; make the file anew")
    return int.from_bytes(record[1:3], "big"), record[3], record[4:-1]


def intel_hex(data: bytes) -> str:
    """`data` from address 0 on, at most 64 KB, as Intel HEX."""
    lines = [_line(at, DATA, data[at : at + BYTES_A_LINE]) for at in _steps(data)]
    return "".join([*lines, _line(0, END, b"")])


def _steps(data: bytes) -> Iterator[int]:
    yield from range(0, len(data), BYTES_A_LINE)


def _line(address: int, kind: int, data: bytes) -> str:
    record = bytes([len(data), *address.to_bytes(2, "big"), kind, *data])
    return f":{record.hex().upper()}{-sum(record) % 256:02X}\n"
