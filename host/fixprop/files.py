"""Files that are either written whole or not at all, and a checksum for those that hold JSON."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any

from fixprop.errors import FixpropError


def prepare_folder(folder: Path) -> None:
    """Make `folder`, so that a long run does not fail at its end; raises FixpropError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FixpropError(
            f"cannot write {folder}: {error.strerror}; choose another folder"
        ) from error


def checksum(content: dict[str, Any]) -> str:
    """CRC-32 of all that a JSON object says but its "checksum", however it is laid out."""
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return f"{zlib.crc32(json.dumps(rest, sort_keys=True).encode()):08x}"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write `content` to `path` through a temporary file beside it, so that no reader sees a part.

    A link is followed; what is no ordinary file, such as /dev/stdout, is written to as it stands.
    Raises FixpropError if the folder cannot be made or written.
    """
    path = path.resolve()
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        _write_through(path, data)
        return
    prepare_folder(path.parent)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FixpropError(
            f"cannot write {path}: {error.strerror}; choose another folder"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise FixpropError(f"cannot write {path}: {error.strerror}; nothing was changed") from error


def _write_through(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise FixpropError(f"cannot write {path}: {error.strerror}") from error
