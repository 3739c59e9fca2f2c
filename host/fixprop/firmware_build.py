"""Builds the sketch with PlatformIO and the operating system's avr-gcc; downloads nothing.

A finished build is kept as build/firmware/<environment>-<digest>/firmware.{elf,hex}, where the
digest covers every file of the firmware, the defines and the compiler. A build that exists is
therefore never stale, and PlatformIO (0.7 s even when there is nothing to do) is not started again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.toolchain import PROJECT_ROOT, require_tool, writing_below

AVR_PACKAGES = "gcc-avr avr-libc binutils-avr arduino-core-avr"
FLASH_BUDGET_BYTES = 20_000  # of 32,256 beside Optiboot: room for a bigger network and a newer gcc
STACK_RESERVE_BYTES = 300  # SRAM that static data leaves to the stack and to nested interrupts
SRAM_BUDGET_BYTES = 2048 - STACK_RESERVE_BYTES
SRAM_SECTIONS = (".data", ".bss", ".noinit")
UNTRACKED = {".pio", "__pycache__", "test"}
FIRST_ERROR = re.compile(r"^.*(?:error:|undefined reference|no Arduino core|Error: ).*$", re.M)


@dataclass(frozen=True)
class FirmwareBuild:
    """One finished build.

    `sha256` is that of the Intel HEX file: the bytes that go into flash, with their addresses, and
    nothing else. The ELF's own would differ between checkouts, as its debug information has paths.
    """

    elf: Path
    hex: Path
    sha256: str
    flash_bytes: int
    static_sram_bytes: int


def build_firmware(
    environment: str = "uno_system", defines: Sequence[str] = (), *, project: Path = PROJECT_ROOT
) -> FirmwareBuild:
    """Build `environment` of `project`/firmware with `defines` ("NAME" or "NAME=VALUE") added.

    Raises MissingTool when avr-gcc, the Arduino core or PlatformIO is absent, FixpropError with
    the compiler's first error when the sources do not build.
    """
    for define in defines:
        if not re.fullmatch(r"[A-Za-z_]\w*(=[\w.-]+)?", define):
            raise UsageError(f"define {define!r} is neither NAME nor NAME=VALUE (letters, digits)")
    compiler = require_tool("avr-gcc", AVR_PACKAGES)
    key = f"{environment}-{_digest(project / 'firmware', compiler, environment, defines)}"
    finished = project / "build" / "firmware" / key
    if not finished.exists():
        with (
            writing_below(project / "build"),
            _lock(project / "build" / "platformio"),
        ):
            if not finished.exists():
                _keep(_run_platformio(project, environment, defines), finished)
    return _describe(finished / "firmware.elf")


def budget_line(build: FirmwareBuild) -> str:
    """Flash and static SRAM of `build` against the budget, on one line."""
    return (
        f"flash {build.flash_bytes:,} of {FLASH_BUDGET_BYTES:,} bytes, "
        f"static SRAM {build.static_sram_bytes:,} of {SRAM_BUDGET_BYTES:,} bytes"
    )


def _digest(firmware: Path, compiler: str, environment: str, defines: Sequence[str]) -> str:
    compiled = Path(compiler).resolve()
    text = f"{compiled} {compiled.stat().st_mtime_ns} {environment} {' '.join(defines)}"
    digest = hashlib.sha256(text.encode())
    for path in sorted(firmware.rglob("*")):
        name = path.relative_to(firmware)
        if path.is_file() and not UNTRACKED.intersection(name.parts):
            digest.update(f"\0{name.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one process at a time use PlatformIO's folders; test workers ask at the same moment."""
    try:
        import fcntl  # here, for a system without it can do all but build
    except ImportError:
        raise MissingTool(
            "building the firmware needs Python's fcntl: do it on Linux or macOS"
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _run_platformio(project: Path, environment: str, defines: Sequence[str]) -> Path:
    """Run PlatformIO and return the folder with firmware.elf and firmware.hex."""
    for module, package in (("platformio", "platformio"), ("SCons", "scons")):
        if importlib.util.find_spec(module) is None:
            raise MissingTool(f"{package} is not installed; run: pip install -e '.[firmware]'")
    own = project / "build" / "platformio"
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PLATFORMIO_")} | {
        "PLATFORMIO_CORE_DIR": str(own / "core"),
        "PLATFORMIO_WORKSPACE_DIR": str(own / "workspace"),
        "PLATFORMIO_BUILD_FLAGS": " ".join(f"-D{define}" for define in defines),
        "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no",
        "PLATFORMIO_DISABLE_UPGRADE_CHECK": "true",
        "LC_ALL": "C.UTF-8",  # the compiler's messages in English, so that errors are recognised
    }
    command = [sys.executable, "-m", "platformio", "run", "-d", str(project / "firmware")]
    run = subprocess.run(
        [*command, "-e", environment],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (own / "log").write_text(run.stdout)
    if run.returncode:
        raise _build_error(run.stdout, own / "log")
    return own / "workspace" / "build" / environment


def _build_error(output: str, log: Path) -> FixpropError:
    found = FIRST_ERROR.search(output)
    if found and "no Arduino core" in found[0]:
        return MissingTool(f"{found[0]}; on Debian: sudo apt-get install {AVR_PACKAGES}")
    lines = output.strip().splitlines() or ["no message"]
    return FixpropError(f"building the firmware failed: {found[0] if found else lines[-1]} ({log})")


def _keep(built: Path, finished: Path) -> None:
    """Copy a build to its final place in one step, so that no one sees half of it."""
    temporary = finished.with_name(f".{finished.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    for name in ("firmware.elf", "firmware.hex"):
        shutil.copyfile(built / name, temporary / name)
    temporary.replace(finished)


def _describe(elf: Path) -> FirmwareBuild:
    image = elf.with_suffix(".hex")
    records = image.read_text("ascii").split()
    size = subprocess.run(
        [require_tool("avr-size", AVR_PACKAGES), "-A", "-d", str(elf)],
        capture_output=True,
        text=True,
        check=True,
    )
    sections = re.findall(r"^(\.\w+)\s+(\d+)", size.stdout, re.M)
    return FirmwareBuild(
        elf=elf,
        hex=image,
        sha256=hashlib.sha256(image.read_bytes()).hexdigest(),
        # ":LLAAAATT..." with length LL and type TT, 00 for data (Intel Hexadecimal Object File)
        flash_bytes=sum(int(line[1:3], 16) for line in records if line[7:9] == "00"),
        static_sram_bytes=sum(int(n) for section, n in sections if section in SRAM_SECTIONS),
    )


def main() -> int:
    """Build the firmware, or say in one line why not; return the exit status."""
    try:
        build = build_firmware()
    except FixpropError as error:
        print(f"fixprop: {error}", file=sys.stderr)
        return error.exit_status
    print(f"{build.hex.relative_to(PROJECT_ROOT)}: {budget_line(build)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
