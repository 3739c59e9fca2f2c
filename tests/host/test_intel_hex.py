"""Intel HEX in and out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.errors import FixpropError
from fixprop.intel_hex import intel_hex, read_intel_hex

END = ":00000001FF\n"


def read(tmp_path: Path, text: str) -> dict[int, int]:
    path = tmp_path / "file.hex"
    path.write_text(text)
    return read_intel_hex(path)


def test_the_record_of_the_specification_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, ":0300300002337A1E\n" + END) == {0x30: 0x02, 0x31: 0x33, 0x32: 0x7A}


@given(data=st.binary(max_size=600))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    content = read(tmp_path_factory.mktemp("hex"), intel_hex(data))
    assert content == dict(enumerate(data))


@pytest.mark.parametrize(
    ("base", "address"),
    [(":020000021200EA\n", 0x12000), (":020000040001F9\n", 0x10000), (":0400000300007E007B\n", 0)],
    ids=["segment", "linear", "start address, which moves nothing"],
)
def test_records_that_move_the_base(tmp_path: Path, base: str, address: int) -> None:
    assert read(tmp_path, base + ":01000000AA55\n" + END) == {address: 0xAA}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (":0300300002337A1F\n" + END, "line 1: wrong checksum"),
        (":0300300002337A1E\n", "cut short"),
        (":03003000", "not a record"),
        ("hello\n", "not a record of Intel HEX: 'hello'"),
        (":00000006FA\n", "no such type of record: 6"),
        ("", "cut short"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(FixpropError, match=reason):
        read(tmp_path, text)


def test_a_binary_file_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    binary = tmp_path / "firmware.elf"
    binary.write_bytes(b"\x7fELF\xff\xfe")
    with pytest.raises(FixpropError, match="is not an Intel HEX file"):
        read_intel_hex(binary)
    with pytest.raises(FixpropError, match="No such file"):
        read_intel_hex(tmp_path / "none.hex")
