"""A supply that sinks at any instant: old or new weights, a reading within a second, the cause told."""

from __future__ import annotations

import pytest

from fixprop.firmware_build import build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.brown_outs import BAR_S, BrownOuts, sink_often
from tests.system.test_power_cuts import ONE_SLOT


def sunk_altered(source: str, old: str, new: str, count: int) -> BrownOuts:
    return sink_often(build_firmware(project=altered_firmware(source, old, new)).elf, count)


def test_a_brown_out_at_a_random_instant_ends_within_a_second_with_old_or_new_weights(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = sink_often(build_firmware().elf, 40)
    assert seen.wrong == []
    assert seen.held and seen.while_writing > 5
    assert seen.slowest_s < BAR_S
    with capsys.disabled():
        print(
            f"\nsimulated Uno: {seen.count} brown-outs, {seen.while_writing} of them while a cell was "
            f"written, back after {seen.slowest_s:.2f} s at most"
        )


def test_a_cause_that_is_not_kept_is_missed() -> None:
    forgets = "cause = MCUSR;", "cause = MCUSR & (uint8_t)~_BV(BORF);"
    seen = sunk_altered("src/reset.c", *forgets, 2)
    assert seen.recovered == 0 and all("the cause is" in line for line in seen.wrong)


def test_with_one_slot_a_brown_out_loses_the_weights() -> None:
    seen = sunk_altered("lib/store/src/store.c", *ONE_SLOT, 20)
    assert any("is none of" in line for line in seen.wrong)


def test_a_board_that_waits_too_long_before_it_reads_is_late() -> None:
    starts = "  end_cut_frame();\n"
    waits = "  for (uint8_t n = 0; n < 6; n++, watchdog_feed())\n    delay(200);\n"
    seen = sunk_altered("src/main.cpp", starts, starts + waits, 2)
    assert seen.recovered == 0 and all("no reading" in line for line in seen.wrong)
