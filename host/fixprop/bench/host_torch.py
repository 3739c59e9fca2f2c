"""PyTorch as a contestant, in a process of its own: it may belong to another Python than fixprop's.

PyPI's PyTorch for Linux brings CUDA along, over three gigabytes; Debian's is a twentieth of that, for
the system's Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from fixprop.bench.host_work import Contestant, Reals, Work
from fixprop.errors import FixpropError

CHOICE = "FIXPROP_TORCH_PYTHON"
SYSTEM_PYTHON = "/usr/bin/python3"
WORKER = Path(__file__).with_name("host_torch_worker.py")
HOW_TO_GET = (
    "PyTorch is not installed; on Debian: sudo apt-get install --no-install-recommends python3-torch "
    f"(150 MB to download); or name a Python that has it: {CHOICE}=/path/to/python"
)


def python_with_torch() -> str | None:
    """The first Python that has PyTorch: the chosen one, this one, the system's; None if none has it."""
    chosen = os.environ.get(CHOICE)
    if chosen:
        if not _has_torch(chosen):
            raise FixpropError(f"{CHOICE}={chosen}: not a Python that has PyTorch; unset it")
        return chosen
    return next((p for p in (sys.executable, SYSTEM_PYTHON) if _has_torch(p)), None)


def _has_torch(python: str) -> bool:
    look = "import sys; from importlib.util import find_spec; sys.exit(find_spec('torch') is None)"
    try:
        return subprocess.run([python, "-I", "-c", look], capture_output=True).returncode == 0
    except OSError:
        return False


class TorchContestant(Contestant):
    """One network in PyTorch; close it, or its process stays."""

    name = "torch"

    def __init__(self, work: Work, python: str, worker: Path = WORKER) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [python, "-I", str(worker)],  # isolated: its folder's modules are not Python's
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            self.version = str(self._ask(_as_json(work))["version"])
        except FixpropError:
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def reset(self) -> None:
        """Every training begins with it."""

    def train(self, calls: int) -> None:
        """`calls` online steps from the initial weights."""
        self.train_seconds(calls)

    def train_seconds(self, calls: int) -> float:
        """How long `calls` steps from the initial weights took, by the other process's clock."""
        return float(self._order("train", calls)["seconds"])

    def infer(self, calls: int) -> Reals:
        """`calls` forward passes; the last outputs."""
        return np.array([self._order("infer", calls)["outputs"]], np.float64)

    def infer_seconds(self, calls: int) -> float:
        """How long `calls` forward passes took, by the other process's clock."""
        return float(self._order("infer", calls)["seconds"])

    def weights(self) -> Reals:
        """[1, weight_count]."""
        return np.array([self._order("weights")["weights"]], np.float64)

    def _order(self, what: str, calls: int = 0) -> dict[str, Any]:
        return self._ask({"do": what, "calls": calls})

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise FixpropError(self._last_words()) from error
        return answer

    def _last_words(self) -> str:
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines() or ["no message"]
        python = self._process.args[0] if isinstance(self._process.args, list) else ""
        return f"PyTorch of {python} failed: {lines[-1]}; set {CHOICE} to another Python"


def _as_json(work: Work) -> dict[str, Any]:
    return {
        "sizes": work.topology.sizes,
        "inputs": work.real_inputs.tolist(),
        "targets": work.real_targets.tolist(),
        "cycle": work.cycle.tolist(),
        "weights": work.real_weights.tolist(),
        "rate": work.real_rate,
    }
