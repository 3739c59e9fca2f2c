"""Runs pytest again and again, each time in a fork of a process that has the large imports done.

Reads lines of JSON, {"tests": [...], "test_cpu_s": 5, "keep": true}, and answers with one each:
{"status": 1}, what pytest.main returned, or minus the signal that ended it. `keep`: compiled Python is
kept for the runs after this one. It imports nothing of fixprop: the fork does.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Sequence

import cffi  # noqa: F401
import hypothesis.extra.numpy
import numpy as np  # noqa: F401
import pytest

STARTING_CPU_S = 20  # importing and collecting
MOST_BYTES = 4 << 30
# No fault of the assembly can be seen in the tests of the portable C on the chip.
SELECTED = ["-k", "not portable"]
OPTIONS = [
    *SELECTED,
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "--no-header",
    "--tb=no",
]


class CpuLimit:
    """A fault that loops for ever must end: each test has so many seconds of the CPU."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def pytest_runtest_logstart(self) -> None:
        """Moves the limit on."""
        _limit_cpu(self.seconds)


def _limit_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def run(tests: Sequence[str], seconds: int, keep: bool) -> int:
    """pytest's status, in a fork of this process."""
    child = os.fork()
    if child == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _limit_cpu(STARTING_CPU_S)
        sys.dont_write_bytecode = not keep
        os._exit(int(pytest.main([*OPTIONS, *tests], plugins=[CpuLimit(seconds)])))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Answer until there are no more lines."""
    for line in sys.stdin:
        asked = json.loads(line)
        status = run(asked["tests"], asked["test_cpu_s"], asked["keep"])
        print(json.dumps({"status": status}), flush=True)


if __name__ == "__main__":
    assert hypothesis.extra.numpy
    main()
