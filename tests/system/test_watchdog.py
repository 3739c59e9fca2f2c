"""A hang at any instant, or a stack that grew too far, ends within a second in the state before it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.reliability.altered import altered, altered_firmware
from fixprop.reliability.hangs import (
    BAR_S,
    DEEP,
    SHALLOW,
    STACK_BEFORE,
    STACK_CHECK,
    STACK_SAVED,
    eat_stack,
    eating,
    eating_firmware,
    hang_often,
)
from fixprop.toolchain import FIRMWARE
from fixprop.wire.records import ResetCause


def altered_elf(source: str, old: str, new: str = "") -> Path:
    return build_firmware(project=altered_firmware(source, old, new)).elf


def test_a_hang_at_a_random_instant_ends_within_a_second_in_the_state_before_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = hang_often(build_firmware().elf, 40)
    assert seen.wrong == []
    assert seen.recovered == seen.hangs
    assert seen.slowest_s < BAR_S
    with capsys.disabled():
        print(f"\nsimulated Uno: {seen.hangs} hangs, back after {seen.slowest_s:.2f} s at most")


def test_without_the_watchdog_it_hangs_for_good() -> None:
    seen = hang_often(altered_elf("src/watchdog.c", "wdt_enable(WDTO_500MS);"), 1)
    assert seen.recovered == 0 and "no reading" in seen.wrong[0]


def test_without_the_memory_of_its_mode_it_stops_learning() -> None:
    forgets = altered_elf("src/main.cpp", "  reset_remember(tracker_mode_now());\n")
    assert any("learning is False" in line for line in hang_often(forgets, 10).wrong)


def test_a_hello_after_half_a_frame_is_heard() -> None:
    # the stack's restart cuts the line off at once
    assert eat_stack(eating_firmware()).taken_s < BAR_S


@pytest.mark.parametrize(
    ("grows", "rate"),
    [(SHALLOW, STACK_BEFORE), (DEEP, STACK_SAVED)],
    ids=["canary", "mode"],
)
def test_a_stack_that_grows_into_the_variables_is_caught_named_and_gone_on_from(
    grows: str, rate: int
) -> None:
    seen = eat_stack(eating_firmware(grows))
    assert seen.taken_s < BAR_S
    assert ResetCause.STACK in seen.cause
    assert (seen.learning, seen.rate) == (True, rate)
    assert seen.held


def test_a_mode_that_the_stack_has_spoilt_must_not_be_taken(tmp_path: Path) -> None:
    takes_it = altered_firmware("src/reset.c", "kept.stack != STACK_BROKE_MODE", "true")
    shutil.copytree(takes_it / "firmware", tmp_path / "firmware")
    eater = altered(FIRMWARE / "src" / "main.cpp", STACK_CHECK, eating(DEEP))
    shutil.copyfile(eater, tmp_path / "firmware" / "src" / "main.cpp")
    seen = eat_stack(build_firmware(project=tmp_path).elf)
    assert ResetCause.STACK in seen.cause
    assert (seen.learning, seen.rate) == (False, 0)
    assert not seen.held


def test_without_the_canary_nobody_says_so() -> None:
    seen = eat_stack(eating_firmware(check=""))
    assert ResetCause.STACK not in seen.cause
    assert not seen.held


def test_protections_leave_the_stack_its_reserve() -> None:
    build = build_firmware()
    assert 2048 - build.static_sram_bytes >= STACK_RESERVE_BYTES
