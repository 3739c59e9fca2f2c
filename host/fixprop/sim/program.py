"""Plain C programs for the chip, without Arduino: compiled with the network library, and run.

A program includes "program.h" for MARK(n), put_byte(b), put_text(s) and DONE(). A finished build is
kept as build/programs/<name>-<digest>.elf; the digest covers the compiler, its flags and every
source, so that a build that exists is never stale.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixprop.errors import FixpropError, UsageError
from fixprop.sim.uno import Mark, SimulatedUno
from fixprop.toolchain import BUILD, FIRMWARE, require_tool

AVR_TOOLS = "gcc-avr avr-libc binutils-avr"
FLAGS = (
    *("-Os", "-std=c11", "-mmcu=atmega328p", "-DF_CPU=16000000UL"),
    *("-ffunction-sections", "-fdata-sections", "-flto", "-Wl,--gc-sections"),
    *("-Wall", "-Wextra", "-Werror", "-Wconversion"),
)
LIBRARY = FIRMWARE / "lib" / "fixprop" / "src"
DONE_MARK, OUTPUT_MARK = 255, 254  # program.h
SLICE_CYCLES = 20_000
_HERE = Path(__file__).parent


@dataclass
class ProgramRun:
    """What a program has told so far by GPIOR0."""

    uno: SimulatedUno
    marks: list[Mark] = field(default_factory=list)  # MARK(n) in order, without DONE's
    output: bytearray = field(default_factory=bytearray)  # of put_byte and put_text
    done_cycle: int | None = None  # when it came to DONE()
    _byte_follows: bool = False

    def take(self, event: Mark) -> None:
        """Sort one write to GPIOR0 to where it belongs."""
        if self._byte_follows:
            self.output.append(event.value)
            self._byte_follows = False
        elif event.value == OUTPUT_MARK:
            self._byte_follows = True
        elif event.value == DONE_MARK:
            self.done_cycle = event.cycle
        else:
            self.marks.append(event)


def build_program(
    name: str, source: str, *, defines: Sequence[str] = (), flags: Sequence[str] = ()
) -> Path:
    """The ELF of the C11 text `source` with the network library, what it does not call left out.

    `defines` are "NAME" or "NAME=VALUE". Raises MissingTool without avr-gcc, FixpropError with the
    compiler's first error.
    """
    if not re.fullmatch(r"[\w.-]+", name):
        raise UsageError(f"program name {name!r}: letters, digits, '-', '_' and '.' only")
    command = [require_tool("avr-gcc", AVR_TOOLS), *FLAGS, f"-I{LIBRARY}", f"-I{_HERE}"]
    command += [*(f"-D{define}" for define in defines), *flags]
    target = BUILD / "programs" / f"{name}-{_digest(command, source)}.elf"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _compile(name, command, source, target)
    return target


def run_program(elf: Path, *, limit_cycles: int = 160_000_000) -> ProgramRun:
    """Run `elf` on a simulated chip until its DONE(); FixpropError if it is not there in time."""
    run = ProgramRun(SimulatedUno(elf))
    while run.done_cycle is None:
        if run.uno.cycle > limit_cycles:
            raise FixpropError(
                f"{elf.name} did not come to DONE() in {limit_cycles:,} cycles: "
                "does it loop, or is the limit too low?"
            )
        run.uno.run(SLICE_CYCLES)
        for event in run.uno.marks():
            run.take(event)
    return run


def _library_sources() -> list[Path]:
    return [*sorted(LIBRARY.glob("*.c")), *sorted(LIBRARY.glob("*.S"))]


def _digest(command: list[str], source: str) -> str:
    compiler = Path(command[0]).resolve()
    digest = hashlib.sha256("\0".join([*command, source]).encode())
    digest.update(str(compiler.stat().st_mtime_ns).encode())
    for path in [*sorted(LIBRARY.iterdir()), _HERE / "program.h"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _compile(name: str, command: list[str], source: str, target: Path) -> None:
    """Compile beside `target` and move the ELF there in one step, for others build it too."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        elf = Path(folder) / "program.elf"
        (Path(folder) / f"{name}.c").write_text(source, encoding="utf-8")
        run = subprocess.run(
            [*command, f"{name}.c", *map(str, _library_sources()), "-o", elf.name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"LC_ALL": "C"},  # so that an error is recognised
        )
        if run.returncode:
            raise FixpropError(f"compiling {name} for the chip failed: {_first_error(run.stderr)}")
        elf.replace(target)


def _first_error(text: str) -> str:
    lines = text.strip().splitlines() or ["no message"]
    pattern = re.compile(r"error: (?!ld returned)|undefined reference|will not fit|is not within")
    return next((line for line in lines if pattern.search(line)), lines[-1]).strip()
