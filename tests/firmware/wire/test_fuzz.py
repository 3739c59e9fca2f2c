"""wire.c under the address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from fixprop.toolchain import require_tool
from tests.firmware.wire.native import HERE, SOURCE

ROUNDS = 200_000  # about half a second


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """fuzz.c and wire.c, built so that the first finding ends the program."""
    program = tmp_path_factory.mktemp("fuzz") / "fuzz"
    # Only bounds-strict, which is gcc's, checks an array at the end of a struct.
    sanitizers = ["-fsanitize=address,undefined,bounds-strict", "-fno-sanitize-recover=all"]
    sources = [str(HERE / "fuzz.c"), str(SOURCE / "wire.c")]
    command = [require_tool("gcc", "gcc libc6-dev"), "-std=c11", "-O1", "-g", *sanitizers]
    command += ["-Wall", "-Wextra", "-Werror", f"-I{SOURCE}", *sources, "-o", str(program)]
    subprocess.run(command, check=True)
    return program


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_and_damaged_frames_do_no_harm(fuzz: Path, seed: int) -> None:
    # Leak detection needs ptrace, which containers often forbid; nothing here is about leaks.
    environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}
    run = subprocess.run(
        [fuzz, str(seed), str(ROUNDS)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    # A quarter of the frames are left whole, and a quarter of those follow a frame cut short.
    assert ROUNDS / 8 < int(run.stdout) < ROUNDS / 4
