"""The reader finds the frames in any stream and counts what went wrong."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.wire.codec import Frame, decode, encode
from fixprop.wire.frames import Counters, FrameReader
from fixprop.wire.framing import frame_payload
from fixprop.wire.messages import MAX_FRAME, MESSAGES
from fixprop.wire.schema import Message
from tests.host.wire.samples import frames, plain_values, streams

LEARN = [encode("learn", sequence, on=1) for sequence in range(256)]
READING = next(message for message in MESSAGES if message.name == "reading")


def read(*chunks: bytes) -> tuple[list[Frame], Counters]:
    """All frames in the chunks, and the counters afterwards."""
    reader = FrameReader()
    found = [frame for chunk in chunks for frame in reader.feed(chunk)]
    return found, reader.counters


def sequences(*chunks: bytes) -> list[int]:
    return [frame.sequence for frame in read(*chunks)[0]]


@given(st.lists(frames(), max_size=4))
def test_frames_split_at_every_byte(whole: list[bytes]) -> None:
    stream = b"".join(whole)
    expected = read(stream)
    assert expected[0] == [decode(frame) for frame in whole]
    for cut in range(len(stream)):
        assert read(stream[:cut], stream[cut:]) == expected
    assert read(*(bytes([byte]) for byte in stream)) == expected


@given(streams(), st.lists(st.integers(1, 90), min_size=1, max_size=9))
def test_chunks_do_not_matter(stream: bytes, sizes: list[int]) -> None:
    chunks: list[bytes] = []
    at = 0
    while at < len(stream):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(stream[at : at + size])
        at += size
    assert read(*chunks) == read(stream)


@given(streams())
def test_reads_on_after_any_garbage(garbage: bytes) -> None:
    found, _ = read(garbage, b"\0", LEARN[7])
    assert found[-1] == decode(LEARN[7])


@given(st.binary(min_size=1, max_size=100).map(lambda b: b.replace(b"\0", b"\1")))
def test_garbage_between_frames_costs_no_frame(garbage: bytes) -> None:
    found, counters = read(LEARN[0], garbage, b"\0", LEARN[1])
    assert [frame.sequence for frame in found] == [0, 1]
    assert (counters.frames, counters.lost) == (2, 0)
    assert counters.crc_errors + counters.malformed == 1


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_a_lost_byte_costs_at_most_its_frame_and_the_next(message: Message) -> None:
    frame = encode(message.name, 1, **plain_values(message))
    for at in range(len(frame)):
        found, counters = read(LEARN[0], frame[:at] + frame[at + 1 :], LEARN[2], LEARN[3])
        good = [0, 2, 3] if at < len(frame) - 1 else [0, 3]
        assert [one.sequence for one in found] == good
        assert counters.crc_errors + counters.malformed == 1
        assert counters.lost == 4 - len(good)


def flipped(frame: bytes, bits: tuple[int, ...]) -> bytes:
    changed = bytearray(frame)
    for bit in bits:
        changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def refused(frame: bytes, bits: tuple[int, ...]) -> bool:
    """Nothing comes out but the frame behind, and that only if the delimiter is whole."""
    found, counters = read(flipped(frame, bits), LEARN[9])
    intact = all(bit < 8 * (len(frame) - 1) for bit in bits)
    wrong = counters.crc_errors + counters.malformed
    return [one.sequence for one in found] == [9] * intact and wrong >= 1


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_every_single_bit_flip_is_refused(message: Message) -> None:
    frame = encode(message.name, 1, **plain_values(message))
    assert all(refused(frame, (bit,)) for bit in range(8 * len(frame)))


def test_every_double_bit_flip_is_refused() -> None:
    """Of one short frame; tests/firmware/wire/test_wire.py does it in C for every message."""
    frame = encode("mark", 1, bearing=-300, present=0)
    assert all(refused(frame, bits) for bits in combinations(range(8 * len(frame)), 2))


def test_gaps_are_counted_as_lost() -> None:
    _, counters = read(LEARN[5], LEARN[6], LEARN[9], LEARN[10])
    assert counters == Counters(frames=4, lost=2)


def test_sequence_wraps_without_loss() -> None:
    _, counters = read(LEARN[254], LEARN[255], LEARN[0], LEARN[1])
    assert counters == Counters(frames=4)


def test_duplicates_are_counted_apart_and_delivered() -> None:
    found, counters = read(LEARN[4], LEARN[4], LEARN[5])
    assert [frame.sequence for frame in found] == [4, 4, 5]
    assert counters == Counters(frames=3, duplicates=1)


def test_first_frame_may_have_any_sequence() -> None:
    assert read(LEARN[200])[1] == Counters(frames=1)


def test_reset_is_not_loss() -> None:
    hello = encode("hello", 0, **plain_values(MESSAGES[0]))
    assert read(LEARN[200], hello, LEARN[1])[1] == Counters(frames=3)


def test_hello_that_was_asked_for_does_not_hide_loss() -> None:
    hello = encode("hello", 7, **plain_values(MESSAGES[0]))
    assert read(LEARN[4], hello, LEARN[8])[1] == Counters(frames=3, lost=2)


def test_number_zero_alone_is_no_restart() -> None:
    assert read(LEARN[200], LEARN[0])[1] == Counters(frames=2, lost=55)


def test_unknown_message_keeps_its_place_in_the_sequence() -> None:
    found, counters = read(LEARN[0], frame_payload(b"\x7f\x01"), LEARN[2])
    assert [frame.sequence for frame in found] == [0, 2]
    assert counters == Counters(frames=2, malformed=1)


def test_delimiters_in_a_row_are_nothing() -> None:
    assert read(b"\0\0\0", LEARN[0], b"\0\0")[1] == Counters(frames=1)


def test_endless_frame_is_one_error_in_bounded_memory() -> None:
    reader = FrameReader()
    for _ in range(1000):
        assert reader.feed(b"\x11" * 1000) == []
    assert len(reader._pending) == MAX_FRAME
    assert len(reader.feed(b"\0" + LEARN[0])) == 1
    assert reader.counters == Counters(frames=1, malformed=1)
