"""The exact functions end where the fixed-point ones do."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.activations import LEAKY_RELU, ONE, RELU, Activation
from fixprop.formats import ACTIVATION, SUM_FRACTION
from fixprop.softmax import sum_error_lsb

BEYOND = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, ONE, 1.0, 3.0])


@pytest.mark.parametrize("function", [RELU, LEAKY_RELU], ids=lambda f: f.name)
def test_a_rectifier_beyond_its_range_is_the_fixed_point_one(function: Activation) -> None:
    total = np.ldexp(BEYOND, SUM_FRACTION).astype(np.int64)
    given = ACTIVATION.to_float(function.of_sum(total))
    assert np.abs(function.exact(BEYOND) - given).max() <= ACTIVATION.unit / 2
    assert function.exact(BEYOND)[-1] == ONE == given[-1]


@pytest.mark.parametrize(("neurons", "units"), [(1, 4), (2, 4), (10, 8), (254, 130)])
def test_softmaxs_sum_may_be_off_by_half_a_unit_a_neuron_and_three(
    neurons: int, units: int
) -> None:
    assert sum_error_lsb(neurons) == units
