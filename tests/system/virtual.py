"""A virtual Uno in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fixprop.toolchain import PROJECT_ROOT

PYTHONPATH = {"PYTHONPATH": str(PROJECT_ROOT / "host")}


@contextmanager
def virtual_uno(*options: str) -> Iterator[str]:
    """The URL of its line; it ends as a user's would, by SIGTERM."""
    command = [sys.executable, "-m", "fixprop.sim.virtual_uno", *options]
    with subprocess.Popen(
        command, env=os.environ | PYTHONPATH, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("virtual Uno at "), said
        try:
            yield said.split()[-1]
        finally:
            process.terminate()
    assert process.returncode == 0
