"""PyTorch in a process of its own: found, talked to, and heard when it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fixprop.bench import host_torch
from fixprop.bench.host_agreement import agreements
from fixprop.bench.host_torch import CHOICE, TorchContestant, python_with_torch
from fixprop.bench.host_work import half_adder
from fixprop.errors import FixpropError

WORK = half_adder()
WORKER = """
import json, sys
work = json.loads(sys.stdin.readline())
print(json.dumps({"version": f"of {len(work['weights'])} weights"}), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    if order["calls"] == 13:
        sys.exit("RuntimeError: no luck")
    answer = {"seconds": order["calls"] / 4, "outputs": [0.25, 0.75], "weights": work["weights"]}
    print(json.dumps(answer), flush=True)
"""


def worker(folder: Path, text: str = WORKER) -> Path:
    path = folder / "worker.py"
    path.write_text(text)
    return path


def test_times_and_results_are_the_other_processs(tmp_path: Path) -> None:
    torch = TorchContestant(WORK, sys.executable, worker(tmp_path))
    try:
        assert torch.version == "of 42 weights"
        assert torch.train_seconds(8) == torch.infer_seconds(8) == 2.0
        assert torch.infer(1).tolist() == [[0.25, 0.75]]
        assert (torch.weights() == WORK.real_weights).all()
    finally:
        torch.close()
    assert torch._process.poll() is not None


def test_a_process_that_ends_early_is_quoted(tmp_path: Path) -> None:
    torch = TorchContestant(WORK, sys.executable, worker(tmp_path))
    with pytest.raises(FixpropError, match=f"RuntimeError: no luck; set {CHOICE}"):
        torch.train(13)
    torch.close()


def test_a_torch_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    broken = worker(tmp_path, "raise ImportError('libtorch.so: cannot open')")
    with pytest.raises(FixpropError, match=r"ImportError: libtorch\.so: cannot open"):
        TorchContestant(WORK, sys.executable, broken)


@pytest.mark.parametrize("chosen", ["/no/such/python", "/bin/false"])
def test_a_chosen_python_without_torch_is_named(
    chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CHOICE, chosen)
    with pytest.raises(FixpropError, match=f"{CHOICE}={chosen}"):
        python_with_torch()


def test_the_first_python_that_has_torch_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHOICE, raising=False)
    having: set[str] = set()
    monkeypatch.setattr(host_torch, "_has_torch", having.__contains__)
    assert python_with_torch() is None
    having.add(host_torch.SYSTEM_PYTHON)
    assert python_with_torch() == host_torch.SYSTEM_PYTHON
    having.add(sys.executable)
    assert python_with_torch() == sys.executable


def test_the_real_one_comes_to_the_same_weights() -> None:
    python = python_with_torch()
    if python is None:
        pytest.skip(host_torch.HOW_TO_GET)
    torch = TorchContestant(WORK, python)
    try:
        [found] = agreements(WORK, [torch], 100)
    finally:
        torch.close()
    assert found.holds and found.apart > 0
