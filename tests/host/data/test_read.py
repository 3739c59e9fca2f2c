"""A file's kind by its name; Parquet only with pyarrow."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from fixprop.data import read_table
from fixprop.errors import FixpropError, MissingTool, UsageError


def test_the_name_and_the_hash_are_the_files(tmp_path: Path) -> None:
    path = tmp_path / "data.CSV"
    path.write_text("a,b\n1,2\n")
    table = read_table(path)
    assert table.name == "data.CSV"
    assert table.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()


def test_names_that_are_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"one of \.csv.*\.parquet.*not '\.xlsx'"):
        read_table(tmp_path / "data.xlsx")
    with pytest.raises(UsageError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(FixpropError, match=r"cannot read .*No such file"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(UsageError, match="no header line"):
        read_table(tmp_path / "data.npz", header=True)


def test_without_pyarrow_a_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "data.parquet").write_bytes(b"PAR1")
    with pytest.raises(MissingTool, match=r"pip install 'fixprop\[parquet\]'"):
        read_table(tmp_path / "data.parquet")


def test_parquet_columns_are_numbers_and_text(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "data.parquet"
    columns = {"a": [1, None, 3], "b": ["x", "y", None], "c": [True, False, True]}
    parquet.write_table(pyarrow.table(columns), path)
    table = read_table(path)
    assert np.isnan(table.numbers("a")).tolist() == [False, True, False]
    assert table.is_text("b")
    assert table.numbers("c").tolist() == [1, 0, 1]
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(FixpropError, match="not a Parquet file, or only a part of one") as broken:
        read_table(path)
    assert broken.value.exit_status == 1
