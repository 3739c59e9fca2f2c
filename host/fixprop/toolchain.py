"""Compiles C for this computer into shared libraries under build/, and only when a source changed."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, wraps
from pathlib import Path
from threading import RLock
from typing import Any, ParamSpec, TypeVar

from fixprop.errors import FixpropError, MissingTool, UsageError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = PROJECT_ROOT / "firmware"
BUILD = PROJECT_ROOT / "build"
C_PACKAGES = "gcc libc6-dev"
SIMAVR_PACKAGES = "libsimavr-dev libelf-dev"
WITHOUT_LIBC = re.compile(r"# *include(?:_next)? *<|cannot find (?:S?crt[1in]\.o|-lc\b)")

Given = ParamSpec("Given")
Made = TypeVar("Made")


def once(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """`make`, called once for each set of arguments even if threads come at the same time.

    functools.cache alone does not keep them apart, and what one cffi.FFI made is not for another.
    """
    cached, lock = cache(make), RLock()

    @wraps(make)
    def made(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with lock:
            return cached(*args, **kwargs)  # type: ignore[arg-type]  # cache forgets the types

    return made


def compiler_command() -> list[str]:
    """The C compiler for this computer, from CC ("gcc", "ccache gcc"), with its arguments."""
    wanted = os.environ.get("CC", "").strip() or "cc"
    try:
        program, *arguments = shlex.split(wanted)
    except ValueError as error:
        raise UsageError(f"CC={wanted}: {error.args[0]}; name a C compiler, such as gcc") from None
    return [require_tool(program, C_PACKAGES), *arguments]


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

    The digest covers the machine, the command and every source and header, so a library is never
    stale, and two processes that build at once do not see each other's half-written file.
    MissingTool without a compiler, its headers or a folder to write to.
    """
    command = [*compiler_command(), "-std=c11", "-O2", "-fPIC", "-shared"]
    command += ["-Wall", "-Wextra", "-Werror"]
    command += os.environ.get("FIXPROP_NATIVE_CFLAGS", "").split()  # for sanitizers
    command += [*flags, *(f"-I{folder}" for folder in include), *map(str, sources)]
    command += [f"-l{library}" for library in libraries]
    headers = sorted(h for folder in include for h in folder.rglob("*.h"))
    digest = hashlib.sha256("\0".join([platform.machine(), *command]).encode())
    for path in [*sources, *headers]:
        digest.update(path.read_bytes())
    target = BUILD / f"lib{name}-{digest.hexdigest()[:16]}.so"
    if not target.exists():
        _compile(command, target)
    return target


def load_shared_library(ffi: Any, path: Path) -> Any:
    """What `ffi.dlopen` gives; MissingTool where the computer does not take the library."""
    try:
        return ffi.dlopen(str(path))
    except OSError as error:
        raise MissingTool(
            f"{path.name} does not load ({error}); remove {path} to have it built again"
        ) from error


def _compile(command: list[str], target: Path) -> None:
    temporary = _temporary_beside(target)
    english = os.environ | {"LC_ALL": "C"}  # so that an error is recognised
    run = subprocess.run(
        [*command, "-o", str(temporary)], capture_output=True, text=True, check=False, env=english
    )
    if run.returncode:
        temporary.unlink()
        raise _compile_error(target.name, run.stderr)
    temporary.replace(target)


def _temporary_beside(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".so")
    except OSError as error:
        raise MissingTool(
            f"cannot write {target.parent}, where the C is compiled: {error.strerror}; "
            "make it writable"
        ) from error
    os.close(handle)
    return Path(temporary)


def _compile_error(name: str, said: str) -> FixpropError:
    """The first error of the compiler, with the package that it lacks or the way past a warning."""
    lines = said.strip().splitlines() or ["no message"]
    error = next((line for line in lines if "error:" in line), lines[-1])
    failed = f"compiling {name} failed: {error}"
    if "simavr" in said:
        return MissingTool(f"{failed} (on Debian: sudo apt-get install {SIMAVR_PACKAGES})")
    if WITHOUT_LIBC.search(said):
        return MissingTool(f"{failed} (on Debian: sudo apt-get install {C_PACKAGES})")
    if "[-Werror" in error:
        failed += "; to let warnings pass: FIXPROP_NATIVE_CFLAGS=-Wno-error"
    return FixpropError(failed)
