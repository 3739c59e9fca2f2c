"""Files are written whole, and what is no ordinary file is left what it is."""

from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.files import checksum, write_whole


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "summary.json"
    for text in ("first", "second"):
        write_whole(target, text)
    assert target.read_text() == "second"
    assert list(target.parent.iterdir()) == [target]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    data = bytes(range(256)) + b"\r\n"
    write_whole(tmp_path / "picture", data)
    assert (tmp_path / "picture").read_bytes() == data


def test_a_checksum_is_of_what_is_said_and_not_of_its_layout() -> None:
    first = "f3869a9f"  # as gzip computes it of {"a": 1, "b": [0.5, "x"]}
    assert checksum({"a": 1, "b": [0.5, "x"]}) == first
    assert checksum({"b": [0.5, "x"], "a": 1, "checksum": "anything"}) == first
    for other in ({"a": 1.0, "b": [0.5, "x"]}, {"a": 1}, {"a": 1, "b": ["x", 0.5]}):
        assert checksum(other) != first


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_device_stays_a_device() -> None:
    write_whole(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


def test_a_full_disk_is_one_line_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FixpropError, match="No space left on device; nothing was changed"):
        write_whole(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(FixpropError, match="cannot write /proc/fixprop"):
        write_whole(Path("/proc/fixprop/file"), "text")
