"""CSV: a header, a row for each sample, on disk as soon as it came."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fixprop.errors import FixpropError, UsageError
from fixprop.files import prepare_folder
from fixprop.sinks.formats import Channels, csv_header, csv_row
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Sink

TAIL_BYTES = 65_536  # a row is some 200


class CsvSink(Sink):
    """Writes whole rows only: a full disk or a killed program leaves no half row behind.

    An existing file is refused unless `append`, and then continued if its header is the same.
    """

    def __init__(
        self, path: Path, channels: Channels, *, append: bool = False, every_s: float = 0.0
    ) -> None:
        super().__init__(f"csv:{path}", every_s)
        self._path, self._channels = path, channels
        header = (csv_header(channels) + "\n").encode()
        prepare_folder(path.parent)
        try:
            self._file = self._open(header, append)
        except OSError as error:
            raise FixpropError(
                f"cannot write {path}: {error.strerror}; choose another file"
            ) from error

    def _open(self, header: bytes, append: bool) -> BinaryIO:
        if append and self._path.exists():
            return self._continue(header)
        try:
            file = self._path.open("xb", buffering=0)
        except FileExistsError as error:
            raise UsageError(
                f"{self._path} exists: continue it with --append, or choose another file"
            ) from error
        try:
            self._begin(file, header)
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        return file

    def _begin(self, file: BinaryIO, header: bytes) -> None:
        """Write the header, or nothing; OSError when the disk takes no more."""
        self._file, self._end = file, 0
        try:
            self._write(header)
        except OSError:
            self._take_back()
            file.close()
            raise

    def _continue(self, header: bytes) -> BinaryIO:
        file = self._path.open("r+b", buffering=0)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size and file.readline() != header:
            file.close()
            raise UsageError(
                f"{self._path} has other columns than {header.decode().strip()}: "
                "choose another file or its --channels"
            )
        start = file.seek(max(0, size - TAIL_BYTES))
        self._end = start + file.read().rfind(b"\n") + 1  # a row that was cut short is taken back
        file.truncate(self._end)
        file.seek(self._end)
        self._file = file
        if not self._end:
            self._begin(file, header)
        return file

    def send(self, sample: Sample) -> None:
        """See Sink; FixpropError when the disk takes no more."""
        try:
            self._write((csv_row(sample, self._channels) + "\n").encode())
        except OSError as error:
            self._take_back()
            self.dropped += 1
            raise FixpropError(
                f"cannot write {self._path}: {error.strerror}; its {self.sent} new rows are whole"
            ) from error
        self.sent += 1

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._end += len(data)

    def _take_back(self) -> None:
        with suppress(OSError):  # the first error is the one to tell
            self._file.truncate(self._end)

    def close(self) -> None:
        """See Sink."""
        self._file.close()
