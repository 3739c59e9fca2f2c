"""The host's benchmark: what it prints and writes, and what makes it fail. No test looks at a speed."""

from __future__ import annotations

import io
import json
import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from fixprop.bench import host, host_tables, host_torch
from fixprop.bench.host import HostFigures, Speed
from fixprop.bench.host_agreement import Agreement
from fixprop.bench.host_torch import HOW_TO_GET
from fixprop.bench.host_work import half_adder
from fixprop.commands.bench_host import host as command

NAMES = ["native", "mirror", "mirror_1000_networks", "sklearn", "torch"]


def figures(
    native: float = 5e6, many: float = 2e5, torch: float | None = 1e5, apart: float = 0.0
) -> HostFigures:
    speeds = {
        "native": Speed((native, native / 2, native / 4)),
        "mirror": Speed((1e4,)),
        "mirror_1000_networks": Speed((many,)),
        "sklearn": Speed((2e3,)),
    }
    if torch is not None:
        speeds["torch"] = Speed((torch,))
    return HostFigures(speeds, speeds, [Agreement("mirror", "native", apart, 0)], {"sklearn": "1"})


def printed(of: HostFigures) -> str:
    text = io.StringIO()
    host_tables.show(of, Console(file=text, width=80))
    return text.getvalue()


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_torch, "python_with_torch", lambda: None)


def test_everyone_gets_the_same_work() -> None:
    one, other = half_adder(), half_adder()
    assert (one.inputs == other.inputs).all() and (one.cycle == other.cycle).all()
    assert (one.real_weights.astype(np.float32) == one.real_weights).all()
    assert 0 <= one.inputs.min() < 1000 and 31000 < one.inputs.max() < 2**15
    x, y = one.real_inputs[0]
    wanted = [0.1 + 0.8 * x * y, 0.1 + 0.8 * (x + y - 2 * x * y)]
    assert one.real_targets[0] == pytest.approx(wanted, abs=2**-16)  # Q0.15, rounded
    assert list(one.order(3, first=2)) == list(one.cycle[2:5])
    assert list(one.order(len(one.cycle) + 1)[-2:]) == [one.cycle[-1], one.cycle[0]]


def test_a_short_run_without_torch(
    without_torch: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(host, "ROUND_S", 0.0)
    monkeypatch.setattr(host, "measure", partial(host.measure, agreed_calls=20))
    out = CliRunner().invoke(
        command, ["--rounds", "2", "--json", str(tmp_path / "host.json")], standalone_mode=False
    )
    assert out.exception is None
    found = json.loads((tmp_path / "host.json").read_text())
    for what in ("train_steps_per_s", "inferences_per_s"):
        assert list(found[what]) == NAMES
        assert found[what].pop("torch") is None
        assert all(rate > 0 for rate in found[what].values())
    assert [one["who"] for one in found["agreement"]] == ["native", *NAMES[1:4]]
    assert all(one["holds"] for one in found["agreement"])
    assert HOW_TO_GET in out.stdout
    assert out.return_value == (0 if found["pass"] else 1)


def test_calls_and_rounds_are_counted(without_torch: None) -> None:
    rounds: list[None] = []
    found = host.measure(3, 0.0, 2, lambda: rounds.append(None))
    assert (
        len(rounds) == len(found.train["native"].rounds) == len(found.infer["sklearn"].rounds) == 3
    )


def test_what_is_measured_until_it_lasts_long_enough() -> None:
    assert host._enough(lambda calls: calls * 0.001, 0.2) == 200
    assert host._enough(lambda calls: 5.0, 0.2) == 1


def test_the_table_at_eighty_columns() -> None:
    text = printed(figures())
    assert "…" not in text
    rows = [line.split() for line in text.splitlines() if line.strip().startswith("native ")]
    assert rows[0] == ["native", "5,000,000", "2,500,000", "50"]
    assert HOW_TO_GET not in text
    assert "verdict: pass: native trains 50 times" in text


def test_a_missing_torch_is_said_and_scikit_learn_is_the_yardstick() -> None:
    without = figures(torch=None)
    assert HOW_TO_GET in printed(without)
    assert without.train_ratio == 2500
    assert without.as_json()["inferences_per_s"]["torch"] is None


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (figures(native=4.9e6), "native below 50 x"),
        (figures(many=1.9e5), "many below 20 x"),
        (figures(apart=1e-7), "mirror beside native"),
        (figures(apart=float("nan")), "mirror beside native"),
    ],
)
def test_what_fails(of: HostFigures, why: str) -> None:
    assert of.broken == [why]
    assert of.as_json()["pass"] is False
    assert f"verdict: FAIL ({why})" in printed(of)


def test_figures_at_the_bars_pass() -> None:
    assert figures().broken == []
    assert figures().as_json()["pass"] is True


def test_one_core_and_all_of_them_back() -> None:
    before = os.sched_getaffinity(0)
    with host.one_core():
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before
