"""A short run of the fuzzers; scripts/fuzz is the long one."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fixprop.reliability.altered import altered
from fixprop.reliability.wire_fuzz import (
    C_TARGETS,
    PYTHON_TARGETS,
    build,
    fuzz,
    fuzz_claims,
    seeds,
    sources,
)
from fixprop.wire.messages import MESSAGES

ATHERIS = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris has no package for this Python or system"
)
TARGETS = [*C_TARGETS, *(pytest.param(target, marks=ATHERIS) for target in PYTHON_TARGETS)]
SECONDS = 4
LEAST = 2_000  # inputs in that time, on a busy computer
BOUND = "if (r->size < sizeof r->payload)"
BLIND = """
import sys, atheris
from tests.fuzz import frame_target
from fixprop.wire.frames import SequenceCounter
SequenceCounter.gap = lambda self, payload: 0
atheris.Setup(sys.argv, frame_target.one_input)
atheris.Fuzz()
"""


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found(target: str, tmp_path: Path) -> None:
    run = fuzz(target, seconds=SECONDS, root=tmp_path)
    assert run.finding == ""
    assert run.inputs > LEAST


@pytest.mark.parametrize("target", [*C_TARGETS, *PYTHON_TARGETS])
def test_there_is_a_seed_for_each_message(target: str) -> None:
    assert len(set(seeds(target))) >= len(MESSAGES)


def test_a_buffer_without_its_bound_is_found(tmp_path: Path) -> None:
    files = [altered(s, BOUND, "if (1)") if s.name == "wire.c" else s for s in sources("wire")]
    run = fuzz(
        "wire", inputs=2_000_000, seconds=60, program=[str(build("wire", files))], root=tmp_path
    )
    assert "runtime error" in run.finding or "AddressSanitizer" in run.finding


@ATHERIS
def test_a_host_that_differs_from_the_firmware_is_found(tmp_path: Path) -> None:
    script = tmp_path / "blind.py"
    script.write_text(BLIND)
    run = fuzz(
        "frames", inputs=200_000, seconds=60, program=[sys.executable, str(script)], root=tmp_path
    )
    assert "AssertionError" in run.finding


@ATHERIS
def test_claims_name_the_inputs(tmp_path: Path) -> None:
    claims = fuzz_claims(inputs=2_000, root=tmp_path)
    assert {name: claim.holds for name, claim in claims.items()} == {
        "wire_fuzz_c_inputs": True,
        "wire_fuzz_python_inputs": True,
    }
    assert all(claim.figure >= 2_000 for claim in claims.values())
