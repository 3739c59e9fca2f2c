"""Softmax in integers against the real one."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.activations import SOFTMAX
from fixprop.formats import ACTIVATION, SUM_FRACTION
from fixprop.softmax import EXP_TABLE, NET_FRACTION, exponential, softmax, sum_error_lsb


def test_the_exponential_over_every_argument() -> None:
    u = np.arange(65536)
    exact = np.exp(-u / (1 << NET_FRACTION)) * 65536
    # the cubic term that the parabola leaves out is 4.1e-5 of it, 2.7 at most; and the roundings
    assert np.abs(exponential(u) - exact).max() < 4.5
    assert exponential(u).min() >= 0
    assert exponential(u).max() <= 65535


@pytest.mark.parametrize("neurons", [1, 2, 3, 10, 100, 254])
def test_outputs_are_the_real_ones_and_sum_to_one(neurons: int) -> None:
    rng = np.random.default_rng(neurons)
    real = rng.normal(0, rng.choice([100, 4000, 20000], (500, 1)), (500, neurons))
    nets = ACTIVATION.saturate(real.astype(np.int64))
    powers = np.exp((nets - nets.max(axis=1, keepdims=True)) / (1 << NET_FRACTION))
    exact = powers / powers.sum(axis=1, keepdims=True)
    outputs = softmax(nets)
    # half a unit of 2**-16 each, the other exponentials move the sum, and a share with it
    assert (np.abs(outputs - exact * 32768) < 4 + neurons / 4 * exact).all()
    assert outputs.min() >= 0
    assert outputs.max() <= ACTIVATION.high
    assert np.abs(outputs.sum(axis=1) - 32768).max() <= sum_error_lsb(neurons)


@pytest.mark.parametrize("net", [ACTIVATION.low, 0, ACTIVATION.high])
@pytest.mark.parametrize("neurons", [1, 2, 254])
def test_equal_nets_share_equally(net: int, neurons: int) -> None:
    outputs = softmax(np.full((1, neurons), net))
    assert len(np.unique(outputs)) == 1
    assert abs(int(outputs[0, 0]) - 32768 / neurons) <= 1.5


def test_net_inputs_beyond_the_table_get_nothing() -> None:
    assert EXP_TABLE[-1] == 0 < EXP_TABLE[-4]
    nets = np.array([[0, -12 << NET_FRACTION, ACTIVATION.low]])
    assert softmax(nets).tolist() == [[32767, 0, 0]]


def test_net_inputs_of_30_are_told_apart_from_those_of_25() -> None:
    """Beyond the +-8 and +-16 of other formats: the 64-32-10 digits network reaches 60."""
    sums = np.array([[30.0, 25.0, -30.0]]) * 2.0**SUM_FRACTION
    outputs = SOFTMAX.of_sum(sums.astype(np.int64)) / 32768
    assert outputs == pytest.approx(SOFTMAX.exact(np.array([[30.0, 25.0, -30.0]])), abs=1e-4)


def test_the_winner_takes_all_of_the_largest_difference() -> None:
    assert softmax(np.array([[ACTIVATION.high, ACTIVATION.low]])).tolist() == [[32767, 0]]


def test_it_is_the_layers_function() -> None:
    sums = np.array([[1.0, 2.0, -1.0]]) * 2.0**SUM_FRACTION
    outputs = SOFTMAX.of_sum(sums.astype(np.int64)) / 32768
    assert outputs == pytest.approx(SOFTMAX.exact(np.array([[1.0, 2.0, -1.0]])), abs=1e-4)
