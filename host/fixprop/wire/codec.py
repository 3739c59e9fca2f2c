"""Messages to frames and back; a payload is code, sequence and fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import SupportsIndex

from fixprop.errors import UsageError
from fixprop.wire.framing import Malformed, frame_payload, unframe
from fixprop.wire.messages import BY_CODE, BY_NAME
from fixprop.wire.records import RECORDS, Record
from fixprop.wire.schema import HEADER_SIZE, Field, Message

Value = SupportsIndex | bytes | Sequence[int]


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """A decoded frame; `message` is one of the classes in records.py, so `match` narrows it."""

    sequence: int  # 0 to 255
    message: Record

    @property
    def name(self) -> str:
        """The message's name in messages.py."""
        return self.message.name

    @property
    def values(self) -> dict[str, int | bytes]:
        """Fields by name, as encode() takes them."""
        return dataclasses.asdict(self.message)


def encode(message_name: str, sequence: int, /, **values: Value) -> bytes:
    """The whole frame, delimiter included; `sequence` is taken modulo 256.

    Raises UsageError for an unknown message, a missing or unknown field, a value out of range.
    """
    message = BY_NAME.get(message_name)
    if message is None:
        raise UsageError(f"no message {message_name!r}; there are {', '.join(BY_NAME)}")
    _check_names(message, values)
    fields = [_checked(message, field, values[field.name]) for field in message.fields]
    return frame_payload(bytes([message.code, sequence & 0xFF]) + message.layout.pack(*fields))


def encode_record(record: Record, sequence: int) -> bytes:
    """As encode(), for a message whose field names and types mypy has checked."""
    return encode(record.name, sequence, **dataclasses.asdict(record))


def decode(frame: bytes) -> Frame:
    """The message in one frame, with or without its delimiter; raises Malformed or CrcError."""
    return decode_payload(unframe(frame))


def decode_payload(payload: bytes) -> Frame:
    """The message in a payload whose CRC was right; raises Malformed."""
    message = BY_CODE.get(payload[0])
    if message is None:
        raise Malformed(f"unknown message code {payload[0]:#04x}; update the host or the firmware")
    if len(payload) != message.payload_size:
        raise Malformed(
            f"{message.name} of {len(payload)} bytes, expected {message.payload_size}; "
            "update the host or the firmware"
        )
    fields = message.layout.unpack_from(payload, HEADER_SIZE)
    return Frame(payload[1], RECORDS[message.name](*fields))


def _check_names(message: Message, values: dict[str, Value]) -> None:
    names = [field.name for field in message.fields]
    wanted = f"{message.name} takes {', '.join(names) or 'no fields'}"
    if missing := [name for name in names if name not in values]:
        raise UsageError(f"{message.name}: {missing[0]} is missing; {wanted}")
    if unknown := [name for name in values if name not in names]:
        raise UsageError(f"{message.name}: no field {unknown[0]}; {wanted}")


def _checked(message: Message, field: Field, value: Value) -> int | bytes:
    where = f"{message.name}: {field.name}"
    if field.length is None:
        return _in_range(where, field, value)
    if isinstance(value, SupportsIndex):
        raise UsageError(f"{where} = {value!r} is one number; it takes {field.length} bytes")
    if len(value) != field.length:
        raise UsageError(f"{where} has {len(value)} bytes; it takes exactly {field.length}")
    return bytes(_in_range(f"{where}[{i}]", field, byte) for i, byte in enumerate(value))


def _in_range(where: str, field: Field, value: Value) -> int:
    scalar = field.scalar
    if not isinstance(value, SupportsIndex):
        raise UsageError(f"{where} = {value!r} is not a whole number")
    number = value.__index__()
    if not scalar.low <= number <= scalar.high:
        raise UsageError(f"{where} = {number} is outside {scalar.low}..{scalar.high}")
    return number
