"""PlatformIO's own commands: tests on this computer and through a boot loader, check, other boards."""

from __future__ import annotations

import configparser
import os
import re
import select
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from fixprop.firmware_build import FLASH_BUDGET_BYTES, SRAM_BUDGET_BYTES
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology
from fixprop.toolchain import FIRMWARE
from fixprop.tracking.learner import weights_crc
from tests.system.pio import cases, environment, pio
from tests.system.virtual import virtual_uno

ONE = 32767
CHECK = ("check", "-e", "uno_system", *(f"--fail-on-defect={s}" for s in ("low", "medium", "high")))
SUITES = sorted(path.parent for path in FIRMWARE.glob("test/test_*/test_main.cpp"))
WRITTEN = [
    name
    for suite in SUITES
    for name in re.findall(r"RUN_TEST\((\w+)\)", (suite / "test_main.cpp").read_text())
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns(".pio", "__pycache__")
    shutil.copytree(FIRMWARE, tmp_path / "firmware", ignore=ignore)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def check_all_ran_and_passed(report: Path, said: str) -> None:
    passed = cases(report)
    assert all(passed.values()), said
    assert sorted(case.split()[-1] for case in passed) == sorted(WRITTEN), said


def test_the_suites_pass_on_this_computer(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    run = pio("native", "test", "-e", "native", "--junit-output-path", str(report))
    assert run.returncode == 0, run.stdout
    check_all_ran_and_passed(report, run.stdout)


def test_the_suites_pass_on_the_chip_through_boot_loader_and_avrdude(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    with virtual_uno("--tcp", "0", "--erased") as url:
        upload = url.replace("socket://", "net:")
        ports = ("--upload-port", upload, "--test-port", url)
        run = pio(
            "uno_virtual", "test", "-e", "uno_virtual", *ports, "--junit-output-path", str(report)
        )
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("bytes of flash verified") == len(SUITES)
    check_all_ran_and_passed(report, run.stdout)


def test_a_wrong_bit_fails_its_test_and_no_other(copy: Path, tmp_path: Path) -> None:
    suite = copy / "firmware" / "test" / "test_wire" / "test_main.cpp"
    edit(suite, "0x29B1", "0x29B0")
    report = tmp_path / "report.xml"
    run = pio(
        *("broken", "test", "-e", "native", "-f", "test_wire"),
        *("--junit-output-path", str(report)),
        project=copy,
    )
    assert run.returncode == 1
    assert "Expected 10672 Was 10673" in run.stdout
    failed = [case.split()[-1] for case, passed in cases(report).items() if not passed]
    assert failed == ["the_crc_of_the_standard_text_is_the_published_one"]


def test_the_checksums_in_the_suite_are_the_mirrors() -> None:
    text = (FIRMWARE / "test" / "test_fixprop" / "test_main.cpp").read_text()
    given = {name: int(value, 0) for name, value in re.findall(r"#define (\w+) (\w+)", text)}
    mirror = Mirror(Topology((2, 3, 1), ("sigmoid", "sigmoid")), rate=given["RATE"])
    mirror.initialise(Generator(given["SEED"]), given["SPREAD"])
    assert weights_crc(mirror.flat_weights()[0]) == given["CRC_AT_FIRST"]
    signs = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    for _ in range(given["EPOCHS"]):
        for row in signs:
            different = row[0] != row[1]
            mirror.train(row[np.newaxis] * ONE, np.array([[ONE if different else 0]]))
    assert weights_crc(mirror.flat_weights()[0]) == given["CRC_AFTER_TRAINING"]


def test_cppcheck_finds_nothing() -> None:
    run = pio("check", *CHECK)
    assert run.returncode == 0, run.stdout
    assert "No defects found" in run.stdout


def test_cppcheck_finds_a_defect_that_is_there(copy: Path) -> None:
    fault = "int fault(void);\nint fault(void) { int a[2] = {0, 1}; return a[2]; }\n"
    (copy / "firmware" / "lib" / "wire" / "src" / "fault.c").write_text(fault)
    run = pio("broken", *CHECK, project=copy)
    assert run.returncode == 1
    assert re.search(r"fault\.c:2: \[high:error\].*out of bounds", run.stdout), run.stdout


@pytest.mark.parametrize("board", ["nano", "mega"])
def test_other_boards_build_without_a_warning_and_tell_their_size(board: str) -> None:
    run = pio("boards", "run", "-e", f"{board}_system")
    assert run.returncode == 0, run.stdout
    sizes = re.findall(r"^Budget: (\w+) ([\d,]+) of ([\d,]+) bytes$", run.stdout, re.M)
    limits = {name: int(limit.replace(",", "")) for name, _, limit in sizes}
    assert limits == {"flash": FLASH_BUDGET_BYTES, "sram": SRAM_BUDGET_BYTES}


def test_every_option_of_the_plain_environments_is_a_documented_one() -> None:
    options = import_module("platformio.project.options").ProjectOptions
    documented = {name.removeprefix("env.") for name in options if name.startswith("env.")}
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(FIRMWARE / "platformio.ini")
    for board in ("uno", "nano", "mega"):
        assert set(settings[f"env:{board}"]) <= documented


def test_the_monitor_shows_what_the_sketch_sends(tmp_path: Path) -> None:
    """It wants a terminal, so it gets one."""
    terminal, its_end = os.openpty()
    with virtual_uno("--tcp", "0") as url:
        command = [sys.executable, "-m", "platformio", "device", "monitor", "--port", url, "--raw"]
        with subprocess.Popen(
            [*command, "--quiet"],
            env=environment("monitor"),
            cwd=tmp_path,
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
            start_new_session=True,
        ) as monitor:
            shown = read_until(terminal, b"\0", seconds=15)  # the end of a frame
            monitor.kill()
    assert b"\0" in shown
    os.close(terminal)
    os.close(its_end)


def read_until(end: int, wanted: bytes, seconds: float) -> bytes:
    shown, limit_s = b"", time.monotonic() + seconds
    while wanted not in shown and (left_s := limit_s - time.monotonic()) > 0:
        if select.select([end], [], [], left_s)[0]:
            shown += os.read(end, 4096)
    return shown
