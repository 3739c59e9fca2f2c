"""Reading a table: the kind of the file is told by its name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fixprop.data.arrays import npy_table, npz_table
from fixprop.data.parquet import parquet_table
from fixprop.data.table import Table
from fixprop.data.text import text_table
from fixprop.errors import FixpropError, UsageError

TEXT = (".csv", ".tsv", ".txt", ".data", ".dat")
BINARY = {
    ".npy": npy_table,
    ".npz": npz_table,
    ".parquet": parquet_table,
    ".pq": parquet_table,
}
KNOWN = ", ".join((*TEXT, *BINARY))


def read_table(path: Path, header: bool | None = None) -> Table:
    """The table in `path`; `header`: of a text file, None: told from its first row.

    FixpropError if the file cannot be read or is broken, UsageError if what it holds is no table;
    each names file and place.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it")
    if suffix not in (*TEXT, *BINARY):
        raise UsageError(f"{path}: a table is one of {KNOWN}, not '{suffix or path.name}'")
    if suffix in BINARY and header is not None:
        raise UsageError(f"{path.name} has no header line: leave --header and --no-header out")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror}") from None
    sha256 = hashlib.sha256(content).hexdigest()
    if suffix in TEXT:
        return text_table(content, path.name, sha256, header)
    return BINARY[suffix](content, path.name, sha256)
