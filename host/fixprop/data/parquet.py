"""Tables in Parquet files, read by pyarrow."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import numpy as np

from fixprop.data.table import Cells, Table
from fixprop.errors import FixpropError, MissingTool, UsageError


def parquet_table(content: bytes, name: str, sha256: str) -> Table:
    """Its columns: numbers, truth values and text; MissingTool without pyarrow."""
    try:
        pyarrow = import_module("pyarrow")
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        raise MissingTool(
            f"reading {name} needs pyarrow: pip install 'fixprop[parquet]', or save it as CSV"
        ) from None
    try:
        read = parquet.read_table(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError) as error:
        raise FixpropError(
            f"{name} is not a Parquet file, or only a part of one: {error}"
        ) from None
    if not read.num_columns or not read.num_rows:
        raise UsageError(f"{name} is empty: it has {read.num_rows} rows")
    pairs = zip(read.column_names, read.columns, strict=True)
    columns = {column: _cells(values.to_pylist(), column, name) for column, values in pairs}
    if len(columns) < read.num_columns:
        raise UsageError(f"{name} has two columns of the same name: rename one")
    return Table(name, sha256, columns)


def _cells(values: list[Any], column: str, name: str) -> Cells:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {int, float, bool}:
        return np.array([np.nan if v is None else v for v in values], np.float64)
    if kinds <= {str}:
        return np.array(["" if v is None else v for v in values], object)
    listed = ", ".join(sorted(kind.__name__ for kind in kinds))
    raise UsageError(f'{name}: column "{column}" holds {listed}: must be numbers or text')
