"""Rows are whole, on disk at once, and nothing that exists is overwritten."""

from __future__ import annotations

import csv
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixprop.errors import FixpropError, UsageError
from fixprop.sinks.channels import CHANNELS
from fixprop.sinks.csv_file import CsvSink
from tests.host.sinks.making import sample


def rows(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return list(csv.DictReader(text.splitlines(), strict=True))


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """Files grow no further than `size`, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_each_row_is_on_disk_when_it_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "new" / "readings.csv"
    sink = CsvSink(path, CHANNELS)
    assert rows(path) == []
    for index in range(3):
        sink.send(sample(index))
        assert [row["reading"] for row in rows(path)] == [str(n) for n in range(index + 1)]
    assert sink.sent == 3
    sink.close()


def test_an_existing_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text("precious\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--append"):
        CsvSink(path, CHANNELS)
    assert path.read_text(encoding="utf-8") == "precious\n"


def test_append_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    for run in range(2):
        sink = CsvSink(path, CHANNELS, append=True)  # the first makes it
        sink.send(sample(run))
        sink.close()
    assert [row["reading"] for row in rows(path)] == ["0", "1"]


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_append_takes_a_row_back_that_was_cut_short(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "readings.csv"
    sink = CsvSink(path, CHANNELS)
    for index in range(2):
        sink.send(sample(index))
    sink.close()
    path.write_bytes(path.read_bytes()[:-cut])
    sink = CsvSink(path, CHANNELS, append=True)
    sink.send(sample(7))
    sink.close()
    assert [row["reading"] for row in rows(path)] == ["0", "7"]


def test_append_leaves_nothing_of_a_long_unfinished_row(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    CsvSink(path, CHANNELS).close()
    path.write_bytes(path.read_bytes() + b"9" * 1000)
    sink = CsvSink(path, CHANNELS, append=True)
    sink.send(sample(7))
    sink.close()
    assert [row["reading"] for row in rows(path)] == ["7"]


def test_append_to_an_empty_file_writes_the_header(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.touch()
    CsvSink(path, CHANNELS, append=True).close()
    assert rows(path) == []


def test_append_refuses_other_columns(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    CsvSink(path, CHANNELS[:2]).close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="other columns"):
        CsvSink(path, CHANNELS, append=True)
    assert path.read_bytes() == before


def test_a_full_disk_is_one_line_and_leaves_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    sink = CsvSink(path, CHANNELS)
    with full_at(path.stat().st_size + 250), pytest.raises(FixpropError) as error:  # a row is ~130
        for index in range(10):
            sink.send(sample(index))
    assert str(path) in str(error.value)
    kept = rows(path)
    assert len(kept) == sink.sent > 0
    assert f"{sink.sent} new rows are whole" in str(error.value)
    assert all(None not in row.values() for row in kept)
    sink.close()


@pytest.mark.parametrize("there", [False, True])
def test_a_disk_that_is_full_at_the_header_leaves_none_of_it(tmp_path: Path, there: bool) -> None:
    """Nor a new file, which would be refused without --append when the disk has room again."""
    path = tmp_path / "readings.csv"
    if there:
        path.touch()
    with full_at(20), pytest.raises(FixpropError, match="choose another file"):
        CsvSink(path, CHANNELS, append=there)
    assert path.exists() == there
    CsvSink(path, CHANNELS, append=there).close()
    assert rows(path) == []


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FixpropError, match="choose another file"):
        CsvSink(tmp_path, CHANNELS, append=True)
