"""Device, header, device: the simulated Uno's weights go out into C and come back without a bit lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixprop.board.native import NativeBoard
from fixprop.board.port import Port
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import build_firmware
from fixprop.formats import WEIGHT, Integers
from fixprop.model import Model, header
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.definition import TOPOLOGY
from fixprop.transfer import pull, push


def there_and_back(port: Port, folder: Path, weights: Integers) -> None:
    session = Session(port)
    session.open()
    with session.paused():
        push(session, weights)
        told = Model.of_network(TOPOLOGY, pull(session), {"port": port.url})
        (folder / "model.h").write_text(header.text(told))
        push(session, np.zeros_like(weights))
        assert not pull(session).any()
        read = Model.read(folder / "model.h")
        push(session, read.weights)
        assert np.array_equal(pull(session), weights)
    assert read == told


def test_the_simulated_unos_weights_come_back_identical(tmp_path: Path) -> None:
    weights = np.random.default_rng(5).integers(WEIGHT.low, WEIGHT.high, TOPOLOGY.weight_count)
    there_and_back(SimulatedBoard(build_firmware().elf, World(1)), tmp_path, weights)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1), reach=st.integers(1, WEIGHT.high))
def test_any_weights_come_back_identical(tmp_path: Path, seed: int, reach: int) -> None:
    weights = np.random.default_rng(seed).integers(-reach, reach, TOPOLOGY.weight_count)
    there_and_back(NativeBoard(World(1)), tmp_path, weights)
