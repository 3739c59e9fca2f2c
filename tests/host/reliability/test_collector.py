"""Figures of all groups come together in one file, and none outlives what it was measured on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixprop.errors import FixpropError
from fixprop.reliability import __main__ as collector
from fixprop.reliability import figures
from fixprop.reliability.claim import Claim

FIRMWARE = "ab" * 32
IT = {"it": Claim(1, 2, True)}


def told(path: Path) -> dict[str, bool]:
    """Claims of the file, and whether they hold."""
    claims = json.loads(path.read_text())["claims"]
    return {name: claim["holds"] for name, claim in claims.items()}


def test_a_group_replaces_its_own_figures_only(tmp_path: Path) -> None:
    path = tmp_path / "reliability.json"
    figures.keep(path, "one", {"a": Claim(1, 2, True)}, FIRMWARE)
    figures.keep(path, "two", {"b": Claim(3, 2, True)}, FIRMWARE)
    figures.keep(path, "two", {"b": Claim(1, 2, False)}, FIRMWARE)
    assert json.loads(path.read_text()) == {
        "firmware_sha256": FIRMWARE,
        "claims": {
            "a": {"figure": 1, "bar": 2, "holds": True},
            "b": {"figure": 1, "bar": 2, "holds": False},
        },
        "groups": {"one": ["a"], "two": ["b"]},
    }


def test_what_a_group_said_before_is_gone_when_it_is_measured_again_and_fails(
    tmp_path: Path,
) -> None:
    path = tmp_path / "reliability.json"
    for group in ("one", "two"):
        figures.keep(path, group, {f"of {group}": Claim(1, 1, True)}, FIRMWARE)
    figures.begin(path, "one", FIRMWARE)
    assert told(path) == {"of two": True}


def test_figures_of_another_firmware_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "reliability.json"
    figures.keep(path, "one", IT, "cd" * 32)
    figures.keep(path, "two", {"other": Claim(1, 1, True)}, FIRMWARE)
    assert told(path) == {"other": True}
    path.write_text(json.dumps({"claims": {"it": {"figure": 1, "bar": 1, "holds": True}}}))
    figures.begin(path, "two", FIRMWARE)  # a file of a time when it did not say which
    assert told(path) == {}


@pytest.mark.parametrize("text", ["[]", "{}", "x", '{"firmware_sha256": "' + FIRMWARE + '"}'])
def test_another_file_is_not_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(FixpropError, match="no file of figures"):
        figures.keep(path, "one", IT, FIRMWARE)
    assert path.read_text() == text


@pytest.mark.parametrize(("holds", "status"), [(True, 0), (False, 1)])
def test_the_exit_status_says_whether_all_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: bool, status: int
) -> None:
    monkeypatch.setitem(collector.GROUPS, "power", lambda *_: {"it": Claim(1, 2, holds)})
    command = ["--out", str(tmp_path / "r.json"), "power"]
    result = CliRunner().invoke(collector.main, command)
    assert result.exit_code == status
    assert "it: 1, bar 2: " + ("holds" if holds else "FAILS") in result.output


def test_a_quick_look_leaves_the_figures_of_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, quick = tmp_path / "whole.json", tmp_path / "quick.json"
    monkeypatch.setattr(collector, "OUT", whole)
    monkeypatch.setattr(collector, "QUICK_OUT", quick)
    monkeypatch.setitem(collector.GROUPS, "power", lambda *_: IT)
    assert CliRunner().invoke(collector.main, ["--quick", "power"]).exit_code == 0
    assert quick.exists() and not whole.exists()
    assert CliRunner().invoke(collector.main, ["power"]).exit_code == 0
    assert told(whole) == {"it": True}
