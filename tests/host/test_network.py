"""The mirror against the same arithmetic in unbounded integers, and what training must do."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, DELTA, NO_TARGET, RATE, STEP, WEIGHT, Integers
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology
from tests.host.wide import REACH, Wide, of_every_magnitude

NAMES = sorted(REACH)
SMALL = Topology((4, 8, 3), ("tanh", "linear"))


def random_topology(rng: np.random.Generator) -> Topology:
    sizes = tuple(int(s) for s in rng.integers(1, 8, rng.integers(2, 6)))
    return Topology(sizes, tuple(str(n) for n in rng.choice(NAMES, len(sizes) - 1)))


def near(outputs: Integers, errors: Integers) -> Integers:
    """Targets so near the outputs that the deltas are of every size, coarse and fine."""
    return ACTIVATION.saturate(outputs + (errors >> 6))


def assert_equal_training(
    topology: Topology, flat: Integers, rate: int, inputs: Integers, targets: Integers
) -> None:
    """One step after the other on both; all they have must agree and fit its format."""
    mirror = Mirror(topology, 1, rate)
    mirror.set_flat_weights(flat)
    wide = Wide(topology.sizes, topology.activations, flat.tolist(), rate)
    for step, (given, wanted) in enumerate(zip(inputs, targets, strict=True)):
        if step % 2:
            wanted = near(mirror.forward(given[np.newaxis])[0], wanted)
        mirror.train(given[np.newaxis], wanted[np.newaxis])
        wide.train(given.tolist(), wanted.tolist())
        assert [layer[0].tolist() for layer in mirror.outputs] == wide.values
        assert [layer[0].tolist() for layer in mirror.deltas] == wide.deltas
        assert mirror.flat_weights()[0].tolist() == wide.flat()
        for values, number in (
            (mirror.deltas, DELTA),
            (mirror.steps, STEP),
            (mirror.weights, WEIGHT),
        ):
            flat_values = np.concatenate([v.ravel() for v in values])
            assert number.low <= flat_values.min() <= flat_values.max() <= number.high


@pytest.mark.parametrize("seed", range(30))
def test_random_steps_equal_unbounded_integers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    topology, steps = random_topology(rng), 25
    rate = int(of_every_magnitude(rng, RATE.low, RATE.high, 1)[0])
    assert_equal_training(
        topology,
        of_every_magnitude(rng, WEIGHT.low, WEIGHT.high, topology.weight_count),
        rate,
        of_every_magnitude(rng, ACTIVATION.low, ACTIVATION.high, (steps, topology.sizes[0])),
        of_every_magnitude(rng, NO_TARGET, ACTIVATION.high, (steps, topology.sizes[-1])),
    )


@pytest.mark.parametrize("names", [("linear", n) for n in NAMES] + [("tanh", "tanh")])
@pytest.mark.parametrize("weight", [WEIGHT.low, WEIGHT.high])
@pytest.mark.parametrize("value", [ACTIVATION.low, ACTIVATION.high])
def test_nothing_wraps_in_the_widest_layers_at_the_extremes(
    names: tuple[str, str], weight: int, value: int
) -> None:
    topology = Topology((254, 2, 254), names)  # the most neurons a layer may have
    extremes = np.array([ACTIVATION.low + 1, 0, ACTIVATION.high])  # the second is moved near
    assert_equal_training(
        topology,
        np.full(topology.weight_count, weight),
        RATE.high,
        np.full((3, 254), value),
        np.repeat(extremes[:, np.newaxis], 254, axis=1),
    )


def test_many_networks_at_once_equal_each_alone() -> None:
    rng, count = np.random.default_rng(5), 17
    flat = of_every_magnitude(rng, WEIGHT.low, WEIGHT.high, (count, SMALL.weight_count))
    together, alone = Mirror(SMALL, count, 3000), [Mirror(SMALL, 1, 3000) for _ in range(count)]
    together.set_flat_weights(flat)
    for one, weights in zip(alone, flat, strict=True):
        one.set_flat_weights(weights)
    for _ in range(20):
        inputs = of_every_magnitude(rng, ACTIVATION.low, ACTIVATION.high, (count, 4))
        errors = of_every_magnitude(rng, ACTIVATION.low, ACTIVATION.high, (count, 3))
        targets = near(together.forward(inputs), errors)
        together.train(inputs, targets)
        for n, one in enumerate(alone):
            one.train(inputs[[n]], targets[[n]])
    assert np.array_equal(
        together.flat_weights(), np.concatenate([o.flat_weights() for o in alone])
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_output_without_target_keeps_its_weights_and_moves_nothing_below(name: str) -> None:
    topology = Topology((3, 5, 2), ("tanh", name))
    mirror = Mirror(topology, 1, RATE.high)
    mirror.initialise(Generator(1), 1 << 11)
    before = [w.copy() for w in mirror.weights]
    inputs = np.array([[9000, -20000, 30000]])
    mirror.train(inputs, np.array([[NO_TARGET, 20000]]))
    assert mirror.deltas[-1][0, 0] == 0
    assert np.array_equal(mirror.weights[1][0, 0], before[1][0, 0])
    assert not np.array_equal(mirror.weights[1][0, 1], before[1][0, 1])
    after = mirror.flat_weights()
    mirror.train(inputs, np.full((1, 2), NO_TARGET))
    assert np.array_equal(mirror.flat_weights(), after)


def test_a_target_next_to_no_target_is_a_target() -> None:
    mirror = Mirror(Topology((1, 1), ("linear",)))
    mirror.train(np.array([[100]]), np.array([[NO_TARGET + 1]]))
    assert mirror.deltas[0][0, 0] == (NO_TARGET + 1) * 64  # Q0.15 to Q2.21


def test_deltas_beyond_one_pass_and_a_step_beyond_its_format_saturates() -> None:
    """A linear output one too low, seen through a weight of 3 and of 12: deltas 3, and 4 at most."""
    for weight, delta in ((3.0, 3 - 3 * 2**-15), (12.0, 4 - 2**-16)):
        mirror = Mirror(Topology((1, 1, 1), ("linear", "linear")), 1, RATE.high)
        mirror.set_flat_weights(WEIGHT.from_float([0, 0, 0, weight]))
        mirror.train(np.array([[0]]), np.array([[ACTIVATION.high]]))
        assert DELTA.to_float(mirror.deltas[0][0, 0]) == pytest.approx(delta, abs=1e-4)
        assert mirror.steps[0][0, 0] == STEP.high  # 8 times 3: a change of 8, not of -8
        assert WEIGHT.to_float(mirror.weights[0][0, 0, 0]) == pytest.approx(8, abs=1e-3)


MAZUR = Topology((2, 2, 2), ("sigmoid", "sigmoid"))
# M. Mazur, "A Step by Step Backpropagation Example": rows of bias, then inputs
MAZUR_WEIGHTS = [0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, 0.45, 0.60, 0.50, 0.55]
MAZUR_INPUTS, MAZUR_TARGETS = [[0.05, 0.10]], [[0.01, 0.99]]


def test_mazurs_example_ends_where_the_published_one_does() -> None:
    mirror = Mirror(MAZUR, 1, int(RATE.from_float(0.5)))
    mirror.set_flat_weights(WEIGHT.from_float(MAZUR_WEIGHTS))
    inputs, targets = ACTIVATION.from_float(MAZUR_INPUTS), ACTIVATION.from_float(MAZUR_TARGETS)
    biases = [w[:, :, 0].copy() for w in mirror.weights]
    for _ in range(10_000):
        mirror.train(inputs, targets)
        for weights, bias in zip(mirror.weights, biases, strict=True):
            weights[:, :, 0] = bias  # the example leaves its biases alone
    error = ACTIVATION.to_float(targets - mirror.forward(inputs))
    # published: 3.51085e-5; 2 % are 3 LSB of the two outputs' distance to their targets
    assert 0.5 * float((error**2).sum()) == pytest.approx(3.51085e-5, rel=0.02)


def test_flat_weights_lie_in_the_order_layer_neuron_bias_inputs() -> None:
    mirror = Mirror(Topology((2, 2, 1), ("tanh", "linear")), 2)
    flat = np.arange(18).reshape(2, 9)
    mirror.set_flat_weights(flat)
    assert mirror.weights[0][0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert mirror.weights[1][1].tolist() == [[15, 16, 17]]
    assert np.array_equal(mirror.flat_weights(), flat)


def test_initial_weights_are_drawn_in_storage_order_the_same_for_all_networks() -> None:
    mirror, generator, spread = Mirror(SMALL, 3), Generator(1), 1 << 10
    mirror.initialise(Generator(1), spread)
    flat = mirror.flat_weights()
    drawn = [generator.uniform(spread) for _ in range(SMALL.weight_count)]
    assert flat.tolist() == [drawn] * 3
    assert -spread << 8 <= flat.min() < 0 < flat.max() < spread << 8


def test_a_topology_knows_its_weights() -> None:
    assert SMALL.weight_shapes == ((8, 5), (3, 9))
    assert SMALL.weight_count == 8 * 5 + 3 * 9
    assert str(SMALL) == "4-8-3"


@pytest.mark.parametrize(
    ("sizes", "names", "complaint"),
    [
        ((3,), (), "1 layers need 0 activations"),
        ((3, 2), ("tanh", "tanh"), "2 layers need 1 activations"),
        ((3, 0), ("tanh",), "layer of 0 neurons: must be 1 to 254"),
        ((255, 2), ("tanh",), "layer of 255 neurons: must be 1 to 254"),
        ((3, 2), ("swish",), "unknown activation 'swish': choose one of sigmoid, tanh, linear"),
    ],
)
def test_an_impossible_topology_is_refused(
    sizes: tuple[int, ...], names: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(UsageError, match=complaint):
        Topology(sizes, names)
