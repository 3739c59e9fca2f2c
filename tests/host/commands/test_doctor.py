"""fixprop doctor: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fixprop.board import ports
from fixprop.commands.doctor import doctor
from fixprop.doctor import tools
from fixprop.errors import FixpropError, UsageError
from fixprop.sim.faults import BY_NAME, make_bench


@pytest.fixture(autouse=True)
def tools_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this computer has is not the subject."""
    monkeypatch.setattr(tools, "examine_tools", lambda: [])


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(doctor, list(map(str, arguments)), standalone_mode=False)


def test_a_healthy_board_ends_with_0_and_a_line_for_each_check(tmp_path: Path) -> None:
    path = tmp_path / "doctor.json"
    result = run("--port", "native://", "--json", path)
    assert result.return_value == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == "nothing found, 1 skipped"
    skipped = [line for line in lines[:-1] if not line.startswith("ok ")]
    assert skipped == ["-     memory        no chip, no stack"]
    facts = json.loads(path.read_text())
    assert facts["findings"] == []
    assert {"board", "supply", "sensors", "servo", "clock"} <= {c["check"] for c in facts["checks"]}


def test_a_finding_ends_with_1_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(1, BY_NAME["right_shorted"])
    bench.world.pins[1] = lambda _: 5000
    monkeypatch.setattr(ports, "open_port", lambda url, world: bench.port)
    path = tmp_path / "doctor.json"
    result = run("--port", "socket://localhost:1", "--no-hand", "--json", path)
    assert result.return_value == 1
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("FAULT")]
    assert line == (
        "FAULT sensors       the right sensor reads 8184, limit 8000: "
        "right sensor: its plug is off, its yellow wire on A1 is loose or touches 5V, or its "
        "ground wire is off"
    )
    assert result.stdout.splitlines()[-1] == "1 fault, 2 skipped"
    (finding,) = json.loads(path.read_text())["findings"]
    assert (finding["kind"], finding["side"]) == ("sensor_high", "right")


def test_no_board_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(port: str) -> None:
        raise FixpropError("no board found: is it plugged in?")

    monkeypatch.setattr("fixprop.upload.target.choose", nobody)
    result = run()
    assert result.return_value == 1
    assert result.stdout.splitlines() == [
        "FAULT port          no board found: is it plugged in?",
        "1 fault",
    ]


def test_misuse_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "doctor.json"
    result = run("--port", "nothing://", "--json", path)
    assert isinstance(result.exception, UsageError)
    assert not path.exists()
    assert run("--seconds", "1").exit_code != 0
