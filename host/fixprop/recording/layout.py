"""The file: a header with facts, then blocks that each stand for themselves.

    header   magic, version, length and CRC-32 of what follows; JSON facts
    block    BLOCK, time of its start, length, CRC-32 of the items; CRC-32 of this head; items; END
    last     a block without items, at the time of the end: the recorder was closed

A block is written at once and then never changed. So a file that ends in the middle of a block was
torn there, by a power cut or a full disk, and is good up to that block. One without the last block
may end anywhere: its recorder was killed, or what followed was cut off. Any other deviation is
damage: the CRCs find it.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

MAGIC = b"\x89FIXREC\n"  # as PNG's: a transfer as text would change it
VERSION = 2  # 1 had no last block
HEADER = struct.Struct("<8sHII")
MOST_FACTS = 65_536
BLOCK = b"FB"
BLOCK_HEAD = struct.Struct("<2sQII")
HEAD_CRC = struct.Struct("<I")
BLOCK_HEAD_BYTES = BLOCK_HEAD.size + HEAD_CRC.size
END = b"\n"  # not zero: file systems may leave zeros where a power cut kept them from writing
MOST_PAYLOAD = 1 << 20


@dataclass(frozen=True)
class BlockHead:
    """What stands before a block's items."""

    start_us: int
    length: int
    crc: int


def pack_header(facts: bytes) -> bytes:
    """The start of a file."""
    return HEADER.pack(MAGIC, VERSION, len(facts), zlib.crc32(facts)) + facts


def pack_block(start_us: int, payload: bytes) -> bytes:
    """A whole block."""
    head = BLOCK_HEAD.pack(BLOCK, start_us, len(payload), zlib.crc32(payload))
    return head + HEAD_CRC.pack(zlib.crc32(head)) + payload + END


def unpack_block_head(data: bytes) -> BlockHead | None:
    """None if these BLOCK_HEAD_BYTES are not a block's."""
    head = data[: BLOCK_HEAD.size]
    mark, start_us, length, crc = BLOCK_HEAD.unpack(head)
    right = HEAD_CRC.unpack(data[BLOCK_HEAD.size :])[0] == zlib.crc32(head)
    if not right or mark != BLOCK or length > MOST_PAYLOAD:
        return None
    return BlockHead(start_us, length, crc)
