"""Compiles C for this computer into shared libraries under build/, and only when a source changed."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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

NO_SPACE = os.strerror(errno.ENOSPC)

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


def typed(program: str) -> str:
    """How to type python, or a program that came with it, here: bare only if the shell finds it.

    Without the environment activated that is a path, relative to the present folder if it is below.
    """
    running = Path(sys.executable)
    beside = running.with_name(program)
    if program == "python" and not beside.exists():
        beside = running
    found = shutil.which(program)
    if not beside.exists() or (found and Path(found) == beside):
        return program
    here = Path.cwd()
    if beside.parent == here:
        return f"./{program}"
    return shlex.quote(str(beside.relative_to(here) if beside.is_relative_to(here) else beside))


@contextmanager
def writing_below(folder: Path) -> Iterator[None]:
    """Turn an OSError within into MissingTool, which names what under `folder` cannot be written."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise MissingTool(
            f"cannot write {folder}, where the C is compiled: {error.strerror}; "
            + ("free some space there" if full else "make it writable")
        ) from error


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
        temporary.unlink(missing_ok=True)  # gcc takes it away when its disk is full
        raise _compile_error(target.name, run.stderr)
    with writing_below(target.parent):
        temporary.replace(target)


def _temporary_beside(target: Path) -> Path:
    with writing_below(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".so")
    os.close(handle)
    return Path(temporary)


def _compile_error(name: str, said: str) -> FixpropError:
    """The first error of the compiler, with the package that it lacks or the way past a warning."""
    lines = said.strip().splitlines() or ["no message"]
    full = next((line for line in lines if NO_SPACE in line), None)
    if full:  # ld says so after a remark of no use, and does not say where
        return MissingTool(f"compiling {name} into {BUILD} failed: {full}; free some space there")
    error = next((line for line in lines if "error:" in line), lines[-1])
    failed = f"compiling {name} failed: {error}"
    if "simavr" in said:
        return MissingTool(f"{failed} (on Debian: sudo apt-get install {SIMAVR_PACKAGES})")
    if WITHOUT_LIBC.search(said):
        return MissingTool(f"{failed} (on Debian: sudo apt-get install {C_PACKAGES})")
    if "[-Werror" in error:
        failed += "; to let warnings pass: FIXPROP_NATIVE_CFLAGS=-Wno-error"
    return FixpropError(failed)
