"""Tools and permissions: what is there, and what is said of what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fixprop.doctor import tools
from fixprop.doctor.tools import Tool, examine_device, examine_tools
from fixprop.upload.access import why_and_cure


def test_a_tool_that_is_missing_names_its_use_and_its_package() -> None:
    (there, gone) = examine_tools(
        (
            Tool("here", lambda: "1.2", "nothing", "-"),
            Tool("gone", lambda: None, "sim://", "sudo apt-get install gone"),
        )
    )
    assert (there.seen, there.findings) == ("1.2", [])
    (finding,) = gone.findings
    assert finding.line() == "gone is not installed, needed for sim://: sudo apt-get install gone"


def test_without_programs_on_the_path_each_of_them_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ARDUINO_AVR", str(tmp_path))
    missing = {row.check for row in examine_tools() if row.findings}
    assert missing == {"cc", "avr-gcc", "arduino core", "avrdude", "simavr"}


def test_the_version_is_read_from_what_a_program_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "avr-gcc"
    program.write_text("#!/bin/sh\necho 'avr-gcc (GCC) 7.3.0'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    (row,) = [row for row in examine_tools() if row.check == "avr-gcc"]
    assert (row.seen, row.findings) == ("7.3.0", [])


def program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def found(check: str) -> str | None:
    """What is seen of a tool; None: it is missing."""
    (row,) = [row for row in examine_tools() if row.check == check]
    return None if row.findings else row.seen


def test_a_compiler_with_its_arguments_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "wrapped", 'test "$1" = gcc && echo 9.8.7')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    monkeypatch.setenv("CC", "wrapped gcc")
    assert found("cc") == "9.8.7"
    assert found("simavr") == "found"  # it compiles, says the wrapper


def test_a_program_that_does_not_end_is_missing_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "hangs", "exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    monkeypatch.setenv("CC", "hangs")
    monkeypatch.setattr(tools, "PATIENCE_S", 0.05)
    assert found("cc") is None
    assert found("simavr") is None


def test_what_a_program_says_need_not_be_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "avr-gcc", "printf 'avr-gcc \\351 7.3.0'")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert found("avr-gcc") == "7.3.0"


def test_a_device_that_may_not_be_opened_says_what_flash_would_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path / "ttyACM0"
    device.touch()
    row = examine_device(str(device))
    assert row is not None and not row.findings
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may do everything
    row = examine_device(str(device))
    assert row is not None
    (finding,) = row.findings
    why, cure = why_and_cure(str(device), device.stat())
    assert (finding.seen, finding.do) == (f"no permission for {device}: {why}", cure)
    assert finding.line() == f"no permission for {device}: {why}: {cure}"


def test_what_is_no_device_has_no_permissions(tmp_path: Path) -> None:
    assert examine_device("sim://") is None
    assert examine_device(str(tmp_path / "nothing")) is None
