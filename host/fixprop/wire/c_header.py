"""Writes messages.h: codes, structs, pack for what the device sends, unpack for what it gets."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from fixprop.wire import messages as wire
from fixprop.wire.schema import GENERATED, HEADER_SIZE, Enumeration, Field, Message

_HEAD = f"""\
// {GENERATED}
#ifndef WIRE_MESSAGES_H
#define WIRE_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
"""

_BYTE_ORDER = """\
// Little endian whatever the CPU. Where fields of a payload begin is written out below.
static inline void wire_put_u16(uint8_t *at, uint16_t value) {
  at[0] = (uint8_t)value;
  at[1] = (uint8_t)(value >> 8);
}

static inline void wire_put_u32(uint8_t *at, uint32_t value) {
  wire_put_u16(at, (uint16_t)value);
  wire_put_u16(at + 2, (uint16_t)(value >> 16));
}

static inline uint16_t wire_get_u16(const uint8_t *at) {
  return (uint16_t)((uint16_t)at[1] << 8 | at[0]);
}

static inline uint32_t wire_get_u32(const uint8_t *at) {
  return (uint32_t)wire_get_u16(at + 2) << 16 | wire_get_u16(at);
}
"""


def messages_h() -> str:
    """The text of firmware/lib/wire/src/messages.h, as clang-format would lay it out."""
    parts = [_HEAD, _constants(), _codes(), *map(_enumeration, wire.ENUMERATIONS), _BYTE_ORDER]
    parts.append(_restarts())
    for message in wire.MESSAGES:
        functions = _pack(message) if message.direction == "device to host" else _unpack(message)
        heading = _comment(f"{message.name}, {message.direction}: {message.text}")
        parts.append(heading + _struct(message) + functions)
    return "\n".join([*parts, "#endif\n"])


def _comment(text: str, indent: str = "") -> str:
    lead = f"{indent}// "
    return textwrap.fill(text, 100, initial_indent=lead, subsequent_indent=lead) + "\n"


def _constants() -> str:
    values = {
        "PROTOCOL_VERSION": wire.PROTOCOL_VERSION,
        "PROTOCOL_CRC": f"0x{wire.protocol_crc():08X}ul",
        "BAUD": f"{wire.BAUD}ul",
        "MAX_LAYERS": wire.MAX_LAYERS,
        "BYTES_PER_WEIGHT": wire.BYTES_PER_WEIGHT,
        "WEIGHTS_PER_MESSAGE": wire.WEIGHTS_PER_MESSAGE,
        "BYTES_PER_VALUE": wire.BYTES_PER_VALUE,
        "SAMPLE_INPUTS": wire.SAMPLE_INPUTS,
        "SAMPLE_OUTPUTS": wire.SAMPLE_OUTPUTS,
        "HEADER_SIZE": HEADER_SIZE,
        "CRC_SIZE": wire.CRC_SIZE,
        "MAX_PAYLOAD": wire.MAX_PAYLOAD,
        "MAX_FRAME": wire.MAX_FRAME,
    }
    return "".join(f"#define WIRE_{name} {value}\n" for name, value in values.items())


def _codes() -> str:
    places = "// Places in a payload.\nenum { WIRE_CODE, WIRE_SEQUENCE };\n\n"
    codes = ((m.name.upper(), f"0x{m.code:02X}", "") for m in wire.MESSAGES)
    sizes = ((f"{m.name.upper()}_SIZE", m.payload_size, "") for m in wire.MESSAGES)
    return (
        places
        + "// Message codes.\n"
        + _enum(codes)
        + "\n// Bytes of each payload.\n"
        + _enum(sizes)
    )


def _enumeration(enumeration: Enumeration) -> str:
    prefix = enumeration.name.upper()
    rows = ((f"{prefix}_{m.name.upper()}", m.value, m.text) for m in enumeration.members)
    return _comment(enumeration.text) + _enum(rows)


def _enum(rows: Iterable[tuple[str, int | str, str]]) -> str:
    lines = [(f"  WIRE_{name} = {value},", text) for name, value, text in rows]
    width = max(len(line) for line, _ in lines)
    body = (f"{line:{width}} // {text}" if text else line for line, text in lines)
    return "enum {\n" + "\n".join(body) + "\n};\n"


def _restarts() -> str:
    codes = (f"code == WIRE_{m.name.upper()}" for m in wire.MESSAGES if m.restarts_sequence)
    return (
        "// Sent as number 0, these begin a new count of frames.\n"
        "static inline bool wire_restarts_sequence(uint8_t code) {\n"
        f"  return {' || '.join(codes)};\n}}\n"
    )


def _struct(message: Message) -> str:
    if not message.fields:
        return ""
    return (
        "typedef struct {\n"
        + "".join(_member(field) for field in message.fields)
        + f"}} {_type(message)};\n\n"
    )


def _member(field: Field) -> str:
    unit = f" [{field.unit}]" if field.unit else ""
    values = f": WIRE_{field.values.upper()}_..." if field.values else ""
    array = f"[{field.length}]" if field.length else ""
    declaration = f"  {field.scalar.c_type} {field.name}{array};\n"
    return _comment(f"{field.text}{values}{unit}", "  ") + declaration


def _type(message: Message) -> str:
    return f"wire_{message.name}"


def _signature(result: str, name: str, parameters: str) -> str:
    start = f"static inline {result} wire_{name}("
    end = " {"
    lines = textwrap.wrap(
        start + parameters + ")", 100 - len(end), subsequent_indent=" " * len(start)
    )
    return "\n".join(lines) + end + "\n"


def _pack(message: Message) -> str:
    return (
        _signature(
            "uint8_t", f"pack_{message.name}", f"uint8_t *payload, const {_type(message)} *m"
        )
        + f"  payload[WIRE_CODE] = WIRE_{message.name.upper()};\n"
        "  payload[WIRE_SEQUENCE] = 0;\n"
        + "".join(f"  {_put(field, at)}\n" for field, at in message.offsets())
        + f"  return WIRE_{message.name.upper()}_SIZE;\n}}\n"
    )


def _put(field: Field, at: int) -> str:
    value = f"m->{field.name}"
    if field.length is not None:
        return f"memcpy(payload + {at}, {value}, {field.length});"
    unsigned = field.type.replace("i", "u")
    cast = f"(uint{field.size * 8}_t){value}" if field.scalar.low else value
    if field.size == 1:
        return f"payload[{at}] = {cast};"
    return f"wire_put_{unsigned}(payload + {at}, {cast});"


def _unpack(message: Message) -> str:
    target = f"{_type(message)} *m, " if message.fields else ""
    size = f"WIRE_{message.name.upper()}_SIZE"
    head = _signature(
        "bool", f"unpack_{message.name}", f"{target}const uint8_t *payload, uint8_t n"
    )
    if not message.fields:
        return f"{head}  (void)payload;\n  return n == {size};\n}}\n"
    return (
        f"{head}  if (n != {size}) return false;\n"
        + "".join(f"  {_get(field, at)}\n" for field, at in message.offsets())
        + "  return true;\n}\n"
    )


def _get(field: Field, at: int) -> str:
    target = f"m->{field.name}"
    if field.length is not None:
        return f"memcpy({target}, payload + {at}, {field.length});"
    unsigned = field.type.replace("i", "u")
    value = f"payload[{at}]" if field.size == 1 else f"wire_get_{unsigned}(payload + {at})"
    cast = f"({field.scalar.c_type})" if field.scalar.low else ""
    return f"{target} = {cast}{value};"
