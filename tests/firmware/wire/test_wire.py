"""wire.c frames and receives exactly as Python does, whatever comes down the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.wire.codec import encode
from fixprop.wire.crc import crc16
from fixprop.wire.frames import Counters, SequenceCounter
from fixprop.wire.framing import CrcError, Malformed, frame_payload, unframe
from fixprop.wire.messages import MAX_FRAME, MAX_PAYLOAD, MESSAGES
from fixprop.wire.schema import Message
from tests.firmware.wire.native import NativeReceiver, NativeWire
from tests.host.wire.samples import frames, plain_values, streams

payloads = st.binary(min_size=2, max_size=MAX_PAYLOAD) | st.lists(
    st.integers(0, 1), min_size=2, max_size=MAX_PAYLOAD
).map(bytes)


def python_receives(stream: bytes) -> tuple[list[bytes], Counters]:
    """What wire_receive has to do, in the words of framing.py; codes are not its business."""
    counters, sequence, payloads = Counters(), SequenceCounter(), []
    for piece in stream.split(b"\0")[:-1]:
        try:
            payloads += [unframe(piece)] if piece else []
        except CrcError:
            counters.crc_errors += 1
        except Malformed:
            counters.malformed += 1
    gaps = [sequence.gap(payload) for payload in payloads]
    counters.frames = len(payloads)
    counters.lost = sum(gap for gap in gaps if gap > 0)
    counters.duplicates = gaps.count(-1)
    return payloads, counters


def c_receives(native: NativeWire, stream: bytes) -> tuple[list[bytes], Counters]:
    receiver = NativeReceiver(native)
    payloads = receiver.feed(stream)
    return payloads, receiver.counters(len(payloads))


def test_crc_check_value(native: NativeWire) -> None:
    assert native.crc16(b"123456789") == 0x29B1


@given(data=st.binary(max_size=255))
def test_crc_agrees_with_python(native: NativeWire, data: bytes) -> None:
    assert native.crc16(data) == crc16(data)


def test_crc_step_agrees_for_every_byte_and_register(native: NativeWire) -> None:
    """The step is linear, so the 24 single bits would do; all of one byte are cheap."""
    for byte in range(256):
        for crc in (0, 0xFFFF, *(1 << bit for bit in range(16))):
            assert native.lib.wire_crc16_update(crc, byte) == crc16(bytes([byte]), crc)


@given(payload=payloads, in_place=st.booleans())
def test_frames_are_those_of_python(native: NativeWire, payload: bytes, in_place: bool) -> None:
    frame = frame_payload(payload)
    assert native.encode(payload, max(len(frame), len(payload) + 1), in_place=in_place) == frame


@pytest.mark.parametrize("n", [0, 1, MAX_PAYLOAD + 1, 255])
def test_payload_that_is_too_short_or_long_is_not_framed(native: NativeWire, n: int) -> None:
    assert native.encode(bytes(n), 0, in_place=False) == b""


@given(stream=streams())
def test_both_sides_agree_on_any_stream(native: NativeWire, stream: bytes) -> None:
    assert c_receives(native, stream) == python_receives(stream)


@given(stream=st.lists(frames(), min_size=1, max_size=12).map(b"".join), data=st.data())
def test_both_sides_agree_when_bytes_are_lost(
    native: NativeWire, stream: bytes, data: st.DataObject
) -> None:
    lost = data.draw(st.sets(st.integers(0, len(stream) - 1), max_size=4))
    rest = bytes(byte for at, byte in enumerate(stream) if at not in lost)
    assert c_receives(native, rest) == python_receives(rest)


def sample(message: Message) -> bytes:
    return encode(message.name, 1, **plain_values(message))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_every_single_bit_flip_is_refused(native: NativeWire, message: Message) -> None:
    """Only the frame behind comes through, and not even that when the delimiter is hit."""
    frame, behind = sample(message), encode("learn", 9, on=1)
    for bit in range(8 * len(frame)):
        changed = bytearray(frame)
        changed[bit // 8] ^= 1 << bit % 8
        expected = [unframe(behind)] if bit // 8 < len(frame) - 1 else []
        assert c_receives(native, bytes(changed) + behind)[0] == expected


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_every_double_bit_flip_in_the_data_is_refused(native: NativeWire, message: Message) -> None:
    """The polynomial's Hamming distance is 4 up to 32,751 bits (Koopman, 0x8810)."""
    data, _ = native.double_flips(sample(message))
    assert data.tried > 0 or not message.fields
    assert data.accepted == 0


def test_double_flips_that_move_the_stuffing_pass_less_than_once_in_65536(
    native: NativeWire,
) -> None:
    """They change more than two bits of the payload, so that only chance protects from them."""
    counts = [native.double_flips(sample(message))[1] for message in MESSAGES]
    tried = sum(count.tried for count in counts)
    assert tried > 200_000
    assert sum(count.accepted for count in counts) < tried / 65_536


@pytest.mark.parametrize("extra", range(1, 5))
def test_frame_that_is_too_long_is_one_error(native: NativeWire, extra: int) -> None:
    good = encode("learn", 0, on=1)
    stream = frame_payload(bytes(range(1, MAX_PAYLOAD + 1 + extra))) + good
    assert c_receives(native, stream) == ([unframe(good)], Counters(frames=1, malformed=1))


def test_endless_frame_is_one_error(native: NativeWire) -> None:
    """Longer than any 8-bit counter, with every possible code byte."""
    good = encode("learn", 0, on=1)
    for byte in range(1, 256):
        stream = bytes([byte]) * 1000 + b"\0" + good
        assert c_receives(native, stream) == ([unframe(good)], Counters(frames=1, malformed=1))


def test_longest_frame_is_received(native: NativeWire) -> None:
    payload = bytes(range(1, MAX_PAYLOAD + 1))
    assert len(frame_payload(payload)) == MAX_FRAME
    assert c_receives(native, frame_payload(payload))[0] == [payload]


def test_counters_stop_at_their_end(native: NativeWire) -> None:
    receiver = NativeReceiver(native)
    for name in ("crc_errors", "malformed", "lost", "duplicates"):
        setattr(receiver.struct, name, 0xFFFE)
    learn = [encode("learn", sequence, on=1) for sequence in range(256)]
    wrong_crc = bytes([*learn[0][:-2], learn[0][-2] ^ 1, 0])
    for _ in range(3):
        receiver.feed(b"\x05\0" + wrong_crc + learn[0] + learn[0] + learn[200])
    assert receiver.counters(0) == Counters(0, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF)
    receiver.struct.lost = 0xFFF0
    receiver.feed(learn[0] + learn[0x10])  # 201 to 0 are 55 lost, more than there is room for
    assert receiver.struct.lost == 0xFFFF


def test_new_connection_is_not_loss(native: NativeWire) -> None:
    stream = encode("learn", 200, on=1) + encode("get_hello", 0) + encode("learn", 1, on=0)
    assert c_receives(native, stream)[1] == Counters(frames=3)
