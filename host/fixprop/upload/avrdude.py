"""avrdude, its progress and its complaints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from threading import Timer

from fixprop.board.serial_port import HELD
from fixprop.errors import FixpropError
from fixprop.toolchain import require_tool
from fixprop.upload.boot_loaders import BootLoader
from fixprop.upload.image import Image
from fixprop.upload.target import Target

BAR_MARKS = 50  # avrdude draws its bar with so many
BAR = re.compile(r"(Writing|Reading) \| (#*)[^#]*$")
BEGUN = "Writing | #"
PHASES = {"Writing": "write", "Reading": "verify"}
COMPLAINT = re.compile(
    r"^avrdude(?: error)?: (?!device signature =)(.*(?:error|mismatch|not responding|signature).*)$",
    re.M,
)
NO_MODEM_LINES = re.compile(r"^avrdude OS error: ioctl\(\"TIOCM.*\n", re.M)
"""A pseudo terminal and a TCP line have no DTR; nothing depends on it there."""

STALL_S = 10.0
"""Without a new mark of the bar: two of avrdude's own waits for an answer. It would ask a board
without power again for each page, 20 minutes in all, and never ends when its TCP line is hung up."""

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
    status, said, stalled = _run(command(image, target, boot_loader), progress)
    if status or "bytes of flash verified" not in said:
        raise FixpropError(f"flashing {target.url} failed: {_why_and_cure(said, stalled)}")


def complaint(said: str) -> str:
    """The last of avrdude's errors, or its last words."""
    said = NO_MODEM_LINES.sub("", said)
    found = COMPLAINT.findall(said)
    return (found or said.strip().splitlines() or ["avrdude said nothing"])[-1].strip()


def _why_and_cure(said: str, stalled: bool) -> str:
    why, cure = complaint(said), "press the board's reset button"
    if stalled and not COMPLAINT.search(said):
        why, cure = f"it answers nobody for {STALL_S:g} s: {HELD}", "close it"
    incomplete = "the flash may now be incomplete: " if BEGUN in said else ""
    return f"{why}; {incomplete}{cure} and flash again"


class _Limit:
    """Ends `process` when nothing has `moved` for STALL_S."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process, self.over = process, False

    def __enter__(self) -> _Limit:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _start(self) -> None:
        self._timer = Timer(STALL_S, self._end)
        self._timer.start()

    def _end(self) -> None:
        self.over = True
        self._process.kill()

    def moved(self) -> None:
        """The time begins anew."""
        self._timer.cancel()
        self._start()


def _run(arguments: list[str], progress: Progress) -> tuple[int, str, bool]:
    """Exit status, what it said, and whether it had to be ended."""
    said, marks = "", ("", "")
    with (
        subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as avrdude,
        _Limit(avrdude) as limit,
    ):
        assert avrdude.stderr is not None
        while piece := avrdude.stderr.read1(4096):  # type: ignore[attr-defined]
            said += piece.decode(errors="replace")
            if (bar := BAR.search(said)) and bar.groups() != marks:
                marks = (bar[1], bar[2])
                limit.moved()
                progress(PHASES[bar[1]], len(bar[2]) / BAR_MARKS)
    return avrdude.returncode, said, limit.over
