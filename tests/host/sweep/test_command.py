"""fixprop sweep from the command line."""

import json
from pathlib import Path

import pytest

from fixprop import cli
from fixprop.sweep import backends
from tests.host.sweep.fakes import Fake

GRID = ["--toe-in", "2.5,5", "--baseline", "8,10", "--builds", "2"]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    backend = Fake()
    monkeypatch.setattr(backends, "Cores", lambda _jobs: backend)
    return backend


def test_a_grid_is_swept_shown_and_drawn(
    tmp_path: Path, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(tmp_path / name) for name in ("s.jsonl", "s.png", "s.json")]
    assert cli.run(["sweep", "-o", files[0], "--plot", files[1], "--json", files[2], *GRID]) == 0
    told = capsys.readouterr()
    assert len(fake.asked) == 8
    assert "The best 4 of 4 settings" in told.out
    assert "8.25" in told.out, "the median at 8 cm and 2.5 degrees"
    assert "virtual builds" not in told.err, "no bar where nobody watches"
    summary = json.loads(Path(files[2]).read_text())
    assert summary["runs"] == 8
    assert summary["settings"][0]["setting"] == {"baseline_cm": 8.0, "toe_in_deg": 2.5}
    assert Path(files[1]).stat().st_size > 10_000


def test_a_summary_computes_nothing(
    tmp_path: Path, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.jsonl"
    cli.run(["sweep", "-o", str(path), *GRID])
    before, first = path.read_bytes(), capsys.readouterr().out
    assert cli.run(["sweep", "--summary", str(path)]) == 0
    assert capsys.readouterr().out == first
    assert len(fake.asked) == 8
    assert path.read_bytes() == before


def test_an_interrupted_sweep_keeps_its_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backends, "Cores", lambda _jobs: Fake(interrupt_after=3))
    path = tmp_path / "s.jsonl"
    assert cli.run(["sweep", "-o", str(path), *GRID]) == cli.INTERRUPTED
    assert f"3 of 8 runs are in {path}" in capsys.readouterr().err
    assert len(path.read_text().splitlines()) == 1 + 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--toe-in", "a"], "'a' is not a number"),
        (["--toe-in", "5,"], "'' is not a number"),
        (["--toe-in", "60"], "toe-in of each sensor 60 degrees: must be -20 to 45"),
        (["--hidden", "300"], "layer of 300 neurons"),
        (["--builds", "0"], "0 is not in the range"),
        (["--random", "0"], "0 is not in the range"),
        (["--backend", "dask"], "--backend dask needs --scheduler ADDRESS"),
        (["--scheduler", "tcp://x:1"], "--scheduler is for --backend dask"),
        (["--backend", "dask", "--scheduler", "x:1", "--jobs", "2"], "--jobs is for"),
    ],
)
def test_misuse_is_one_line_and_status_2(
    tmp_path: Path, fake: Fake, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    path = tmp_path / "s.jsonl"
    assert cli.run(["sweep", "-o", str(path), *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]
    assert not path.exists()
    assert fake.asked == []


def test_a_summary_of_no_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["sweep", "--summary", str(tmp_path / "none.jsonl")]) == 2
    assert "no results file" in capsys.readouterr().err


def test_a_device_holds_no_results(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sweep", "-o", "/dev/full", *GRID]) == 2
    assert "'/dev/full' is no ordinary file" in capsys.readouterr().err
    assert fake.asked == []
