"""From a file to a board that says hello."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from fixprop.board.ports import open_port
from fixprop.board.serial_port import HELD
from fixprop.errors import FixpropError
from fixprop.firmware_build import build_firmware
from fixprop.session import Session
from fixprop.toolchain import require_tool, typed
from fixprop.upload.access import check_access
from fixprop.upload.avrdude import Progress, write
from fixprop.upload.boot_loaders import OPTIBOOT, BootLoader, answering
from fixprop.upload.image import Image, read_image
from fixprop.upload.target import Target, choose
from fixprop.wire.records import Hello


@dataclass(frozen=True)
class Plan:
    """What goes where."""

    image: Image
    target: Target


@dataclass(frozen=True)
class Flashed:
    """What was done."""

    plan: Plan
    boot_loader: BootLoader
    seconds: float
    hello: Hello | None

    @property
    def warning(self) -> str:
        """What to know of the board's boot loader, in one line; "" for nothing."""
        return self.boot_loader.warning


def plan_upload(port: str, hex_file: Path | None) -> Plan:
    """Check everything that can be checked without touching the board.

    `hex_file` None: this checkout's firmware, built if need be. Raises FixpropError or UsageError.
    """
    target = choose(port)
    image = read_image(hex_file or build_firmware().hex)
    image.check_fits(OPTIBOOT)
    if target.is_device and os.name == "posix":  # Windows' COM3 is no file
        check_access(target.url)
    require_tool("avrdude", "avrdude")
    return Plan(image, target)


def upload(plan: Plan, progress: Progress, *, greet: bool = True) -> Flashed:
    """Write, verify, and with `greet` wait for the hello of this host's own firmware."""
    started = time.monotonic()
    boot_loader = answering(plan.target.url)
    if boot_loader is None:
        raise FixpropError(silence(plan.target))
    plan.image.check_fits(boot_loader)
    write(plan.image, plan.target, boot_loader, progress)
    seconds = time.monotonic() - started
    return Flashed(plan, boot_loader, seconds, _hello(plan.target.url) if greet else None)


def silence(target: Target) -> str:
    """What to say when no boot loader answers."""
    if not target.is_device:
        return (
            f"{target.url} answers nobody: {HELD}; close it and flash again; or is it no Uno or Nano "
            "with an ATmega328P? nothing was written"
        )
    return (
        f"no boot loader answers at {target.url}, at 115200 or 57600 baud: is it the board's port "
        f"({typed('pio')} device list), an Uno or Nano with an ATmega328P, nothing wired to D0 and D1? "
        "nothing was written"
    )


def _hello(url: str) -> Hello:
    line = open_port(url)
    try:
        return Session(line).open()
    finally:
        line.close()
