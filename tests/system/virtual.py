"""A virtual Uno in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from fixprop.sim.control import Control
from fixprop.toolchain import PROJECT_ROOT

PYTHONPATH = {"PYTHONPATH": str(PROJECT_ROOT / "host")}
SAID = re.compile(r"virtual Uno at (\S+?)(?:, control at (\d+))?\n")


@contextmanager
def virtual_uno(*options: str) -> Iterator[str]:
    """The URL of its line; it ends as a user's would, by SIGTERM."""
    with _started(*options) as said:
        yield said[1]


@contextmanager
def controlled_uno(*options: str, kind: type[Control] = Control) -> Iterator[tuple[str, Control]]:
    """The URL of its line, and a control beside it."""
    with _started("--control", "0", *options) as said, closing(kind(int(said[2]))) as control:
        yield said[1], control


@contextmanager
def _started(*options: str) -> Iterator[re.Match[str]]:
    command = [sys.executable, "-m", "fixprop.sim.virtual_uno", *options]
    with subprocess.Popen(
        command, env=os.environ | PYTHONPATH, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = SAID.fullmatch(process.stdout.readline())
        assert said is not None
        try:
            yield said
        finally:
            process.terminate()
    assert process.returncode == 0
