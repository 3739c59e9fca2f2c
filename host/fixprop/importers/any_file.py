"""A network from a file; its name says of what kind it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.importers.arrays import from_npz
from fixprop.importers.float_network import Reals
from fixprop.importers.imported import Imported
from fixprop.importers.keras_file import from_keras
from fixprop.importers.onnx_file import from_onnx

READERS: dict[str, Callable[..., Imported]] = {
    ".onnx": from_onnx,
    ".keras": from_keras,
    ".h5": from_keras,
    ".hdf5": from_keras,
    ".npz": from_npz,
}
MODELS = (".json", ".h", ".hpp")
"""Files of fixprop's own, which are exact already."""

PICKLES = (".joblib", ".pickle", ".pkl", ".sav")
INPUT_GROUPS = ("X", "x", "inputs", "data")


@dataclass(frozen=True)
class Sample:
    """Typical inputs [rows, inputs] and the columns' names, if the file has any."""

    rows: Reals
    names: tuple[str, ...] = field(default=())


def from_file(
    path: Path,
    sample: Sample | None,
    ranges: ArrayLike | None,
    *,
    classes: Sequence[str] = (),
    saturate: bool = False,
) -> Imported:
    """The network in `path`; the other arguments are bring_in's. UsageError for an unknown kind."""
    suffix = path.suffix.lower()
    if suffix in PICKLES:
        raise UsageError(
            f"{path}: a pickle may run any program; import the estimator in Python: "
            "fixprop.importers.from_sklearn(estimator, X)"
        )
    if suffix not in READERS:
        known = ", ".join((*READERS, *MODELS))
        raise UsageError(f"{path}: a network is one of {known}, not '{suffix or path.name}'")
    rows, names = (None, ()) if sample is None else (sample.rows, sample.names)
    return READERS[suffix](path, rows, ranges, names=names, classes=classes, saturate=saturate)


def read_sample(path: Path, columns: str | None) -> Sample:
    """Of a table, `columns`: names, groups or numbers with commas between; or all its numbers.

    An .npz file's array X, inputs or data is taken alone. UsageError where a number is missing.
    """
    from fixprop.data.read import TEXT, read_table

    table = read_table(path)
    if columns is not None:
        chosen = table.choose(columns.split(","))
    else:
        group = next((name for name in INPUT_GROUPS if name in table.groups), None)
        chosen = list(table.groups[group]) if group else _numeric(table.names, table.is_text)
    if not chosen:
        raise UsageError(f"{path} has no column of numbers")
    rows = np.stack([table.complete_numbers(name) for name in chosen], axis=1)
    return Sample(rows, tuple(chosen) if path.suffix.lower() in TEXT else ())


def _numeric(names: Sequence[str], is_text: Callable[[str], bool]) -> list[str]:
    return [name for name in names if not is_text(name)]


def read_ranges(texts: Sequence[str]) -> Reals | None:
    """LOW:HIGH, for all inputs, or as many as there are inputs; None for none."""
    if not texts:
        return None
    pairs = []
    for text in texts:
        try:
            low, high = map(float, text.split(":"))
        except ValueError:
            raise UsageError(f"range '{text}' is not LOW:HIGH, as in 0:255") from None
        pairs.append((low, high))
    return np.array(pairs[0] if len(pairs) == 1 else pairs)
