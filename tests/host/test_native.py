"""The firmware's C behind a Python class: what it refuses, what it keeps apart."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.formats import RATE, WEIGHT
from fixprop.generator import Generator
from fixprop.native import Native
from fixprop.network import Mirror, Topology

SMALL = Topology((2, 3, 1), ("tanh", "linear"))


def test_weights_survive_the_way_in_and_out_at_every_extreme() -> None:
    native = Native(SMALL)
    flat = np.resize([WEIGHT.low, WEIGHT.high, 0, -1, 1, 255, 256, -256], SMALL.weight_count)
    native.set_flat_weights(flat)
    assert np.array_equal(native.flat_weights(), flat)


def test_two_networks_share_nothing() -> None:
    one, other = Native(SMALL), Native(SMALL)
    one.initialise(1, 1024)
    other.initialise(2, 1024)
    before = other.flat_weights()
    one.train([[1000, 2000]], [[3000]])
    assert np.array_equal(other.flat_weights(), before)
    assert not np.array_equal(one.flat_weights(), before)


def test_training_in_an_order_is_training_one_by_one() -> None:
    rng, order = np.random.default_rng(1), [2, 0, 0, 1]
    inputs, targets = rng.integers(-9000, 9000, (3, 2)), rng.integers(-9000, 9000, (3, 1))
    native, mirror = Native(SMALL, 5000), Mirror(SMALL, 1, 5000)
    native.initialise(3, 1024)
    mirror.initialise(Generator(3), 1024)
    native.train(inputs, targets, order)
    for index in order:
        mirror.train(inputs[[index]], targets[[index]])
    assert np.array_equal(native.flat_weights(), mirror.flat_weights()[0])


def test_no_samples_give_no_outputs_and_no_training() -> None:
    native = Native(SMALL)
    native.initialise(1, 1024)
    before = native.flat_weights()
    assert native.forward(np.zeros((0, 2))).shape == (0, 1)
    native.train(np.zeros((0, 2)), np.zeros((0, 1)))
    assert np.array_equal(native.flat_weights(), before)


@pytest.mark.parametrize("rate", [-1, RATE.high + 1])
def test_a_rate_outside_its_format_is_refused(rate: int) -> None:
    with pytest.raises(UsageError, match=rf"rate {rate} \(UQ3.13\): must be 0 to 65535"):
        Native(SMALL, rate)


def test_an_order_that_names_no_sample_is_refused() -> None:
    native = Native(SMALL)
    for order in ([3], [-1]):
        with pytest.raises(UsageError, match="order names a sample outside 0 to 2"):
            native.train(np.zeros((3, 2)), np.zeros((3, 1)), order)


def test_arrays_that_do_not_fit_the_network_are_refused() -> None:
    native = Native(SMALL)
    with pytest.raises(UsageError, match="3 values do not make rows of 2"):
        native.forward([1, 2, 3])
    with pytest.raises(UsageError, match="2 inputs but 1 targets"):
        native.train([[1, 2], [3, 4]], [[1]])


@pytest.mark.parametrize("value", [-32769, 32768])
def test_a_value_that_would_wrap_is_refused(value: int) -> None:
    native = Native(SMALL)
    with pytest.raises(UsageError, match=rf"value {value}: .*-32768 to 32767"):
        native.forward(np.array([[0, value]]))
    with pytest.raises(UsageError, match=rf"value {value}: .*-32768 to 32767"):
        native.train(np.array([[0, 0]]), np.array([[value]]))


@pytest.mark.parametrize("weight", [WEIGHT.low - 1, WEIGHT.high + 1])
def test_a_weight_that_would_wrap_is_refused(weight: int) -> None:
    with pytest.raises(UsageError, match=rf"weight {weight}: .*-8388608 to 8388607"):
        Native(SMALL).set_flat_weights(np.full(SMALL.weight_count, weight))


def test_a_wrong_number_of_weights_is_refused() -> None:
    with pytest.raises(UsageError, match="1 weights: 2-3-1 has 13"):
        Native(SMALL).set_flat_weights([5])
