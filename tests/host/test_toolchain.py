"""Compiling for this computer: never stale, never half written, errors in one line."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from pathlib import Path
from threading import Barrier, Thread

import cffi
import pytest

from fixprop import native, toolchain
from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.network import Topology
from fixprop.toolchain import build_shared_library, load_shared_library, once, require_tool
from fixprop.training.engine import InMirror, InNative, engine_of


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


def test_an_engine_of_auto_takes_the_mirror_where_nothing_can_be_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(toolchain, "BUILD", tmp_path / "file" / "build")
    for name in ("library", "counting_library"):
        unbuilt = once(getattr(native, name).__wrapped__)
        monkeypatch.setattr(native, name, unbuilt)
    small = Topology((2, 2, 1), ("tanh", "linear"))
    assert isinstance(engine_of("auto", small, 1000, 0), InMirror)
    with pytest.raises(MissingTool, match=r"cannot write .*Not a directory; make it writable"):
        InNative(small, 1000, 0)


def test_a_compiler_without_a_c_library_says_how_to_install_it(
    build_folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.write_text("#include <stdint.h>\nuint8_t answer(void) { return 42; }\n")
    monkeypatch.setenv("CC", "cc -nostdinc")
    with pytest.raises(MissingTool, match=r"stdint\.h.*apt-get install gcc libc6-dev"):
        build_shared_library("answer", [source])


def test_a_warning_of_another_compiler_can_be_let_pass(
    build_folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.write_text("int answer(int unused) { return 42; }\n")
    with pytest.raises(FixpropError, match="pass: FIXPROP_NATIVE_CFLAGS=-Wno-error"):
        build_shared_library("answer", [source])
    monkeypatch.setenv("FIXPROP_NATIVE_CFLAGS", "-Wno-error")
    assert answer_of(build_shared_library("answer", [source])) == 42


def test_a_compiler_may_have_arguments(
    build_folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.write_text("int answer(void) { return ANSWER; }\n")
    monkeypatch.setenv("CC", "env cc '-DANSWER=(40 + 2)'")
    assert answer_of(build_shared_library("answer", [source])) == 42
    monkeypatch.setenv("CC", "cc '")
    with pytest.raises(UsageError, match="CC=cc '"):
        build_shared_library("answer", [source])


def test_another_machine_has_a_library_of_its_own(
    build_folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = build_shared_library("answer", [source])
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    assert build_shared_library("answer", [source]) != here


def test_a_library_that_does_not_load_is_named(tmp_path: Path) -> None:
    library = tmp_path / "libanswer.so"
    library.write_bytes(b"\x7fELF of another machine")
    with pytest.raises(MissingTool, match=r"libanswer\.so does not load .*; remove .* built again"):
        load_shared_library(cffi.FFI(), library)


def test_threads_that_come_at_once_get_the_same() -> None:
    interval = sys.getswitchinterval()
    together, got = Barrier(8), []

    def make() -> object:
        for _ in range(100_000):  # long enough for the others to come in
            pass
        return object()

    shared = once(make)

    def ask() -> None:
        together.wait()
        got.append(shared())

    try:
        sys.setswitchinterval(1e-5)
        threads = [Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(got) == 8
    assert len(set(map(id, got))) == 1


def test_a_full_disk_is_told_as_that_with_the_folder(
    build_folder: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = f"cannot write {build_folder}, .*: No space left on device; free some space there"
    with pytest.raises(MissingTool, match=full), toolchain.writing_below(build_folder):
        os.write(os.open("/dev/full", os.O_WRONLY), b"x")
    compiler = tmp_path / "gcc"  # as gcc, which removes what it could not finish
    compiler.write_text(
        '#!/bin/sh\nfor out; do :; done\nrm "$out"\n'
        "echo '/usr/bin/ld: final link failed: No space left on device' >&2\n"
        "echo 'collect2: error: ld returned 1 exit status' >&2\nexit 1\n"
    )
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    said = f"into {build_folder} failed: .*No space left on device; free some space"
    with pytest.raises(MissingTool, match=said):
        build_shared_library("answer", [source])
