"""Programs beside the command line that the documents name: --help is told, misuse is one line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fixprop.toolchain import PROJECT_ROOT

PROGRAMS = (
    "fixprop.budget.measure",
    "fixprop.estimators.figures",
    "fixprop.reliability.numbers_recovery",
    "fixprop.training.figures",
    "hardware.mounting",
)
LONGEST_S = 60  # to import what they need; their work takes minutes


def program(name: str, argument: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", name, argument],
        cwd=PROJECT_ROOT,
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_help_is_told_and_no_work_begun(name: str) -> None:
    told = program(name, "--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith(f"Usage: python -m {name} [OPTIONS]")
    assert f"python -m {name}\n" in told.stdout.split("Example:  ")[1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_unknown_option_is_one_line_and_status_2(name: str) -> None:
    told = program(name, "--no-such-option")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.endswith(f"; see: python -m {name} --help\n")
    assert told.stderr.count("\n") == 1
