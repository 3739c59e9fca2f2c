"""The results file: a line that says of which tracker, then a line a run, each on disk when it is told.

JSON lines, each with a checksum of its own. A run that is killed leaves half a line at the most, and
the next one drops it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fixprop.errors import FixpropError, MissingTool
from fixprop.files import checksum, prepare_folder
from fixprop.sweep.identity import Identity, require_same
from fixprop.sweep.point import Point

FORMAT = 2
HEADER_START = b'{"fixprop_sweep": '


@dataclass(frozen=True)
class Row:
    """One run's parameters and figures."""

    point: Point
    figures: dict[str, float | None]


@dataclass(frozen=True)
class Contents:
    """What a file holds; `size`: bytes up to the end of its last whole line."""

    identity: Identity | None  # None: not even a header yet
    rows: dict[str, Row]
    size: int


def read(path: Path) -> Contents:
    """The whole lines of a results file; raises FixpropError if it is no such file or damaged."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror}") from error
    size = data.rfind(b"\n") + 1
    lines = data[:size].splitlines()
    start = data[: len(HEADER_START)]
    if start != HEADER_START[: len(start)]:
        raise FixpropError(f"{path} is not a file of fixprop sweep: choose another one")
    if not lines:
        return Contents(None, {}, 0)
    rows = [_row(path, number, line) for number, line in enumerate(lines[1:], 2)]
    return Contents(_identity(path, lines[0]), {row.point.key: row for row in rows}, size)


def _identity(path: Path, line: bytes) -> Identity:
    cure = "start a new file with -o"
    try:
        header = json.loads(line)
        if header["fixprop_sweep"] != FORMAT:
            raise FixpropError(
                f"{path} has format {header['fixprop_sweep']!r}, known is {FORMAT}: {cure}"
            )
        return Identity(**_unaltered(header)["definition"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FixpropError(f"{path}, line 1 is damaged: {cure}") from error


def _row(path: Path, number: int, line: bytes) -> Row:
    try:
        entry = _unaltered(json.loads(line))
        return Row(Point(**entry["parameters"]), dict(entry["figures"]))
    except (ValueError, KeyError, TypeError, RecursionError, FixpropError) as error:
        raise FixpropError(
            f"{path}, line {number} is damaged: delete that line, and its run is done again"
        ) from error


def _unaltered(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry; ValueError if it is not the one that was written."""
    if entry["checksum"] != checksum(entry):
        raise ValueError("its checksum is wrong")
    return entry


class ResultsFile:
    """A results file open for more."""

    def __init__(self, path: Path, file: BinaryIO, rows: dict[str, Row]) -> None:
        self.path, self.rows, self._file = path, rows, file

    def append(self, point: Point, figures: dict[str, Any]) -> None:
        """Keep a run; it is on disk when this returns. A run that is there already is left alone."""
        if point.key in self.rows:
            return
        self._write({"key": point.key, "parameters": point.as_json(), "figures": figures})
        self.rows[point.key] = Row(point, figures)

    def begin(self, identity: Identity) -> None:
        """Write the header."""
        self._write({"fixprop_sweep": FORMAT, "definition": identity.as_json()})

    def _write(self, entry: dict[str, Any]) -> None:
        """A whole line, or nothing of it: half of one would stand before the next."""
        left = memoryview(json.dumps(entry | {"checksum": checksum(entry)}).encode() + b"\n")
        start = self._file.seek(0, os.SEEK_END)
        try:
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(start)
            raise FixpropError(
                f"cannot write {self.path}: {error.strerror}; make room and run the command again"
            ) from error


@contextmanager
def results_file(path: Path, identity: Identity) -> Iterator[ResultsFile]:
    """Open `path` to go on with it, or make it; half a line at its end is dropped.

    Raises FixpropError, and changes nothing, if the file belongs to another identity or is in use.
    """
    prepare_folder(path.parent)
    try:
        file = path.open("ab", buffering=0)
    except OSError as error:
        raise FixpropError(f"cannot write {path}: {error.strerror}") from error
    with file:
        _lock(path, file)
        contents = read(path)
        if contents.identity is not None:
            require_same(identity, contents.identity, str(path), "start a new file with -o")
        file.truncate(contents.size)
        results = ResultsFile(path, file, contents.rows)
        if contents.identity is None:
            results.begin(identity)
        yield results


def _lock(path: Path, file: Any) -> None:
    """The lock goes with the process, however it ends."""
    try:
        import fcntl  # here, for a system without it can do all but sweep
    except ImportError:
        raise MissingTool("a sweep needs Python's fcntl: do it on Linux or macOS") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise FixpropError(f"{path} is in use by another sweep: wait for its end") from error
