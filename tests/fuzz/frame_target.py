"""FrameReader and the codec under Atheris, beside the firmware's own receiver.

The first byte chooses: bytes as they come, or payloads with a length before each that get a right
checksum, which a fuzzer would not find by itself.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["fixprop.wire"]):
    from fixprop.wire.codec import encode_record
    from fixprop.wire.frames import FrameReader
    from fixprop.wire.framing import frame_payload, unframe
    from fixprop.wire.messages import BY_CODE, MAX_PAYLOAD

from tests.fuzz.native_receiver import NativeReceiver

RECEIVER = NativeReceiver()


def stream_of(data: bytes) -> bytes:
    """What comes down the line for an input."""
    if data[:1] and data[0] % 2:
        return _framed(data[1:])
    return data[1:]


def _framed(data: bytes) -> bytes:
    stream, at = bytearray(), 0
    while at < len(data):
        length = data[at] % (MAX_PAYLOAD + 1)
        stream += frame_payload(data[at + 1 : at + 1 + length])
        at += 1 + length
    return bytes(stream)


def check(data: bytes) -> None:
    """Raise AssertionError where Python differs from C, from itself in pieces, or from the codec."""
    stream = stream_of(data)
    reader, pieces = FrameReader(), FrameReader()
    frames = reader.feed(stream)
    cut = data[0] % (len(stream) + 1) if data else 0
    assert pieces.feed(stream[:cut]) + pieces.feed(stream[cut:]) == frames
    assert pieces.counters == reader.counters and pieces.pending == reader.pending
    again = [encode_record(frame.message, frame.sequence) for frame in frames]
    assert FrameReader().feed(b"".join(again)) == frames
    payloads, counted = RECEIVER.receive(stream)
    known = [p for p in payloads if _is_known(p)]
    assert [unframe(one) for one in again] == known
    seen = reader.counters
    unknown = len(payloads) - len(known)
    python = (seen.crc_errors, seen.malformed - unknown, seen.lost, seen.duplicates)
    assert python == counted, f"{python} != {counted}"


def _is_known(payload: bytes) -> bool:
    message = BY_CODE.get(payload[0])
    return message is not None and len(payload) == message.payload_size


def one_input(data: bytes) -> None:
    """What Atheris calls."""
    check(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
