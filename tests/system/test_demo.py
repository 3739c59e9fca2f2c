"""The main job from end to end: what `make demo` runs, and what it leaves behind."""

import json
from pathlib import Path

import pytest

from fixprop import cli
from fixprop.wire.messages import BAUD


def test_the_demo_passes_and_leaves_a_summary_and_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = cli.run(["demo", "--seed", "2", "--out", str(tmp_path / "demo")])
    told = capsys.readouterr()
    summary = json.loads((tmp_path / "demo" / "summary.json").read_text())
    assert summary["verdict"] == "pass", told.out
    assert status == 0
    assert "verdict: pass" in told.out

    assert summary["seed"] == 2
    assert summary["twin"]["weights_identical"] is True
    assert summary["twin"]["checksums_equal"] == summary["twin"]["checksums_compared"] > 100
    assert summary["twin"]["steps_replayed"] == summary["teach"]["training_steps"] > 50_000
    assert summary["serial"]["lost"] == summary["serial"]["crc_errors"] == 0
    assert summary["adc_deadlines_missed"] == 0
    assert summary["device_seconds"] < 125  # 60 s lesson, 60 s tracking, and between
    assert summary["test_readings_faster_than_half_a_metre_a_second"] > 0
    # 3,500 frames of at most 61 bytes in two minutes leave the line nearly idle
    assert summary["serial"]["frames"] * 61 * 10 < 0.05 * BAUD * summary["device_seconds"]

    rmse = summary["bearing_rmse_deg"]
    assert rmse["trained"] <= 4.0
    assert rmse["trained"] <= 1.15 * rmse["float64_same_network"]
    assert rmse["trained"] <= 2.5 * rmse["oracle"]
    assert rmse["untrained"] > 1.5 * rmse["trained"], "the lesson must have taught something"

    report = (tmp_path / "demo" / "report.html").read_text()
    assert summary["firmware"]["sha256"] in report
    assert sorted(p.name for p in (tmp_path / "demo").iterdir()) == ["report.html", "summary.json"]
