"""A short run of the fuzzers; scripts/fuzz is the long one."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fixprop.reliability import wire_fuzz
from fixprop.reliability.altered import altered
from fixprop.reliability.fuzz_tally import Tally
from fixprop.reliability.wire_fuzz import (
    C_TARGETS,
    PYTHON_TARGETS,
    build,
    fuzz,
    fuzz_claims,
    fuzz_in_rounds,
    fuzzed,
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
ANSWER = "  telemetry_ack(&ack);\n"
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


def test_a_command_without_an_answer_is_found(tmp_path: Path) -> None:
    silent = f"  if (ack.command != WIRE_SAVE)\n  {ANSWER}"
    files = [
        altered(s, ANSWER, silent) if s.name == "commands.c" else s for s in sources("tracker")
    ]
    run = fuzz(
        "tracker", inputs=200_000, seconds=60, program=[str(build("tracker", files))], root=tmp_path
    )
    assert "deadly signal" in run.finding


@ATHERIS
def test_a_host_that_differs_from_the_firmware_is_found(tmp_path: Path) -> None:
    script = tmp_path / "blind.py"
    script.write_text(BLIND)
    run = fuzz(
        "frames", inputs=200_000, seconds=60, program=[sys.executable, str(script)], root=tmp_path
    )
    assert "AssertionError" in run.finding


def test_a_run_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    class CutOffError(Exception):
        pass

    def cut_off(_doing: str, done: int, _total: int) -> None:
        if done >= 2_000:
            raise CutOffError

    begun = []
    with pytest.raises(CutOffError):
        fuzz_in_rounds("wire", 4_000, at_once=1_000, root=tmp_path, report=cut_off)
    run = fuzz_in_rounds(
        "wire", 4_000, at_once=1_000, root=tmp_path, report=lambda *said: begun.append(said[1])
    )
    assert begun == [2_000, 3_000]
    assert (run.inputs, run.finding) == (4_000, "")
    assert not list(tmp_path.glob("*tally*")), "a run that has ended is begun anew"


def test_inputs_of_another_build_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "tally.json"
    Tally("one build").add(path, 1_000, 2.0)
    assert Tally.read(path, "one build").inputs == 1_000
    assert Tally.read(path, "another").inputs == 0
    path.write_text("{")
    assert Tally.read(path, "one build").inputs == 0


def test_a_finding_ends_a_run_in_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [altered(s, BOUND, "if (1)") if s.name == "wire.c" else s for s in sources("wire")]
    unbounded = str(build("wire", files))
    monkeypatch.setattr(wire_fuzz, "_program", lambda target: [unbounded])
    run = fuzz_in_rounds("wire", 2_000_000, root=tmp_path)
    assert "runtime error" in run.finding or "AddressSanitizer" in run.finding
    assert run.inputs < 2_000_000


@pytest.mark.parametrize("target", [*C_TARGETS, *PYTHON_TARGETS])
def test_a_build_has_a_name_of_its_own(target: str) -> None:
    others = {fuzzed(t) for t in (*C_TARGETS, *PYTHON_TARGETS) if t != target}
    assert fuzzed(target) not in others


@ATHERIS
def test_claims_name_the_inputs(tmp_path: Path) -> None:
    claims = fuzz_claims(inputs=2_000, root=tmp_path)
    assert {name: claim.holds for name, claim in claims.items()} == {
        "wire_fuzz_c_inputs": True,
        "wire_fuzz_python_inputs": True,
    }
    assert all(claim.figure >= 2_000 for claim in claims.values())
