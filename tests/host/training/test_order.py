"""Orders come from the shared generator; decks deal classes by weight, and their samples in turn."""

import pickle
from collections import Counter

import numpy as np
import pytest

from fixprop.examples.training import Order
from fixprop.generator import Generator
from fixprop.training.order import Deck, SampleOrder, WideGenerator, balanced


def test_epochs_are_the_examples_shuffles() -> None:
    order, example = SampleOrder(9), Order(20, Generator(9))
    for _ in range(3):
        assert np.array_equal(order.epoch(20), example.take(20))


def test_another_number_of_samples_goes_on_with_the_generator() -> None:
    order, copy = SampleOrder(9), SampleOrder(9)
    for one in (order, copy):
        one.epoch(20)
    copy = pickle.loads(pickle.dumps(copy))
    assert sorted(order.epoch(7)) == list(range(7))
    assert not np.array_equal(order.epoch(20), SampleOrder(9).epoch(20))
    copy.epoch(7)
    copy.epoch(20)
    assert np.array_equal(order.draws(20, 5), copy.draws(20, 5))


def test_more_samples_than_a_chip_draws_from_are_all_drawn() -> None:
    assert sorted(SampleOrder(1).epoch(70_000)) == list(range(70_000))
    generator = WideGenerator(1)
    drawn = [generator.below(1_000_000) for _ in range(2000)]
    assert min(drawn) < 10_000
    assert 990_000 < max(drawn) < 1_000_000


@pytest.mark.parametrize("weight", [0.5, 1.0, 1.3, 2.0, 3.7])
def test_a_class_has_places_by_its_weight_and_deals_them_evenly(weight: float) -> None:
    labels = [0] * 10 + [1] * 4
    deck, seen = Deck(labels, {1: weight}), Counter[int]()
    for _ in range(4):
        dealt = deck.deal()
        assert len(dealt) == len(deck) == 10 + round(4 * weight)
        seen.update(dealt.tolist())
    assert [seen[n] for n in range(10)] == [4] * 10
    assert [seen[n] for n in range(10, 14)] == [round(4 * weight)] * 4


def test_balanced_classes_have_equally_many_places() -> None:
    labels = np.array([0] * 30 + [1] * 7 + [2] * 2)
    dealt = labels[Deck(labels, balanced(labels)).deal()]
    assert np.bincount(dealt).tolist() == [30, 30, 30]


def test_the_smallest_weight_leaves_a_class_one_place() -> None:
    assert len(Deck([0, 0, 1], {1: 0.001})) == 3
