"""Readings as they would be at 5 V, in the firmware's C."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from cffi import FFI
from hypothesis import given
from hypothesis import strategies as st

from fixprop.board.native import NativeTracker
from fixprop.toolchain import build_shared_library
from fixprop.tracking.definition import VALUES
from fixprop.tracking.native_learner import TRACKER
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Health, Reading

NOMINAL, HIGHEST, READS = (
    VALUES[n] for n in ("SUPPLY_NOMINAL_MV", "READING_HIGHEST", "SUPPLY_READS")
)


@cache
def c() -> Any:
    ffi = FFI()
    ffi.cdef(
        "uint16_t supply_mv(uint16_t, uint16_t); uint16_t supply_corrected(uint16_t, uint16_t);"
    )
    path = build_shared_library("supply_test", [TRACKER / "supply.c"], include=[TRACKER])
    return ffi.dlopen(str(path))


def bandgap(supply_mv: int, bandgap_mv: int = 1100) -> int:
    """The sum of the chip's conversions."""
    return READS * (bandgap_mv * 1024 // supply_mv)


@given(st.integers(4000, 5600), st.integers(1000, 1200))
def test_the_supply_is_found_to_half_a_count_of_the_bandgap(supply: int, gap: int) -> None:
    half_count_mv = supply * 0.5 / (gap * 1024 / supply)
    assert c().supply_mv(bandgap(supply, gap), gap) == pytest.approx(supply, abs=half_count_mv + 1)


def test_without_a_measurement_the_supply_is_nominal() -> None:
    assert c().supply_mv(0, 1100) == NOMINAL


@given(st.integers(0, 65535), st.integers(1000, 1200))
def test_no_sum_runs_over(total: int, gap: int) -> None:
    expected = min(0xFFFF, gap * 1024 * READS // ((total + READS // 2) & 0xFFFF or 1))
    if 0 < total < 65536 - READS // 2:
        assert c().supply_mv(total, gap) == expected


@given(st.integers(0, HIGHEST), st.integers(0, 0xFFFF))
def test_a_reading_is_scaled_and_rounded_and_stays_plausible(reading: int, supply: int) -> None:
    expected = (reading * supply + NOMINAL // 2) // NOMINAL
    assert c().supply_corrected(reading, supply) == min(expected, HIGHEST)


@given(st.integers(HIGHEST + 1, 0xFFFF), st.integers(0, 0xFFFF))
def test_a_loose_wire_stays_loose_at_any_supply(reading: int, supply: int) -> None:
    assert c().supply_corrected(reading, supply) == reading


def test_what_the_network_sees_and_what_is_told_are_the_corrected_readings() -> None:
    tracker, reader = NativeTracker(), FrameReader()
    for number in range(VALUES["HEALTH_READINGS"]):
        tracker.burst_reading(2000, 4000, bandgap(4600), 38_000 * number)
    told = [f.message for f in reader.feed(tracker.read())]
    reading = next(m for m in told if isinstance(m, Reading))
    health = next(m for m in told if isinstance(m, Health))
    assert health.supply_mv == reading.supply_mv == pytest.approx(4600, abs=12)
    for got, raw in ((reading.left, 2000), (reading.right, 4000)):
        assert got == (raw * reading.supply_mv + 2500) // 5000 != raw
