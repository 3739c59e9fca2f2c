"""Messages to frames and back, and clear words for what does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.errors import UsageError
from fixprop.wire.codec import Value, decode, encode, encode_record
from fixprop.wire.framing import CrcError, Malformed, frame_payload, unframe
from fixprop.wire.messages import BY_NAME, MAX_FRAME, MESSAGES
from fixprop.wire.records import Ack, Reading, Result, SetWeights, State, Teach
from fixprop.wire.schema import Message
from tests.host.wire.samples import values_of

every_message = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)


@every_message
@given(data=st.data())
def test_round_trip(message: Message, data: st.DataObject) -> None:
    values = data.draw(values_of(message))
    sequence = data.draw(st.integers(0, 255))
    frame = encode(message.name, sequence, **values)
    assert frame.index(0) == len(frame) - 1 < MAX_FRAME
    decoded = decode(frame)
    assert (decoded.name, decoded.sequence, decoded.values) == (message.name, sequence, values)
    assert encode_record(decoded.message, sequence) == frame


def test_bytes_of_a_reading() -> None:
    """Every field at its place, low byte first, as a reading was packed by hand."""
    payload = unframe(
        encode(
            "reading",
            9,
            reading_index=0x04030201,
            time_us=0x08070605,
            left=0x0A09,
            right=0x0C0B,
            pointer_us=0x0E0D,
            state=0x0F,
            step=0x13121110,
            rate=0x1514,
            bearing=-2,
            bearing_ahead=-0x8000,
            presence=0x7FFF,
            supply_mv=0x1716,
        )
    )
    assert payload == bytes([2, 9, *range(1, 0x16), 0xFE, 0xFF, 0x00, 0x80, 0xFF, 0x7F, 0x16, 0x17])


def test_record_has_typed_fields_and_codes() -> None:
    message = decode(encode("ack", 0, **_ack(result=2))).message
    assert isinstance(message, Ack)
    assert Result(message.result) is Result.BUSY
    assert State(5) == State.TEACHING | State.LABELLED
    assert decode(encode_record(Teach(seconds=30), 1)).message == Teach(30)


def _ack(**values: Value) -> dict[str, Value]:
    return {"command_sequence": 0, "command": 0, "reading_index": 0, "step": 0} | values


def test_sequence_wraps() -> None:
    assert encode("get_hello", 256) == encode("get_hello", 0)


def test_frame_is_decoded_without_its_delimiter_too() -> None:
    frame = encode("learn", 3, on=1)
    assert decode(frame[:-1]) == decode(frame)


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("greet", {}, "no message 'greet'; there are hello, reading"),
        ("learn", {}, "learn: on is missing; learn takes on"),
        ("get_hello", {"on": 1}, "get_hello: no field on; get_hello takes no fields"),
        ("learn", {"on": 256}, "learn: on = 256 is outside 0..255"),
        ("learn", {"on": -1}, "learn: on = -1 is outside 0..255"),
        ("learn", {"on": b"1"}, "learn: on = b'1' is not a whole number"),
        ("learn", {"on": 0.5}, "learn: on = 0.5 is not a whole number"),
        ("mark", {"bearing": 32768, "present": 1}, "bearing = 32768 is outside -32768..32767"),
        ("mark", {"bearing": -32769, "present": 1}, "bearing = -32769 is outside -32768..32767"),
        ("reset_weights", {"seed": 1 << 32}, "seed = 4294967296 is outside 0..4294967295"),
        ("set_weights", {"offset": 0, "count": 1, "data": b"123"}, "data has 3 bytes; .* 48"),
        ("set_weights", {"offset": 0, "count": 1, "data": 7}, "data = 7 is one number"),
        ("set_weights", {"offset": 0, "count": 1, "data": [256] * 48}, r"data\[0\] = 256 is out"),
    ],
)
def test_values_that_do_not_fit_are_named(name: str, values: dict[str, Value], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        encode(name, 0, **values)


def test_arrays_may_be_given_as_numbers() -> None:
    frame = encode("set_weights", 0, offset=0, count=16, data=list(range(48)))
    assert decode(frame).message == SetWeights(0, 16, bytes(range(48)))


def test_wrong_crc_is_refused() -> None:
    frame = bytearray(encode("learn", 1, on=1))
    frame[-2] ^= 1
    with pytest.raises(CrcError, match="computed"):
        decode(bytes(frame))


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"\x7f\x00", "unknown message code 0x7f"),
        (b"\x83\x00", "learn of 2 bytes, expected 3"),
        (b"\x83\x00\x01\x00", "learn of 4 bytes, expected 3"),
        (b"\x83", "frame of 3 bytes; the least is 4"),
        (bytes(range(1, 60)), "frame longer than"),
    ],
)
def test_payload_that_is_no_message_is_refused(payload: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        decode(frame_payload(payload))


def test_every_message_has_its_record() -> None:
    assert Reading.name in BY_NAME
    assert Reading.code == BY_NAME["reading"].code
