"""The float64 twin computes what Ensemble does, and what the gradient says."""

import numpy as np
import pytest

from fixprop.ensemble import Ensemble
from fixprop.formats import ACTIVATION, NO_TARGET, WEIGHT
from fixprop.network import Topology
from fixprop.training.descent import Descent, initial_weights
from fixprop.training.float64 import Float64Descent

RNG = np.random.default_rng(5)
INPUTS = RNG.integers(-32767, 32768, (12, 3))
TARGETS = RNG.integers(0, 32768, (12, 2))
ORDER = RNG.integers(0, 12, 60)


@pytest.mark.parametrize("output", ["linear", "tanh", "sigmoid_cross_entropy", "softmax"])
@pytest.mark.parametrize("momentum", [0.0, 0.6])
def test_steps_are_those_of_the_ensemble(output: str, momentum: float) -> None:
    topology = Topology((3, 4, 2), ("tanh", output), (False, True))
    start = initial_weights(topology, 1, "uniform")
    ensemble = Ensemble.from_fixed(topology, start[np.newaxis], 0.3, momentum)
    twin = Float64Descent(topology, start, 0.3, momentum)
    twin.in_order(INPUTS, TARGETS, ORDER)
    for index in ORDER:
        ensemble.train(*(ACTIVATION.to_float(a[[index]]) for a in (INPUTS, TARGETS)))
    assert twin.weights == pytest.approx(ensemble.flat_weights()[0], abs=1e-12)


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("momentum", [0.0, 0.6])
def test_fixed_point_goes_the_same_way(batch: int, momentum: float) -> None:
    topology = Topology((3, 4, 2), ("sigmoid", "linear"))
    fixed = Descent(topology, 1, 0.125, momentum, batch)
    twin = Float64Descent(topology, fixed.weights, 0.125, fixed.momentum, batch)
    targets = np.where(RNG.random(TARGETS.shape) < 0.3, NO_TARGET, TARGETS // 2)
    for one in (fixed, twin):
        one.in_order(INPUTS, targets, ORDER)
    assert WEIGHT.to_float(fixed.weights) == pytest.approx(twin.weights, abs=5e-3)
    assert not np.array_equal(fixed.weights, Descent(topology, 1, 0.125).weights)


def test_missing_targets_move_nothing() -> None:
    topology = Topology((3, 2), ("linear",))
    twin = Float64Descent(topology, np.zeros(8, np.int64), 0.5)
    twin.in_order(INPUTS[:1], np.array([[NO_TARGET, 16384]]), np.array([0]))
    assert not twin.weights[:4].any()
    assert twin.weights[4] == 0.25


def test_what_overflows_is_quantised_to_the_ends_without_a_warning() -> None:
    topology = Topology((1, 1), ("linear",))
    twin = Float64Descent(topology, np.zeros(2, np.int64), 0.5)
    twin.weights = np.array([np.inf, np.nan])
    twin.in_order(np.array([[100]]), np.array([[0]]), np.array([0]))
    assert set(twin.quantised) <= {WEIGHT.low, 0, WEIGHT.high}
