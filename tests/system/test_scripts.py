"""What the shell scripts do not take is a usage line and status 2, before any work."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fixprop.toolchain import PROJECT_ROOT

NO_ADMINISTRATORS_TOOLS = {"PATH": "/usr/bin:/bin"}


def script(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Of a copy in a folder of its own, where nothing is that it could work on."""
    (folder / "scripts").mkdir()
    copy = shutil.copy(PROJECT_ROOT / "scripts" / name, folder / "scripts")
    return subprocess.run(
        [copy, *arguments],
        env=NO_ADMINISTRATORS_TOOLS,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("bare-machine", ["--help"]),
        ("bare-machine", ["demo", "folder", "more"]),
        ("lint", ["--help"]),
        ("lint", ["--fix", "more"]),
        ("lint", [""]),
        ("test", ["--help"]),
        ("test", ["x"]),
        ("test", ["2x"]),
        ("test", [""]),
        ("test", ["2", "2"]),
    ],
)
def test_misuse_is_a_usage_line(name: str, arguments: list[str], tmp_path: Path) -> None:
    told = script(tmp_path, name, *arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(f"usage: scripts/{name} [")
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("bare-machine", []),
        ("bare-machine", ["test", "folder"]),
        ("lint", []),
        ("test", []),
        ("test", ["4"]),
        ("test", ["auto"]),
    ],
)
def test_what_is_meant_is_begun(name: str, arguments: list[str], tmp_path: Path) -> None:
    told = script(tmp_path, name, *arguments)
    assert told.returncode == 1
    assert "usage" not in told.stderr
