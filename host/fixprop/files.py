"""Files that are either written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

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


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path` through a temporary file beside it, so that no reader sees a part.

    A link is followed; what is no ordinary file, such as /dev/stdout, is written to as it stands.
    Raises FixpropError if the folder cannot be made or written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        _write_through(path, text)
        return
    prepare_folder(path.parent)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FixpropError(
            f"cannot write {path}: {error.strerror}; choose another folder"
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise FixpropError(f"cannot write {path}: {error.strerror}; nothing was changed") from error


def _write_through(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FixpropError(f"cannot write {path}: {error.strerror}") from error
