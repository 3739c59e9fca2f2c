"""A minute of the soak: no drift, no missed reading, no lost byte of SRAM, past the clocks' ends."""

from __future__ import annotations

from pathlib import Path

from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.soak import STACK_GROWTH_BYTES, TO_WRAP_S, Soak, soak

SECONDS = 45.0
DEEPER = """  static uint16_t turns;
  *(volatile uint8_t *)__builtin_alloca(1 + (++turns >> 11)) = 0;
  take_turn();
"""


def soaked(elf: Path, seconds: float = SECONDS) -> Soak:
    return soak(elf, seconds)


def soaked_altered(source: str, old: str, new: str, seconds: float) -> Soak:
    return soaked(build_firmware(project=altered_firmware(source, old, new)).elf, seconds)


def test_a_minute_past_the_ends_of_clock_and_sequence() -> None:
    seen = soaked(build_firmware().elf)
    assert seen.faults == 0
    assert seen.clock_wraps == 1 and seen.sequence_wraps > 3 and seen.command_wraps > 1
    assert seen.readings > SECONDS / 0.038 - 10
    assert seen.checksums_equal == seen.checksums > 50
    assert abs(seen.drift_us) < 5000
    assert seen.stack_growth_bytes <= STACK_GROWTH_BYTES
    assert seen.health[-1].stack_free >= STACK_RESERVE_BYTES


def test_a_clock_that_is_slow_by_less_than_half_a_percent_is_noticed() -> None:
    seen = soaked_altered("src/adc.c", "F_CPU / 64 / 1000 - 1", "F_CPU / 64 / 1000", 20.0)
    assert abs(seen.drift_us) > 38_000
    assert seen.faults > 0


def test_a_clock_that_stops_at_its_end_is_noticed() -> None:
    stops = "if (now_ms != UINT32_MAX)\n    now_ms++;"
    seen = soaked_altered("src/adc.c", "now_ms++;", stops, TO_WRAP_S + 5)
    assert seen.clock_wraps == 0
    assert seen.irregular > 2 / 0.038


def test_frames_that_are_numbered_wrongly_are_noticed() -> None:
    number, wrong = "= tracker.tx_sequence;", "= tracker.tx_sequence % 251;"
    seen = soaked_altered("lib/tracker/src/telemetry.c", number, wrong, 20.0)
    assert seen.sequence_wraps == 0
    assert seen.line.lost > 0 and seen.faults > 0


def test_a_stack_that_deepens_with_time_is_noticed() -> None:
    seen = soaked_altered("src/main.cpp", "  take_turn();\n", DEEPER, 20.0)
    assert seen.stack_growth_bytes > STACK_GROWTH_BYTES
