"""The wire's parsers under coverage-guided fuzzing: libFuzzer for the C, Atheris for the Python.

python -m fixprop.reliability.wire_fuzz [--seconds N | --runs N] [wire tracker frames]
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fixprop.cli import run
from fixprop.commands.console import reported
from fixprop.errors import FixpropError, MissingTool
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.fuzz_tally import Tally, digest_of
from fixprop.toolchain import BUILD, FIRMWARE, PROJECT_ROOT, require_tool
from fixprop.wire.framing import frame_payload
from fixprop.wire.messages import MESSAGES
from fixprop.wire.schema import Message

TARGETS = PROJECT_ROOT / "tests" / "fuzz"
FOLDERS = [FIRMWARE / "lib" / name / "src" for name in ("fixprop", "store", "wire", "tracker")]
NATIVE = PROJECT_ROOT / "host" / "fixprop" / "board" / "native.c"
# The first finding ends the run; leak detection needs ptrace, which containers often forbid.
SANITIZERS = ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=0"}
MOST_BYTES = 160  # of one input: more than two of the longest commands
INPUTS = 10_000_000  # of a whole run, for each target
ROUND = 250_000  # inputs after which it is on disk how far a whole run has come
C_TARGETS, PYTHON_TARGETS = ("wire", "tracker"), ("frames",)
LANGUAGES = {"c": C_TARGETS, "python": PYTHON_TARGETS}


@dataclass(frozen=True)
class FuzzRun:
    """How a run ended; `finding` is empty if nothing was found."""

    target: str
    inputs: int
    seconds: float
    finding: str


def sources(target: str) -> list[Path]:
    """The C that is built for a target."""
    if target == "wire":
        return [TARGETS / "wire_target.c", *sorted(FOLDERS[2].glob("*.c"))]
    return [TARGETS / "tracker_target.c", NATIVE, *(s for f in FOLDERS for s in f.glob("*.c"))]


def build(target: str, files: Sequence[Path] = ()) -> Path:
    """The fuzzer's program, built anew when a source has changed; `files` instead of the sources.

    Raises MissingTool without clang, FixpropError if it does not compile.
    """
    clang = require_tool("clang", "clang")
    files = list(files) or sources(target)
    folders = [*FOLDERS, FIRMWARE / "include"]
    command = [clang, "-std=c11", "-O2", "-g", *SANITIZERS, *(f"-I{f}" for f in folders)]
    command += map(str, sorted(files))
    digest = hashlib.sha256(" ".join(command).encode())
    digest.update(digest_of([*files, *(h for f in folders for h in f.glob("*.h"))]).encode())
    program = BUILD / "fuzz" / f"{target}-{digest.hexdigest()[:16]}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        made = program.with_suffix(f".{os.getpid()}")
        run = subprocess.run([*command, "-o", made], capture_output=True, text=True, check=False)
        if run.returncode:
            raise FixpropError(f"compiling the {target} fuzzer failed: {run.stderr.strip()[:300]}")
        made.replace(program)
    return program


def seeds(target: str) -> list[bytes]:
    """An input for each message, from the messages' definition, and one with all of them."""
    make = {"wire": _wire_seed, "tracker": _tracker_seed, "frames": _frame_seed}[target]
    inputs = [make(message) for message in MESSAGES]
    joined = b"".join(inputs[-3:]) if target != "wire" else inputs[0] + inputs[-1][1:]
    return [*inputs, joined, b"\0" + frame_payload(bytes(range(2, 20)))]


def _payload(message: Message) -> bytes:
    fields = bytes((7 * i + 1) % 256 for i in range(message.payload_size - 2))
    return bytes([message.code, 0]) + fields


def _wire_seed(message: Message) -> bytes:
    return b"\1" + bytes([message.payload_size]) + _payload(message)


def _tracker_seed(message: Message) -> bytes:
    command, reading, work = 8, bytes([1, 0xD0, 7, 0xB8, 11, 0, 0, 0x88, 0x13]), bytes([3, 9])
    payload = _payload(message)
    framed = bytes([command]) + payload[:2] + bytes([len(payload) - 2]) + payload[2:]
    return reading + framed + work + reading


def _frame_seed(message: Message) -> bytes:
    return b"\0" + frame_payload(_payload(message))


def _corpus(target: str, root: Path) -> Path:
    folder = root / f"{target}-corpus"
    folder.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
    return folder


def _program(target: str) -> list[str]:
    if target in C_TARGETS:
        return [str(build(target))]
    if importlib.util.find_spec("atheris") is None:
        raise MissingTool("atheris is not installed; run: pip install 'fixprop[fuzz]'")
    return [sys.executable, str(TARGETS / "frame_target.py")]


def fuzz(
    target: str,
    *,
    inputs: int = INPUTS,
    seconds: int = 0,
    seed: int = 1,
    program: Sequence[str] = (),
    root: Path = BUILD / "fuzz",
) -> FuzzRun:
    """Run until `inputs` have been tried or, if given, `seconds` are over.

    What is learned is kept under `root`; a finding lies there too, as a file to give to `program`.
    """
    folder = _corpus(target, root)
    limits = [f"-runs={inputs}", f"-max_len={MOST_BYTES}", f"-seed={seed}", "-print_final_stats=1"]
    limits += [f"-max_total_time={seconds}"] if seconds else []
    crashes = f"-artifact_prefix={folder.parent}/{target}-finding-"
    command = [*(program or _program(target)), *limits, crashes, str(folder)]
    paths = {"PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT / "host"), str(PROJECT_ROOT)])}
    run = subprocess.run(
        command,
        env=os.environ | ENVIRONMENT | paths,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return _read(target, run.returncode, (run.stdout + run.stderr).decode(errors="replace"))


def _read(target: str, status: int, told: str) -> FuzzRun:
    done = re.search(r"Done (\d+) (?:runs )?in (\d+) second", told)
    executed = re.search(r"number_of_executed_units:\s+(\d+)", told)
    count = int(done[1]) if done else int(executed[1]) if executed else 0
    finding = ""
    if status:
        lines = told.strip().splitlines() or [f"it ended with status {status}"]
        signs = ("ERROR:", "runtime error:", "Error")
        finding = next((line for line in lines if any(s in line for s in signs)), lines[-1])
    return FuzzRun(target, count, float(done[2]) if done else 0.0, finding)


def fuzzed(target: str) -> str:
    """A digest of all that a target runs: inputs that were tried on another build do not count."""
    if target in C_TARGETS:
        return build(target).name
    return digest_of(
        [
            *(PROJECT_ROOT / "host" / "fixprop" / "wire").glob("*.py"),
            *(FIRMWARE / "lib" / "wire" / "src").glob("*.[ch]"),
            *(TARGETS / name for name in ("frame_target.py", "native_receiver.py", "receive.c")),
        ]
    )


def fuzz_in_rounds(
    target: str,
    inputs: int = INPUTS,
    *,
    at_once: int = ROUND,
    root: Path = BUILD / "fuzz",
    report: Report = silent,
) -> FuzzRun:
    """All inputs in rounds, so many `at_once`, each with the next seed and what was learned before.

    One that was cut off is gone on with from its last whole round, unless a source has changed.
    """
    path = root / f"{target}-tally.json"
    tally = Tally.read(path, fuzzed(target))
    while tally.inputs < inputs:
        report(f"fuzzing {target}, inputs", tally.inputs, inputs)
        missing = min(at_once, inputs - tally.inputs)
        run = fuzz(target, inputs=missing, seed=1 + tally.rounds, root=root)
        if run.finding or not run.inputs:
            finding = run.finding or "the fuzzer tried nothing"
            return FuzzRun(target, tally.inputs + run.inputs, tally.seconds + run.seconds, finding)
        tally.add(path, run.inputs, run.seconds)
    path.unlink(missing_ok=True)
    return FuzzRun(target, tally.inputs, tally.seconds, "")


def fuzz_claims(
    languages: Sequence[str] = tuple(LANGUAGES),
    *,
    inputs: int = INPUTS,
    root: Path = BUILD / "fuzz",
    report: Report = silent,
) -> dict[str, Claim]:
    """wire_fuzz_c_inputs and wire_fuzz_python_inputs: the fewest inputs of a target."""
    claims = {}
    for name in languages:
        runs = [fuzz_in_rounds(t, inputs, root=root, report=report) for t in LANGUAGES[name]]
        least = min(run.inputs for run in runs)
        clean = not any(run.finding for run in runs)
        claims[f"wire_fuzz_{name}_inputs"] = Claim(least, inputs, clean and least >= inputs)
    return claims


@click.command()
@click.option(
    "--runs",
    "inputs",
    type=click.IntRange(1),
    default=INPUTS,
    show_default=True,
    help="Inputs per target.",
)
@click.option(
    "--seconds",
    type=click.IntRange(0),
    default=0,
    help="Stop after this time; 0: when all inputs are tried.",
)
@click.argument("targets", nargs=-1, type=click.Choice([*C_TARGETS, *PYTHON_TARGETS]))
def main(inputs: int, seconds: int, targets: tuple[str, ...]) -> None:
    """Fuzz the targets, all without a name. Example: scripts/fuzz --seconds 60 wire"""
    found = False
    for target in targets or (*C_TARGETS, *PYTHON_TARGETS):
        if seconds:
            run = fuzz(target, inputs=inputs, seconds=seconds)
        else:
            with reported() as report:
                run = fuzz_in_rounds(target, inputs, report=report)
        found = found or bool(run.finding)
        outcome = run.finding or "nothing found"
        print(f"{target}: {run.inputs:,} inputs in {run.seconds:.0f} s, {outcome}", flush=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "scripts/fuzz"))
