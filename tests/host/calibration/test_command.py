"""fixprop calibrate: two files, one clear line when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixprop.commands.calibrate import calibrate
from fixprop.errors import UsageError

PNG = b"\x89PNG\r\n"


def test_simulated_sensors_give_a_file_and_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "bench.json"
    run = CliRunner().invoke(calibrate, ["--port", "native://", "--seed", "3", "-o", str(path)])
    assert run.exit_code == 0, run.output
    told = json.loads(path.read_text())
    assert (told["name"], told["port"], told["remarks"]) == ("bench", "native://", [])
    assert told["left"]["gain"] == pytest.approx(1.132, abs=0.01)  # seed 3's left one
    assert set(told["left"]["residual_mv"]) == {"10", "15", "20", "30", "40"}
    assert told["right"]["measured"]["card 20 cm"]["readings"] > 45
    picture = path.with_suffix(".png").read_bytes()
    assert picture.startswith(PNG) and len(picture) > 10_000
    assert "left  gain 1.13" in run.output
    assert f"stored on native://; {path}" in run.output


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    run = CliRunner().invoke(calibrate, ["--port", "native://", "--dry-run", "-o", str(path)])
    assert run.exit_code == 0, run.output
    assert "stored" not in run.output and path.exists()


def test_a_real_board_needs_somebody_at_a_terminal(tmp_path: Path) -> None:
    arguments = ["--port", "/dev/ttyACM9", "-o", str(tmp_path / "x.json")]
    run = CliRunner().invoke(calibrate, arguments)
    assert isinstance(run.exception, UsageError)
    assert "needs a terminal" in str(run.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_supply_that_no_bandgap_explains_writes_nothing(tmp_path: Path) -> None:
    arguments = ["--port", "native://", "--supply-mv", "5700", "-o", str(tmp_path / "x.json")]
    run = CliRunner().invoke(calibrate, arguments)
    assert isinstance(run.exception, UsageError)
    assert list(tmp_path.iterdir()) == []


def test_it_says_at_once_and_in_one_line_that_no_board_is_measured(tmp_path: Path) -> None:
    run = CliRunner().invoke(calibrate, ["--port", "native://", "-o", str(tmp_path / "x.json")])
    assert run.stderr.splitlines() == [
        "native://: no board: a simulated Uno's sensors are measured; for a real board's: --port"
    ]


@pytest.mark.parametrize("name", ["../../x", "a/b", "", ".", "a b", "x.json", "a\\b", "x\n"])
def test_a_units_name_is_no_path(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(calibrate, ["--port", "native://", "--name", name])
    assert run.exit_code == 2
    assert "--name" in run.output and "is not made of" in run.output
    assert list(tmp_path.iterdir()) == []


def test_a_simulated_units_file_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(calibrate, ["--port", "native://", "--name", "Bench_2-b"])
    assert run.exit_code == 0, run.output
    assert (tmp_path / "out" / "calibration" / "Bench_2-b.json").exists()
