"""wire.c and messages.h as Python sees them; the declarations are read from the headers."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any, NamedTuple

from cffi import FFI

from fixprop.toolchain import FIRMWARE, build_shared_library
from fixprop.wire.frames import Counters
from fixprop.wire.messages import CRC_SIZE, MAX_PAYLOAD, MESSAGES
from fixprop.wire.schema import Message

SOURCE = FIRMWARE / "lib" / "wire" / "src"
HERE = Path(__file__).parent
GUARD = 0xA5  # stands around every buffer handed to C


def _declarations() -> str:
    headers = (SOURCE / "messages.h").read_text() + (SOURCE / "wire.h").read_text()
    structs = re.findall(r"^typedef struct \{.*?^\} \w+;", headers, re.DOTALL | re.MULTILINE)
    functions = re.findall(r"^uint\d+_t wire_\w+\([^;]*\);", headers, re.MULTILINE)
    text = "\n".join([*structs, *functions, *map(_shim_declaration, MESSAGES)])
    text = text.replace("WIRE_MAX_PAYLOAD + WIRE_CRC_SIZE", str(MAX_PAYLOAD + CRC_SIZE))
    return (
        text
        + """
        typedef struct { uint32_t tried, accepted; } flip_count;
        void try_double_flips(uint8_t *frame, uint8_t n, flip_count *counts);
    """
    )


def _shim_declaration(message: Message) -> str:
    if message.direction == "device to host":
        return f"uint8_t pack_{message.name}(uint8_t *payload, const wire_{message.name} *m);"
    target = f"wire_{message.name} *m, " if message.fields else ""
    return f"bool unpack_{message.name}({target}const uint8_t *payload, uint8_t n);"


class FlipCount(NamedTuple):
    """Damaged frames sent, and frames that came out."""

    tried: int
    accepted: int


class NativeWire:
    """The firmware's functions on Python's bytes; a write outside a buffer is an AssertionError."""

    def __init__(self) -> None:
        self.ffi = FFI()
        self.ffi.cdef(_declarations())
        library = build_shared_library(
            "wire_test",
            [SOURCE / "wire.c", HERE / "shim.c"],
            include=[SOURCE],
            flags=["-Wconversion"],
        )
        self.lib: Any = self.ffi.dlopen(str(library))

    def crc16(self, data: bytes) -> int:
        """wire_crc16."""
        return int(self.lib.wire_crc16(data, len(data)))

    def encode(self, payload: bytes, room: int, *, in_place: bool) -> bytes:
        """wire_encode into a buffer of `room` bytes."""
        buffer = self.ffi.new("uint8_t[]", bytes([GUARD]) * (room + 8))
        source: Any = payload
        if in_place:
            self.ffi.memmove(buffer + 1, payload, len(payload))
            source = buffer + 1
        length = self.lib.wire_encode(buffer, source, len(payload))
        return self._guarded(buffer, room)[:length]

    def pack(self, message: Message, values: dict[str, Any]) -> bytes:
        """wire_pack_<message>: struct to payload."""
        struct = self.ffi.new(f"wire_{message.name} *", values)
        buffer = self.ffi.new("uint8_t[]", bytes([GUARD]) * (message.payload_size + 8))
        length = getattr(self.lib, f"pack_{message.name}")(buffer, struct)
        return self._guarded(buffer, message.payload_size)[:length]

    def unpack(self, message: Message, payload: bytes) -> dict[str, int | bytes] | None:
        """wire_unpack_<message>: payload to struct; None if the length was refused."""
        function = getattr(self.lib, f"unpack_{message.name}")
        if not message.fields:
            return {} if function(payload, len(payload)) else None
        struct = self.ffi.new(f"wire_{message.name} *")
        if not function(struct, payload, len(payload)):
            return None
        return {
            field.name: bytes(getattr(struct, field.name))
            if field.length
            else int(getattr(struct, field.name))
            for field in message.fields
        }

    def double_flips(self, frame: bytes) -> tuple[FlipCount, FlipCount]:
        """All changes of two bits: those that leave the stuffing alone, and the others."""
        counts = self.ffi.new("flip_count[2]")
        self.lib.try_double_flips(self.ffi.new("uint8_t[]", frame), len(frame), counts)
        data, stuffing = (FlipCount(count.tried, count.accepted) for count in counts)
        return data, stuffing

    def _guarded(self, buffer: Any, room: int) -> bytes:
        data = bytes(buffer)[:-1]  # cffi adds a zero to a buffer made from bytes
        assert set(data[room:]) == {GUARD}, "written behind the buffer"
        return data[:room]


class NativeReceiver:
    """A wire_receiver from all zero."""

    def __init__(self, wire: NativeWire) -> None:
        self._wire = wire
        self.struct: Any = wire.ffi.new("wire_receiver *")

    def feed(self, stream: bytes) -> list[bytes]:
        """Payloads accepted."""
        lengths = ((self._wire.lib.wire_receive(self.struct, byte)) for byte in stream)
        return [bytes(self.struct.payload)[:length] for length in lengths if length]

    def counters(self, frames: int) -> Counters:
        """The counters as Python's reader keeps them; C leaves counting frames to its caller."""
        names = {field.name for field in dataclasses.fields(Counters)} - {"frames"}
        return Counters(frames=frames, **{name: getattr(self.struct, name) for name in names})
