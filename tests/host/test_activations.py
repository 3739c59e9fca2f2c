"""The tables against the exact functions, over every argument there is."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.activations import LINEAR, SIGMOID, TANH, Activation
from fixprop.formats import ACTIVATION, SLOPE, SUM_FRACTION, Integers
from tests.host import wide

CURVED = pytest.mark.parametrize("function", [SIGMOID, TANH], ids=lambda f: f.name)
EVERY = pytest.mark.parametrize("function", [SIGMOID, TANH, LINEAR], ids=lambda f: f.name)


def every_sum(function: Activation) -> Integers:
    """The sum, Q.26, that lies in the middle of each of the 65,536 arguments."""
    return np.arange(-32768, 32768) << function.sum_shift


@pytest.mark.parametrize(("function", "limit_lsb"), [(SIGMOID, 2), (TANH, 3)])
def test_error_against_the_exact_function(function: Activation, limit_lsb: float) -> None:
    # half the deviation of a chord, f'' h**2 / 16: 0.4 LSB of sigmoid, 0.8 of tanh at its bend;
    # half an LSB each for the table and the interpolation; the end of the argument's range adds
    # what the function still has to rise: 11 LSB of 1 for sigmoid beyond 8, not counted here
    total = every_sum(function)
    exact = function.exact(np.ldexp(total.astype(np.float64), -SUM_FRACTION))
    error_lsb = function.of_sum(total) - exact * 32768
    assert np.abs(error_lsb).max() < limit_lsb


@CURVED
def test_the_curve_never_falls_and_saturates_at_its_ends(function: Activation) -> None:
    outputs = function.of_sum(every_sum(function))
    assert (np.diff(outputs) >= 0).all()
    far = function.of_sum(np.array([-(1 << 39), (1 << 39) - 1]))
    assert far.tolist() == [outputs[0], outputs[-1]]


@EVERY
def test_outputs_are_q0_15_and_rounding_is_to_the_nearest_argument(function: Activation) -> None:
    outputs = function.of_sum(every_sum(function))
    assert outputs.min() >= ACTIVATION.low
    assert outputs.max() <= ACTIVATION.high
    half = 1 << (function.sum_shift - 1)
    inner = every_sum(function)[1:-1]
    assert np.array_equal(function.of_sum(inner - half), outputs[1:-1])
    assert np.array_equal(function.of_sum(inner + half - 1), outputs[1:-1])


@CURVED
def test_slopes_are_those_of_the_exact_function_of_the_output(function: Activation) -> None:
    outputs = np.unique(function.of_sum(every_sum(function)))
    assert function.slope_of_output is not None
    slopes = function.slope_of_output(outputs)
    exact = function.exact_slope_of_output(outputs / 32768) * (1 << SLOPE.fraction)
    # sigmoid rounds to the nearest; tanh saves the subtraction's carry: at most one too low
    assert np.abs(slopes - exact).max() <= (0.5 if function is SIGMOID else 1.0)


@CURVED
def test_a_slope_is_never_zero_and_fits_its_format(function: Activation) -> None:
    outputs = np.unique(function.of_sum(every_sum(function)))
    assert function.slope_of_output is not None
    slopes = function.slope_of_output(outputs)
    assert slopes.min() > 0, "a neuron at its end would never learn again"
    assert slopes.max() <= SLOPE.high


@CURVED
def test_sigmoid_and_tanh_tables_are_the_formula_in_plain_python(function: Activation) -> None:
    assert function.table is not None
    assert tuple(function.table.tolist()) == wide.table(function.name)


def test_linear_passes_the_net_input_through_and_saturates() -> None:
    one = 1 << SUM_FRACTION
    sums = np.array([-2 * one, -one, -one // 2, 0, one // 2, one, 2 * one])
    expected = [-32768, -32768, -16384, 0, 16384, 32767, 32767]
    assert LINEAR.of_sum(sums).tolist() == expected
    assert LINEAR.slope_of_output is None
