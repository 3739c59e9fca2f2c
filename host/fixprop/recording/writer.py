"""Writes a recording so that whatever happens to this process, what is on the disk can be read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from fixprop.errors import FixpropError, UsageError
from fixprop.recording.facts import Facts
from fixprop.recording.items import Item, pack_item
from fixprop.recording.layout import pack_block, pack_header

BLOCK_US = 500_000  # of the recording's time in a block at most
BLOCK_BYTES = 32_768


class Writer:
    """Appends blocks; each is on the disk before the next begins. A file that exists is refused.

    `sync`: called with the file's descriptor after each block.
    """

    def __init__(self, path: Path, facts: Facts, sync: Callable[[int], None] = os.fsync) -> None:
        self.path, self.items = path, 0
        self.file_bytes = 0  # that are on the disk
        self.end_us = 0  # time of the last item that is on the disk
        self._sync = sync
        self._pending = bytearray()
        self._start_us = self._last_us = 0
        self._whole = True  # nothing was given up
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb", buffering=0)
        except FileExistsError as error:
            raise UsageError(f"{path} exists: choose another name, or remove it") from error
        except OSError as error:
            raise FixpropError(f"cannot write {path}: {error.strerror}") from error
        try:
            self._append(pack_header(facts.json_bytes()))
        except FixpropError:
            self.abandon()
            raise

    def write(self, item: Item) -> None:
        """Keep an item; on the disk with its block. Times must not go back."""
        full = len(self._pending) + len(item.data) > BLOCK_BYTES
        if self._pending and (full or item.time_us - self._start_us >= BLOCK_US):
            self.flush()
        if not self._pending:
            self._start_us = self._last_us = item.time_us
        self._pending += pack_item(item, self._last_us)
        self._last_us = item.time_us
        self.items += 1

    def flush(self) -> None:
        """End the block, so that all items are on the disk. FixpropError if there is no room."""
        if not self._pending:
            return
        block = pack_block(self._start_us, bytes(self._pending))
        self._pending.clear()
        self._append(block)
        self.end_us = self._last_us

    @property
    def closed(self) -> bool:
        """Whether nothing more can be written."""
        return self._file.closed

    def close(self) -> None:
        """Flush, say that this is the end unless a block was given up, and let go of the file."""
        if self._file.closed:
            return
        try:
            self.flush()
            if self._whole:
                self._append(pack_block(self._last_us, b""))
        finally:
            self._file.close()

    def abandon(self) -> None:
        """Let go of the file, and of it altogether if there is nothing in it."""
        self._file.close()
        if not self.file_bytes:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _append(self, data: bytes) -> None:
        try:
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) or 0 :]
            self._sync(self._file.fileno())
        except BaseException as error:
            self._whole = False
            with contextlib.suppress(OSError):  # or a piece of a block would stand before the next
                self._file.truncate(self.file_bytes)
                self._file.seek(self.file_bytes)
            if not isinstance(error, OSError):
                raise
            raise FixpropError(
                f"cannot go on recording to {self.path}: {error.strerror}; its "
                f"{self.file_bytes:,} bytes, {self.end_us / 1e6:.1f} s, stay valid"
            ) from error
        self.file_bytes += len(data)
