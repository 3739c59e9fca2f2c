"""The float64 ensemble against the float64 reference, whose gradients finite differences hold."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.ensemble import Ensemble
from fixprop.network import Topology
from fixprop.reference import Reference

DEEP = Topology((3, 4, 5, 2), ("tanh", "sigmoid", "linear"), (False, True, False))
SOFT = Topology((2, 3, 4), ("sigmoid", "softmax"))
RATES = np.array([0.1, 0.5, 1.0])


@pytest.mark.parametrize("topology", [DEEP, SOFT], ids=str)
def test_each_network_takes_the_reference_s_steps_at_its_own_rate(topology: Topology) -> None:
    rng = np.random.default_rng(1)
    flat = rng.uniform(-1, 1, (3, topology.weight_count))
    ensemble = Ensemble(topology, flat, RATES)
    references = []
    for row in flat:
        reference = Reference(topology, [np.zeros(s) for s in topology.weight_shapes])
        reference.set_flat(row)
        references.append(reference)
    for _ in range(5):
        inputs = rng.uniform(-1, 1, (3, topology.sizes[0]))
        targets = rng.dirichlet(np.ones(topology.sizes[-1]), 3)
        ensemble.train(inputs, targets)
        for n, reference in enumerate(references):
            reference.train(inputs[[n]], targets[[n]], RATES[n])
    wanted = np.array([reference.flat() for reference in references])
    assert ensemble.flat_weights() == pytest.approx(wanted, abs=1e-12)


def test_momentum_carries_on_a_part_of_the_latest_change() -> None:
    topology = Topology((1, 1), ("linear",))
    network = Ensemble(topology, np.zeros((1, 2)), 0.5, momentum=0.9)
    network.train(np.array([[0.0]]), np.array([[1.0]]))  # bias changes by 0.5
    network.train(np.array([[0.0]]), np.array([[0.5]]))  # error 0: 0.9 of that goes on
    assert network.flat_weights()[0] == pytest.approx([0.95, 0.0])


def test_predictions_are_those_of_the_forward_pass() -> None:
    rng = np.random.default_rng(2)
    network = Ensemble(DEEP, rng.uniform(-1, 1, (2, DEEP.weight_count)), 0.1)
    inputs = rng.uniform(-1, 1, (4, 3))
    predicted = network.predict(inputs)
    for index, row in enumerate(inputs):
        one = network.forward(np.tile(row, (2, 1)))
        assert predicted[:, index] == pytest.approx(one, abs=1e-14)
