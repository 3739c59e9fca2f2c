"""The library's example sketches: built as the Arduino IDE builds them, and run on a simulated Uno.

A build is kept as build/sketches/<name>-<digest>.elf, the Arduino core beside it; the digests cover
the compiler, its flags and every source, so that a build that exists is never stale.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from fixprop.errors import FixpropError
from fixprop.firmware_build import AVR_PACKAGES
from fixprop.sim import uno
from fixprop.sim.uno import SimulatedUno
from fixprop.toolchain import BUILD, FIRMWARE, require_tool

LIBRARY = FIRMWARE / "lib" / "fixprop"
SKETCHES = BUILD / "sketches"
PROGRAM_H = Path(uno.__file__).with_name("program.h")
AVR_CORE = Path(os.environ.get("ARDUINO_AVR", "/usr/share/arduino/hardware/arduino/avr"))
CORE, VARIANT = AVR_CORE / "cores" / "arduino", AVR_CORE / "variants" / "standard"

# The flags of the core's platform.txt. DECIMAL_DIG: a gcc older than 7 hides it from C++11, and the
# core's WString.cpp uses it.
TARGET = ["-mmcu=atmega328p", "-DF_CPU=16000000L", "-DARDUINO=10808", "-DARDUINO_AVR_UNO"]
TARGET += ["-DARDUINO_ARCH_AVR", "-DDECIMAL_DIG=__DECIMAL_DIG__", f"-I{CORE}", f"-I{VARIANT}"]
CODE = ["-Os", "-flto", "-ffunction-sections", "-fdata-sections"]
CPP = ["-std=gnu++11", "-fpermissive", "-fno-exceptions", "-fno-threadsafe-statics"]
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
SLICE_CYCLES = 1_600_000


def build_sketch(name: str, sources: Sequence[Path], *flags: str) -> Path:
    """The ELF of a sketch: its .ino and .cpp files, the library, the core. Warnings are errors."""
    library = library_sources()
    command = [_compiler("avr-g++"), *TARGET, *CODE, *CPP, *WARNINGS, *flags]
    digest = _digest(command, [*library, *_headers(sources), *sources, core_archive()])
    target = SKETCHES / f"{name}-{digest}.elf"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=SKETCHES) as folder:
        elf, objects = Path(folder) / "sketch.elf", library_objects(library)
        sketch = ["-include", "Arduino.h", "-x", "c++", *map(str, sources), "-x", "none"]
        include = f"-I{LIBRARY / 'src'}"
        link = [*map(str, objects), str(core_archive()), "-Wl,--gc-sections", "-lm"]
        _run([*command, include, *sketch, *link, "-o", str(elf)])
        elf.replace(target)
    return target


def build_bare(name: str, suffix: str, text: str) -> Path:
    """The ELF of C or C++ `text` (suffix ".c" or ".cpp") with the library and without Arduino."""
    library = library_sources()
    kind = [*CPP, "-x", "c++"] if suffix == ".cpp" else ["-std=gnu11", "-x", "c"]
    include = [f"-I{LIBRARY / 'src'}", f"-I{PROGRAM_H.parent}"]
    command = [_compiler("avr-g++"), *TARGET, *CODE, *WARNINGS, *include, *kind]
    target = (
        SKETCHES / f"{name}-{_digest([*command, text], [*library, *_headers([PROGRAM_H])])}.elf"
    )
    if not target.exists():
        objects = library_objects(library)
        with tempfile.TemporaryDirectory(dir=SKETCHES) as folder:
            source, elf = Path(folder, f"main{suffix}"), Path(folder, "main.elf")
            source.write_text(text)
            link = ["-x", "none", *map(str, objects), "-Wl,--gc-sections", "-o", str(elf)]
            _run([*command, str(source), *link])
            elf.replace(target)
    return target


def library_sources() -> list[Path]:
    """What the Arduino IDE and PlatformIO compile."""
    return [*sorted((LIBRARY / "src").glob("*.c")), *sorted((LIBRARY / "src").glob("*.S"))]


def library_objects(sources: Sequence[Path]) -> list[Path]:
    """The library's objects, C11 and assembly, compiled once."""
    flags = [*TARGET, *CODE, *WARNINGS, "-std=gnu11"]
    return _compile_once("library", sources, flags, _headers(sources))


def core_archive() -> Path:
    """The Arduino core, compiled once; its warnings are not ours."""
    sources = [path for ext in ("*.c", "*.S", "*.cpp") for path in sorted(CORE.glob(ext))]
    if not sources:
        raise FixpropError(f"no Arduino core for AVR in {CORE}: apt-get install arduino-core-avr")
    archive = SKETCHES / f"core-{_digest([*TARGET, *CODE], sources)}.a"
    if not archive.exists():
        objects = _compile_once("core", sources, [*TARGET, *CODE, "-w"], [])
        with tempfile.TemporaryDirectory(dir=SKETCHES) as folder:
            unfinished = Path(folder) / "core.a"
            _run([_compiler("avr-gcc-ar"), "rcs", str(unfinished), *map(str, objects)])
            unfinished.replace(archive)
    return archive


def _compile_once(
    name: str, sources: Sequence[Path], flags: list[str], headers: Sequence[Path]
) -> list[Path]:
    finished = SKETCHES / f"{name}-{_digest(flags, [*sources, *headers])}"
    if not finished.exists():
        SKETCHES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=SKETCHES) as folder:
            for source in sources:
                kind = CPP if source.suffix == ".cpp" else []
                target = Path(folder, "objects", f"{source.name}.o")
                target.parent.mkdir(exist_ok=True)
                compiler = _compiler("avr-gcc")
                _run([compiler, *flags, *kind, "-c", str(source), "-o", str(target)])
            try:
                Path(folder, "objects").rename(finished)
            except OSError:  # another test worker was there first
                if not finished.exists():
                    raise
    return sorted(finished.iterdir())


def _headers(sources: Iterable[Path]) -> list[Path]:
    folders = {LIBRARY / "src", *(source.parent for source in sources)}
    return [
        h for f in sorted(folders) for ext in ("*.h", "*.hpp", "*.inc") for h in sorted(f.glob(ext))
    ]


def _digest(command: Sequence[str], files: Iterable[Path]) -> str:
    compiler = Path(_compiler("avr-gcc")).resolve()
    digest = hashlib.sha256("\0".join([*command, str(compiler.stat().st_mtime_ns)]).encode())
    for path in files:
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _compiler(name: str) -> str:
    return require_tool(name, AVR_PACKAGES)


def _run(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not run.returncode, run.stderr
    assert not run.stderr, run.stderr


def serial_output(board: SimulatedUno, last: str, limit_s: float) -> str:
    """What the sketch prints up to the end of the line that begins with `last`.

    Fails when it is not there after `limit_s` simulated seconds.
    """
    text = ""
    while not any(line.startswith(last) for line in text.split("\n")[:-1]):
        assert board.time_s < limit_s, f"no {last!r} within {limit_s} s of simulated time:\n{text}"
        board.run(SLICE_CYCLES)
        text += board.receive().decode("ascii").replace("\r", "")
    return text
