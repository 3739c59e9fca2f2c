"""The machine itself: it sees a killed fault, a survivor, a loop, and tests that were broken before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.reliability.mutation.copy import Copy
from fixprop.reliability.mutation.mutant import Mutant
from fixprop.reliability.mutation.python_mutants import python_mutants
from fixprop.reliability.mutation.score import chosen, score
from fixprop.reliability.mutation.targets import AVR, BITS, CHIP, MIRROR, C, Target

CORE = Path("host/core.py")
TESTS = "tests/test_core.py"
SOURCE = "def below(a, b):\n    while b < 0:\n        b += 1\n    return a < b\n"
TARGET = Target("small", (CORE,), python_mutants, (TESTS,), {}, compiled=False)
RANDOM_STEPS = f"{BITS}::test_random_training_steps_over_random_topologies"
THOROUGH = "assert [below(a, b) for a in (0, 1, 2) for b in (1, -1)] == [True, *[False] * 5]"


def project(folder: Path, test: str) -> Path:
    """A project of one function and one test."""
    for path, text in (
        (str(CORE), SOURCE),
        (TESTS, f"from core import below\n\ndef test_below():\n    {test}\n"),
        ("pyproject.toml", ""),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def changed(old: str, new: str) -> Mutant:
    start = SOURCE.index(old)
    return Mutant(CORE, start, start + len(old), new, "a test's")


def test_a_thorough_test_kills_and_an_idle_one_does_not(tmp_path: Path) -> None:
    root = project(tmp_path / "thorough", THOROUGH)
    with Copy(tmp_path / "copy", root, test_cpu_s=1) as copy:
        assert copy.test([TESTS])
        assert not copy.survives(changed("a < b", "a > b"), [TESTS])
        assert not copy.survives(changed("a < b", "a <"), [TESTS])  # does not even import
        assert not copy.survives(changed("b += 1", "b -= 1"), [TESTS])  # never ends
        assert copy.survives(changed("b < 0", "0 > b"), [TESTS])  # nothing could tell
        assert copy.source(CORE) == SOURCE.encode()
        assert copy.test([TESTS])
    idle = project(tmp_path / "idle", "assert below")
    result = score(TARGET, count=3, seed=2, root=idle)
    assert result.survivors
    assert not result.claim.holds


def test_tests_that_fail_by_themselves_are_no_measure(tmp_path: Path) -> None:
    root = project(tmp_path, "assert below(2, 1)")
    with pytest.raises(FixpropError, match="tests of small fail without a fault"):
        score(TARGET, root=root)


def test_a_missing_test_file_is_no_kill(tmp_path: Path) -> None:
    root = project(tmp_path, THOROUGH)
    with pytest.raises(FixpropError, match=r"pytest in .* ended with 4"):
        score(replace(TARGET, tests=("tests/test_other.py",)), root=root)


def test_the_order_depends_on_the_seed_only() -> None:
    mutants = python_mutants(CORE, SOURCE.encode())
    assert chosen(mutants, 1) == chosen(mutants, 1) != chosen(mutants, 2)
    assert set(chosen(mutants, 1)) == set(mutants)


@pytest.mark.parametrize(
    "target",
    [
        replace(C, sources=C.sources[4:5], tests=(RANDOM_STEPS,)),
        replace(MIRROR, sources=MIRROR.sources[1:2], tests=("tests/host/test_changes.py",)),
        replace(AVR, sources=AVR.sources[10:11], tests=(CHIP,)),
    ],
    ids=["kernels.c", "changes.py", "avr_update.S"],
)
def test_five_faults_of_the_core_are_noticed(target: Target) -> None:
    """A sample, to show that the machine works; scripts/mutate tries more."""
    result = score(target, count=5, seed=1)
    assert result.tried == 5
    assert result.killed >= 4, result.survivors
