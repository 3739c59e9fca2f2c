"""What learning costs on the chip: cycles, stack and flash, against limits and the counted floor.

The networks are those of other libraries' examples, sigmoid everywhere. The inputs are in place
before the count begins.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fixprop.native import Native
from fixprop.network import Topology
from fixprop.sim.elf import read_elf
from fixprop.toolchain import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT))

from tests.firmware.fixprop.chip import HERE, Chip, compile_for_chip

KEEP = "-Wl,--undefined=activations"
PATTERNS = 16
ONLY_SIGMOID = """
#include "fixprop.h"
static fixprop_layer layers[1];
static fixprop_network network;
int main(void) {
  layers[0].activation = &fixprop_sigmoid;
  network.layers = layers;
  fixprop_train(&network, 0);
}
"""

# A tenth of what the fastest float library takes on the same simulator and compiler.
STEP_LIMIT: dict[tuple[int, ...], int] = {
    (2, 3, 1): 2405,
    (2, 2, 2): 2411,
    (2, 8, 2): 6845,
    (4, 5, 2): 5512,
    (4, 5, 3): 6738,
    (7, 8, 4): 13102,
}
# A quarter of the fastest, which computes in 8 bits.
INFERENCE_LIMIT: dict[tuple[int, ...], int] = {
    (2, 3, 1): 1671,
    (2, 2, 2): 1707,
    (2, 8, 2): 3068,
    (4, 5, 2): 2639,
    (4, 5, 3): 2988,
    (7, 8, 4): 4795,
}
NETWORKS = list(STEP_LIMIT)
OVERHEAD_LIMIT = 420  # cycles a layer: entering, leaving, factors, steps of the dearer kind
STACK_LIMIT_BYTES = 70
MOMENTUM_LIMIT = 18_050  # 7-8-4: a step, and a load, a scaling and a store more for 100 weights
FLASH_LIMIT_BYTES = 2900  # training with sigmoid and nothing else, its table included

# Cycles that avr_*.S counts at its loops: no network of the kind can do without these.
FORWARD_NEURON, FORWARD_INPUT = 61, 33
OUTPUT_DELTA = 85
HIDDEN_DELTA, HIDDEN_FACTOR = 101, 38
UPDATE_NEURON, UPDATE_INPUT = 90, 39
LOOP = 3  # for each two inputs of a neuron


def inputs_of_rows(sizes: tuple[int, ...], neuron: int, one_input: int) -> int:
    """Cycles of all neurons when each goes over its inputs, two in a turn."""
    turns = [(m, (m + 1) // 2, n) for m, n in pairwise(sizes)]
    return sum(n * (neuron + m * one_input + pairs * LOOP) for m, pairs, n in turns)


def inference_floor(sizes: tuple[int, ...]) -> int:
    """Cycles of the loops alone."""
    return inputs_of_rows(sizes, FORWARD_NEURON, FORWARD_INPUT)


def step_floor(sizes: tuple[int, ...]) -> int:
    """Cycles of the loops alone, the cheaper of the two kinds of step everywhere."""
    hidden = sum(m * (HIDDEN_DELTA + n * HIDDEN_FACTOR) for m, n in pairwise(sizes[1:]))
    update = inputs_of_rows(sizes, UPDATE_NEURON, UPDATE_INPUT)
    return inference_floor(sizes) + OUTPUT_DELTA * sizes[-1] + hidden + update


@pytest.fixture(scope="module")
def chip(tmp_path_factory: pytest.TempPathFactory) -> Chip:
    target = tmp_path_factory.mktemp("chip") / "chip.elf"
    return Chip(compile_for_chip(target, [HERE / "chip.c", HERE / "chip_call.S"], KEEP))


def begin(chip: Chip, sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Load a network with sigmoid everywhere; returns patterns of zeros and ones, and targets."""
    topology = Topology(sizes, ("sigmoid",) * (len(sizes) - 1))
    rng = np.random.default_rng(len(sizes) + sum(sizes))
    chip.load(topology, 1 << 12)
    chip.set_flat_weights(rng.integers(-(1 << 19), 1 << 19, topology.weight_count))
    inputs = rng.choice([0, 32767], (PATTERNS, sizes[0]))
    return inputs, rng.choice([3277, 29491], (PATTERNS, sizes[-1]))


@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_cycles_of_a_training_step(chip: Chip, sizes: tuple[int, ...]) -> None:
    inputs, targets = begin(chip, sizes)
    cycles = np.mean([chip.train(i, t) for i, t in zip(inputs, targets, strict=True)])
    floor = step_floor(sizes)
    print(f"{sizes}: step {cycles:.0f} cycles, limit {STEP_LIMIT[sizes]}, floor {floor}")
    assert cycles <= STEP_LIMIT[sizes]
    assert floor <= cycles <= floor + OVERHEAD_LIMIT * (len(sizes) - 1)


@pytest.mark.parametrize("sizes", NETWORKS, ids=str)
def test_cycles_of_an_inference(chip: Chip, sizes: tuple[int, ...]) -> None:
    inputs, _ = begin(chip, sizes)
    cycles, floor = np.mean([chip.forward(i) for i in inputs]), inference_floor(sizes)
    print(f"{sizes}: inference {cycles:.0f} cycles, limit {INFERENCE_LIMIT[sizes]}, floor {floor}")
    assert floor <= cycles <= INFERENCE_LIMIT[sizes]


def test_2_100_1_learns_in_the_memory_of_the_chip(chip: Chip) -> None:
    topology = Topology((2, 100, 1), ("sigmoid", "sigmoid"))
    flat = np.random.default_rng(5).integers(-(1 << 19), 1 << 19, topology.weight_count)
    chip.load(topology, 4096)
    native = Native(topology, 4096)
    for place in (chip, native):
        place.set_flat_weights(flat)
    for inputs, target in (([0, 0], 3000), ([0, 32767], 30000), ([32767, 32767], 3000)):
        chip.train(inputs, [target])
        native.train([inputs], [[target]])
    assert np.array_equal(chip.flat_weights(), native.flat_weights())


def test_stack_of_a_training_step(chip: Chip) -> None:
    inputs, targets = begin(chip, (7, 8, 4))
    chip.train(inputs[0], targets[0])
    caller = 2 + 18  # call_noted's own return address and registers
    print(f"stack of a 7-8-4 step: {chip.stack_bytes - caller} bytes")
    assert chip.stack_bytes - caller <= STACK_LIMIT_BYTES


def test_cycles_and_stack_of_a_step_with_momentum(chip: Chip) -> None:
    inputs, targets = begin(chip, (7, 8, 4))
    chip.load_changes(59_000)
    cycles = [chip.train_momentum(i, t) for i, t in zip(inputs, targets, strict=True)]
    stack = chip.stack_bytes - 20  # call_noted's own, as above
    print(f"7-8-4: step with momentum {np.mean(cycles):.0f} cycles, stack {stack} bytes")
    assert np.mean(cycles) <= MOMENTUM_LIMIT
    assert stack <= STACK_LIMIT_BYTES


def test_features_that_nobody_names_take_no_flash_and_no_sram(tmp_path: Path) -> None:
    source = tmp_path / "only.c"
    source.write_text(ONLY_SIGMOID)
    elf = compile_for_chip(tmp_path / "only.elf", [source])
    listing = subprocess.run(["avr-nm", str(elf)], capture_output=True, text=True, check=True)
    library = {line.split()[-1] for line in listing.stdout.splitlines() if "fixprop_" in line}
    assert library == {
        "fixprop_train",
        "fixprop_accumulate",  # is fixprop_train with another place to add to
        "fixprop_sigmoid",
        *(f"fixprop_avr_{name}" for name in ("forward", "hidden_deltas", "update")),
        "fixprop_avr_sigmoid_layer",
        "fixprop_avr_sigmoid_slope",
    }
    # the caller's layer and network, and the function's three addresses
    assert read_elf(elf).static_sram_bytes == 5 + 13 + 6


def test_activation_functions_that_nobody_names_take_no_flash(tmp_path: Path) -> None:
    source = tmp_path / "only.c"
    source.write_text(ONLY_SIGMOID)
    elf = compile_for_chip(tmp_path / "only.elf", [source])
    listing = subprocess.run(["avr-nm", str(elf)], capture_output=True, text=True, check=True)
    assert "fixprop_avr_sigmoid_layer" in listing.stdout
    assert "tanh" not in listing.stdout
    assert "linear" not in listing.stdout
    flash = read_elf(elf).flash_bytes
    print(f"flash of training with sigmoid: {flash} bytes")
    assert flash <= FLASH_LIMIT_BYTES
