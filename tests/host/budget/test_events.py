"""Counts of a pass, for networks small enough to count by hand."""

from __future__ import annotations

import numpy as np

from fixprop.budget.events import Counts, backward_counts, forward_counts
from fixprop.budget.mode import Mode
from fixprop.budget.workload import EPOCHS, PATTERNS, first_weights, passes
from fixprop.formats import ACTIVATION
from fixprop.native import Native
from fixprop.network import Mirror, Topology

ONE = ACTIVATION.high


def of(counts: Counts) -> dict[str, list[float]]:
    return {name: count.tolist() for name, count in counts.items() if count.any()}


def trained(topology: Topology, weights: list[list[int]], target: int) -> Mirror:
    """Networks with `weights`, Q4.19, after one step from inputs of one."""
    mirror = Mirror(topology, len(weights))
    mirror.set_flat_weights(np.array(weights))
    inputs = np.full((len(weights), topology.sizes[0]), ONE)
    mirror.train(inputs, np.full((len(weights), topology.sizes[-1]), target))
    return mirror


def test_a_forward_pass_counts_inputs_rows_and_neurons() -> None:
    mirror = Mirror(Topology((2, 3, 1), ("tanh", "sigmoid")))
    mirror.forward(np.array([[100, 100]]))
    assert of(forward_counts(mirror)) == {
        "pass": [1],
        "layer": [2],
        "input": [2 * 3 + 3 * 1],
        "odd row": [1],  # the output's, which has three inputs
        "neuron tanh": [3],
        "neuron tanh bent": [3],  # weights of zero: outputs of zero
        "neuron sigmoid": [1],
    }


def test_softmax_halves_until_the_sum_fits_16_bits() -> None:
    mirror = Mirror(Topology((1, 9), ("softmax",)))
    mirror.forward(np.array([[0]]))  # nine powers of one: nine times 65,535, four halvings
    counts = of(forward_counts(mirror))
    assert counts["softmax halving"] == [9 * 4]
    assert "softmax not halved" not in counts
    alone = Mirror(Topology((1, 1), ("softmax",)))
    alone.forward(np.array([[0]]))
    assert of(forward_counts(alone))["softmax not halved"] == [1]


def test_a_neuron_that_does_not_move_is_a_row_passed_over() -> None:
    half = 1 << 18
    mirror = trained(Topology((1, 1), ("relu",)), [[half, 0], [-half, 0]], 0)
    counts = of(backward_counts(mirror))
    assert counts["row zero"] == [0, 1]
    assert counts["change"] == [1, 0]
    assert counts["output delta relu"] == [1, 1]
    assert counts["output delta relu bent"] == [0, 1]


def test_coarse_steps_and_deltas_are_told_from_fine_ones() -> None:
    half, one = 1 << 18, 1 << 19
    weights = [[half, 0, 0, one], [half, 0, 0, 0]]  # outputs of 0.5 and of 0
    counts = of(backward_counts(trained(Topology((1, 1, 1), ("linear", "linear")), weights, 0)))
    assert counts["hidden layer"] == [1, 1]
    assert counts["product"] == [1, 1]
    assert counts["factor coarse"] == [1, 0]
    assert counts["hidden delta coarse"] == [1, 0]
    assert counts["looked at"] == [0, 1]  # the first delta was coarse already
    assert counts["row zero"] == [0, 2]
    assert counts["row coarse"] == counts["change coarse"] == [2, 0]


def test_fixed_bias_weights_are_counted() -> None:
    topology = Topology((1, 1), ("linear",), (True,))
    assert of(backward_counts(trained(topology, [[1 << 18, 0]], 0)))["fixed bias"] == [1]


def test_the_first_start_is_the_one_of_the_bare_program() -> None:
    from fixprop.bench.bare import SEED, SPREAD

    topology = Topology((3, 4, 2), ("tanh", "softmax"))
    native = Native(topology)
    native.initialise(SEED, SPREAD)
    assert np.array_equal(first_weights(topology), native.flat_weights())
    assert not np.array_equal(first_weights(topology, 1), native.flat_weights())


def test_more_starts_leave_the_first_as_it_is() -> None:
    topology = Topology((3, 4, 2), ("relu", "softmax"))
    alone, many = passes(topology, Mode.MOMENTUM), passes(topology, Mode.MOMENTUM, 3)
    assert [len(kind) for kind in alone] == [len(kind) for kind in many] == [PATTERNS * EPOCHS] * 2
    for kind in (0, 1):
        for one, more in zip(alone[kind], many[kind], strict=True):
            assert {n: c[0] for n, c in one.items()} == {n: c[0] for n, c in more.items()}
