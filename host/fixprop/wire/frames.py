"""Frames out of a stream of bytes that may be cut, garbled or joined in the middle."""

from __future__ import annotations

from dataclasses import dataclass

from fixprop.wire.codec import Frame, decode_payload
from fixprop.wire.framing import CrcError, Malformed, unframe
from fixprop.wire.messages import BY_CODE, MAX_FRAME


@dataclass(slots=True)
class Counters:
    """What a reader has seen since it was made."""

    frames: int = 0  # decoded and returned
    crc_errors: int = 0
    malformed: int = 0  # bad stuffing, too long or short, unknown code, wrong length for its code
    lost: int = 0  # missing from the sequence
    duplicates: int = 0  # the same sequence twice; returned twice


class SequenceCounter:
    """Counts what is missing from a sequence modulo 256; the first frame sets its start."""

    def __init__(self) -> None:
        self._next: int | None = None

    def gap(self, payload: bytes) -> int:
        """Frames missing before this payload; -1 if its sequence is that of the one before."""
        code, sequence = payload[0], payload[1]
        message = BY_CODE.get(code)
        restart = sequence == 0 and message is not None and message.restarts_sequence
        known = self._next is not None and not restart
        gap = (sequence - (self._next or 0)) % 256 if known else 0
        self._next = (sequence + 1) % 256
        return -1 if gap == 255 else gap


class FrameReader:
    """Decodes a stream fed in chunks of any size; after garbage goes on at the next delimiter."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._sequence = SequenceCounter()
        self._pending = bytearray()

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that end in `chunk`, in order; damaged ones are only counted."""
        frames = []
        *ends, rest = chunk.split(b"\0")
        for piece in ends:
            self._append(piece)
            frame = self._finish() if self._pending else None
            if frame is not None:
                frames.append(frame)
        self._append(rest)
        return frames

    @property
    def pending(self) -> int:
        """Bytes of a frame whose end has not come."""
        return len(self._pending)

    def _append(self, piece: bytes) -> None:
        # One byte more than a frame can have is enough to know that it is too long.
        self._pending += piece[: MAX_FRAME - len(self._pending)]

    def _finish(self) -> Frame | None:
        stuffed = bytes(self._pending)
        self._pending.clear()
        try:
            payload = unframe(stuffed)
            self._count(self._sequence.gap(payload))
            frame = decode_payload(payload)
        except CrcError:
            self.counters.crc_errors += 1
        except Malformed:
            self.counters.malformed += 1
        else:
            self.counters.frames += 1
            return frame
        return None

    def _count(self, gap: int) -> None:
        if gap < 0:
            self.counters.duplicates += 1
        else:
            self.counters.lost += gap
