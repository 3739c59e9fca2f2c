"""A million random steps natively and ten thousand on the chip: every activation, loss, optimiser."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from fixprop.activations import ACTIVATIONS
from fixprop.formats import ACTIVATION, RATE, WEIGHT
from fixprop.native import Native
from fixprop.network import Mirror, Topology
from fixprop.toolchain import PROJECT_ROOT
from tests.firmware.fixprop.chip import HERE, Chip, compile_for_chip
from tests.firmware.fixprop.test_avr_kernels import BUILDS, KEEP, mixed, start

OUTPUT_ONLY = ("softmax", "sigmoid_cross_entropy")
HIDDEN = tuple(name for name in ACTIVATIONS if name not in OUTPUT_ONLY)
PAIRS = [(hidden, output) for output, hidden in product(ACTIVATIONS, HIDDEN)]
NETWORKS, STEPS = 15, 1000  # times 35 pairs and 2 optimisers: 1,050,000 steps
CHIP_STEPS = 300  # times 35 pairs: 10,500 steps
MOMENTUM = 58_982  # 0.9


@pytest.mark.parametrize("optimiser", ["online", "momentum"])
@pytest.mark.parametrize("names", PAIRS, ids="-".join)
def test_native_equals_mirror_over_a_million_steps(names: tuple[str, str], optimiser: str) -> None:
    rng = np.random.default_rng([PAIRS.index(names), len(optimiser)])
    topology = Topology((4, 5, 3), names)
    rate = int(rng.integers(1, RATE.high // 4))
    mirror = Mirror(topology, NETWORKS, rate)
    flat = rng.integers(WEIGHT.low // 4, WEIGHT.high // 4, (NETWORKS, topology.weight_count))
    mirror.set_flat_weights(flat)
    ours = mirror.changes(MOMENTUM)
    inputs = rng.integers(ACTIVATION.low, ACTIVATION.high + 1, (STEPS, NETWORKS, 4))
    targets = rng.integers(0, 11_000, (STEPS, NETWORKS, 3))
    for given, wanted in zip(inputs, targets, strict=True):
        if optimiser == "online":
            mirror.train(given, wanted)
        else:
            mirror.train_momentum(given, wanted, ours)
    for index in range(NETWORKS):
        native = Native(topology, rate)
        native.set_flat_weights(flat[index])
        if optimiser == "online":
            native.train(inputs[:, index], targets[:, index])
        else:
            theirs = native.changes(MOMENTUM)
            native.train_momentum(inputs[:, index], targets[:, index], theirs)
        assert np.array_equal(mirror.flat_weights()[index], native.flat_weights())


@pytest.fixture(scope="module")
def chip(tmp_path_factory: pytest.TempPathFactory) -> Chip:
    target = tmp_path_factory.mktemp("chip") / "long.elf"
    sources = [HERE / "chip.c", HERE / "chip_call.S"]
    return Chip(compile_for_chip(target, sources, KEEP, *BUILDS["assembly"]))


@pytest.mark.parametrize("names", PAIRS, ids="-".join)
def test_chip_equals_native_over_ten_thousand_steps(chip: Chip, names: tuple[str, str]) -> None:
    number = PAIRS.index(names)
    rng = np.random.default_rng([number, 9])
    topology = Topology((3, 4, 2), names)
    flat = mixed(rng, WEIGHT.low, WEIGHT.high, topology.weight_count)
    native = start(chip, topology, flat, int(rng.integers(1, RATE.high)))
    with_momentum = number % 2 == 0
    changes = native.changes(MOMENTUM)
    chip.load_changes(MOMENTUM)
    for step in range(CHIP_STEPS):
        inputs = mixed(rng, ACTIVATION.low, ACTIVATION.high, 3)
        targets = rng.integers(0, 16_000, 2)
        if with_momentum:
            chip.train_momentum(inputs, targets)
            native.train_momentum([inputs], [targets], changes)
        else:
            chip.train(inputs, targets)
            native.train([inputs], [targets])
        if step % 50 == 49:
            assert np.array_equal(chip.flat_weights(), native.flat_weights()), step


def test_the_c_has_no_undefined_behaviour_where_the_mirror_goes() -> None:
    """The comparisons again, with a native library that ends at the first undefined operation."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *_comparisons()],
        env=os.environ | {"FIXPROP_NATIVE_CFLAGS": "-fsanitize=undefined -fno-sanitize-recover"},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]


def _comparisons() -> list[str]:
    here = Path("tests/firmware")
    names = ("fixprop/test_bit_equality.py", "fixprop/test_bit_equality_features.py")
    return [str(here / name) for name in (*names, "tracker/test_learner.py")]
