"""The example of docs/estimators.md prints what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from fixprop.toolchain import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "estimators.md"
EXAMPLE = re.compile(r"```python\n(.*?)```\n\nIts output:\n\n```text\n(.*?)```", re.DOTALL)


def test_the_example_prints_what_the_page_says() -> None:
    ((source, expected),) = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    run = subprocess.run(
        [sys.executable, "-c", source],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == expected
    assert run.stderr == ""  # no warning either
