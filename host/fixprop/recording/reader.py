"""Reads a recording block by block, however long it is."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from fixprop.errors import FixpropError, UsageError
from fixprop.recording.facts import Facts, check_facts, facts_of
from fixprop.recording.items import Item, unpack_items
from fixprop.recording.layout import (
    BLOCK_HEAD_BYTES,
    END,
    HEADER,
    MAGIC,
    MOST_FACTS,
    VERSION,
    unpack_block_head,
)

UNWRITTEN = b"\0"  # in place of what never came to the disk
PIECE_BYTES = 1 << 16
CURE = "use an unaltered copy, or record anew"


class Reader:
    """Iterate over it for the items, as often as you like.

    Raises UsageError for one that is not there or was made by another fixprop, FixpropError for
    what is no recording and when it comes to altered bytes. A torn end just ends; `cut_short` then
    tells.
    """

    def __init__(self, path: Path, *, any_fingerprint: bool = False) -> None:
        self.path = path
        self.torn_bytes = 0  # left aside at the end; known once the end was read
        self.closed = False  # whether the end was read and is the one that its recorder wrote
        with self._open() as file:
            self.facts = self._header(file)
            self._first_block = file.tell()
        if not any_fingerprint:
            check_facts(self.facts, str(path))

    def __iter__(self) -> Iterator[Item]:
        with self._open() as file:
            file.seek(self._first_block)
            while (items := self._block(file)) is not None:
                yield from items

    @property
    def cut_short(self) -> str:
        """What is missing at the end, once that was read; "" if nothing is."""
        if self.torn_bytes:
            return f"the last {self.torn_bytes:,} bytes are no whole block"
        return "" if self.closed else "its last block is missing, and perhaps more before it"

    def _open(self) -> BufferedReader:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise UsageError(f"cannot read {self.path}: {error.strerror}") from error

    def _header(self, file: BufferedReader) -> Facts:
        data = file.read(HEADER.size)
        if not data.startswith(MAGIC) or len(data) < HEADER.size:
            raise FixpropError(f"{self.path} is not a recording of fixprop; {CURE}")
        _, version, length, crc = HEADER.unpack(data)
        if version != VERSION:
            raise UsageError(
                f"{self.path} is a recording of version {version}, this host reads {VERSION}: "
                "use the fixprop that made it"
            )
        facts = file.read(min(length, MOST_FACTS))
        if zlib.crc32(facts) != crc:
            raise self._altered(0, "the header's facts")
        try:
            return facts_of(json.loads(facts))
        except (ValueError, FixpropError) as error:
            raise FixpropError(
                f"{self.path} is not a recording of fixprop: {error}; {CURE}"
            ) from error

    def _block(self, file: BufferedReader) -> list[Item] | None:
        """The items of the block that begins here; None at the end."""
        offset = file.tell()
        data = file.read(BLOCK_HEAD_BYTES)
        head = unpack_block_head(data) if len(data) == BLOCK_HEAD_BYTES else None
        if head is None:
            self._check_torn(file, offset, data)
            return None
        payload, end = file.read(head.length), file.read(len(END))
        if not end or (end == UNWRITTEN and not file.peek(1)):
            self.torn_bytes = len(data) + len(payload) + len(end)
            return None
        if zlib.crc32(payload) != head.crc or end != END:
            raise self._altered(offset, f"a block of {head.length:,} bytes")
        if not payload:
            self._check_last(file)
            return None
        try:
            return list(unpack_items(payload, head.start_us))
        except FixpropError as error:
            raise FixpropError(f"{self.path}, block at byte {offset:,}: {error}; {CURE}") from error

    def _check_last(self, file: BufferedReader) -> None:
        offset = file.tell()
        if file.read(1):
            raise self._altered(offset, "something behind the last block,")
        self.closed = True

    def _check_torn(self, file: BufferedReader, offset: int, data: bytes) -> None:
        """A head that was cut short, or ends in zeros as all that follows: torn; else it is damage."""
        zeros = data[-1:] == UNWRITTEN
        while rest := file.read(PIECE_BYTES):
            zeros = zeros and not any(rest)
        if len(data) == BLOCK_HEAD_BYTES and not zeros:
            raise self._altered(offset, "the head of a block")
        self.torn_bytes = file.tell() - offset

    def _altered(self, offset: int, what: str) -> FixpropError:
        return FixpropError(
            f"{self.path} was altered: {what} at byte {offset:,} does not fit its CRC; {CURE}"
        )
