"""avrdude, its progress and its complaints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

from fixprop.errors import FixpropError
from fixprop.toolchain import require_tool
from fixprop.upload.boot_loaders import BootLoader
from fixprop.upload.image import Image
from fixprop.upload.target import Target

BAR_MARKS = 50  # avrdude draws its bar with so many
BAR = re.compile(r"(Writing|Reading) \| (#*)[^#]*$")
PHASES = {"Writing": "write", "Reading": "verify"}
COMPLAINT = re.compile(
    r"^avrdude(?: error)?: (.*(?:error|mismatch|not responding|signature).*)$", re.M
)
NO_MODEM_LINES = re.compile(r"^avrdude OS error: ioctl\(\"TIOCM.*\n", re.M)
"""A pseudo terminal and a TCP line have no DTR; nothing depends on it there."""

Progress = Callable[[str, float], None]
"""Called with ("write" or "verify", fraction done)."""


def command(image: Image, target: Target, boot_loader: BootLoader) -> list[str]:
    """What PlatformIO's `upload` runs too.

    -D: the boot loader erases each page that it writes and cannot erase the chip. No fuse, lock
    bit or EEPROM cell is named, so none is written.
    """
    return [
        require_tool("avrdude", "avrdude"),
        *("-p", "atmega328p", "-c", "arduino", "-b", str(boot_loader.baud), "-D"),
        *("-P", target.avrdude_port, "-U", f"flash:w:{image.path}:i"),
    ]


def write(image: Image, target: Target, boot_loader: BootLoader, progress: Progress) -> None:
    """Write `image` and read it back; FixpropError with avrdude's reason if that fails."""
    status, said = _run(command(image, target, boot_loader), progress)
    if status or "bytes of flash verified" not in said:
        raise FixpropError(
            f"flashing {target.url} failed: {complaint(said)}; "
            "press the board's reset button and try again"
        )


def complaint(said: str) -> str:
    """The first of avrdude's errors, or its last words."""
    said = NO_MODEM_LINES.sub("", said)
    found = COMPLAINT.search(said)
    return (
        found[1].strip() if found else (said.strip().splitlines() or ["avrdude said nothing"])[-1]
    )


def _run(arguments: list[str], progress: Progress) -> tuple[int, str]:
    said = ""
    with subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as avrdude:
        assert avrdude.stderr is not None
        while piece := avrdude.stderr.read1(4096):  # type: ignore[attr-defined]
            said += piece.decode(errors="replace")
            if bar := BAR.search(said):
                progress(PHASES[bar[1]], len(bar[2]) / BAR_MARKS)
    return avrdude.returncode, said
