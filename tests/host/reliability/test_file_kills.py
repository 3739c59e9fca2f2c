"""What a killed process, or a full disk, leaves can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.model import Model, file, header
from fixprop.reliability import file_kills
from fixprop.reliability.file_kills import _replacing, fill_disk, kill_often, kinds


def test_files_can_be_read_after_a_kill_at_a_random_instant() -> None:
    seen = kill_often(120)
    assert seen.wrong == []
    assert seen.unfinished > 0


def test_a_file_written_in_place_is_found_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_place(path: Path, model: Model) -> None:
        path.write_text(file.text(model))

    broken = {"model.json": _replacing(in_place, Model.read)}
    monkeypatch.setattr(file_kills, "kinds", lambda: broken)
    assert kill_often(60).wrong


@pytest.mark.parametrize("kind", list(kinds()))
def test_a_full_disk_is_one_line_and_leaves_what_was_there(kind: str, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    whole, said = fill_disk(kind, tmp_path / "disk")
    assert whole, said
    assert "cannot" in said and "\n" not in said


def test_the_headers_text_is_what_is_compared() -> None:
    first, second = file_kills.models()
    assert header.parse(header.text(first)) == first != second
