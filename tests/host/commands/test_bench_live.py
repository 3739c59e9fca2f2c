"""fixprop bench live: its verdict, whatever it could find out."""

from __future__ import annotations

import dataclasses
import importlib

import pytest

from fixprop import cli
from fixprop.bench.live import Figures

bench_live = importlib.import_module("fixprop.commands.bench_live")
WELL = Figures("telemetry", 3600.0, 5, 5, 3_600_000, 0, 0, 0, 5, 9, "", 0.1, 50.0, 50.5)


def test_all_that_holds_passes() -> None:
    assert bench_live.verdict([WELL, WELL]) == bench_live.PASS


def test_all_that_does_not_hold_is_in_the_verdict() -> None:
    bad = [dataclasses.replace(WELL, lost=2), dataclasses.replace(WELL, name="x", end_mb=99.0)]
    assert bench_live.verdict(bad) == ("fail: telemetry: 2 frames were lost; x: it grew by 49.0 MB")


def test_too_short_a_run_is_undecided_and_says_what_is_long_enough() -> None:
    short = dataclasses.replace(WELL, line_s=36.0, bytes=36_000, early_mb=None)
    full = dataclasses.replace(short, name="full line", line_s=1.0, bytes=50_000)
    told = bench_live.verdict([full, short])
    assert told.startswith("undecided: ")
    assert told.endswith("give --seconds 40 and --hours 0.6 or more")


def test_a_failure_is_told_though_the_run_was_short() -> None:
    assert bench_live.verdict([dataclasses.replace(WELL, early_mb=None, lost=1)]).startswith("fail")


@pytest.mark.parametrize(("early_mb", "status"), [(50.0, 0), (None, 1)])
def test_the_exit_status_follows_the_verdict(
    early_mb: float | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = dataclasses.replace(WELL, early_mb=early_mb)
    monkeypatch.setattr("fixprop.bench.live.measure", lambda *_, **__: run)
    assert cli.run(["bench", "live"]) == status
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("verdict: pass" if status == 0 else "verdict: undecided")
