"""What uses the firmware's build can be used without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop.errors import MissingTool
from fixprop.firmware_build import _lock
from fixprop.toolchain import PROJECT_ROOT


def test_a_system_without_file_locks_can_do_all_but_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(MissingTool, match="Linux or macOS"), _lock(tmp_path):
        pass


def test_nothing_but_a_build_asks_for_file_locks() -> None:
    program = "import sys; sys.modules['fcntl'] = None; import fixprop.firmware_build"
    folders = os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")}
    subprocess.run([sys.executable, "-c", program], env=folders, check=True)
