"""The twin of a board whose button is pressed: in step with every weight, or it says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import Learner, MirrorLearner
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.records import ButtonAction, Hello, Load, Pressed, Reading, SetRate
from tests.firmware.tracker.conversation import Conversation, dump, every

LABELLED = VALUES["TEACH_REST_READINGS"] + VALUES["TEACH_SETTLE_READINGS"] + 1


def taught() -> Conversation:
    """A lesson by button, ended by button, a save; its frames are in `frames`."""
    board = Conversation()
    board.read()
    board.ask(SetRate(77))  # the lesson must set it anew
    board.tracker.press()
    for _ in range(LABELLED + 40):
        offset = board.tracker.pulse_us() - VALUES["SERVO_CENTRE_US"]
        board.read(2500 - 3 * offset, 2500 + 3 * offset)
        board.tracker.work(4)
    board.tracker.press()
    board.tracker.work(3000)
    board.listen()
    return board


def follow(twin: Twin, frames: list[Frame]) -> Twin:
    for frame in frames:
        twin.take(frame)
    return twin


@pytest.mark.parametrize("kind", [MirrorLearner, NativeLearner])
def test_a_lesson_by_button_is_followed_to_its_end_and_its_save(
    kind: Callable[[int], Learner],
) -> None:
    board = taught()
    twin = Twin(kind(1))
    twin.sent(1, SetRate(77))
    follow(twin, board.frames)
    weights = dump(board)
    assert twin.state.first_difference is None
    assert twin.state.checksums_equal == twin.state.checksums_compared > 8
    assert np.array_equal(twin.learner.weights(), weights)
    assert [np.array_equal(w, weights) for w in twin.saved.values()] == [True]


def test_what_the_button_saved_is_known_when_it_is_loaded() -> None:
    board = taught()
    twin = Twin(NativeLearner(1))
    twin.sent(1, SetRate(77))
    follow(twin, board.frames)
    before = len(board.frames)
    board.ask(Load())
    twin.sent(board.sequence, Load())
    follow(twin, board.frames[before:])
    assert twin.weights_known and twin.in_step
    again = Conversation(board.tracker.eeprom)
    follow(twin, again.frames)
    assert twin.weights_known and twin.state.first_difference is None


def test_a_twin_out_of_step_is_in_step_again_when_the_board_forgets() -> None:
    board = taught()
    twin = Twin(NativeLearner(1))
    follow(twin, board.frames[:10])
    twin.lost(3)
    first = len(board.frames)
    assert board.tracker.press(long=True)
    for _ in range(VALUES["CHECK_READINGS"]):
        board.read()
        board.tracker.work(100)
    board.listen()
    compared = twin.state.checksums_compared
    follow(twin, board.frames[first:])
    assert twin.in_step
    assert twin.state.checksums_compared > compared
    assert twin.state.checksums_equal == twin.state.checksums_compared
    assert np.array_equal(twin.learner.weights(), MirrorLearner(2).weights())


def test_a_press_that_was_not_told_is_noticed() -> None:
    board = taught()
    board.tracker.press(long=True)
    for _ in range(VALUES["CHECK_READINGS"]):
        board.read()
    twin = Twin(NativeLearner(1))
    twin.sent(1, SetRate(77))
    follow(twin, [f for f in board.frames if not _forgets(f)])
    assert twin.state.first_difference is not None


def _forgets(frame: Frame) -> bool:
    return isinstance(frame.message, Pressed) and frame.message.action == ButtonAction.FORGET


def test_a_refused_press_changes_nothing() -> None:
    board = taught()
    twin = Twin(NativeLearner(1))
    twin.sent(1, SetRate(77))
    follow(twin, board.frames)
    before = twin.learner.weights(), twin.learner.step
    twin.take(Frame(0, Pressed(ButtonAction.REFUSED, 0, 0, 1)))
    assert np.array_equal(twin.learner.weights(), before[0]) and twin.learner.step == before[1]


def test_nothing_is_claimed_of_a_press_on_a_board_never_heard_before() -> None:
    twin = Twin(NativeLearner(1))
    twin.take(Frame(0, Pressed(ButtonAction.TEACH, 10, 5, 1)))
    twin.take(Frame(1, Pressed(ButtonAction.END, 10, 5, 1)))
    assert not twin.in_step and twin.state.steps_replayed == 0


def test_the_supply_is_told_and_changes_no_bit() -> None:
    """Readings are told as the network saw them, whatever the supply was."""
    board = Conversation()
    for number in range(40):
        board.tracker.burst_reading(2000 + 10 * number, 3000, 3400 + 10 * number, 38_000 * number)
    board.listen()
    told = every(Reading, board.frames)
    assert len({r.supply_mv for r in told}) > 30
    twin = follow(Twin(NativeLearner(1)), board.frames)
    assert twin.state.first_difference is None
    spoilt = replace(told[20], left=told[20].left + 8)
    frames = [replace(f, message=spoilt) if f.message == told[20] else f for f in board.frames]
    assert follow(Twin(NativeLearner(1)), frames).state.first_difference is not None
    assert isinstance(board.frames[0].message, Hello)
