"""Tables in numpy's files: one array in NPY, named ones in NPZ."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.data.table import Cells, Table, numbered
from fixprop.errors import FixpropError, UsageError

AnyArray = NDArray[Any]


def npy_table(content: bytes, name: str, sha256: str) -> Table:
    """The columns of an array [rows, columns], or the fields of a structured one."""
    array = _loaded(content, name)
    if not isinstance(array, np.ndarray):
        raise UsageError(f"{name} holds no single array: name it .npz if it is an archive")
    if array.dtype.names:
        columns = {field: _cells(array[field], field, name) for field in array.dtype.names}
        return Table(name, sha256, columns)
    if array.ndim != 2 or not array.size:
        raise UsageError(
            f"{name} holds an array of shape {array.shape}: it must be rows by columns"
        )
    names = numbered(array.shape[1])
    return Table(name, sha256, {c: _cells(array[:, n], c, name) for n, c in enumerate(names)})


def npz_table(content: bytes, name: str, sha256: str) -> Table:
    """A column for each array [rows]; NAME_0, NAME_1... for [rows, columns], and NAME for all."""
    columns: dict[str, Cells] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for key, array in _members(content, name).items():
        if array.ndim not in (1, 2) or not array.size:
            raise UsageError(
                f"{name}: array '{key}' has shape {array.shape}: must be rows, or rows by columns"
            )
        if array.ndim == 1:
            columns[key] = _cells(array, key, name)
            continue
        groups[key] = tuple(f"{key}_{n}" for n in range(array.shape[1]))
        for n, column in enumerate(groups[key]):
            columns[column] = _cells(array[:, n], key, name)
    if not columns:
        raise UsageError(f"{name} holds no arrays")
    lengths = {column: len(cells) for column, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{column} {length}" for column, length in lengths.items())
        raise UsageError(f"{name}: its columns differ in rows: {listed[:200]}")
    return Table(name, sha256, columns, groups)


def _members(content: bytes, name: str) -> dict[str, AnyArray]:
    archive = _loaded(content, name)
    if isinstance(archive, np.ndarray):
        raise UsageError(f"{name} is a single array: name it .npy")
    try:
        return {key: archive[key] for key in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise FixpropError(f"{name} is damaged or not for numpy: {error}") from None


def _loaded(content: bytes, name: str) -> AnyArray | np.lib.npyio.NpzFile:
    try:
        loaded: AnyArray | np.lib.npyio.NpzFile = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise FixpropError(f"{name} is not a numpy file, or only a part of one: {error}") from None
    return loaded


def _cells(array: AnyArray, column: str, name: str) -> Cells:
    if array.ndim != 1:
        raise UsageError(f"{name}: '{column}' has {array.ndim} dimensions: must be 1")
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    if array.dtype.kind == "U":
        return array.astype(object)
    if array.dtype.kind == "S":
        return np.array([cell.decode("utf-8", "replace") for cell in array.tolist()], object)
    raise UsageError(f"{name}: '{column}' holds {array.dtype}: must be numbers or text")
