"""Figures of all groups come together in one file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixprop.errors import FixpropError
from fixprop.reliability import __main__ as collector
from fixprop.reliability.claim import Claim


def test_a_group_replaces_its_own_figures_only(tmp_path: Path) -> None:
    path = tmp_path / "reliability.json"
    collector.keep(path, {"a": Claim(1, 2, True), "b": Claim(3, 2, True)})
    collector.keep(path, {"b": Claim(1, 2, False)})
    assert json.loads(path.read_text()) == {
        "claims": {
            "a": {"figure": 1, "bar": 2, "holds": True},
            "b": {"figure": 1, "bar": 2, "holds": False},
        }
    }


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("[]")
    with pytest.raises(FixpropError, match="no file of figures"):
        collector.keep(path, {})


@pytest.mark.parametrize(("holds", "status"), [(True, 0), (False, 1)])
def test_the_exit_status_says_whether_all_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: bool, status: int
) -> None:
    monkeypatch.setitem(collector.GROUPS, "power", lambda *_: {"it": Claim(1, 2, holds)})
    command = ["--out", str(tmp_path / "r.json"), "power"]
    result = CliRunner().invoke(collector.main, command)
    assert result.exit_code == status
    assert "it: 1, bar 2: " + ("holds" if holds else "FAILS") in result.output
