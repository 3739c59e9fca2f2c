"""The convergence study: it holds on short runs, and it can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fixprop.bench.convergence import RATE_FACTORS, Comparison, study
from fixprop.bench.convergence_plot import plot
from fixprop.bench.learning_time import Goal, times
from fixprop.examples.gates import OR, XOR_3


def _comparison(float64: list[float], fixed: list[float]) -> Comparison:
    return Comparison("some", 1.0, 10, 0.01, float64, fixed, float64)


def test_or_ends_where_float64_ends_at_every_rate() -> None:
    comparisons = study(OR, seeds=4)
    assert [c.rate for c in comparisons] == [OR.rate * factor for factor in RATE_FACTORS]
    assert all(c.holds and len(c.fixed) == 4 for c in comparisons)
    assert [c.promised for c in comparisons] == [True, True, True, False]
    assert all(0 < abs(c.own_excess) < 1e-3 for c in comparisons)  # moved, and no chaos in OR
    assert all(
        f == pytest.approx(d, rel=0.02)
        for c in comparisons
        for f, d in zip(c.fixed, c.float64, strict=True)
    )


def test_a_median_three_percent_up_does_not_hold_and_a_lower_one_does() -> None:
    assert not _comparison([0.001, 0.001], [0.00103, 0.00103]).holds
    assert _comparison([0.001, 0.001], [0.0005, 0.0005]).holds


def test_a_seed_that_only_float64_learns_is_named() -> None:
    one = _comparison([0.001, 0.001, 0.12], [0.001, 0.125, 0.12])
    assert one.failures == [2]
    assert not one.holds


def test_beyond_the_source_s_rate_a_miss_is_named_and_is_chaos_where_float64_misses_too() -> None:
    promised = _comparison([0.001, 0.001, 0.002], [0.001, 0.002, 0.002])
    assert (promised.verdict, promised.excess, promised.paired) == ("FAILED", 1.0, 0.0)
    beyond = replace(promised, promised=False)
    assert beyond.verdict == "missed"
    assert replace(beyond, moved=[0.001, 0.0011, 0.002]).verdict == "chaos"
    lost = replace(beyond, moved=[0.001, 0.001, 0.2])
    assert (lost.own_failures, lost.verdict) == ([3], "chaos")
    assert replace(beyond, fixed=beyond.float64).verdict == "ok"


def test_time_to_a_rule_is_epochs_times_the_chip_s_cycles() -> None:
    took = times(Goal(replace(XOR_3, steps=4_000), 3, 3, 0.01, 1.0))
    assert took.holds
    assert all(epochs is not None and 20 < epochs < 1_000 for epochs in took.fixed)
    assert 1_500 < took.cycles_per_step < 3_500  # the bare step is about 2,200
    assert not replace(took, goal_s=1e-3).holds


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "plot.png"
    plot([_comparison([0.001, 0.002], [0.001, 0.002])], path)
    assert path.read_bytes().startswith(b"\x89PNG")
