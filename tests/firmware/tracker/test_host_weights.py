"""What the host trains and what it sets: samples one at a time, weights that come in runs."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.reliability.altered import altered
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.tracking.learner import MirrorLearner, weights_crc
from fixprop.tracking.native_learner import TRACKER
from fixprop.tracking.twin import values_of
from fixprop.wire.messages import SAMPLE_INPUTS, SAMPLE_OUTPUTS
from fixprop.wire.records import (
    Learn,
    Record,
    ResetWeights,
    Result,
    Save,
    SetWeights,
    State,
    Teach,
    Trained,
    TrainSample,
)
from tests.firmware.tracker.conversation import COUNT, Conversation, dump, every, set_outputs

REFUSAL = "    return WIRE_RESULT_INCOMPLETE;\n"
SAMPLE = TrainSample(bytes(8), bytes(6))
GUARDED: list[
    tuple[str, str, Record]
] = [  # the guard, what follows it, and the command that it refuses
    (f"  if (learn.on && tracker.push_next)\n{REFUSAL}", "", Learn(1)),
    (f"  if (teach.seconds && tracker.push_next)\n{REFUSAL}", "", Teach(5)),
    (f"  if (tracker.push_next)\n{REFUSAL}", "  int16_t inputs", SAMPLE),
    (f"  if (tracker.push_next)\n{REFUSAL}", "  keep_save();", Save()),
]
OK, CENTRE_US = Result.OK, VALUES["SERVO_CENTRE_US"]


@pytest.fixture
def board() -> Conversation:
    return Conversation()


def test_the_definition_of_a_sample_fits_the_network() -> None:
    assert (TOPOLOGY.sizes[0], TOPOLOGY.sizes[-1]) == (SAMPLE_INPUTS, SAMPLE_OUTPUTS)


@pytest.mark.parametrize("on", [0, 1])
def test_a_sample_is_one_step_whether_training_is_on_or_off(board: Conversation, on: int) -> None:
    board.ask(Learn(on))
    rng, mirror = np.random.default_rng(1), MirrorLearner(1)
    for step in range(1, 50):
        inputs, targets = (rng.integers(-32768, 32768, count) for count in (4, 3))
        board.ask(TrainSample(*(v.astype("<i2").tobytes() for v in (inputs, targets))))
        (trained,) = every(Trained, board.answer)
        outputs = mirror.train_on(inputs, targets)
        assert values_of(trained.outputs).tolist() == outputs.tolist()
        assert (trained.step, trained.weights_crc) == (step, weights_crc(mirror.weights()))
    assert board.read().step == 49
    board.ask(Learn(0))
    assert np.array_equal(dump(board), mirror.weights())


def weights_of_zero(offset: int, count: int) -> SetWeights:
    return SetWeights(offset, count, bytes(48))


def test_half_a_push_does_not_learn_nor_point_and_says_so(board: Conversation) -> None:
    set_outputs(board, 16384, 8192)
    board.read()
    there = board.tracker.pulse_us()
    set_outputs(board, -16384, 8192, until=64)
    for command in (Learn(1), Teach(5), SAMPLE, Save()):
        assert board.result(command) == Result.INCOMPLETE
    assert State(board.read().state) == State.INCOMPLETE
    assert board.tracker.pulse_us() == there
    assert board.tracker.work(10) == 0
    assert board.result(Learn(0)) == board.result(Teach(0)) == OK
    set_outputs(board, -16384, 8192)  # a push from the start comes to its end
    assert board.read().state == 0
    assert board.tracker.pulse_us() < CENTRE_US
    assert board.result(Learn(1)) == OK


@pytest.mark.parametrize(
    ("guard", "after", "command"), GUARDED, ids=[command.name for _, _, command in GUARDED]
)
def test_without_its_guard_half_a_push_is_trained_or_saved(
    guard: str, after: str, command: Record
) -> None:
    results = []
    for unguarded in ({}, {"commands.c": altered(TRACKER / "commands.c", guard + after, after)}):
        board = Conversation(altered=unguarded)
        set_outputs(board, -16384, 8192, until=64)
        results.append(board.result(command))
    assert results == [Result.INCOMPLETE, OK]


def test_without_its_guard_the_servo_follows_half_a_push() -> None:
    eager = altered(TRACKER / "tracker.c", "presence > 0 && !tracker.push_next", "presence > 0")
    pulses_us = []
    for sources in ({}, {"tracker.c": eager}):
        board = Conversation(altered=sources)
        set_outputs(board, 16384, 8192)
        board.read()
        before_us = board.tracker.pulse_us()
        set_outputs(board, -16384, 8192, until=64)
        board.read()
        pulses_us.append(board.tracker.pulse_us() - before_us)
    assert pulses_us[0] == 0 != pulses_us[1]


def test_a_run_of_no_weights_is_refused_and_ends_no_push(board: Conversation) -> None:
    assert board.result(weights_of_zero(0, 16)) == OK
    for offset in (0, 16):
        assert board.result(weights_of_zero(offset, 0)) == Result.BAD_VALUE
    assert State(board.read().state) == State.INCOMPLETE
    assert board.result(Save()) == Result.INCOMPLETE


def test_a_repeated_run_does_not_hold_a_push_up_and_a_run_alone_is_none(
    board: Conversation,
) -> None:
    for offset in (0, 16, 0, 16, 16, 32, 16, 32, 48, 64):  # answers were lost
        assert board.result(weights_of_zero(offset, min(16, COUNT - offset))) == OK
        assert bool(board.read().state & State.INCOMPLETE) == (offset != 64)
    assert board.result(weights_of_zero(32, 5)) == OK
    assert board.read().state == 0


def test_a_push_that_left_a_run_out_is_not_complete(board: Conversation) -> None:
    for offset in (0, 16, 48, 64):
        board.ask(weights_of_zero(offset, min(16, COUNT - offset)))
    assert board.result(Learn(1)) == Result.INCOMPLETE
    board.ask(ResetWeights(1))
    assert board.result(Learn(1)) == OK
