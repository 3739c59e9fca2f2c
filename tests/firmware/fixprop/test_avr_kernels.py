"""On the chip the assembly, and the C in its place, equal the C on this computer in every bit."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from fixprop.activations import ACTIVATIONS, HIDDEN
from fixprop.formats import ACTIVATION, NO_TARGET, PASS_WEIGHT, RATE, RESIDUAL_BITS, WEIGHT
from fixprop.native import Native
from fixprop.network import Topology
from fixprop.toolchain import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT))

from tests.firmware.fixprop.chip import HERE, Chip, compile_for_chip

NAMES = sorted(ACTIVATIONS)
BUILDS = {"assembly": [], "portable": ["-DFIXPROP_PORTABLE"]}
KEEP = "-Wl,--undefined=activations"


@pytest.fixture(scope="module", params=BUILDS)
def chip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chip:
    target = tmp_path_factory.mktemp("chip") / f"{request.param}.elf"
    sources = [HERE / "chip.c", HERE / "chip_call.S"]
    return Chip(compile_for_chip(target, sources, KEEP, *BUILDS[request.param]))


def mixed(rng: np.random.Generator, low: int, high: int, count: int) -> np.ndarray:
    """Integers of every magnitude, a tenth of them the extremes."""
    scale = 2.0 ** -rng.integers(0, high.bit_length(), count)
    values = (rng.integers(low, high + 1, count) * scale).astype(np.int64)
    extremes = rng.choice([low, high, 0, -1 if low else 1, 1], count)
    return np.where(rng.random(count) < 0.1, extremes, values)


def start(chip: Chip, topology: Topology, flat: np.ndarray, rate: int) -> Native:
    chip.load(topology, rate)
    native = Native(topology, rate)
    for place in (chip, native):
        place.set_flat_weights(flat)
    return native


def train_both(
    chip: Chip, native: Native, inputs: np.ndarray, targets: np.ndarray, interrupts: bool = False
) -> None:
    chip.train(inputs, targets, interrupts=interrupts)
    native.train([inputs], [targets])
    assert np.array_equal(chip.outputs(), native._values[len(inputs) :])
    assert np.array_equal(chip.deltas(), native.deltas())
    assert np.array_equal(chip.flat_weights(), native.flat_weights())


@pytest.mark.parametrize("seed", range(60))
def test_random_steps_over_random_topologies(chip: Chip, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = tuple(int(s) for s in rng.integers(1, 9, rng.integers(2, 6)))
    layers = len(sizes) - 1
    names = (*rng.choice(sorted(HIDDEN), layers - 1), rng.choice(NAMES))
    topology = Topology(sizes, names, tuple(rng.random(layers) < 0.2))
    flat = mixed(rng, WEIGHT.low, WEIGHT.high, topology.weight_count)
    native = start(chip, topology, flat, int(mixed(rng, RATE.low, RATE.high, 1)[0]))
    for _ in range(40):
        inputs = mixed(rng, ACTIVATION.low, ACTIVATION.high, sizes[0])
        targets = mixed(rng, NO_TARGET, ACTIVATION.high, sizes[-1])
        train_both(chip, native, inputs, targets)


@pytest.mark.parametrize("name", NAMES)
def test_functions_and_slopes_over_their_whole_range(chip: Chip, name: str) -> None:
    """A neuron's bias sets its argument but for the lowest bits; the one input sets those.

    Softmax reaches twice as far as a bias weight: the widest layers go to its ends.
    """
    topology = Topology((1, 64), (name,))
    shift = ACTIVATIONS[name].sum_shift
    low_bits = max(0, ACTIVATION.fraction - shift)
    biases = np.arange(ACTIVATION.low >> low_bits, (ACTIVATION.high >> low_bits) + 1)
    for index, part in enumerate(np.split(biases, len(biases) // 64)):
        column = part << RESIDUAL_BITS
        flat = np.column_stack([column, np.full(64, 1 << WEIGHT.fraction)]).ravel()
        native = start(chip, topology, flat, 0)
        inputs = np.array([index % (1 << low_bits) << (shift - PASS_WEIGHT.fraction)])
        targets = np.full(64, ACTIVATION.high if index & 4 else ACTIVATION.low + 1)
        train_both(chip, native, inputs, targets)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weight", [WEIGHT.low, WEIGHT.high])
@pytest.mark.parametrize("value", [ACTIVATION.low, ACTIVATION.high])
@pytest.mark.parametrize("sizes", [(254, 1, 1), (1, 1, 110)], ids=str)
def test_widest_layers_at_the_extremes_do_not_wrap(
    chip: Chip, name: str, weight: int, value: int, sizes: tuple[int, ...]
) -> None:
    topology = Topology(sizes, ("linear", name))
    native = start(chip, topology, np.full(topology.weight_count, weight), RATE.high)
    for target in (ACTIVATION.low + 1, ACTIVATION.high):
        train_both(chip, native, np.full(sizes[0], value), np.full(sizes[-1], target))


@pytest.mark.parametrize("names", [("tanh", "linear"), ("linear", "linear")], ids=str)
def test_hidden_errors_beyond_24_bits(chip: Chip, names: tuple[str, ...]) -> None:
    """Weights near the limit, signed like the deltas that they meet, and deltas of both kinds."""
    rng = np.random.default_rng(17)
    topology = Topology((1, 4, 8), names)
    for _ in range(400):
        below = mixed(rng, -(1 << 18), 1 << 18, 8)
        signs = rng.choice([-1, 1], 8)
        above = rng.integers(WEIGHT.high // 2, WEIGHT.high, (8, 5)) * signs[:, np.newaxis]
        above[:, 0] = 0
        native = start(chip, topology, np.concatenate([below, above.ravel()]), 0)
        inputs = mixed(rng, ACTIVATION.low, ACTIVATION.high, 1)
        largest = 511 if rng.random() < 0.8 else 32767  # 511: the largest that is not coarse
        error = signs * (largest * rng.uniform(0.6, 1, 8)).astype(np.int64)
        targets = ACTIVATION.saturate(native.forward([inputs])[0] + error)
        train_both(chip, native, inputs, targets)


def test_an_interrupt_anywhere_changes_nothing(chip: Chip) -> None:
    rng = np.random.default_rng(11)
    topology = Topology((5, 6, 4, 3), ("tanh", "sigmoid", "linear"))
    native = start(chip, topology, mixed(rng, -(1 << 20), 1 << 20, topology.weight_count), 3000)
    before = chip.uno.read_sram(chip.uno.symbol("ticks"), 2)
    for _ in range(60):
        inputs = mixed(rng, ACTIVATION.low, ACTIVATION.high, 5)
        train_both(chip, native, inputs, mixed(rng, NO_TARGET, ACTIVATION.high, 3), interrupts=True)
    assert chip.uno.read_sram(chip.uno.symbol("ticks"), 2) != before
