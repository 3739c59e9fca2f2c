"""scripts/setup: what one level installed is there for the others, and nothing is installed twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fixprop.toolchain import PROJECT_ROOT

PYTHON = """#!/bin/sh
[ "$1" = -c ] || echo "$*" >>"$(dirname "$0")/../../asked"
"""
ALL_INSTALLED = """#!/bin/sh
tr -cs 'a-z0-9+-' '\\n' <"$CHECKOUT/scripts/setup" | sed 's/^/installed /'
"""
NEVER = '#!/bin/sh\necho "$0 was called" >&2\nexit 9\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which every Debian package is there, and pip only notes what it is asked for."""
    programs = {
        ".venv/bin/python": PYTHON,
        ".venv/bin/pip": NEVER,
        ".venv/bin/fixprop": NEVER,
        "bin/dpkg-query": ALL_INSTALLED,
        "bin/apt-get": NEVER,
    }
    for name, content in programs.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)
    (tmp_path / "scripts").mkdir()
    shutil.copy(PROJECT_ROOT / "scripts" / "setup", tmp_path / "scripts")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def extras_asked_for(checkout: Path, level: str) -> str | None:
    """The extras that pip was asked for by this level; None if it was not asked."""
    asked = checkout / "asked"
    asked.unlink(missing_ok=True)
    own = {
        "PATH": f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHON": str(checkout / ".venv" / "bin" / "python"),
        "CHECKOUT": str(checkout),
    }
    run = subprocess.run(
        [checkout / "scripts" / "setup", level],
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    lines = asked.read_text().splitlines() if asked.exists() else []
    pip = [line.partition("--editable .[")[2].rstrip("]") for line in lines if " pip " in line]
    return pip[0] if pip else None


def test_what_is_there_is_not_installed_again(checkout: Path) -> None:
    assert extras_asked_for(checkout, "dashboard") == "dashboard,firmware,report"
    for level in ("dashboard", "demo", "peers"):
        assert extras_asked_for(checkout, level) is None


def test_levels_add_up_and_do_not_take_turns(checkout: Path) -> None:
    assert extras_asked_for(checkout, "demo") == "firmware,report"
    assert extras_asked_for(checkout, "hardware") == "firmware,hardware,report"
    assert extras_asked_for(checkout, "test") == "cluster,dashboard,firmware,hardware,report,test"
    for level in ("demo", "test", "dashboard", "hardware", "peers"):
        assert extras_asked_for(checkout, level) is None


@pytest.mark.parametrize("stamp", ["", "demo\n", "/elsewhere\n/python\n1 2\nextras: firmware\n"])
def test_a_stamp_of_another_kind_or_place_counts_for_nothing(checkout: Path, stamp: str) -> None:
    (checkout / ".venv" / "fixprop-setup").write_text(stamp)
    assert extras_asked_for(checkout, "demo") == "firmware,report"


def test_other_dependencies_are_installed(checkout: Path) -> None:
    extras_asked_for(checkout, "dashboard")
    (checkout / "pyproject.toml").write_text("[project]\nname='other'\n")
    assert extras_asked_for(checkout, "demo") == "firmware,report"


def test_a_checkout_that_cannot_be_written_is_told_in_one_line(checkout: Path) -> None:
    (checkout / "build").touch()  # no folder: root too cannot write in it
    run = subprocess.run(
        [checkout / "scripts" / "setup", "demo"],
        env=os.environ
        | {"PATH": f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        | {"CHECKOUT": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"setup: cannot write {checkout}/build as user ")
    assert run.stderr.count("\n") == 1
