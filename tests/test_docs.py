"""The worked example of docs/overview.md prints what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from fixprop.toolchain import PROJECT_ROOT

OVERVIEW = PROJECT_ROOT / "docs" / "overview.md"
EXAMPLE = re.compile(r"```python\n(.*?)```\n\nIts output:\n\n```text\n(.*?)```", re.DOTALL)


def test_the_overviews_worked_example_prints_what_the_page_says(tmp_path: Path) -> None:
    examples = EXAMPLE.findall(OVERVIEW.read_text(encoding="utf-8"))
    assert len(examples) == 1
    source, expected = examples[0]
    program = tmp_path / "example.py"
    program.write_text(source, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT / "host")}
    command = [sys.executable, str(program)]
    run = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == expected
