"""Compiles C for this computer into shared libraries under build/, and only when a source changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fixprop.errors import FixpropError, MissingTool

PROJECT_ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = PROJECT_ROOT / "firmware"
BUILD = PROJECT_ROOT / "build"


def require_tool(program: str, debian_package: str) -> str:
    """Path of `program`, or MissingTool with the command that installs it."""
    path = shutil.which(program)
    if path is None:
        raise MissingTool(
            f"{program} is not installed; on Debian: sudo apt-get install {debian_package}"
        )
    return path


def build_shared_library(
    name: str,
    sources: Sequence[Path],
    *,
    include: Sequence[Path] = (),
    flags: Sequence[str] = (),
    libraries: Sequence[str] = (),
) -> Path:
    """Compile C11 `sources` to build/lib<name>-<digest>.so and return its path.

    The digest covers the command and every source and header, so a library is never stale and
    two processes that build at once do not see each other's half-written file.
    """
    compiler = require_tool(os.environ.get("CC", "cc"), "gcc libc6-dev")
    command = [compiler, "-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"]
    command += os.environ.get("FIXPROP_NATIVE_CFLAGS", "").split()  # for sanitizers
    command += [*flags, *(f"-I{folder}" for folder in include), *map(str, sources)]
    command += [f"-l{library}" for library in libraries]
    headers = sorted(h for folder in include for h in folder.rglob("*.h"))
    digest = hashlib.sha256("\0".join(command).encode())
    for path in [*sources, *headers]:
        digest.update(path.read_bytes())
    target = BUILD / f"lib{name}-{digest.hexdigest()[:16]}.so"
    if not target.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        _compile(command, target)
    return target


def _compile(command: list[str], target: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".so")
    os.close(handle)
    english = os.environ | {"LC_ALL": "C"}  # so that an error is recognised
    run = subprocess.run(
        [*command, "-o", temporary], capture_output=True, text=True, check=False, env=english
    )
    if run.returncode:
        Path(temporary).unlink()
        lines = run.stderr.strip().splitlines() or ["no message"]
        hint = " (on Debian: sudo apt-get install libsimavr-dev libelf-dev)"
        missing = "simavr" in run.stderr
        error = next((line for line in lines if "error:" in line), lines[-1])
        kind = MissingTool if missing else FixpropError
        raise kind(f"compiling {target.name} failed: {error}{hint if missing else ''}")
    Path(temporary).replace(target)
