"""A minute of the soak: no drift, no missed reading, no lost byte of SRAM, past the clocks' ends."""

from __future__ import annotations

from pathlib import Path

from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.soak import Soak, soak

SECONDS = 45.0


def soaked(elf: Path, seconds: float = SECONDS) -> Soak:
    return soak(elf, seconds)


def test_a_minute_past_the_ends_of_clock_and_sequence() -> None:
    seen = soaked(build_firmware().elf)
    assert seen.faults == 0
    assert seen.clock_wraps == 1 and seen.sequence_wraps > 3
    assert seen.readings > SECONDS / 0.038 - 10
    assert seen.checksums_equal == seen.checksums > 50
    assert abs(seen.drift_us) < 5000
    assert seen.health[0].stack_free - seen.health[-1].stack_free <= 8
    assert seen.health[-1].stack_free >= STACK_RESERVE_BYTES


def test_a_clock_that_is_slow_by_less_than_half_a_percent_is_noticed() -> None:
    slow = altered_firmware("src/adc.c", "F_CPU / 64 / 1000 - 1", "F_CPU / 64 / 1000")
    seen = soaked(build_firmware(project=slow).elf, 20.0)
    assert abs(seen.drift_us) > 38_000
    assert seen.faults > 0
