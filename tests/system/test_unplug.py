"""A simulated Uno on a cable: pulled in a frame, a save, a lesson, a command."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import FixpropError
from fixprop.firmware_build import build_firmware
from fixprop.live.events import LinkState, Received
from fixprop.session import Session
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.wire.records import Hello, Mark, Reading, ResetWeights, Save, Teach, WeightsSource
from tests.host.live.rig import Rig, is_command
from tests.host.recorded import REST_S


@pytest.fixture
def rig() -> Rig:
    """An Uno that has learned for half a second."""
    world = World(5)
    rig = Rig(SimulatedBoard(build_firmware().elf, world, url="test://"), world)
    while rig.bridge.link.state != LinkState.CONNECTED:
        rig.turn()
    rig.teach()
    return rig


def pull(rig: Rig, now: Callable[[], Future[Any]] | None, *, power_lost: bool = True) -> None:
    """The cable goes while `now` waits for its answer, and is back after a second."""
    future = now() if now else None
    while rig.cable.plugged:
        rig.turn()
    while rig.bridge.session is not None:
        rig.turn()
    if future is not None:
        with pytest.raises(FixpropError, match=r"^lost test://"):
            future.result(timeout=0)
    assert rig.links()[-1].state == LinkState.LOST
    assert not rig.twin.in_step
    rig.turns(1.0)
    rig.cable.plug_in(power_lost=power_lost, ran_on_s=0.5)
    while rig.bridge.link.state != LinkState.CONNECTED:
        rig.turn()


def hello(rig: Rig) -> Hello:
    """The latest."""
    frames = [e.frame.message for e in rig.told if isinstance(e, Received)]
    return [m for m in frames if isinstance(m, Hello)][-1]


@pytest.mark.parametrize("count", [1, 17, 34])
def test_in_the_middle_of_a_frame(rig: Rig, count: int) -> None:
    rig.cable.unplug_after(count)
    pull(rig, None)
    assert hello(rig).weights_source == WeightsSource.INITIAL
    rig.teach()
    assert rig.certain()
    assert rig.weights_agree()
    totals = rig.bridge.totals
    assert (totals.lost, totals.crc_errors, totals.malformed, totals.gaps) == (0, 0, 0, 1)


def test_in_the_middle_of_a_save_of_which_the_power_left_nothing(rig: Rig) -> None:
    rig.cable.unplug_at_write(is_command(Save))
    pull(rig, lambda: rig.bridge.call(Session.save))
    assert hello(rig).weights_source == WeightsSource.INITIAL  # it was the first save
    assert rig.certain()
    assert rig.weights_agree()


def test_in_the_middle_of_a_second_save_the_first_is_there_and_known(rig: Rig) -> None:
    first = rig.did(rig.bridge.call(Session.save))
    rig.teach()
    rig.cable.unplug_at_write(is_command(Save))
    pull(rig, lambda: rig.bridge.call(Session.save))
    assert hello(rig).weights_source == WeightsSource.EEPROM
    assert (hello(rig).step, hello(rig).weights_crc) == (first.step, first.weights_crc)
    assert rig.certain()
    assert rig.weights_agree()


def test_a_save_acknowledged_that_ends_unheard_is_known_all_the_same(rig: Rig) -> None:
    future = rig.bridge.command(Save())
    rig.turn()
    assert future.result(timeout=0).step > 0
    rig.cable.unplug()
    rig.turns(0.2)
    rig.cable.let_run(2.0)
    rig.cable.plug_in(power_lost=True)
    while rig.bridge.link.state != LinkState.CONNECTED:
        rig.turn()
    assert hello(rig).weights_source == WeightsSource.EEPROM
    assert rig.certain()
    assert rig.weights_agree()


def test_in_the_middle_of_a_lesson(rig: Rig) -> None:
    rig.did(rig.bridge.command(Teach(20)))
    rig.turns(2.0)
    rig.cable.unplug()
    pull(rig, None)
    rig.did(rig.bridge.command(Teach(3)))
    rig.world.use(Follow(5, rest_s=REST_S + 0.2), rig.board.time_s())
    rig.turns(4.0)
    assert rig.twin.learner.memory_count() > 0
    assert rig.certain()
    assert rig.weights_agree()


def test_while_a_command_waits_for_its_answer(rig: Rig) -> None:
    rig.cable.unplug_at_write(is_command(Mark))
    pull(rig, lambda: rig.bridge.command(Mark(100, 1)))
    rig.teach()
    assert rig.certain()
    assert rig.weights_agree()


def test_a_board_that_kept_its_power_runs_on_and_is_known_from_a_reset_on(rig: Rig) -> None:
    rig.cable.unplug()
    pull(rig, None, power_lost=False)
    assert hello(rig).reading_index > 0
    assert rig.twin.standing == "not in step since the gap; reset the weights to start again"
    frames = [e.frame.message for e in rig.told if isinstance(e, Received)]
    indices = [m.reading_index for m in frames if isinstance(m, Reading)]
    assert np.diff(indices).max() > 10  # nobody pretends that there was no gap
    rig.did(rig.bridge.command(ResetWeights(5)))
    rig.teach()
    assert rig.certain()
    assert rig.weights_agree()
