"""Compiling for this computer: never stale, never half written, errors in one line."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from fixprop import toolchain
from fixprop.errors import FixpropError, MissingTool
from fixprop.toolchain import build_shared_library, require_tool


@pytest.fixture
def build_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(toolchain, "BUILD", tmp_path / "build")
    return tmp_path / "build"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "answer.h").write_text("#define ANSWER 42\n")
    path = tmp_path / "answer.c"
    path.write_text('#include "answer.h"\nint answer(void) { return ANSWER; }\n')
    return path


def answer_of(library: Path) -> int:
    return int(ctypes.CDLL(str(library)).answer())


def test_a_library_is_built_once_and_again_when_a_header_changed(
    build_folder: Path, source: Path
) -> None:
    first = build_shared_library("answer", [source], include=[source.parent])
    assert answer_of(first) == 42
    written = first.stat().st_mtime_ns
    again = build_shared_library("answer", [source], include=[source.parent])
    assert (again, again.stat().st_mtime_ns) == (first, written)
    (source.parent / "answer.h").write_text("#define ANSWER 43\n")
    changed = build_shared_library("answer", [source], include=[source.parent])
    assert changed != first
    assert answer_of(changed) == 43


def test_flags_make_a_library_of_their_own(build_folder: Path, source: Path) -> None:
    source.write_text("int answer(void) { return ANSWER; }\n")
    built = [build_shared_library("answer", [source], flags=[f"-DANSWER={n}"]) for n in (1, 2)]
    assert [answer_of(library) for library in built] == [1, 2]


def test_a_broken_source_is_one_line_with_the_first_error_and_leaves_nothing(
    build_folder: Path, source: Path
) -> None:
    source.write_text("int answer(void) { return nothing; }\n")
    with pytest.raises(FixpropError, match=r"answer\.c:1:\d+: error: .*nothing") as raised:
        build_shared_library("answer", [source])
    assert "\n" not in str(raised.value)
    assert not isinstance(raised.value, MissingTool)
    assert list(build_folder.iterdir()) == []


def test_a_warning_is_an_error(build_folder: Path, source: Path) -> None:
    source.write_text("int answer(int unused) { return 42; }\n")
    with pytest.raises(FixpropError, match="unused"):
        build_shared_library("answer", [source])


def test_an_absent_simavr_says_how_to_install_it(build_folder: Path, source: Path) -> None:
    source.write_text('#include "simavr/no_such_header.h"\n')
    with pytest.raises(MissingTool, match=r"on Debian: sudo apt-get install libsimavr-dev"):
        build_shared_library("answer", [source])


def test_an_absent_compiler_says_how_to_install_it(
    build_folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-cc")
    with pytest.raises(MissingTool) as raised:
        build_shared_library("answer", [source])
    expected = "no-such-cc is not installed; on Debian: sudo apt-get install gcc libc6-dev"
    assert str(raised.value) == expected
    assert raised.value.exit_status == 1


def test_a_tool_that_is_there_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "some-tool"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert require_tool("some-tool", "nothing") == str(tool)
