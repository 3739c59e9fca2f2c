"""The cycle counts once more on avr8js, a simulator that shares no code with simavr."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from fixprop.errors import FixpropError, MissingTool
from fixprop.files import write_whole
from fixprop.sim.program import AVR_TOOLS
from fixprop.sim.uno import Mark
from fixprop.toolchain import BUILD, require_tool

DEBIAN_PACKAGES = "nodejs npm"
FILES = ("package.json", "run.mjs")
_HERE = Path(__file__).parent / "avr8js"


def package_version(folder: Path = _HERE) -> str:
    """The version of avr8js that package.json asks for."""
    return str(json.loads((folder / "package.json").read_text())["dependencies"]["avr8js"])


def install() -> Path:
    """build/avr8js with run.mjs and avr8js beside it; asks npm only when the package is missing.

    Raises MissingTool without node or npm, or when npm cannot get the package.
    """
    require_tool("node", DEBIAN_PACKAGES)
    folder = BUILD / "avr8js"
    for name in FILES:
        write_whole(folder / name, (_HERE / name).read_text())
    installed = folder / "node_modules" / "avr8js" / "package.json"
    if not installed.exists() or json.loads(installed.read_text())["version"] != package_version():
        _npm_install(folder)
    return folder


def _npm_install(folder: Path) -> None:
    npm = require_tool("npm", DEBIAN_PACKAGES)
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    options += ["--cache", str(folder / "cache")]  # nothing outside the checkout
    options += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]  # the rest waits a minute
    run = subprocess.run(
        [npm, "install", *options], cwd=folder, capture_output=True, text=True, check=False
    )
    if run.returncode:
        lines = [line for line in run.stderr.splitlines() if "ERR" in line or "error" in line]
        reason = lines[0] if lines else "no message"
        raise MissingTool(
            f"npm could not install avr8js {package_version()} ({reason}); "
            "check the network, or leave --cross-check out"
        )


def marks_on_avr8js(elfs: Sequence[Path]) -> list[list[Mark]]:
    """What each program writes to GPIOR0 until it is done; the last mark is DONE's."""
    folder = install()
    with tempfile.TemporaryDirectory(dir=folder) as images:
        files = [_hex(elf, Path(images) / f"{n}.hex") for n, elf in enumerate(elfs)]
        run = subprocess.run(
            ["node", str(folder / "run.mjs"), *map(str, files)],
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode:
        errors = [line for line in run.stderr.splitlines() if "Error" in line]
        raise FixpropError(f"avr8js stopped: {errors[0] if errors else 'no message'}")
    return [[Mark(value, cycle) for value, cycle in marks] for marks in json.loads(run.stdout)]


def _hex(elf: Path, target: Path) -> Path:
    objcopy = require_tool("avr-objcopy", AVR_TOOLS)
    command = [objcopy, "-O", "ihex", "-R", ".eeprom", str(elf), str(target)]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"}
    )
    if run.returncode:
        raise FixpropError(f"avr-objcopy failed on {elf}: {run.stderr.strip()}")
    return target


def first_difference(ours: Sequence[Mark], theirs: Sequence[Mark]) -> str | None:
    """Where two runs of one program part, in words; None when they agree in every mark and cycle."""
    for index, (a, b) in enumerate(zip_longest(ours, theirs)):
        if a is None or b is None:
            return f"{len(ours)} marks in simavr, {len(theirs)} in avr8js"
        if a != b:
            return (
                f"mark {index}: {a.value} at cycle {a.cycle} in simavr, "
                f"{b.value} at cycle {b.cycle} in avr8js"
            )
    return None
