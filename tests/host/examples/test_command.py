"""fixprop examples, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixprop.cli import run


def test_the_list_names_every_example(capsys: pytest.CaptureFixture[str]) -> None:
    from fixprop.examples.catalogue import CATALOGUE

    assert run(["examples", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(CATALOGUE)


def test_a_run_prints_and_writes_what_came_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "examples.json"
    assert run(["examples", "run", "or", "--json", str(file)]) == 0
    told = json.loads(file.read_text())["or"]
    assert told["pass"] and told["expected"]["rows right"] == "4 of 4"
    assert told["mirror"] == told["native"] == told["chip"]
    assert told["float64"]["rows right"] == 4
    out = capsys.readouterr().out
    assert "equal to the bit: mirror, native, chip" in out
    assert "verdict: pass, 1 of 1 examples" in out


def test_without_the_chip_nothing_is_said_of_it(tmp_path: Path) -> None:
    file = tmp_path / "examples.json"
    assert run(["examples", "run", "and", "--no-chip", "--json", str(file)]) == 0
    assert json.loads(file.read_text())["and"]["chip"] == {}


def test_an_unknown_example_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["examples", "run", "nand"]) == 2
    assert "no example 'nand': see fixprop examples list" in capsys.readouterr().err
