"""The twin knows every weight, and knows when it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fixprop.board import native
from fixprop.board.native import NativeBoard
from fixprop.board.replay_native import Sent
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.learner import Learner, MirrorLearner
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin, weights_of
from fixprop.wire.codec import Frame
from fixprop.wire.records import (
    Ack,
    Mark,
    Reading,
    Record,
    ResetWeights,
    SetRate,
    WeightCheck,
)
from tests.host.recorded import Event, Recording, feed, lesson

SEED = 99  # of the twin's learner before the board told its own
TWINS = pytest.mark.parametrize("learner", [MirrorLearner, NativeLearner])


@pytest.fixture(scope="module")
def recording() -> Recording:
    """A lesson on native://; 10 steps a reading instead of 80, as the mirror is slow."""
    world = World(7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "STEPS_PER_READING", 10)
        return lesson(Session(NativeBoard(world)), world, 10)


def index_of(recording: Recording, fits: Callable[[Event], bool]) -> int:
    return next(i for i, event in enumerate(recording.events) if fits(event))


def reading(number: int) -> Callable[[Event], bool]:
    return lambda event: (
        isinstance(event, Frame)
        and isinstance(event.message, Reading)
        and event.message.reading_index == number
    )


@TWINS
def test_a_sessions_weights_are_known_exactly(
    recording: Recording, learner: Callable[[int], Learner]
) -> None:
    twin = feed(Twin(learner(SEED)), recording.events)
    readings = [f.message for f in recording.frames() if isinstance(f.message, Reading)]
    checks = [f for f in recording.frames() if isinstance(f.message, WeightCheck)]
    assert twin.state.first_difference is None
    assert twin.in_step
    assert twin.state.readings == len(readings)
    assert twin.state.steps_replayed == readings[-1].step > 1000
    assert twin.state.checksums_equal == twin.state.checksums_compared == len(checks) > 10
    assert recording.weights is not None
    assert np.array_equal(twin.learner.weights(), recording.weights)
    assert twin.board_weights is not None
    assert np.array_equal(twin.board_weights, recording.weights)


def test_mirror_and_native_twins_hold_the_same_state(recording: Recording) -> None:
    twins = [feed(Twin(kind(SEED)), recording.events) for kind in (MirrorLearner, NativeLearner)]
    assert twins[0].state == twins[1].state
    for twin in twins:
        assert twin.learner.order_state() == twins[0].learner.order_state()
        assert np.array_equal(twin.learner.weights(), twins[0].learner.weights())


def test_every_single_step_is_told(recording: Recording) -> None:
    steps: list[int] = []
    twin = Twin(NativeLearner(SEED))
    twin.on_steps = lambda step, losses: steps.extend(range(step - len(losses) + 1, step + 1))
    feed(twin, recording.events)
    assert steps == list(range(1, twin.state.steps_replayed + 1))


@pytest.mark.parametrize(
    ("field", "bit"),
    [
        *[("left", bit) for bit in (0, 3, 12)],
        *[("right", bit) for bit in (0, 12)],
        ("pointer_us", 3),  # less than a quarter degree may round to the same label
        ("state", 2),  # labelled or not
        ("step", 0),
        ("rate", 4),
        ("bearing", 0),
        ("bearing_ahead", 7),
        ("presence", 0),
    ],
)
def test_one_flipped_bit_of_a_reading_is_noticed(
    recording: Recording, field: str, bit: int
) -> None:
    events = list(recording.events)
    at = index_of(recording, reading(200))
    frame = events[at]
    assert isinstance(frame, Frame)
    told = frame.message
    assert isinstance(told, Reading)
    flipped = replace(told, **{field: getattr(told, field) ^ 1 << bit})
    events[at] = replace(frame, message=flipped)
    twin = feed(Twin(NativeLearner(SEED)), events)
    assert twin.state.first_difference is not None
    if field in ("bearing", "bearing_ahead", "presence"):
        values = f"{getattr(flipped, field)} on the board, {getattr(told, field)} here"
        expected = f"reading 200, step {told.step:,}: {field} is {values}"
        assert twin.state.first_difference == expected


def test_the_first_difference_names_the_reading_the_step_and_both_values(
    recording: Recording,
) -> None:
    events = list(recording.events)
    for number, bearing in ((50, 111), (60, 222)):
        at = index_of(recording, reading(number))
        frame = events[at]
        assert isinstance(frame, Frame)
        assert isinstance(frame.message, Reading)
        events[at] = replace(frame, message=replace(frame.message, bearing=bearing))
    difference = feed(Twin(NativeLearner(SEED)), events).state.first_difference
    assert difference is not None
    assert difference.startswith("reading 50, step ")
    assert "bearing is 111 on the board, " in difference


def test_a_wrong_checksum_names_the_step_and_both_values(recording: Recording) -> None:
    events = list(recording.events)
    at = index_of(recording, lambda e: isinstance(e, Frame) and isinstance(e.message, WeightCheck))
    frame = events[at]
    assert isinstance(frame, Frame)
    check = frame.message
    assert isinstance(check, WeightCheck)
    wrong = replace(check, weights_crc=check.weights_crc ^ 1)
    events[at] = replace(frame, message=wrong)
    twin = feed(Twin(NativeLearner(SEED)), events)
    assert twin.state.first_difference == (
        f"step {check.step:,}: the weights' CRC is {wrong.weights_crc} on the board, "
        f"{check.weights_crc} here"
    )
    assert twin.state.checksums_equal == twin.state.checksums_compared - 1


def test_a_reading_that_never_came_is_noticed_by_what_follows(recording: Recording) -> None:
    events = list(recording.events)
    del events[index_of(recording, reading(200))]
    assert feed(Twin(NativeLearner(SEED)), events).state.first_difference is not None


@pytest.mark.parametrize(
    "other", [ResetWeights(8), Mark(-5000, 1), Mark(5000, 0), SetRate(2300)], ids=str
)
def test_another_command_than_the_one_sent_is_noticed(recording: Recording, other: Record) -> None:
    events = list(recording.events)
    at = index_of(recording, lambda e: isinstance(e, Sent) and e.command.name == other.name)
    sent = events[at]
    assert isinstance(sent, Sent)
    events[at] = replace(sent, command=other)
    assert feed(Twin(NativeLearner(SEED)), events).state.first_difference is not None


def test_lost_frames_end_the_claim_until_the_weights_are_reset(recording: Recording) -> None:
    twin = Twin(NativeLearner(SEED))
    at = index_of(recording, reading(100))
    feed(twin, recording.events[:at])
    compared = twin.state.checksums_compared
    twin.lost(3)
    assert not twin.in_step
    assert twin.state.first_difference == "frames lost: 3; reset the weights to start again"
    feed(twin, recording.events[at:])
    assert twin.state.checksums_compared == compared
    again = index_of(recording, lambda e: isinstance(e, Sent))
    twin = feed(twin, recording.events[again:])  # from the reset of the weights on
    assert twin.in_step
    assert twin.state.checksums_compared > compared
    assert twin.state.checksums_equal == twin.state.checksums_compared
    assert twin.state.first_difference == "frames lost: 3; reset the weights to start again"


def test_nothing_is_claimed_of_a_board_that_was_already_running(recording: Recording) -> None:
    at = index_of(recording, lambda e: isinstance(e, Sent))
    later = index_of(recording, reading(10))
    twin = feed(Twin(NativeLearner(SEED)), recording.events[later:])
    assert at < later
    assert not twin.in_step
    assert twin.state.checksums_compared == 0


def test_a_refused_command_changes_nothing(recording: Recording) -> None:
    twin = feed(Twin(NativeLearner(SEED)), recording.events)
    before = twin.learner.weights()
    twin.sent(5, ResetWeights(12345))
    twin.take(Frame(0, Ack(5, ResetWeights.code, 2, 0, twin.learner.step)))
    assert np.array_equal(twin.learner.weights(), before)
    assert twin.state.first_difference is None


def test_an_absurd_step_is_a_difference_and_not_an_endless_computation(
    recording: Recording,
) -> None:
    twin = feed(Twin(NativeLearner(SEED)), recording.events)
    ours = twin.learner.step
    twin.take(Frame(0, WeightCheck(0xFFFFFFFF, 0, 0, 0)))
    assert twin.state.first_difference == f"board at step {0xFFFFFFFF:,}, twin at step {ours:,}"
    assert twin.learner.step == ours


def test_weights_of_three_bytes_are_signed_and_little_endian() -> None:
    data = bytes([1, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0xFF, 0xFF, 0x7F])
    assert weights_of(data, 4).tolist() == [1, -1, -(1 << 23), (1 << 23) - 1]
    assert weights_of(data, 2).tolist() == [1, -1]
