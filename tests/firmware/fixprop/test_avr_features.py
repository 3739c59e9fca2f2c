"""On the chip momentum, mini-batches and flash networks equal the C on this computer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fixprop.changes import Changes
from fixprop.flash import NativeFlash, flash_network_h
from fixprop.formats import ACTIVATION, MOMENTUM, NO_TARGET, PASS_WEIGHT, RATE, WEIGHT
from fixprop.network import Topology
from fixprop.sim.uno import SimulatedUno
from tests.firmware.fixprop.chip import HE, HERE, XAVIER, Chip, compile_for_chip
from tests.firmware.fixprop.test_avr_kernels import BUILDS, KEEP, mixed, start
from tests.firmware.fixprop.test_bit_equality import random_topology

DIGITS = Topology((64, 32, 10), ("relu", "softmax"))
FLASH_PROGRAM = """
#include <avr/io.h>
#include "net.h"
volatile uint8_t command;
const int16_t *outputs;
int16_t *const inputs = net_even;
int main(void) {
  for (;;) {
    while (!command)
      ;
    GPIOR0 = 1;
    outputs = fixprop_forward_flash(&net);
    GPIOR0 = 2;
    command = 0;
  }
}
"""


@pytest.fixture(scope="module", params=BUILDS)
def chip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chip:
    target = tmp_path_factory.mktemp("chip") / f"{request.param}.elf"
    sources = [HERE / "chip.c", HERE / "chip_call.S"]
    return Chip(compile_for_chip(target, sources, KEEP, *BUILDS[request.param]))


@pytest.mark.parametrize("seed", range(40))
def test_random_steps_with_momentum_and_in_batches(chip: Chip, seed: int) -> None:
    rng = np.random.default_rng([seed, 3])
    topology = random_topology(rng, 8)
    flat = mixed(rng, WEIGHT.low, WEIGHT.high, topology.weight_count)
    native = start(chip, topology, flat, int(mixed(rng, RATE.low, RATE.high, 1)[0]))
    momentum = int(mixed(rng, MOMENTUM.low, MOMENTUM.high, 1)[0])
    changes = native.changes(momentum)
    chip.load_changes(momentum)
    for step in range(30):
        inputs = mixed(rng, ACTIVATION.low, ACTIVATION.high, topology.sizes[0])
        targets = mixed(rng, NO_TARGET, ACTIVATION.high, topology.sizes[-1])
        if step % 3:
            chip.train_momentum(inputs, targets, interrupts=step % 5 == 0)
            native.train_momentum([inputs], [targets], changes)
        else:
            chip.accumulate(inputs, targets)
            native.accumulate([inputs], [targets], changes)
        assert np.array_equal(chip.changes(), changes.flat()), step
        assert np.array_equal(chip.flat_weights(), native.flat_weights()), step
        assert np.array_equal(chip.deltas(), native.deltas()), step
    chip.apply()
    native.apply(changes)
    assert np.array_equal(chip.changes(), changes.flat())
    assert np.array_equal(chip.flat_weights(), native.flat_weights())


@pytest.mark.parametrize("momentum", [0, 1, 32768, 65535])
def test_changes_and_weights_at_every_pair_of_extremes(chip: Chip, momentum: int) -> None:
    corners = [WEIGHT.low, WEIGHT.low + 1, -65536, -1, 0, 1, 255, 65535, WEIGHT.high]
    weights, sums = (grid.ravel() for grid in np.meshgrid(corners, corners))
    topology = Topology((1, 41), ("linear",))  # 82 weights for 81 pairs
    changes = Changes([np.resize(sums, (1, 82))], momentum)
    expected = [np.resize(weights, (1, 82))]
    chip.load(topology, 0)
    chip.load_changes(momentum)
    chip.set_flat_weights(expected[0][0])
    chip.set_changes(changes.sums[0][0])
    chip.apply()
    changes.apply_to(expected)
    assert np.array_equal(chip.flat_weights(), expected[0][0])
    assert np.array_equal(chip.changes(), changes.sums[0][0])


@pytest.mark.parametrize("sizes", [(1, 1), (7, 8, 4), (90, 2)], ids=str)
@pytest.mark.parametrize("command", [XAVIER, HE])
@pytest.mark.parametrize("fixed", [False, True])
def test_initial_weights(chip: Chip, sizes: tuple[int, ...], command: int, fixed: bool) -> None:
    layers = len(sizes) - 1
    topology = Topology(sizes, ("tanh",) * layers, (fixed,) * layers)
    native = start(chip, topology, np.full(topology.weight_count, 777), 0)
    chip.initialise(command, 5)
    (native.initialise_xavier if command == XAVIER else native.initialise_he)(5)
    assert np.array_equal(chip.flat_weights(), native.flat_weights())


def run_flash(tmp_path: Path, topology: Topology, flat: np.ndarray, *flags: str) -> SimulatedUno:
    header = flash_network_h(topology, flat, "net", "tests/firmware/fixprop/test_avr_features.py")
    (tmp_path / "net.h").write_text(header)
    source = tmp_path / "flash.c"
    source.write_text(FLASH_PROGRAM)
    keep = "-Wl,--undefined=inputs"
    elf = compile_for_chip(tmp_path / "flash.elf", [source], f"-I{tmp_path}", keep, *flags)
    uno = SimulatedUno(elf)
    uno.run(20000)  # past the startup code
    return uno


def infer(uno: SimulatedUno, inputs: np.ndarray, count: int) -> tuple[np.ndarray, int]:
    """Outputs and cycles of one flash inference on the chip."""
    where = int.from_bytes(uno.read_sram(uno.symbol("inputs"), 2), "little")
    uno.write_sram(where, inputs.astype("<i2").tobytes())
    uno.write_sram(uno.symbol("command"), b"\1")
    while uno.read_sram(uno.symbol("command"), 1) != b"\0":
        uno.run(2000)
    returned = int.from_bytes(uno.read_sram(uno.symbol("outputs"), 2), "little")
    begin, end = uno.marks()
    outputs = np.frombuffer(uno.read_sram(returned, 2 * count), "<i2").astype(np.int64)
    return outputs, end.cycle - begin.cycle


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("seed", range(5))
def test_flash_networks(tmp_path: Path, build: str, seed: int) -> None:
    rng = np.random.default_rng([seed, 4])
    topology = random_topology(rng, 24)
    flat = mixed(rng, PASS_WEIGHT.low, PASS_WEIGHT.high, topology.weight_count)
    uno, native = run_flash(tmp_path, topology, flat, *BUILDS[build]), NativeFlash(topology, flat)
    for _ in range(20):
        inputs = mixed(rng, ACTIVATION.low, ACTIVATION.high, topology.sizes[0])
        outputs, _ = infer(uno, inputs, topology.sizes[-1])
        assert np.array_equal(outputs, native.forward([inputs])[0])


@pytest.mark.parametrize("weight", [PASS_WEIGHT.low, PASS_WEIGHT.high])
@pytest.mark.parametrize("name", ["tanh", "relu", "softmax"])
def test_the_widest_flash_network_at_the_extremes(tmp_path: Path, name: str, weight: int) -> None:
    topology = Topology((254, 6, 120), ("linear", name))
    flat = np.full(topology.weight_count, weight)
    uno, native = run_flash(tmp_path, topology, flat), NativeFlash(topology, flat)
    for value in (ACTIVATION.low, 0, ACTIVATION.high):
        inputs = np.full(254, value)
        outputs, _ = infer(uno, inputs, 120)
        assert np.array_equal(outputs, native.forward([inputs])[0])


def test_digits_of_8_by_8_fit_and_take_some_milliseconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    flat = rng.normal(0, 300, DIGITS.weight_count).astype(np.int64)
    uno, native = run_flash(tmp_path, DIGITS, flat), NativeFlash(DIGITS, flat)
    inputs = rng.integers(0, 32768, 64)
    outputs, cycles = infer(uno, inputs, 10)
    assert np.array_equal(outputs, native.forward([inputs])[0])
    elf = uno.firmware
    print(f"64-32-10: {cycles} cycles, flash {elf.flash_bytes}, SRAM {elf.static_sram_bytes} bytes")
    # 38 cycles for each of 2,368 products, 250 a neuron, softmax 4,000
    assert cycles < 110_000
    assert elf.flash_bytes < 2 * DIGITS.weight_count + 2600
    assert elf.static_sram_bytes < 2 * (64 + 33) + 64
