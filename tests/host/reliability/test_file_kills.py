"""What a killed process, or a full disk, leaves can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.calibration import files as calibrations
from fixprop.errors import FixpropError
from fixprop.model import Model, file, header
from fixprop.model import model as models
from fixprop.reliability import file_kills
from fixprop.reliability.file_kills import (
    file_claims,
    fill_disk,
    kill_often,
    kinds,
    replacing,
)
from fixprop.sim import kept_eeprom

REPLACED = ("model.json", "model.h", "calibration.json", "eeprom.hex")
GROWING = ("lesson.fixrec", "sweep.jsonl")


def in_place(path: Path, content: str | bytes) -> None:
    """write_whole without the temporary file."""
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise FixpropError(f"cannot write {path}: {error.strerror}") from error


@pytest.fixture
def protection_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that writes whole files writes them in place."""
    for module in (models, file_kills, calibrations, kept_eeprom):
        monkeypatch.setattr(module, "write_whole", in_place)


def test_files_can_be_read_after_a_kill_at_a_random_instant() -> None:
    assert set(kinds()) == {*REPLACED, *GROWING}
    seen = kill_often(120)
    assert seen.wrong == []
    assert seen.unfinished > 0


def test_a_file_written_in_place_is_found_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(path: Path, model: Model) -> None:
        path.write_text(file.text(model))

    broken = {"model.json": replacing(write, Model.read, *file_kills.models())}
    monkeypatch.setattr(file_kills, "kinds", lambda: broken)
    assert kill_often(60).wrong


@pytest.mark.parametrize("kind", [*REPLACED, *GROWING])
def test_a_full_disk_is_one_line_and_leaves_what_was_there(kind: str, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    whole, said = fill_disk(kind, tmp_path / "disk")
    assert whole, said
    assert "cannot" in said and "\n" not in said


@pytest.mark.usefixtures("protection_off")
@pytest.mark.parametrize("kind", REPLACED)
def test_a_full_disk_breaks_a_file_that_is_written_in_place(kind: str, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    whole, why = fill_disk(kind, tmp_path / "disk")
    assert not whole and why


def test_the_claim_holds_only_with_the_protection(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(file_kills, "damage_claims", lambda **_: {})
    monkeypatch.setattr(file_kills, "TRIES", 6)
    claims = file_claims()
    assert all(claim.holds for claim in claims.values()), claims
    assert claims["files_disk_full_survived"].bar == len(kinds())
    request.getfixturevalue("protection_off")
    claim = file_claims()["files_disk_full_survived"]
    assert (claim.figure, claim.holds) == (len(GROWING), False)


def test_the_headers_text_is_what_is_compared() -> None:
    first, second = file_kills.models()
    assert header.parse(header.text(first)) == first != second
