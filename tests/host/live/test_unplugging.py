"""A cable pulled at the worst moments: nothing falls over, all is told, and the same bridge goes on."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.errors import FixpropError
from fixprop.live.events import LinkState, Lost, Received
from fixprop.session import Session
from fixprop.wire.records import Learn, Mark, Reading, ResetWeights, Save, Teach
from tests.host.live.rig import Rig, is_command


@pytest.fixture
def rig() -> Rig:
    """A rig with an open line."""
    rig = Rig()
    rig.turn()
    assert rig.bridge.link.state == LinkState.CONNECTED
    return rig


def readings(rig: Rig) -> list[int]:
    frames = [e.frame.message for e in rig.told if isinstance(e, Received)]
    return [m.reading_index for m in frames if isinstance(m, Reading)]


@pytest.mark.parametrize("count", range(1, 40, 3))
def test_a_frame_cut_in_the_middle_is_counted_and_the_next_life_is_whole(
    rig: Rig, count: int
) -> None:
    rig.teach()
    before = len(readings(rig))
    rig.cable.unplug_after(count)
    while rig.bridge.link.state == LinkState.CONNECTED:
        rig.turn()
    assert rig.bridge.link.state == LinkState.LOST
    assert rig.bridge.link.text == "lost test://: device disconnected; plug it in and start again"
    cut = rig.bridge.totals.cut
    rig.cable.plug_in()
    rig.turns(1.0)
    assert [link.state for link in rig.links()] == [
        LinkState.CONNECTED,
        LinkState.LOST,
        LinkState.CONNECTED,
    ]
    assert readings(rig)[before:][-1] > 15  # of the second life
    assert rig.certain()
    totals = rig.bridge.totals
    assert (totals.lost, totals.crc_errors, totals.malformed) == (0, 0, 0)
    assert (totals.gaps, totals.connections, totals.cut) == (1, 2, cut)
    whole = sum(isinstance(event, Received) for event in rig.told)
    assert totals.frames == whole


def test_a_frame_of_which_a_piece_came_is_counted(rig: Rig) -> None:
    rig.cable.unplug_after(5)
    rig.turns(0.2)
    assert rig.bridge.totals.cut == 1


def test_while_the_cable_is_out_the_state_is_told_once_and_commands_are_refused(rig: Rig) -> None:
    rig.cable.unplug()
    rig.turns(0.3)
    for _ in range(30):
        future = rig.bridge.command(Learn(1))
        rig.turn()
        with pytest.raises(FixpropError, match="the board is not there: "):
            future.result(timeout=0)
    assert [link.state for link in rig.links()] == [
        LinkState.CONNECTED,
        LinkState.LOST,
        LinkState.CONNECTING,
    ]
    assert rig.bridge.link.text == "no port test://: is the board plugged in?"


def test_it_tries_again_at_growing_pauses(rig: Rig) -> None:
    tries = []
    plain = rig.cable.connect

    def connect() -> object:
        tries.append(rig.now_s)
        return plain()

    rig.bridge._connect = connect  # type: ignore[assignment]
    rig.cable.unplug()
    lost_s = rig.now_s
    rig.turns(10.0)
    pauses = np.diff([lost_s, *tries])
    assert pauses == pytest.approx([0.25, 0.5, 1.0, 2.0, 2.0, 2.0], abs=0.15)


def test_a_command_that_waits_for_its_answer_hears_that_the_line_is_lost(rig: Rig) -> None:
    rig.cable.unplug_at_write(is_command(Mark))
    first, second = rig.bridge.command(Mark(100, 1)), rig.bridge.command(Learn(1))
    rig.turn()
    with pytest.raises(FixpropError, match=r"^lost test://"):
        first.result(timeout=0)
    with pytest.raises(FixpropError, match="the board is not there: lost test://"):
        second.result(timeout=0)
    rig.cable.plug_in()
    rig.turns(1.0)
    rig.teach()
    assert rig.certain()


@pytest.mark.parametrize("arrives", [0, 1, 10, 30, 60])
def test_a_save_may_be_cut_off_and_is_known_if_it_came_to_its_end(rig: Rig, arrives: int) -> None:
    rig.teach()
    weights = rig.twin.learner.weights()
    rig.cable.unplug_at_write(is_command(Save)) if not arrives else None
    if arrives:
        plain = rig.board.write

        def write(data: bytes) -> None:
            plain(data)
            rig.cable.unplug_after(arrives)

        rig.board.write = write  # type: ignore[method-assign]
    future = rig.bridge.call(Session.save)
    rig.turn()
    with pytest.raises(FixpropError):
        future.result(timeout=0)
    rig.board.__dict__.pop("write", None)
    rig.cable.let_run(2.0)  # the line is gone, the power is not: the save goes on
    rig.cable.plug_in(power_lost=True)
    rig.turns(1.0)
    assert rig.twin.in_step
    assert rig.twin.state.first_difference is None
    if rig.twin.weights_known:
        assert rig.weights_agree()
    else:
        assert "pull them" in rig.twin.standing
        assert rig.weights_agree()  # which pulls them
    assert rig.twin.weights_known
    assert weights.any()
    assert rig.certain()


def test_weights_saved_before_the_power_went_are_known_after_it(rig: Rig) -> None:
    rig.teach()
    rig.did(rig.bridge.call(Session.save))
    rig.cable.unplug()
    rig.turns(0.5)
    rig.cable.plug_in()
    rig.turns(1.0)
    assert rig.twin.learner.step > 0
    assert rig.certain()
    assert rig.weights_agree()


def test_a_lesson_cut_off_by_the_power_leaves_no_lesson(rig: Rig) -> None:
    rig.did(rig.bridge.command(Teach(20)))
    rig.turns(3.0)
    rig.cable.unplug()
    rig.turns(0.5)
    rig.cable.plug_in()
    rig.turns(1.0)
    assert rig.certain()
    rig.did(rig.bridge.command(Teach(2)))
    rig.turns(3.0)
    assert rig.certain()


def test_a_board_that_ran_on_is_not_claimed_until_its_weights_are_reset(rig: Rig) -> None:
    rig.teach()
    rig.cable.unplug()
    rig.turns(0.2)
    assert not rig.twin.in_step
    assert rig.twin.standing.startswith("the line was lost after step ")
    assert rig.twin.latest_step() is None
    compared = rig.twin.state.checksums_compared
    rig.cable.plug_in(power_lost=False, ran_on_s=3.0)
    rig.turns(2.0)
    assert rig.bridge.link.state == LinkState.CONNECTED
    assert not rig.twin.in_step
    assert rig.twin.standing == "not in step since the gap; reset the weights to start again"
    assert rig.twin.state.checksums_compared == compared
    rig.did(rig.bridge.command(ResetWeights(5)))
    rig.teach()
    assert rig.certain()
    assert rig.twin.latest_step() is not None


def test_frames_that_vanish_on_a_good_line_are_counted_and_told_where(rig: Rig) -> None:
    rig.turns(0.3)
    read = rig.board.read
    rig.board.read = lambda seconds: read(seconds)[:0]  # type: ignore[method-assign]
    rig.turns(0.5)
    rig.board.read = read  # type: ignore[method-assign]
    rig.turns(0.5)
    indices = readings(rig)
    gap = int(np.diff(indices).max()) - 1
    assert gap > 8
    lost = [event.frames for event in rig.told if isinstance(event, Lost)]
    assert lost == [rig.bridge.totals.lost]
    assert gap <= lost[0] <= gap + 3  # checksums and health among them
    assert not rig.twin.in_step
    assert "frames were lost" in rig.twin.standing


def test_a_board_that_falls_silent_is_lost(rig: Rig) -> None:
    read = rig.board.read

    def silent(seconds: float) -> bytes:
        read(seconds)
        return b""

    rig.board.read = silent  # type: ignore[method-assign]
    rig.turns(5.5)
    assert [link.text for link in rig.links()[1:2]] == [
        "nothing from test:// in 5 s: does the board have power?"
    ]
    rig.board.read = read  # type: ignore[method-assign]
    rig.turns(9.0)
    assert rig.bridge.link.state == LinkState.CONNECTED


def test_the_reset_button_is_told_and_the_twin_starts_anew(rig: Rig) -> None:
    rig.teach()
    rig.board.power_cycle()  # the USB chip stays, so the line does
    rig.turns(1.0)
    assert rig.bridge.totals.restarts == 1
    assert rig.bridge.totals.gaps == 0
    assert rig.links()[-1].text == "test:// started anew"
    assert rig.links()[-1].hello is not None
    assert rig.certain()


def test_many_pulls_in_a_row(rig: Rig) -> None:
    rng = np.random.default_rng(4)
    for number in range(25):
        rig.bridge.command(Mark(int(rng.integers(-8000, 8000)), 1))
        rig.cable.unplug_after(int(rng.integers(1, 2000)))
        while rig.cable.plugged:
            rig.turn()
        rig.turns(0.4)
        rig.cable.plug_in(power_lost=bool(rng.integers(2)), ran_on_s=0.3)
        while rig.bridge.link.state != LinkState.CONNECTED:
            rig.turn()
        assert rig.bridge.totals.connections == number + 2
    rig.did(rig.bridge.command(ResetWeights(3)))
    rig.teach()
    assert rig.certain()
    assert rig.bridge.totals.lost == 0
