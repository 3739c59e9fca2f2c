"""The C that ships equals the mirror in every bit."""

import numpy as np
import pytest

from fixprop.activations import ACTIVATIONS, HIDDEN
from fixprop.formats import ACTIVATION, NO_TARGET, RATE, WEIGHT, Integers
from fixprop.generator import Generator
from fixprop.native import Native, library
from fixprop.network import Mirror, Topology

NAMES = sorted(ACTIVATIONS)


def pair(topology: Topology, flat: Integers, rate: int) -> tuple[Mirror, Native]:
    mirror, native = Mirror(topology, 1, rate), Native(topology, rate)
    mirror.set_flat_weights(flat)
    native.set_flat_weights(flat)
    return mirror, native


def random_topology(rng: np.random.Generator, largest: int = 9) -> Topology:
    sizes = tuple(int(s) for s in rng.integers(1, largest, rng.integers(2, 6)))
    layers = len(sizes) - 1
    names = (*rng.choice(sorted(HIDDEN), layers - 1), rng.choice(NAMES))
    return Topology(sizes, names, tuple(rng.random(layers) < 0.2))


def random_of(
    rng: np.random.Generator, low: int, high: int, shape: int | tuple[int, ...]
) -> Integers:
    """Integers of every magnitude, a tenth of them extremes: uniform ones are nearly all large."""
    bits = int(high).bit_length()
    scale = 2.0 ** -rng.integers(0, bits, shape)
    values = (rng.integers(low, high + 1, shape) * scale).astype(np.int64)
    extremes = rng.choice([low, high, 0, -1 if low else 1, 1], shape)
    return np.where(rng.random(shape) < 0.1, extremes, values)


@pytest.mark.parametrize("name", NAMES)
def test_forward_over_all_adc_codes(name: str) -> None:
    topology = Topology((2, 3, 1), (name if name in HIDDEN else "tanh", name))
    flat = random_of(np.random.default_rng(1), WEIGHT.low, WEIGHT.high, topology.weight_count)
    _, native = pair(topology, flat, 0)
    left, right = np.meshgrid(np.arange(0, 1024, 7), np.arange(1024))
    inputs = np.stack([left.ravel(), right.ravel()], axis=1) << 5
    many = Mirror(topology, len(inputs))
    many.set_flat_weights(flat)
    assert np.array_equal(many.forward(inputs), native.forward(inputs))


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_of_every_activation_function(name: str) -> None:
    topology = Topology((1, 1), (name,))
    inputs = np.arange(-32768, 32768)[:, np.newaxis]
    for weight in (WEIGHT.low, WEIGHT.high, 1 << 19, -(1 << 17), 255, 0):
        mirror = Mirror(topology, len(inputs))
        mirror.set_flat_weights(np.array([weight // 3, weight]))
        native = Native(topology)
        native.set_flat_weights([weight // 3, weight])
        assert np.array_equal(mirror.forward(inputs), native.forward(inputs))


@pytest.mark.parametrize("seed", range(40))
def test_random_training_steps_over_random_topologies(seed: int) -> None:
    rng = np.random.default_rng(seed)
    topology = random_topology(rng)
    flat = random_of(rng, WEIGHT.low, WEIGHT.high, topology.weight_count)
    mirror, native = pair(topology, flat, int(random_of(rng, RATE.low, RATE.high, 1)[0]))
    for step in range(100):
        inputs = random_of(rng, ACTIVATION.low, ACTIVATION.high, (1, topology.sizes[0]))
        targets = random_of(rng, NO_TARGET, ACTIVATION.high, (1, topology.sizes[-1]))
        mirror.train(inputs, targets)
        native.train(inputs, targets)
        assert np.array_equal(np.concatenate(mirror.deltas, axis=1)[0], native.deltas()), step
        assert np.array_equal(mirror.flat_weights()[0], native.flat_weights()), step


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weight", [WEIGHT.low, WEIGHT.high])
@pytest.mark.parametrize("value", [ACTIVATION.low, ACTIVATION.high])
def test_widest_layers_at_the_extremes_do_not_wrap(name: str, weight: int, value: int) -> None:
    topology = Topology((254, 2, 254), ("linear", name))
    mirror, native = pair(topology, np.full(topology.weight_count, weight), RATE.high)
    inputs = np.full((1, 254), value)
    for target in (ACTIVATION.low + 1, ACTIVATION.high):
        targets = np.full((1, 254), target)
        mirror.train(inputs, targets)
        native.train(inputs, targets)
        assert np.array_equal(np.concatenate(mirror.deltas, axis=1)[0], native.deltas())
        assert np.array_equal(mirror.flat_weights()[0], native.flat_weights())
        assert mirror.flat_weights().min() >= WEIGHT.low
        assert mirror.flat_weights().max() <= WEIGHT.high


def test_long_training_of_one_network_stays_equal() -> None:
    topology = Topology((4, 8, 3), ("tanh", "linear"))
    mirror, native = Mirror(topology, 1, 2000), Native(topology, 2000)
    mirror.initialise(Generator(7), 2048)
    native.initialise(7, 2048)
    assert np.array_equal(mirror.flat_weights()[0], native.flat_weights())
    rng = np.random.default_rng(7)
    inputs, targets = rng.integers(-20000, 20000, (50, 4)), rng.integers(-20000, 20000, (50, 3))
    order = rng.integers(0, 50, 3000)
    native.train(inputs, targets, order)
    for index in order:
        mirror.train(inputs[[index]], targets[[index]])
    assert np.array_equal(mirror.flat_weights()[0], native.flat_weights())


def test_generators_draw_the_same_numbers() -> None:
    ffi, lib = library()
    for seed in (0, 1, 0xFFFFFFFF, 12345):
        ours, theirs = Generator(seed), ffi.new("fixprop_generator *")
        lib.fixprop_seed(theirs, seed)
        for limit in (1, 2, 96, 1000, 65535):
            assert ours.below(limit) == lib.fixprop_below(theirs, limit)
            assert ours.next() == lib.fixprop_next(theirs)
