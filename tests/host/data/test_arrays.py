"""numpy's files: arrays as columns, groups of columns, and files that are damaged."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fixprop.data.arrays import npy_table, npz_table
from fixprop.data.table import Table
from fixprop.errors import FixpropError, UsageError


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_an_array_has_numbered_columns() -> None:
    table = npy_table(npy([[1, 2], [3, 4], [5, 6]]), "a.npy", "")
    assert table.names == ("column_0", "column_1")
    assert table.numbers("column_1").tolist() == [2, 4, 6]


def test_a_structured_array_has_named_ones() -> None:
    array = np.array([(1.5, "x"), (2.5, "y")], [("a", "f8"), ("b", "U1")])
    table = npy_table(npy(array), "a.npy", "")
    assert table.numbers("a").tolist() == [1.5, 2.5]
    assert table.texts("b") == ["x", "y"]


def test_an_archive_has_columns_and_groups() -> None:
    table = npz_table(npz(inputs=[[1, 2], [3, 4]], kind=np.array([b"p", b"q"])), "a.npz", "")
    assert table.names == ("inputs_0", "inputs_1", "kind")
    assert table.choose(["inputs"]) == ["inputs_0", "inputs_1"]
    assert table.texts("kind") == ["p", "q"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy([1, 2, 3]), r"shape \(3,\)"),
        (npy(np.zeros((0, 2))), r"shape \(0, 2\)"),
        (npy([[1j, 2]]), "complex128"),
        (npz(a=[1, 2]), "name it .npz"),
    ],
)
def test_an_npy_file_that_is_no_table_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        npy_table(content, "a.npy", "")


@pytest.mark.parametrize(
    ("table", "content"),
    [
        (npy_table, npy(np.array([[{}]], object))),
        (npy_table, npy([[1.0, 2.0]])[:-3]),
        (npy_table, b"width,height\n1,2\n"),
        (npz_table, npz(a=[1, 2])[:-20]),
    ],
)
def test_a_broken_file_is_no_misuse(table: Callable[..., Table], content: bytes) -> None:
    with pytest.raises(FixpropError, match="is not a numpy file, or only a part of one") as broken:
        table(content, "a", "")
    assert broken.value.exit_status == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npz(a=np.zeros((2, 2, 2))), r"'a' has shape \(2, 2, 2\)"),
        (npz(a=[1, 2], b=[1, 2, 3]), "differ in rows: a 2, b 3"),
        (npz(), "holds no arrays"),
        (npy([[1]]), "name it .npy"),
    ],
)
def test_an_npz_file_that_is_no_table_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        npz_table(content, "a.npz", "")


def test_an_archive_with_a_flipped_byte_is_refused() -> None:
    content = bytearray(npz(a=np.arange(100.0)))
    content[300] ^= 255
    with pytest.raises(FixpropError, match="damaged") as broken:
        npz_table(bytes(content), "a.npz", "")
    assert broken.value.exit_status == 1
