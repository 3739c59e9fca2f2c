"""Rectifiers and cross-entropies: the reference by finite differences, the mirror by the reference."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fixprop.activations import ACTIVATIONS, HIDDEN, LEAKY_RELU, RELU
from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, RATE, SLOPE_ONE, SUM_FRACTION, WEIGHT
from fixprop.network import Mirror, Topology
from fixprop.reference import Reals, Reference
from tests.host.test_reference import numeric_gradient

OUTPUTS = ["relu", "leaky_relu", "sigmoid_cross_entropy", "softmax"]
RECTIFIERS = ["relu", "leaky_relu"]


def targets_for(rng: np.random.Generator, name: str, shape: tuple[int, int]) -> Reals:
    """Targets that the loss is made for: shares of one, probabilities, or any."""
    targets = rng.uniform(0.02, 0.98, shape)
    if name == "softmax":
        targets /= targets.sum(axis=1, keepdims=True)
        targets[0] = np.nan
    return targets


def learning(topology: Topology) -> NDArray[np.bool_]:
    """Which weights learn, in storage order."""
    masks = [np.ones(shape, bool) for shape in topology.weight_shapes]
    for mask, fixed in zip(masks, topology.fixed_bias, strict=True):
        mask[:, 0] = not fixed
    return np.concatenate([mask.ravel() for mask in masks])


@pytest.mark.parametrize("last", OUTPUTS)
@pytest.mark.parametrize("hidden", sorted(HIDDEN))
@pytest.mark.parametrize("seed", range(4))
def test_gradients_are_those_of_finite_differences(hidden: str, last: str, seed: int) -> None:
    rng = np.random.default_rng([seed, len(hidden), OUTPUTS.index(last)])
    fixed = (seed % 2 == 1, False, True)
    topology = Topology((3, 5, 4, 3), (hidden, "tanh", last), fixed)
    # nets below 0.95, where no rectifier is clipped: 3.2 inputs or 5.2 of a layer, 0.18 each
    network = Reference(topology, [rng.uniform(-0.18, 0.18, s) for s in topology.weight_shapes])
    network.weights[-1][:, 0] = 0.3  # away from the corner, and no rectifier dead
    inputs = rng.uniform(-1, 1, (6, 3))
    targets = targets_for(rng, last, (6, 3))
    gradient = np.concatenate([g.ravel() for g in network.gradients(inputs, targets)])
    numeric = numeric_gradient(network, inputs, targets)
    learns = learning(topology)
    assert gradient[learns] == pytest.approx(numeric[learns], rel=1e-5, abs=1e-8)
    assert not gradient[~learns].any()
    assert np.abs(gradient).max() > 1e-3


@pytest.mark.parametrize("last", OUTPUTS)
@pytest.mark.parametrize("hidden", RECTIFIERS)
@pytest.mark.parametrize("seed", range(5))
def test_the_mirrors_step_is_the_gradients_within_the_formats(
    hidden: str, last: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    topology = Topology((4, 6, 3), (hidden, last))
    flat = rng.integers(-350, 350, topology.weight_count) << 8
    inputs = rng.integers(-30000, 30000, (1, 4))
    mirror = Mirror(topology, 1, 1 << RATE.fraction)
    mirror.set_flat_weights(flat)
    reference = Reference.from_fixed(topology, flat)
    wanted = np.abs(targets_for(rng, last, (2, 3))[1:])
    mirror.train(inputs, ACTIVATION.from_float(wanted))
    gradients = reference.gradients(ACTIVATION.to_float(inputs), wanted)
    expected = -np.concatenate([g.ravel() for g in gradients])
    change = WEIGHT.to_float(mirror.flat_weights()[0] - flat)
    # outputs are off by 3 units at most, softmax's by 4, and 6 hidden ones add as many
    assert np.abs(change - expected).max() < 18 * ACTIVATION.unit
    assert np.abs(expected).max() > 1000 * ACTIVATION.unit


def test_rectifiers_at_their_corners() -> None:
    one = 1 << SUM_FRACTION
    sums = np.array([-4 * one, -one // 2, -1, 0, one // 2, one, 4 * one])
    assert RELU.of_sum(sums).tolist() == [0, 0, 0, 0, 16384, 32767, 32767]
    assert LEAKY_RELU.of_sum(sums).tolist() == [-256, -128, 0, 0, 16384, 32767, 32767]
    assert RELU.slope_of_output is not None
    assert RELU.slope_of_output(np.array([0, 1, 32767])).tolist() == [0, SLOPE_ONE, SLOPE_ONE]
    assert LEAKY_RELU.slope_of_output is not None
    slopes = LEAKY_RELU.slope_of_output(np.array([-256, 0, 32767])).tolist()
    assert slopes == [SLOPE_ONE / 128, SLOPE_ONE / 128, SLOPE_ONE]


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - set(HIDDEN)))
def test_a_function_with_a_loss_of_its_own_is_refused_below_the_outputs(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}' is for the output layer: below it choose one"):
        Topology((2, 2, 1), (name, "linear"))
    with pytest.raises(UsageError, match="1 fixed_bias for 2 layers"):
        Topology((2, 2, 1), ("tanh", name), (True,))


@pytest.mark.parametrize("last", ["sigmoid_cross_entropy", "softmax"])
def test_cross_entropy_falls_to_the_right_classes(last: str) -> None:
    rng = np.random.default_rng(1)
    topology = Topology((2, 8, 3), ("tanh", last))
    centres = np.array([[20000, 0], [-12000, 18000], [-12000, -18000]])
    labels = rng.integers(0, 3, 60)
    inputs = centres[labels] + rng.integers(-5000, 5000, (60, 2))
    targets = np.where(labels[:, np.newaxis] == np.arange(3), 32767, 0)
    mirror = Mirror(topology, 1, 1 << (RATE.fraction - 3))
    mirror.set_flat_weights(rng.integers(-(1 << 18), 1 << 18, topology.weight_count))
    reference = Reference.from_fixed(topology, mirror.flat_weights()[0])
    for step in range(600):
        index = [step % 60]
        mirror.train(inputs[index], targets[index])
        reference.train(
            ACTIVATION.to_float(inputs[index]), targets[index] / 32768, mirror.rate / 8192
        )
    outputs = np.concatenate([mirror.forward(inputs[[i]]) for i in range(60)])
    assert (outputs.argmax(axis=1) == labels).mean() > 0.95
    assert np.abs(WEIGHT.to_float(mirror.flat_weights()[0]) - reference.flat()).max() < 0.02
