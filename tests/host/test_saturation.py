"""Each kind of saturation, one at a time, counted where it happens and where it just does not."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fixprop.changes import Changes
from fixprop.formats import ACTIVATION, NO_TARGET, RATE, WEIGHT
from fixprop.network import Mirror, Topology
from fixprop.saturation import KINDS, MEANINGS, SaturationCounter, Saturations, saturate

LINEAR = Topology((1, 1), ("linear",))
ONE = 1 << WEIGHT.fraction
HALF = 1 << (ACTIVATION.fraction - 1)


def mirror(
    weights: list[int], topology: Topology = LINEAR, rate: int = 0, networks: int = 1
) -> tuple[Mirror, SaturationCounter]:
    counter = SaturationCounter()
    made = Mirror(topology, networks, rate, counter)
    made.set_flat_weights(np.array(weights))
    return made, counter


def row(*values: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array([values], np.int64)


@pytest.mark.parametrize(
    ("weight", "value", "counted"),
    [(2 * ONE, HALF - 1, 0), (2 * ONE, HALF, 1), (2 * ONE, -HALF, 0), (2 * ONE, -HALF - 1, 1)],
)
def test_a_sum_beyond_its_functions_range(weight: int, value: int, counted: int) -> None:
    network, counter = mirror([0, weight])
    network.forward(row(value))
    assert counter.saturations == Saturations(nets=counted)


@pytest.mark.parametrize(
    ("target", "bias", "counted"),
    [(-32767, ONE, 1), (-1, ONE // 2, 0), (32767, -ONE, 1), (32767, -256, 1), (32767, 0, 0)],
)
def test_an_error_beyond_one(target: int, bias: int, counted: int) -> None:
    network, counter = mirror([bias, 0])
    network.train(row(0), row(target))
    assert counter.saturations.errors == counted


def test_no_target_is_no_error_even_at_the_other_end() -> None:
    network, counter = mirror([ONE, 0])
    network.train(row(0), row(NO_TARGET))
    assert counter.saturations.errors == 0


@pytest.mark.parametrize(("weight", "counted"), [(3 * ONE, 0), (5 * ONE, 1)])
def test_a_hidden_delta_beyond_four(weight: int, counted: int) -> None:
    """The output's error is nearly one, so the hidden neuron's delta is nearly the weight."""
    topology = Topology((1, 1, 1), ("linear", "linear"))
    network, counter = mirror([0, 0, 0, weight], topology)
    network.train(row(0), row(32767))
    assert counter.saturations == Saturations(deltas=counted)


@pytest.mark.parametrize(("weight", "counted"), [(15 * ONE, 1), (-15 * ONE, 1), (ONE, 0)])
def test_small_deltas_saturate_too_where_many_add_up(weight: int, counted: int) -> None:
    """254 of just below 2^-6, which the layer below takes as they are: 3.9 times the weight."""
    topology = Topology((1, 1, 254), ("linear", "linear"))
    network, counter = mirror([0, 0, *[0, weight] * 254], topology)
    network.train(row(0), np.full((1, 254), 500))
    assert counter.saturations == Saturations(deltas=counted)


def test_a_step_of_an_output_fits_at_every_rate() -> None:
    network, counter = mirror([0, 0], rate=RATE.high)
    network.train(row(0), row(32767))
    assert counter.saturations == Saturations()


def test_a_step_beyond_eight() -> None:
    """A hidden delta of three times a rate of almost 8."""
    topology = Topology((1, 1, 1), ("linear", "linear"))
    network, counter = mirror([0, 0, 0, 3 * ONE], topology, rate=RATE.high)
    network.train(row(0), row(32767))
    assert counter.saturations == Saturations(steps=1)


@pytest.mark.parametrize(("below_the_end", "counted"), [(1, 1), (ONE, 0)])
def test_an_update_beyond_the_weights_format(below_the_end: int, counted: int) -> None:
    """Bias and weight are opposite, the output is nearly zero: both move up by half."""
    network, counter = mirror([WEIGHT.high - below_the_end, -WEIGHT.high], rate=1 << RATE.fraction)
    network.train(row(32767), row(HALF))
    assert counter.saturations.weights == counted


def test_a_change_beyond_its_format_is_not_a_weight() -> None:
    network, counter = mirror([0, 0], rate=1 << RATE.fraction)
    changes = Changes([np.full((1, 1, 2), WEIGHT.high)])
    network.accumulate(row(0), row(32767), changes)
    assert counter.saturations == Saturations(changes=1)
    network.apply(changes)
    assert counter.saturations == Saturations(changes=1)
    network.apply(Changes([np.full((1, 1, 2), 1)]))
    assert counter.saturations == Saturations(changes=1, weights=2)


def test_a_fixed_bias_is_not_updated_beyond_anything() -> None:
    topology = Topology((1, 1), ("linear",), (True,))
    network, counter = mirror([WEIGHT.high, -WEIGHT.high], topology, rate=1 << RATE.fraction)
    network.train(row(32767), row(HALF))
    assert counter.saturations.weights == 0


def test_all_networks_of_a_mirror_are_counted_together() -> None:
    network, counter = mirror([0, 2 * ONE], networks=5)
    network.forward(np.array([[32767], [0], [-32768], [32767], [100]]))
    assert counter.saturations == Saturations(nets=3)
    counter.clear()
    assert counter.saturations == Saturations()


def test_without_a_counter_the_numbers_are_the_same() -> None:
    exact = np.array([-40000, 0, 40000])
    counter = SaturationCounter()
    assert saturate(ACTIVATION, exact, None, "nets").tolist() == [-32768, 0, 32767]
    assert saturate(ACTIVATION, exact, counter, "nets").tolist() == [-32768, 0, 32767]
    assert counter.saturations == Saturations(nets=2)


def test_counts_add_up_and_travel_as_json() -> None:
    one = Saturations(*range(1, len(KINDS) + 1))
    assert one.total == sum(range(1, len(KINDS) + 1))
    assert json.loads(json.dumps(one.as_dict())) == dict(zip(KINDS, range(1, 9), strict=True))
    assert one + one == Saturations(*(2 * n for n in range(1, 9)))


def test_every_kind_has_its_meaning() -> None:
    assert tuple(MEANINGS) == KINDS
