"""What a killed process, or a full disk, leaves can be read."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from fixprop.calibration import files as calibrations
from fixprop.errors import FixpropError
from fixprop.model import Model, file, header
from fixprop.model import model as models
from fixprop.recording.reader import Reader
from fixprop.reliability import file_kills, file_kinds
from fixprop.reliability.file_kills import Kills, file_claims, fill_disk, kill_often
from fixprop.reliability.file_kinds import kinds, replacing
from fixprop.sim import kept_eeprom
from fixprop.sweep import results

REPLACED = ("model.json", "model.h", "calibration.json", "eeprom.hex")
GROWING = ("lesson.fixrec", "sweep.jsonl")
OPEN, READ = Path.open, results.read
PATIENT = 3  # errors that a deaf writer takes before it is stopped


def in_place(path: Path, content: str | bytes) -> None:
    """write_whole without the temporary file."""
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise FixpropError(f"cannot write {path}: {error.strerror}") from error


class InHalves(FileIO):
    """Takes half of a line or block, and waits for the disk: there many of the kills come."""

    is_half = False

    def write(self, data: Any) -> int:
        self.is_half = not self.is_half and self.tell() > 0  # the file's head comes whole
        taken = super().write(data[: len(data) // 2] if self.is_half else data)
        os.fsync(self.fileno())
        return taken or 0


class Holding(FileIO):
    """Keeps all but the file's head in a buffer that never fills."""

    def write(self, data: Any) -> int:
        return len(data) if self.tell() else super().write(data)


class Deaf(FileIO):
    """Says that all was written, whatever the system says."""

    errors = 0

    def write(self, data: Any) -> int:
        try:
            super().write(data)
        except OSError:
            self.errors += 1
            if self.errors == PATIENT:
                os._exit(0)
        return len(data)


def opened(monkeypatch: pytest.MonkeyPatch, growing: Callable[[Path, str], Any]) -> None:
    """What is opened without a buffer, as files that grow are, is opened otherwise."""

    def open_it(path: Path, mode: str = "r", buffering: int = -1, **more: Any) -> Any:
        return OPEN(path, mode, buffering, **more) if buffering else growing(path, mode)

    monkeypatch.setattr(Path, "open", open_it)


def only(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Nothing but this kind is killed."""
    written = kinds()[kind]
    monkeypatch.setattr(file_kills, "kinds", lambda: {kind: written})


def by_the_judge(seen: Kills) -> bool:
    """Whether something wrong was found in what was written, and by nothing but reading it."""
    return bool(seen.wrong) and not any("by itself" in why for why in seen.wrong)


@pytest.fixture
def protection_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole files are written in place, and those that grow by a writer that hears of no error."""
    for module in (models, file_kinds, calibrations, kept_eeprom):
        monkeypatch.setattr(module, "write_whole", in_place)
    opened(monkeypatch, Deaf)


def test_files_can_be_read_after_a_kill_at_a_random_instant() -> None:
    assert set(kinds()) == {*REPLACED, *GROWING}
    seen = kill_often(120)
    assert seen.wrong == []
    assert seen.unfinished > 0
    assert seen.told > 120  # things that had to be there


@pytest.mark.parametrize("kind", GROWING)
def test_what_was_told_is_there_before_a_torn_end(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, kind)
    opened(monkeypatch, InHalves)
    seen = kill_often(20)
    assert seen.wrong == []
    assert seen.unfinished > 0 and seen.told > 20


def test_a_file_written_in_place_is_found_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(path: Path, model: Model) -> None:
        path.write_text(file.text(model))

    broken = {"model.json": replacing(write, Model.read, *file_kinds.models())}
    monkeypatch.setattr(file_kills, "kinds", lambda: broken)
    assert kill_often(60).wrong


@pytest.mark.parametrize("kind", GROWING)
def test_a_writer_that_keeps_a_buffer_is_found(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, kind)
    opened(monkeypatch, Holding)
    wrong = kill_often(10).wrong
    assert wrong and all("told to be kept" in why for why in wrong)


def test_a_recordings_reader_that_refuses_a_torn_end_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refusing(reader: Reader, _file: object, offset: int, _data: bytes) -> None:
        raise reader._altered(offset, "the head of a block")

    only(monkeypatch, "lesson.fixrec")
    opened(monkeypatch, InHalves)
    monkeypatch.setattr(Reader, "_check_torn", refusing)
    assert by_the_judge(kill_often(20))


def test_a_sweeps_reader_that_takes_half_a_line_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def taking_all(path: Path) -> results.Contents:
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):
            path.write_bytes(data + b"\n")
        return READ(path)

    only(monkeypatch, "sweep.jsonl")
    opened(monkeypatch, InHalves)
    monkeypatch.setattr(results, "read", taking_all)
    assert by_the_judge(kill_often(20))


def test_a_writer_that_ends_by_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = kinds()["sweep.jsonl"]._replace(go_on=lambda path, tell: None)
    monkeypatch.setattr(file_kills, "kinds", lambda: {"sweep.jsonl": ending})
    assert any("ended by itself" in why for why in kill_often(10).wrong)


@pytest.mark.parametrize("kind", [*REPLACED, *GROWING])
def test_a_full_disk_is_one_line_and_leaves_what_was_there(kind: str, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    whole, said = fill_disk(kind, tmp_path / "disk")
    assert whole, said
    assert "cannot" in said and "\n" not in said


@pytest.mark.usefixtures("protection_off")
@pytest.mark.parametrize("kind", [*REPLACED, *GROWING])
def test_a_full_disk_breaks_what_is_written_without_protection(kind: str, tmp_path: Path) -> None:
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
    assert (claim.figure, claim.holds) == (0, False)


def test_the_headers_text_is_what_is_compared() -> None:
    first, second = file_kinds.models()
    assert header.parse(header.text(first)) == first != second
