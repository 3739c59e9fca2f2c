"""A command at a terminal of its own, as a person sees it and types into it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fixprop.toolchain import PROJECT_ROOT

ROWS, COLUMNS = 40, 100
PATIENCE_S = 120.0  # of a computer with much else to do
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """What the command wrote since it was last looked at, and its keyboard."""

    def __init__(self, end: int, process: subprocess.Popen[bytes]) -> None:
        self._end, self._process = end, process
        self._unread = b""
        self.seen = ""

    def wait_for(self, pattern: str, seconds: float = PATIENCE_S) -> re.Match[str]:
        """The next match in what the command writes, without its colours and movements."""
        end_s = time.monotonic() + seconds
        while not (found := re.search(pattern, self._text())):
            if not self._read(max(end_s - time.monotonic(), 0.0)):
                raise AssertionError(f"no {pattern!r} in {self._text()!r}")
        self._unread = self._text()[found.end() :].encode()
        return found

    def _text(self) -> str:
        return ESCAPES.sub("", self._unread.decode(errors="replace"))

    def _read(self, seconds: float) -> bool:
        """Whether something came."""
        if not select.select([self._end], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._end, 65_536)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
        self._unread += data
        self.seen += data.decode(errors="replace")
        return bool(data)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._end, keys.encode())

    def rest(self) -> str:
        """What it writes until it ends."""
        while self._read(PATIENCE_S):
            pass
        return self._text()

    def status(self) -> int:
        """The exit status, once it has ended."""
        return self._process.wait(PATIENCE_S)


@contextmanager
def at_terminal(*arguments: str) -> Iterator[Terminal]:
    """`fixprop ARGUMENTS` with a terminal as its input and output."""
    end, device = pty.openpty()
    fcntl.ioctl(device, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "fixprop", *arguments],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host"), "TERM": "xterm"},
        preexec_fn=lambda: os.login_tty(device),  # or Ctrl-C would be a letter
    )
    os.close(device)
    try:
        yield Terminal(end, process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        process.wait()
        os.close(end)
