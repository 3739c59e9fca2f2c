"""Ranges, conversion and rounding of the number formats."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop import formats
from fixprop.formats import (
    ACTIVATION,
    DELTA,
    FORMATS,
    PASS_WEIGHT,
    RATE,
    SIGNIFICANT,
    SLOPE,
    STEP,
    WEIGHT,
    Format,
    is_coarse,
    round_shift,
    significant,
)

ALL = pytest.mark.parametrize("number", FORMATS, ids=lambda f: f.name)


@pytest.mark.parametrize(
    ("number", "q", "lowest", "highest"),
    [
        (ACTIVATION, "Q0.15", -1.0, 1 - 2**-15),
        (WEIGHT, "Q4.19", -16.0, 16 - 2**-19),
        (PASS_WEIGHT, "Q4.11", -16.0, 16 - 2**-11),
        (SLOPE, "UQ0.16", 0.0, 1 - 2**-16),
        (DELTA, "Q2.21", -4.0, 4 - 2**-21),
        (STEP, "Q3.20", -8.0, 8 - 2**-20),
        (RATE, "UQ3.13", 0.0, 8 - 2**-13),
    ],
    ids=lambda value: value.name if isinstance(value, Format) else "",
)
def test_each_format_covers_its_range(
    number: Format, q: str, lowest: float, highest: float
) -> None:
    assert number.q == q
    assert number.to_float(number.low) == lowest
    assert number.to_float(number.high) == highest
    assert number.unit == 2.0**-number.fraction


def test_every_format_is_in_the_list_that_the_fingerprint_covers() -> None:
    named = [value for value in vars(formats).values() if isinstance(value, Format)]
    assert {f.name for f in named} - {f.name for f in FORMATS} == {"significant"}


@ALL
def test_every_integer_survives_the_way_to_real_and_back(number: Format) -> None:
    rng = np.random.default_rng(1)
    some = rng.integers(number.low, number.high + 1, 10_000)
    edges = [number.low, number.low + 1, number.high - 1, number.high, 0, 1]
    values = np.concatenate([some, edges])
    assert np.array_equal(number.from_float(number.to_float(values)), values)


@ALL
@given(value=st.floats(-40, 40))
def test_a_real_becomes_the_nearest_number_or_the_limit(number: Format, value: float) -> None:
    nearest = math.floor(Fraction(value) * 2**number.fraction + Fraction(1, 2))
    # numpy adds the half in float64: at these sizes the sum is exact to 2**-20 of a unit at least
    at_half = abs(Fraction(value) * 2**number.fraction + Fraction(1, 2) - nearest) < Fraction(
        1, 2**20
    )
    expected = max(number.low, min(number.high, nearest))
    given_ = int(number.from_float(value))
    assert given_ == expected or (at_half and abs(given_ - expected) <= 1)


@ALL
def test_reals_beyond_the_range_saturate(number: Format) -> None:
    beyond = [-np.inf, -1e300, -17.0, 17.0, 1e300, np.inf]
    low, high = number.low, number.high
    assert number.from_float(beyond).tolist() == [low, low, low, high, high, high]


@ALL
def test_integers_beyond_the_range_saturate(number: Format) -> None:
    beyond = [number.low - 1, number.low, number.high, number.high + 1, -(1 << 62), 1 << 62]
    low, high = number.low, number.high
    assert number.saturate(beyond).tolist() == [low, low, high, high, low, high]


@ALL
def test_nan_is_refused_by_name(number: Format) -> None:
    with pytest.raises(ValueError, match=f"NaN is not a {number.name}"):
        number.from_float([0.0, np.nan])


def test_from_float_rounds_halves_upwards() -> None:
    halves = np.array([-1.5, -0.5, 0.5, 1.5]) * ACTIVATION.unit
    assert ACTIVATION.from_float(halves).tolist() == [-1, 0, 1, 2]


def test_round_shift_rounds_halves_upwards() -> None:
    quarters = np.arange(-8, 9)
    expected = [math.floor(Fraction(q, 4) + Fraction(1, 2)) for q in range(-8, 9)]
    assert round_shift(quarters, 2).tolist() == expected
    assert round_shift(np.array([-6, -2, 2, 6]), 2).tolist() == [-1, 0, 1, 2]


def test_round_shift_by_nothing_changes_nothing() -> None:
    assert round_shift(np.array([-3, 0, 3]), 0).tolist() == [-3, 0, 3]


def test_a_value_is_coarse_exactly_when_16_bits_cannot_hold_it() -> None:
    values = np.array([-32769, -32768, 0, 32767, 32768])
    assert is_coarse(values).tolist() == [True, False, False, False, True]


def test_a_fine_value_stands_for_itself() -> None:
    values = np.array([-32768, -1, 0, 1, 32767])
    assert np.array_equal(significant(values, np.zeros(5, bool)), values)


def test_a_coarse_value_gives_its_upper_bits_rounded_and_never_wraps() -> None:
    values = np.array([DELTA.low, -128, -129, 127, 128, DELTA.high - 127, DELTA.high])
    # the largest would round up to 32768, which int16 cannot hold: it stays at the limit
    expected = [-32768, 0, -1, 0, 1, 32767, 32767]
    assert significant(values, np.ones(7, bool)).tolist() == expected
    everything = significant(np.arange(DELTA.low, DELTA.high + 1, 97), np.array(True))
    assert everything.min() >= SIGNIFICANT.low
    assert everything.max() <= SIGNIFICANT.high
