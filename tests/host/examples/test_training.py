"""The order of the samples and the initial weights, which all places share."""

from __future__ import annotations

import numpy as np

from fixprop.examples.gates import XOR_3
from fixprop.examples.training import Order, cross_entropy, hits
from fixprop.generator import Generator


def test_an_order_taken_in_parts_is_the_order_taken_at_once() -> None:
    parts, whole = Order(7, Generator(5)), Order(7, Generator(5))
    assert np.array_equal(np.concatenate([parts.take(n) for n in (3, 0, 9, 2)]), whole.take(14))


def test_every_shuffled_epoch_has_every_sample_once_and_epochs_differ() -> None:
    epochs = Order(10, Generator(1)).take(50).reshape(5, 10)
    assert (np.sort(epochs, axis=1) == np.arange(10)).all()
    assert len({tuple(epoch) for epoch in epochs}) == 5


def test_without_a_generator_the_samples_come_in_turn() -> None:
    assert Order(3).take(7).tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_initial_weights_lie_within_the_spread_and_depend_on_the_seed() -> None:
    one, other = XOR_3.initial_weights(1), XOR_3.initial_weights(2)
    assert np.abs(one).max() <= XOR_3.spread * 2**19
    assert not np.array_equal(one, other)


def test_an_output_of_zero_costs_a_finite_cross_entropy() -> None:
    zero = cross_entropy(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.zeros(0))
    assert 10 < zero < 12  # -log(2**-16) = 11.09


def test_a_sample_is_right_only_if_all_its_outputs_are() -> None:
    outputs = np.array([[0.9, 0.1], [0.9, 0.6]])
    assert hits(outputs, np.array([[1.0, 0.0], [1.0, 0.0]]), np.zeros(0)) == 1
