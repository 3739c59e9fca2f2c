"""A real shell completes commands, options and files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop.toolchain import PROJECT_ROOT

PROGRAM = "import sys; sys.argv[0] = 'fixprop'; from fixprop.cli import main; main()"


def complete(words: str) -> list[str]:
    """What bash would be offered for the last of `words`."""
    count = len(words.split(" ")) - 1
    asked = {"_FIXPROP_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | asked | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line.partition(",")[2] for line in run.stdout.splitlines()]


def test_commands_options_and_choices_are_completed() -> None:
    assert complete("fixprop ex") == ["examples", "export"]
    assert "--flash" in complete("fixprop export --f")
    assert complete("fixprop completion z") == ["zsh"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_program_and_its_variable(shell: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, "completion", shell],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "_FIXPROP_COMPLETE" in run.stdout
    if shell == "bash":
        script = tmp_path / "completion.bash"
        script.write_text(run.stdout)
        assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
