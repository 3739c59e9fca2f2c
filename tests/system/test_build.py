"""The firmware builds with the operating system's tools: small, no float, no heap."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop.errors import FixpropError, UsageError
from fixprop.firmware_build import (
    FLASH_BUDGET_BYTES,
    SRAM_BUDGET_BYTES,
    FirmwareBuild,
    budget_line,
    build_firmware,
)
from fixprop.toolchain import FIRMWARE, PROJECT_ROOT

# The names that libgcc and avr-libc give to arithmetic on float, and to malloc and C++'s new.
SOFT_FLOAT = re.compile(r"__\w+sf(2|3|3x|si|di)?|__fp_\w+|dtoa_prf")
HEAP = re.compile(r"malloc|calloc|realloc|free|_Znwj|_Znaj|_ZdlPvj?|_ZdaPvj?")


def symbols_like(pattern: re.Pattern[str], elf: Path) -> list[str]:
    listing = subprocess.run(["avr-nm", str(elf)], capture_output=True, text=True, check=True)
    names = [line.split()[-1] for line in listing.stdout.splitlines()]
    assert "main" in names
    return [name for name in names if pattern.fullmatch(name)]


@pytest.fixture(scope="module")
def build() -> FirmwareBuild:
    return build_firmware()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The firmware's sources in another folder, to build or to break."""
    ignore = shutil.ignore_patterns(".pio", "__pycache__")
    shutil.copytree(FIRMWARE, tmp_path / "firmware", ignore=ignore)
    return tmp_path


def test_no_soft_float_in_the_image(build: FirmwareBuild) -> None:
    assert symbols_like(SOFT_FLOAT, build.elf) == []


def test_no_heap_in_the_image(build: FirmwareBuild) -> None:
    assert symbols_like(HEAP, build.elf) == []


@pytest.mark.parametrize(
    ("pattern", "body", "symbol"),
    [
        (SOFT_FLOAT, "volatile float x; int main(void) { x = x * x; }", "__mulsf3"),
        (SOFT_FLOAT, "volatile float x; int main(void) { return (int)x; }", "__fixsfsi"),
        (HEAP, "#include <stdlib.h>\nint main(void) { return *(char *)malloc(9); }", "malloc"),
    ],
    ids=["multiplication", "conversion", "heap"],
)
def test_the_search_finds_a_symbol_that_is_there(
    pattern: re.Pattern[str], body: str, symbol: str, tmp_path: Path
) -> None:
    elf = tmp_path / "program.elf"
    command = ["avr-gcc", "-mmcu=atmega328p", "-Os", "-x", "c", "-", "-o", str(elf)]
    subprocess.run(command, input=body, text=True, check=True)
    assert symbol in symbols_like(pattern, elf)


def test_flash_and_static_sram_keep_to_the_budget(
    build: FirmwareBuild, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nfirmware: {budget_line(build)}")
    assert 0 < build.flash_bytes <= FLASH_BUDGET_BYTES
    assert 0 < build.static_sram_bytes <= SRAM_BUDGET_BYTES


def test_an_unchanged_firmware_is_not_built_again(build: FirmwareBuild) -> None:
    before = build.elf.stat().st_mtime_ns
    assert build_firmware() == build
    assert build.elf.stat().st_mtime_ns == before


def test_another_checkout_gives_the_same_image_without_a_warning(
    build: FirmwareBuild, copy: Path
) -> None:
    again = build_firmware(project=copy)
    assert again.sha256 == build.sha256
    assert "warning:" not in (copy / "build" / "platformio" / "log").read_text()


def test_a_broken_source_is_reported_by_its_first_error(copy: Path) -> None:
    (copy / "firmware" / "src" / "broken.c").write_text("int broken(void) { return nothing; }\n")
    with pytest.raises(FixpropError, match=r"src/broken\.c:1:\d+: error: .*nothing.*undeclared"):
        build_firmware(project=copy)


def test_a_define_reaches_the_compiler_and_makes_a_build_of_its_own(copy: Path) -> None:
    source = copy / "firmware" / "src" / "needs_define.c"
    source.write_text("#if WANTED != 7\n#error WANTED is not 7\n#endif\n")
    with pytest.raises(FixpropError, match="WANTED is not 7"):
        build_firmware(project=copy)
    assert build_firmware(defines=["WANTED=7"], project=copy).elf.is_file()


def test_a_define_that_would_be_two_flags_is_refused() -> None:
    with pytest.raises(UsageError, match="neither NAME nor NAME=VALUE"):
        build_firmware(defines=["A -O0"])


def test_a_missing_compiler_is_one_line_with_the_command_that_installs_it(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "fixprop.firmware_build"],
        env=os.environ | {"PATH": str(tmp_path), "PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1
    assert "avr-gcc is not installed; on Debian: sudo apt-get install gcc-avr" in run.stderr


def test_the_environment_uno_is_what_any_user_of_platformio_expects() -> None:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(FIRMWARE / "platformio.ini")
    assert dict(settings["platformio"]) == {"default_envs": "uno"}
    assert dict(settings["env:uno"]) == {
        "platform": "atmelavr",
        "board": "uno",
        "framework": "arduino",
        "monitor_speed": "500000",
    }
    assert "env" not in settings  # a common section would add to `uno` as well
