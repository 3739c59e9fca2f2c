"""fixprop verify on the simulated Uno: the chip's own arithmetic, and a bit of its SRAM turned over."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import build_firmware
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.definition import TOPOLOGY
from fixprop.transfer import pull, push
from fixprop.verify.compare import verify_board
from fixprop.wire.records import Learn

STEPS = 400  # a round of each kind


@pytest.fixture
def board() -> SimulatedBoard:
    return SimulatedBoard(build_firmware().elf, World(1))


def address_of(board: SimulatedBoard, array: str) -> int:
    """Of one of model.h's arrays, which C++ gives a name of its own."""
    (name,) = (n for n in board.uno.firmware.symbols if n.endswith(array))
    return board.uno.symbol(name)


def test_the_chip_trains_as_the_mirror_does_and_is_left_as_it_was(board: SimulatedBoard) -> None:
    session = Session(board)
    session.open()
    weights = np.random.default_rng(1).integers(-(1 << 23), 1 << 23, TOPOLOGY.weight_count)
    push(session, weights)
    session.command(Learn(1))
    result = verify_board(session, STEPS, 1)
    assert result.identical, str(result.differences)
    assert (result.steps, result.checksums) == (STEPS, 2 * STEPS)
    assert np.array_equal(pull(session), weights)
    assert session.hello().state == 2  # it learns
    assert session.reader.counters.lost == 0


@pytest.mark.parametrize("bit", [0, 7])
def test_one_bit_of_the_chips_memory_is_found(board: SimulatedBoard, bit: int) -> None:
    session = Session(board)
    session.open()
    at, index, steps = address_of(board, "model_residuals"), 31, 0

    def turn_over() -> None:
        nonlocal steps
        steps += 1
        if steps == 42:
            (residual,) = board.uno.read_sram(at + index, 1)
            board.uno.write_sram(at + index, bytes([residual ^ 1 << bit]))

    result = verify_board(session, STEPS, 1, turn_over)
    assert result.steps == 43
    (found,) = result.differences  # residuals are not seen by the passes: only this weight differs
    assert (found.step, found.what, found.index, found.others) == (43, "weight", index, 0)
    assert abs(found.value - found.mirror) == 1 << bit
