"""Momentum, mini-batches, initial weights and flash networks: the C equals the mirror in every bit."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.flash import NativeFlash, value_counts
from fixprop.formats import ACTIVATION, MOMENTUM, NO_TARGET, PASS_WEIGHT, RATE, WEIGHT
from fixprop.generator import Generator
from fixprop.native import Native
from fixprop.network import Mirror, Topology
from tests.firmware.fixprop.test_bit_equality import NAMES, pair, random_of, random_topology


@pytest.mark.parametrize("seed", range(40))
def test_random_steps_with_momentum_and_in_batches(seed: int) -> None:
    rng = np.random.default_rng([seed, 1])
    topology = random_topology(rng)
    flat = random_of(rng, WEIGHT.low, WEIGHT.high, topology.weight_count)
    mirror, native = pair(topology, flat, int(random_of(rng, RATE.low, RATE.high, 1)[0]))
    momentum = int(random_of(rng, MOMENTUM.low, MOMENTUM.high, 1)[0])
    ours, theirs = mirror.changes(momentum), native.changes(momentum)
    for step in range(60):
        inputs = random_of(rng, ACTIVATION.low, ACTIVATION.high, (1, topology.sizes[0]))
        targets = random_of(rng, NO_TARGET, ACTIVATION.high, (1, topology.sizes[-1]))
        if step % 3:
            mirror.train_momentum(inputs, targets, ours)
            native.train_momentum(inputs, targets, theirs)
        else:
            mirror.accumulate(inputs, targets, ours)
            native.accumulate(inputs, targets, theirs)
        assert np.array_equal(mirror.flat_weights()[0], native.flat_weights()), step
        assert np.array_equal(ours.flat()[0], theirs.flat()), step
    mirror.apply(ours)
    native.apply(theirs)
    assert np.array_equal(mirror.flat_weights()[0], native.flat_weights())
    assert np.array_equal(ours.flat()[0], theirs.flat())


@pytest.mark.parametrize("names", [("tanh", "softmax"), ("leaky_relu", "linear")], ids=str)
def test_a_million_steps_with_momentum(names: tuple[str, ...]) -> None:
    """500 networks that the mirror trains at once, 1,000 steps each, for either kind of network."""
    rng, networks, steps = np.random.default_rng(6), 500, 1000
    topology = Topology((4, 5, 3), names)
    mirror = Mirror(topology, networks, 1500)
    flat = rng.integers(-(1 << 19), 1 << 19, (networks, topology.weight_count))
    mirror.set_flat_weights(flat)
    changes = mirror.changes(58_000)
    inputs = rng.integers(-32768, 32768, (steps, networks, 4))
    targets = rng.integers(0, 11000, (steps, networks, 3))
    for given, wanted in zip(inputs, targets, strict=True):
        mirror.train_momentum(given, wanted, changes)
    for index in range(networks):
        native = Native(topology, 1500)
        native.set_flat_weights(flat[index])
        theirs = native.changes(58_000)
        native.train_momentum(inputs[:, index], targets[:, index], theirs)
        assert np.array_equal(mirror.flat_weights()[index], native.flat_weights())
        assert np.array_equal(changes.flat()[index], theirs.flat())


def test_a_batch_in_one_call_is_its_steps_one_by_one() -> None:
    topology = Topology((3, 4, 2), ("relu", "softmax"))
    rng = np.random.default_rng(2)
    flat = rng.integers(-(1 << 18), 1 << 18, topology.weight_count)
    mirror, native = pair(topology, flat, 3000)
    inputs, targets = rng.integers(-9000, 9000, (5, 3)), rng.integers(0, 30000, (5, 2))
    ours, theirs = mirror.changes(), native.changes()
    for index in (4, 0, 2):
        mirror.accumulate(inputs[[index]], targets[[index]], ours)
    native.accumulate(inputs, targets, theirs, [4, 0, 2])
    assert np.array_equal(ours.flat()[0], theirs.flat())
    assert np.array_equal(native.flat_weights(), flat)


@pytest.mark.parametrize("sizes", [(1, 1), (7, 8, 4), (254, 3, 254)], ids=str)
@pytest.mark.parametrize("method", ["initialise", "initialise_xavier", "initialise_he"])
@pytest.mark.parametrize("fixed", [False, True])
def test_initial_weights(sizes: tuple[int, ...], method: str, fixed: bool) -> None:
    layers = len(sizes) - 1
    topology = Topology(sizes, ("tanh",) * layers, (fixed,) * layers)
    mirror, native = pair(topology, np.full(topology.weight_count, 12345), 0)
    spread = (2048,) if method == "initialise" else ()
    getattr(mirror, method)(Generator(9), *spread)
    getattr(native, method)(9, *spread)
    assert np.array_equal(mirror.flat_weights()[0], native.flat_weights())
    assert (mirror.weights[0][:, :, 0] == 12345).all() == fixed


@pytest.mark.parametrize("seed", range(40))
def test_a_flash_network_is_the_network_without_residuals(seed: int) -> None:
    rng = np.random.default_rng([seed, 2])
    topology = random_topology(rng, 20)
    flat = random_of(rng, PASS_WEIGHT.low, PASS_WEIGHT.high, topology.weight_count)
    inputs = random_of(rng, ACTIVATION.low, ACTIVATION.high, (50, topology.sizes[0]))
    many = Mirror(topology, len(inputs))
    many.set_flat_weights(flat << 8)
    flash = NativeFlash(topology, flat)
    assert np.array_equal(many.forward(inputs), flash.forward(inputs))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weight", [PASS_WEIGHT.low, PASS_WEIGHT.high])
@pytest.mark.parametrize("value", [ACTIVATION.low, ACTIVATION.high])
def test_the_widest_flash_network_at_the_extremes(name: str, weight: int, value: int) -> None:
    topology = Topology((254, 254, 2), ("linear", name))
    flat = np.full(topology.weight_count, weight)
    native = Native(topology)
    native.set_flat_weights(flat << 8)
    inputs = np.full((1, 254), value)
    assert np.array_equal(native.forward(inputs), NativeFlash(topology, flat).forward(inputs))


def test_a_flash_network_keeps_two_layers_values() -> None:
    assert value_counts(Topology((64, 32, 10), ("relu", "softmax"))) == (64, 34)
    assert value_counts(Topology((3, 9, 5, 20), ("tanh",) * 3)) == (7, 22)


def test_a_momentum_outside_its_format_is_refused() -> None:
    with pytest.raises(UsageError, match=r"momentum 65536: UQ0.16 holds 0 to 65535"):
        Native(Topology((1, 1), ("linear",))).changes(65536)


def test_flash_weights_that_do_not_fit_are_refused() -> None:
    topology = Topology((1, 1), ("linear",))
    with pytest.raises(UsageError, match="3 weights: 1-1 has 2"):
        NativeFlash(topology, [1, 2, 3])
    with pytest.raises(UsageError, match=r"weight 32768: Q4.11 holds -32768 to 32767"):
        NativeFlash(topology, [0, 32768])
