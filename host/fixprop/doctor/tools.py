"""Programs and libraries of this computer, and whether this user may use the port."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixprop.doctor.examination import Row
from fixprop.doctor.kinds import Finding
from fixprop.errors import MissingTool
from fixprop.toolchain import C_PACKAGES, SIMAVR_PACKAGES, compiler_command
from fixprop.upload.access import may_use, why_and_cure

PATIENCE_S = 10.0
VERSION = re.compile(r"\d+(?:\.\d+)+")
SIMAVR_PROBE = """#include <simavr/sim_avr.h>
int main(void) { return !avr_make_mcu_by_name; }
"""


@dataclass(frozen=True)
class Tool:
    """Something that some commands need; `version` gives None when it is not there."""

    name: str
    version: Callable[[], str | None]
    needed_for: str
    install: str


def _run(*command: str, typed: str = "") -> subprocess.CompletedProcess[str] | None:
    """A program that has ended; None if it is not there or does not end in PATIENCE_S."""
    try:
        return subprocess.run(
            command,
            input=typed,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _said(*command: str) -> str | None:
    """The version that a program prints, "" for none; None if it is not there or fails."""
    if (run := _run(*command)) is None:
        return None
    found = VERSION.search(run.stdout + run.stderr)
    return None if run.returncode and not found else found[0] if found else ""


def _compiler() -> list[str]:
    """The C compiler and its arguments; [] without one."""
    with suppress(MissingTool):
        return compiler_command()
    return []


def _compiler_said() -> str | None:
    return _said(*command, "--version") if (command := _compiler()) else None


def _simavr() -> str | None:
    """The library that the simulated Uno is compiled against."""
    if not (command := _compiler()):
        return None
    run = _run(*command, "-x", "c", "-", "-o", os.devnull, "-lsimavr", typed=SIMAVR_PROBE)
    return None if run is None or run.returncode else ""


def _package(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _arduino_core() -> str | None:
    home = Path(os.environ.get("ARDUINO_AVR", "/usr/share/arduino/hardware/arduino/avr"))
    return "" if (home / "cores" / "arduino" / "Arduino.h").is_file() else None


APT = "sudo apt-get install "
TOOLS = (
    Tool("cc", _compiler_said, "native://", APT + C_PACKAGES),
    Tool(
        "avr-gcc",
        lambda: _said("avr-gcc", "--version"),
        "sim:// and flash",
        APT + "gcc-avr avr-libc",
    ),
    Tool("arduino core", _arduino_core, "sim:// and flash", APT + "arduino-core-avr"),
    Tool("avrdude", lambda: _said("avrdude", "-?"), "flash", APT + "avrdude"),
    Tool("simavr", _simavr, "sim://", APT + SIMAVR_PACKAGES),
    Tool(
        "platformio",
        lambda: _package("platformio"),
        "sim:// and flash",
        "pip install 'fixprop[firmware]'",
    ),
)


def examine_tools(tools: tuple[Tool, ...] = TOOLS) -> list[Row]:
    """One row for each tool."""
    return [_row(tool) for tool in tools]


def _row(tool: Tool) -> Row:
    version = tool.version()
    if version is not None:
        return Row(tool.name, version or "found")
    seen = f"{tool.name} is not installed, needed for {tool.needed_for}"
    return Row(tool.name, seen, [Finding("missing_tool", seen, cure=tool.install)])


def examine_device(url: str) -> Row | None:
    """Whether this user may use a device; None for what is none, or is not there."""
    path = Path(url)
    if "://" in url or os.name != "posix" or not path.exists():
        return None
    if may_use(url):
        return Row("port", f"{url} may be read and written")
    why, cure = why_and_cure(url, path.stat())
    seen = f"no permission for {url}: {why}"
    return Row("port", seen, [Finding("no_permission", seen, cure=cure)])
