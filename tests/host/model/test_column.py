"""Scaling: integers only, to the nearest, no wrap, and refused where it would mean nothing."""

from __future__ import annotations

from pathlib import Path

import cffi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixprop.errors import UsageError
from fixprop.formats import NO_TARGET
from fixprop.model import Column
from fixprop.toolchain import FIRMWARE, build_shared_library
from tests.host.model.examples import columns

SOURCES = FIRMWARE / "lib" / "fixprop" / "src"
INT32 = st.integers(-(2**31), 2**31 - 1)


@pytest.fixture(scope="module")
def scaling():  # type: ignore[no-untyped-def]
    ffi = cffi.FFI()
    ffi.cdef(
        """typedef struct { int32_t low; uint16_t span; int16_t q_low; uint32_t to_q;
        uint16_t to_raw; uint8_t to_raw_shift; } fixprop_column;
        int16_t fixprop_q_of_raw(const fixprop_column *, int32_t);
        int32_t fixprop_raw_of_q(const fixprop_column *, int16_t);"""
    )
    built: Path = build_shared_library("scaling", [SOURCES / "scaling.c"], include=[SOURCES])
    return ffi, ffi.dlopen(str(built))


@settings(max_examples=300, deadline=None)
@given(column=columns(), raw=INT32, q=st.integers(-32768, 32767))
def test_the_chips_c_scales_to_the_same_integers(scaling, column, raw, q):  # type: ignore[no-untyped-def]
    ffi, library = scaling
    c = ffi.new(
        "fixprop_column *",
        (
            *(column.low, column.high - column.low, column.q_low),
            *(column.to_q, column.to_raw, column.to_raw_shift),
        ),
    )
    for value in (raw, column.low, column.high, column.low - 1, column.high + 1):
        assert library.fixprop_q_of_raw(c, value) == column.q_of_raw(value)
    assert library.fixprop_raw_of_q(c, q) == column.raw_of_q(q)


@pytest.mark.parametrize(("to_q", "scaled"), [(0x7FFF, 0), (0x8000, 1), (0x8001, 1)])
def test_half_a_unit_is_rounded_up_and_less_is_not(scaling, to_q, scaled):  # type: ignore[no-untyped-def]
    ffi, library = scaling
    assert (
        library.fixprop_q_of_raw(ffi.new("fixprop_column *", (0, 65535, 0, to_q, 1, 1)), 1)
        == scaled
    )


@given(column=columns())
def test_the_edges_of_the_range_become_the_edges_of_the_q_range(column: Column) -> None:
    assert column.q_of_raw(column.low) == column.q_low
    assert abs(int(column.q_of_raw(column.high)) - column.q_high) <= 1
    assert column.q_of_raw(column.high) <= column.q_high


@given(column=columns(), q=st.integers(-32768, 32767))
def test_raw_values_of_the_range_fit_32_bits(column: Column, q: int) -> None:
    assert -(2**31) <= column.raw_of_q(q) < 2**31
    assert column.to_raw < 1 << 15


def test_a_column_learns_its_decimals_and_its_range() -> None:
    column = Column.learned("length (cm)", np.array([4.3, 7.9, 5.0]), -32767, 32767)
    assert (column.decimals, column.low, column.high) == (1, 43, 79)
    assert column.inputs([4.3, 6.1, 7.9, 99.0]).tolist() == [-32767, 0, 32767, 32767]
    assert column.reals(column.inputs([5.0, 7.2])) == pytest.approx([5.0, 7.2])


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e4, 1e8])
def test_values_come_back_to_within_a_few_parts_in_fifty_thousand(scale: float) -> None:
    values = np.random.default_rng(1).normal(size=200) * scale
    column = Column.learned("x", values, -26214, 26214)
    span = values.max() - values.min()
    off = np.abs(column.reals(column.inputs(values)) - values).max()
    assert off <= 4 * span / 52_428
    assert column.unit <= span / 6_500


def test_missing_targets_are_no_targets_and_no_target_means_nothing_else() -> None:
    column = Column.plain("y")
    assert column.targets([np.nan, -1.0, 0.5]).tolist() == [NO_TARGET, NO_TARGET + 1, 16384]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([3.0, 3.0], "'x' is 3 in every row"),
        ([np.nan, np.nan], "'x' has no value at all"),
        ([1.0, np.inf], "infinite"),
        ([1e12, 1e12 + 1e-3], "too large or too close"),
    ],
)
def test_columns_that_teach_nothing_are_refused(values: list[float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Column.learned("x", np.array(values), -32767, 32767)


@pytest.mark.parametrize(
    "fields",
    [
        (0, 0, 0, 0, 32_767),
        (0, 0, 65_536, 0, 32_767),
        (0, 0, 9, 9, 9),
        (0, 0, 9, 0, 32_768),
        (0, 0, 9, 0, 16_383),
        (13, 0, 9, 0, 32_767),
        (0, 2**31 - 9, 2**31 - 1, 0, 32_767),
    ],
)
def test_ranges_that_would_wrap_are_refused(fields: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(UsageError, match="column 'x'"):
        Column("x", *fields)
