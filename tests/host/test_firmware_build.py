"""What uses the firmware's build can be used without it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop.errors import MissingTool
from fixprop.firmware_build import _lock, build_firmware
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


def test_a_build_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_full_disk(*_: object) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # as write() does, without a name

    monkeypatch.setattr("fixprop.firmware_build._run_platformio", on_a_full_disk)
    with pytest.raises(MissingTool, match=f"cannot write {tmp_path / 'build'}, .*: No space left"):
        build_firmware(project=tmp_path)
