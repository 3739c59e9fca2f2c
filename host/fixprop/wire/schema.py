"""The words in which messages.py describes the wire: enumerations, fields, messages."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Direction = Literal["device to host", "host to device"]

HEADER_SIZE = 2  # message code, sequence


@dataclass(frozen=True)
class Scalar:
    """A number as it stands on the wire, little endian."""

    pack: str  # the letter for Python's struct
    size: int  # bytes
    low: int
    high: int
    c_type: str


SCALARS = {
    "u8": Scalar("B", 1, 0, 0xFF, "uint8_t"),
    "i8": Scalar("b", 1, -0x80, 0x7F, "int8_t"),
    "u16": Scalar("H", 2, 0, 0xFFFF, "uint16_t"),
    "i16": Scalar("h", 2, -0x8000, 0x7FFF, "int16_t"),
    "u32": Scalar("I", 4, 0, 0xFFFFFFFF, "uint32_t"),
}


@dataclass(frozen=True)
class Member:
    """One value of an enumeration."""

    name: str
    value: int
    text: str


@dataclass(frozen=True)
class Enumeration:
    """Named values of a field; with `flags` they are bits that may stand together."""

    name: str
    text: str
    members: tuple[Member, ...]
    flags: bool = False


@dataclass(frozen=True)
class Field:
    """One field of a message: a scalar, or with a type such as `u8[6]` an array of bytes."""

    name: str
    type: str
    unit: str
    text: str
    values: str = ""  # the name of the enumeration that explains the number

    def __post_init__(self) -> None:
        if self.type not in SCALARS and not re.fullmatch(r"u8\[[1-9]\d*\]", self.type):
            raise ValueError(f"field {self.name}: no type {self.type}; use {list(SCALARS)} or u8[N]")

    @property
    def scalar(self) -> Scalar:
        """The type of the field, or of one element of the array."""
        return SCALARS[self.type.partition("[")[0]]

    @property
    def length(self) -> int | None:
        """Number of elements of an array; None for a scalar."""
        return int(self.type[3:-1]) if "[" in self.type else None

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return self.scalar.size * (self.length or 1)


@dataclass(frozen=True)
class Message:
    """One message; `restarts_sequence`: sent as number 0 it begins a new count of frames."""

    code: int
    name: str
    direction: Direction
    text: str
    fields: tuple[Field, ...] = ()
    restarts_sequence: bool = False

    @cached_property
    def layout(self) -> struct.Struct:
        """The fields as Python's struct packs them."""
        letters = (f.scalar.pack if f.length is None else f"{f.length}s" for f in self.fields)
        return struct.Struct("<" + "".join(letters))

    @property
    def payload_size(self) -> int:
        """Bytes of code, sequence and fields."""
        return HEADER_SIZE + sum(field.size for field in self.fields)

    def offsets(self) -> list[tuple[Field, int]]:
        """Each field with its first byte's place in the payload."""
        at, placed = HEADER_SIZE, []
        for field in self.fields:
            placed.append((field, at))
            at += field.size
        return placed
