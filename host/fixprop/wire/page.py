"""Writes docs/protocol.md: the wire for people."""

from __future__ import annotations

from fixprop.formats import RATE
from fixprop.wire import messages as wire
from fixprop.wire.cobs import stuff
from fixprop.wire.crc import CRC_START, crc16
from fixprop.wire.framing import frame_payload
from fixprop.wire.schema import GENERATED, HEADER_SIZE, Enumeration, Field, Message

_EXAMPLE_SEQUENCE = 7
_EXAMPLE_RATE = int(RATE.from_float(0.5))  # its low byte is zero, so that the stuffing shows


def protocol_md() -> str:
    """The text of docs/protocol.md."""
    return "\n".join(
        [
            f"<!-- {GENERATED} -->",
            _introduction(),
            _framing(),
            _example(),
            _sequence(),
            _overview(),
            "## Messages\n",
            *map(_message, wire.MESSAGES),
            "## Codes\n",
            *map(_enumeration, wire.ENUMERATIONS),
        ]
    )


def _introduction() -> str:
    return f"""# The wire between Uno and PC

Version {wire.PROTOCOL_VERSION}, CRC-32 of the definition 0x{wire.protocol_crc():08X}.

Every message, field and code is written once, in `host/fixprop/wire/messages.py`; this page, the
firmware's `messages.h` and Python's `records.py` follow from it. The definition goes into the
fingerprint that `hello` carries, so two sides that disagree find out before they misread.

The serial line runs at {wire.BAUD} baud, 8 data bits, no parity, 1 stop bit. An ATmega328P at
16 MHz makes that rate exactly (16 MHz / (8 * (3 + 1)), U2X set); the nearest it comes to 115200 is
117647, 2.1 % off.
"""


def _framing() -> str:
    return f"""## Framing

    code u8 | sequence u8 | fields | CRC-16 u16     then COBS, then 00

- All numbers are little endian. `u8[N]` is N bytes.
- The CRC covers code, sequence and fields: CRC-16/CCITT-FALSE, polynomial 0x1021, start
  0x{CRC_START:04X}, not reflected; "123456789" gives 0x{crc16(b"123456789"):04X}.
- COBS (Cheshire and Baker 1999) takes the zeros out: it puts one byte in front, and that byte and
  each zero become the distance to the next zero or to the end. A zero then ends the frame, and
  nothing else is zero, so a reader that has lost its place finds it again at the next zero.
- A payload (code, sequence, fields) has {HEADER_SIZE} to {wire.MAX_PAYLOAD} bytes.
- A frame has at most {wire.MAX_FRAME} bytes, the delimiter included.
- Zeros in a row are empty frames and mean nothing. The host sends a zero before each command, the
  device before its hello: what came before may have lost its end.
- The CRC finds every change of up to three bits in a payload. One that hits the stuffing changes
  more than that; it goes unseen about once in 65,536 times or less, as does any larger damage.
"""


def _example() -> str:
    message = wire.SET_RATE
    payload = bytes([message.code, _EXAMPLE_SEQUENCE]) + message.layout.pack(_EXAMPLE_RATE)
    checked = payload + crc16(payload).to_bytes(wire.CRC_SIZE, "little")
    rows = [
        (f"`{message.name}`, sequence {_EXAMPLE_SEQUENCE}, rate 0x{_EXAMPLE_RATE:04X}", payload),
        (f"with its CRC, 0x{crc16(payload):04X}", checked),
        ("stuffed", stuff(checked)),
        ("on the line", frame_payload(payload)),
    ]
    width = max(len(text) for text, _ in rows)
    lines = "\n".join(f"    {text:{width}}  {data.hex(' ').upper()}" for text, data in rows)
    return f"## A frame, byte by byte\n\nThe learning rate set to 0.5:\n\n{lines}\n"


def _sequence() -> str:
    names = " or ".join(f"`{m.name}`" for m in wire.MESSAGES if m.restarts_sequence)
    return f"""## Sequence and loss

Each side numbers its frames from 0, modulo 256. A jump forward is that many frames lost; the same
number twice is a duplicate, counted and delivered. Whole rounds of 256 go unseen, and a loss of 255
passes for a duplicate. A {names} with number 0 begins a new count, so a reset or
a new connection is not mistaken for loss. Nothing is sent again by itself: a command that brings no
`ack` is sent again by whoever needs it.
"""


def _overview() -> str:
    rows = [
        f"| [`{m.name}`](#{m.name}) | 0x{m.code:02X} | {m.direction} | {_frame_size(m)} "
        f"| {_frame_size(m) * 10 * 1_000_000 // wire.BAUD} | {m.text} |"
        for m in wire.MESSAGES
    ]
    head = "| message | code | direction | bytes | us on the line | what it is |\n|-|-|-|-:|-:|-|\n"
    return "## Overview\n\n" + head + "\n".join(rows) + "\n"


def _frame_size(message: Message) -> int:
    return message.payload_size + wire.MAX_FRAME - wire.MAX_PAYLOAD


def _message(message: Message) -> str:
    title = f"### {message.name}\n\n0x{message.code:02X}, {message.direction}. {message.text}\n"
    if not message.fields:
        return f"{title}\nNo fields.\n"
    rows = "".join(_row(field, at) for field, at in message.offsets())
    return f"{title}\n| at | field | type | unit | meaning |\n|-:|-|-|-|-|\n{rows}"


def _row(field: Field, at: int) -> str:
    values = f", see [{field.values}](#{field.values})" if field.values else ""
    return f"| {at} | `{field.name}` | {field.type} | {field.unit} | {field.text}{values} |\n"


def _enumeration(enumeration: Enumeration) -> str:
    kind = " Bits; several may be set." if enumeration.flags else ""
    rows = "".join(f"| {m.value} | `{m.name}` | {m.text} |\n" for m in enumeration.members)
    title = f"### {enumeration.name}\n\n{enumeration.text}{kind}\n"
    return f"{title}\n| value | name | meaning |\n|-:|-|-|\n{rows}"
