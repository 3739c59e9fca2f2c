"""Momentum, mini-batches, fixed bias weights and initial weights: what the mirror must do."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.changes import Changes
from fixprop.errors import UsageError
from fixprop.formats import MOMENTUM, RATE, WEIGHT
from fixprop.generator import Generator
from fixprop.initial import he_spread, xavier_spread
from fixprop.network import Mirror, Topology

SMALL = Topology((3, 5, 2), ("tanh", "linear"))
FIXED = Topology((3, 5, 2), ("tanh", "linear"), (True, False))


def started(topology: Topology, seed: int = 1) -> tuple[Mirror, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mirror = Mirror(topology, 1, 1 << (RATE.fraction - 3))
    mirror.initialise(Generator(seed), 1024)
    return mirror, rng.integers(-20000, 20000, (8, 1, 3)), rng.integers(-20000, 20000, (8, 1, 2))


def test_without_momentum_one_step_is_the_plain_one() -> None:
    (plain, inputs, targets), (other, _, _) = started(SMALL), started(SMALL)
    changes = other.changes()
    for given, wanted in zip(inputs, targets, strict=True):
        plain.train(given, wanted)
        other.train_momentum(given, wanted, changes)
        assert np.array_equal(plain.flat_weights(), other.flat_weights())
        assert not changes.flat().any()


def test_a_batch_is_the_sum_of_its_steps_from_the_same_weights() -> None:
    mirror, inputs, targets = started(SMALL)
    before, steps, changes = mirror.flat_weights(), [], mirror.changes()
    for given, wanted in zip(inputs, targets, strict=True):
        alone = started(SMALL)[0]
        alone.train(given, wanted)
        steps.append(alone.flat_weights() - before)
        mirror.accumulate(given, wanted, changes)
    assert np.array_equal(mirror.flat_weights(), before)
    mirror.apply(changes)
    assert np.array_equal(mirror.flat_weights(), before + np.sum(steps, axis=0))
    assert not changes.flat().any()


def test_momentum_keeps_its_part_of_the_change() -> None:
    changes = Changes([np.array([[[1000, -1000, 1, -3]]])], MOMENTUM.from_float(0.5).item())
    weights = [np.array([[[0, 10, WEIGHT.high, WEIGHT.low]]])]
    changes.apply_to(weights)
    assert weights[0].tolist() == [[[1000, -990, WEIGHT.high, WEIGHT.low]]]
    assert changes.flat().tolist() == [[500, -500, 1, -1]]  # halves upwards, as everywhere


def test_momentum_is_the_classical_rule_within_rounding() -> None:
    mirror, inputs, targets = started(SMALL)
    momentum = MOMENTUM.from_float(0.9).item()
    changes, velocity = mirror.changes(momentum), np.zeros((1, SMALL.weight_count))
    expected = mirror.flat_weights().astype(float)
    for given, wanted in zip(inputs, targets, strict=True):
        alone = Mirror(SMALL, 1, mirror.rate)
        alone.set_flat_weights(mirror.flat_weights())
        alone.train(given, wanted)
        velocity = 0.9 * velocity + alone.flat_weights() - mirror.flat_weights()
        expected += velocity
        mirror.train_momentum(given, wanted, changes)
    # half a unit a step, of which the sum keeps ten; 8 steps of the sum
    assert np.abs(mirror.flat_weights() - expected).max() < 40
    assert np.abs(velocity).max() > 1000


def test_changes_and_weights_saturate() -> None:
    topology = Topology((1, 1), ("linear",))
    mirror = Mirror(topology, 1, RATE.high)
    changes = mirror.changes(MOMENTUM.high)
    for _ in range(40):
        mirror.set_flat_weights(np.array([0, 0]))
        mirror.accumulate(np.array([[0]]), np.array([[32767]]), changes)
    assert changes.flat()[0, 0] == WEIGHT.high
    mirror.set_flat_weights(np.array([WEIGHT.high, 0]))
    mirror.apply(changes)
    assert mirror.flat_weights()[0, 0] == WEIGHT.high


@pytest.mark.parametrize("momentum", [-1, MOMENTUM.high + 1])
def test_a_momentum_outside_its_format_is_refused(momentum: int) -> None:
    with pytest.raises(UsageError, match=rf"momentum {momentum} \(UQ0.16\): must be 0 to 65535"):
        Mirror(SMALL).changes(momentum)


def test_fixed_bias_weights_stay_and_the_others_learn() -> None:
    mirror, inputs, targets = started(FIXED)
    assert not mirror.weights[0][:, :, 0].any()
    before = [w.copy() for w in mirror.weights]
    for given, wanted in zip(inputs, targets, strict=True):
        mirror.train(given, wanted)
        mirror.train_momentum(given, wanted, mirror.changes())
    assert not mirror.weights[0][:, :, 0].any()
    assert (mirror.weights[0][:, :, 1:] != before[0][:, :, 1:]).all()
    assert (mirror.weights[1] != before[1]).all()


@pytest.mark.parametrize(("inputs", "neurons"), [(1, 1), (7, 8), (64, 32), (254, 254)])
def test_spreads_are_the_papers(inputs: int, neurons: int) -> None:
    assert xavier_spread(inputs, neurons) == int(2048 * (6 / (inputs + neurons)) ** 0.5)
    assert he_spread(inputs, neurons) == int(2048 * (6 / inputs) ** 0.5)


@pytest.mark.parametrize("method", ["initialise_xavier", "initialise_he"])
def test_initial_weights_have_the_variance_they_should(method: str) -> None:
    topology = Topology((100, 60, 10), ("relu", "softmax"))
    mirror = Mirror(topology)
    getattr(mirror, method)(Generator(3))
    for layer in mirror.weights:
        _, neurons, columns = layer.shape
        assert not layer[:, :, 0].any()
        fan = columns - 1 if method == "initialise_he" else columns - 1 + neurons
        # 600 to 6,000 draws: the variance of a uniform number within 8 %
        assert WEIGHT.to_float(layer[:, :, 1:]).var() == pytest.approx(2 / fan, rel=0.08)
