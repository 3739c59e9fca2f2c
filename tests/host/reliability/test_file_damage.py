"""Files that were cut, altered or made by another version are refused, or mean the same."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from fixprop import intel_hex
from fixprop.calibration import files as calibrations
from fixprop.model import file, header
from fixprop.recording import reader
from fixprop.reliability import file_damage
from fixprop.reliability.file_damage import ALTERED, KINDS, Damages, damage, damage_claims
from fixprop.sweep import results

EVERY = 7  # of so many lengths and bytes one is tried
CHECKED_BY_A_CRC = [name for name in KINDS if name != "eeprom.hex"]


@pytest.mark.parametrize("name", list(KINDS))
def test_no_damage_is_read_as_something_else(name: str) -> None:
    found = damage(name, 1, every=EVERY)
    assert found.wrong == []
    assert found.tried >= 2 * len(KINDS[name]().whole) / EVERY
    assert found.refused >= found.tried / 3


def test_white_space_may_change_and_the_last_line_end_may_be_missing() -> None:
    """So refusing is not all that the readers do."""
    cut = KINDS["model.json"]().whole[:-1]
    assert damage("model.json", 0).equal == 1, cut[-20:]


def test_a_cut_recording_is_its_beginning_and_says_so() -> None:
    kind = KINDS["lesson.fixrec"]()
    found = damage("lesson.fixrec", 0)
    assert found.told > len(kind.whole) / 2 and found.equal == 0


@pytest.mark.parametrize("name", CHECKED_BY_A_CRC)
def test_without_checksums_damage_goes_unseen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zlib, "crc32", lambda *_: 0)
    assert damage(name, 2, every=4).wrong


def test_without_the_lines_sums_damage_goes_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intel_hex, "sum", lambda _: 0, raising=False)
    assert damage("eeprom.hex", 3, every=29).wrong


class AnyVersion(int):
    """Equal to every version that a file may have."""

    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


VERSIONS = {
    "model.json": (file, "VERSION"),
    "model.h": (file, "VERSION"),
    "flash.h": (file, "VERSION"),
    "lesson.fixrec": (reader, "VERSION"),
    "sweep.jsonl": (results, "FORMAT"),
    "calibration.json": (calibrations, "FORMAT"),
}
MAKERS = {  # what tells that a file of this version was made by something else
    "model.json": (file, "_of_this_arithmetic", lambda content, model, name, any_other: model),
    "lesson.fixrec": (reader, "check_facts", lambda *_: None),
    "sweep.jsonl": (results, "require_same", lambda *_: None),
}


def misread(name: str) -> int:
    """Foreign files that are read."""
    wrong = damage(name, 0, every=len(KINDS[name]().whole)).wrong
    assert all("foreign: read as something else" in why for why in wrong), wrong
    return len(wrong)


@pytest.mark.parametrize("name", list(VERSIONS))
def test_without_its_check_another_version_is_misread(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert misread(name) == 0
    module, version = VERSIONS[name]
    monkeypatch.setattr(module, version, AnyVersion(getattr(module, version)))
    if name.endswith(".h"):
        assert misread(name) == 0  # it is not the text that this version writes, either
        monkeypatch.setattr(header, "zip_longest", lambda *_: [])
    assert misread(name) >= 2


@pytest.mark.parametrize("name", list(MAKERS))
def test_without_its_check_a_foreign_makers_file_is_misread(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, check, blind = MAKERS[name]
    monkeypatch.setattr(module, check, blind)
    assert misread(name) >= 1


def test_a_traceback_or_a_refusal_of_two_lines_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: object) -> object:
        raise ValueError("not caught")

    kind = KINDS["calibration.json"]()._replace(read=lambda path: path.read_bytes())
    found = Damages()
    assert not file_damage._fault("x/y: a; make it anew", Path("x/y"))
    for refusal in ("x/y: a;\nmake it", "elsewhere; make it anew", "x/y: bad", "x/y: \33; make it"):
        assert file_damage._fault(refusal, Path("x/y")), refusal
    file_damage._judge(kind._replace(read=read), Path("x"), "cut", 1, found)
    assert found.wrong == ["x, cut: ValueError: not caught"]


def test_the_claim_counts_what_was_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[tuple[str, int, int]]()

    def found(name: str, altered: int, *, every: int) -> Damages:
        asked.append((name, altered, every))
        return Damages(refused=8, equal=1, told=1, wrong=["one"] if name == "model.h" else [])

    monkeypatch.setattr(file_damage, "damage", found)
    claim = damage_claims()["files_damaged_refused"]
    assert (claim.figure, claim.bar, claim.holds) == (70, 71, False)
    assert asked == [(name, ALTERED, 1) for name in KINDS]
