"""messages.h packs and unpacks what codec.py decodes and encodes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.toolchain import require_tool
from fixprop.wire.codec import decode, decode_payload, encode
from fixprop.wire.framing import unframe
from fixprop.wire.messages import MAX_PAYLOAD, MESSAGES
from fixprop.wire.schema import Message
from tests.firmware.wire.native import SOURCE, NativeWire
from tests.host.wire.samples import values_of

from_device = [message for message in MESSAGES if message.direction == "device to host"]
to_device = [message for message in MESSAGES if message.direction == "host to device"]


def _name(message: Message) -> str:
    return message.name


@pytest.mark.parametrize("message", from_device, ids=_name)
@given(data=st.data())
def test_what_the_device_packs_python_decodes(
    native: NativeWire, message: Message, data: st.DataObject
) -> None:
    values = data.draw(values_of(message))
    payload = native.pack(message, values)
    decoded = decode_payload(payload)
    assert (decoded.name, decoded.values) == (message.name, values)
    assert payload == unframe(encode(message.name, 0, **values))


@pytest.mark.parametrize("message", to_device, ids=_name)
@given(data=st.data())
def test_what_python_encodes_the_device_unpacks(
    native: NativeWire, message: Message, data: st.DataObject
) -> None:
    values = data.draw(values_of(message))
    frame = encode(message.name, 5, **values)
    assert native.unpack(message, unframe(frame)) == values == decode(frame).values


@pytest.mark.parametrize("message", to_device, ids=_name)
def test_only_the_right_length_is_unpacked(native: NativeWire, message: Message) -> None:
    for n in range(2, MAX_PAYLOAD + 1):
        payload = bytes([message.code]) + bytes(n - 1)
        assert (native.unpack(message, payload) is not None) == (n == message.payload_size)


@pytest.mark.parametrize(
    ("program", "package", "flags"),
    [
        ("c++", "g++", ["-xc++", "-std=c++11", "-Wpedantic"]),
        ("avr-gcc", "gcc-avr", ["-mmcu=atmega328p", "-xc", "-std=c11"]),
        ("avr-g++", "gcc-avr", ["-mmcu=atmega328p", "-xc++", "-std=c++11"]),
    ],
)
def test_header_compiles_without_a_warning(
    program: str, package: str, flags: list[str], tmp_path: Path
) -> None:
    """For the sketch, which is C++, and for the 16-bit int of the AVR."""
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wconversion"]
    command = [require_tool(program, package), *flags, *warnings, "-Os", f"-I{SOURCE}", "-c", "-"]
    run = subprocess.run(
        [*command, "-o", str(tmp_path / "header.o")],
        input='#include "wire.h"\n',
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
