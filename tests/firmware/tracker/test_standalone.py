"""A board without a PC: its button, its LED, and what a PC that listens is told."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.reliability.altered import altered
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import MirrorLearner, weights_crc
from fixprop.tracking.native_learner import TRACKER
from fixprop.wire.records import (
    ButtonAction,
    GetWeights,
    Hello,
    Learn,
    Mark,
    Pressed,
    Result,
    Save,
    SetCalibration,
    SetWeights,
    State,
    Stored,
    StoreOperation,
    Teach,
    WeightCheck,
    WeightsSource,
)
from tests.firmware.tracker.conversation import Conversation, dump, every, set_outputs

LESSON = VALUES["BUTTON_LESSON_S"] * 1000 // VALUES["READING_PERIOD_MS"]
REST, SETTLE = VALUES["TEACH_REST_READINGS"], VALUES["TEACH_SETTLE_READINGS"]
LOOSE = VALUES["READING_HIGHEST"] + 1


@pytest.fixture
def board() -> Conversation:
    return Conversation()


def press(board: Conversation, *, long: bool = False) -> Pressed:
    assert board.tracker.press(long)
    (told,) = every(Pressed, board.listen())
    return told


def follow(board: Conversation, readings: int) -> None:
    """So many readings of a hand that is nearer on the side the pointer points to."""
    for _ in range(readings):
        offset = board.tracker.pulse_us() - VALUES["SERVO_CENTRE_US"]
        board.read(2500 - 3 * offset, 2500 + 3 * offset)
        board.tracker.work(3)
        board.listen()


def finish(board: Conversation) -> Stored:
    for _ in range(3000):
        board.tracker.work(1)
        if stored := every(Stored, board.listen()):
            return stored[0]
    raise AssertionError("it does not end")


def test_a_press_begins_a_lesson_and_another_ends_and_saves_it(board: Conversation) -> None:
    started = press(board)
    assert started == Pressed(ButtonAction.TEACH, 0, 0, 1)
    follow(board, REST + SETTLE + 50)
    told = board.read()
    assert State(told.state) == State.TEACHING | State.LEARNING | State.LABELLED
    assert told.step > 100
    ended = press(board)
    assert (ended.action, ended.reading_index, ended.step) == (
        ButtonAction.END, told.reading_index + 1, told.step,
    )  # fmt: skip
    assert State(board.read().state) == State.STORING
    stored = finish(board)
    assert (stored.operation, stored.result, stored.step) == (StoreOperation.SAVE, 0, told.step)
    assert State(board.read().state) == 0  # it does not train on
    (hello,) = every(Hello, Conversation(board.tracker.eeprom).frames)
    assert (hello.weights_source, hello.step) == (WeightsSource.EEPROM, told.step)
    assert (hello.weights_crc, hello.state) == (stored.weights_crc, 0)


def test_its_lesson_is_the_same_as_the_hosts(board: Conversation) -> None:
    host = Conversation()
    host.ask(Teach(VALUES["BUTTON_LESSON_S"]))
    press(board)
    for _ in range(REST + SETTLE + 30):
        assert board.read() == host.read()
        assert board.tracker.work(5) == host.tracker.work(5)
        assert board.tracker.pulse_us() == host.tracker.pulse_us()


def test_its_lesson_ends_by_itself_and_is_saved(board: Conversation) -> None:
    press(board)
    follow(board, LESSON)
    (*_, ended) = every(Pressed, board.frames)
    assert (ended.action, ended.reading_index) == (ButtonAction.END, LESSON)
    assert finish(board).result == 0
    follow(board, 50)
    assert len(every(Pressed, board.frames)) == 2  # once only


def test_a_hosts_lesson_ends_without_a_save(board: Conversation) -> None:
    press(board)
    board.ask(Teach(20))  # the host takes over
    follow(board, 20 * 1000 // 38 + 5)
    assert len(every(Pressed, board.frames)) == 1
    assert board.read().state & State.LEARNING


def test_a_press_ends_a_hosts_lesson_too(board: Conversation) -> None:
    board.ask(Teach(60))
    follow(board, 10)
    assert press(board).action == ButtonAction.END
    assert finish(board).operation == StoreOperation.SAVE


def test_a_long_press_forgets_everything(board: Conversation) -> None:
    press(board)
    follow(board, REST + SETTLE + 20)
    press(board)
    finish(board)
    forgot = press(board, long=True)
    assert (forgot.action, forgot.step, forgot.seed) == (ButtonAction.FORGET, 0, 2)
    erased = finish(board)
    assert (erased.operation, erased.slot) == (StoreOperation.ERASE, 255)
    assert erased.weights_crc == weights_crc(MirrorLearner(2).weights())
    assert np.array_equal(dump(board), MirrorLearner(2).weights())
    (hello,) = every(Hello, Conversation(board.tracker.eeprom).frames)
    assert (hello.weights_source, hello.step) == (WeightsSource.INITIAL, 0)
    assert press(board, long=True).seed == 3  # other weights again


def test_forgetting_ends_a_lesson_and_its_samples(board: Conversation) -> None:
    press(board)
    follow(board, REST + SETTLE + 20)
    press(board, long=True)
    finish(board)
    for _ in range(VALUES["CHECK_READINGS"]):
        told = board.read()
        board.listen()
    assert told.state == 0
    *_, check = every(WeightCheck, board.frames)
    assert (check.step, check.memory_count) == (0, 0)


@pytest.mark.parametrize("long", [False, True])
def test_a_press_waits_while_the_weights_are_stored_or_sent(
    board: Conversation, long: bool
) -> None:
    for command in (Save(), GetWeights()):
        board.ask(command)
        assert not board.tracker.press(long)
        assert every(Pressed, board.listen()) == []
        board.tracker.work(3000)
        board.listen()
    press(board, long=long)


def test_a_lesson_whose_time_is_over_during_a_save_ends_after_it(board: Conversation) -> None:
    press(board)
    follow(board, LESSON - 1)
    board.ask(Save())
    board.read()
    board.read()
    assert len(every(Pressed, board.frames)) == 1
    finish(board)
    board.read()
    board.listen()
    assert [p.action for p in every(Pressed, board.frames)] == [
        ButtonAction.TEACH,
        ButtonAction.END,
    ]
    finish(board)


def test_a_lesson_is_refused_while_a_push_is_incomplete_and_forgetting_is_not(
    board: Conversation,
) -> None:
    board.ask(SetWeights(0, 16, bytes(48)))
    assert press(board).action == ButtonAction.REFUSED
    assert State(board.read().state) == State.INCOMPLETE
    assert press(board, long=True).action == ButtonAction.FORGET
    finish(board)
    assert press(board).action == ButtonAction.TEACH


def test_the_end_of_its_lesson_waits_for_the_end_of_a_push(board: Conversation) -> None:
    press(board)
    board.ask(Learn(0))
    board.ask(SetWeights(0, 16, bytes(48)))
    follow(board, LESSON + 5)
    assert len(every(Pressed, board.frames)) == 1
    assert State(board.read().state) == State.INCOMPLETE  # nothing is saved of a mixture
    set_outputs(board, 16384, 8192)
    board.read()
    assert [p.action for p in every(Pressed, board.frames)][1:] == [ButtonAction.END]
    stored = finish(board)
    assert (stored.result, stored.weights_crc) == (0, weights_crc(dump(board)))


def unguarded(guard: str, after: str) -> Conversation:
    source = TRACKER / "standalone.c"
    return Conversation(altered={source.name: altered(source, guard + after, after)})


def test_without_its_guard_the_button_teaches_on_half_a_push() -> None:
    refusal = "    telemetry_pressed(WIRE_BUTTON_ACTION_REFUSED);\n"
    board = unguarded(f"  else if (tracker.push_next)\n{refusal}", "  else if (tracker.lesson")
    board.ask(SetWeights(0, 16, bytes(48)))
    assert press(board).action == ButtonAction.TEACH


def test_without_its_guard_the_end_of_a_lesson_saves_half_a_push() -> None:
    board = unguarded(" &&\n      !tracker.push_next", ")\n    end();")
    press(board)
    board.ask(Learn(0))
    board.ask(SetWeights(0, 16, bytes(48)))
    follow(board, LESSON + 5)
    assert every(Pressed, board.frames)[-1].action == ButtonAction.END


def test_the_led_says_what_goes_on(board: Conversation) -> None:
    seen = [board.tracker.light()]

    def look() -> None:
        if (light := board.tracker.light()) != seen[-1]:
            seen.append(light)

    press(board)
    for _ in range(REST + SETTLE + 10):
        board.read(2000, 2600)
        look()
        board.tracker.work(20)
    press(board)
    board.read()
    look()
    finish(board)
    for _ in range(3):
        board.read(60, 60)  # nobody
        look()
    assert seen == ["untrained", "rest", "settle", "follow", "storing", seen[-1]]
    assert seen[-1] in ("ready", "tracking")


def test_the_led_tells_a_hand_from_none(board: Conversation) -> None:
    for reading, label in ((4000, Mark(0, 1)), (300, Mark(0, 0))):
        board.read(reading, reading)
        board.ask(label)
    board.ask(Learn(1))
    assert board.tracker.work(4000) == 4000
    lights = []
    for reading in (4000, 4000, 300, 300):
        board.read(reading, reading)
        lights.append(board.tracker.light())
    assert lights[1::2] == ["tracking", "ready"]


def test_the_led_tells_of_a_loose_wire_and_of_missing_weights(board: Conversation) -> None:
    board.ask(SetWeights(0, 16, bytes(48)))
    board.read()
    assert board.tracker.light() == "incomplete"
    for left, right in ((LOOSE, 1000), (1000, LOOSE)):
        board.read(left, right)
        assert board.tracker.light() == "loose"


def test_the_led_tells_when_the_eeprom_did_not_keep_a_save(board: Conversation) -> None:
    board.ask(Save())
    for _ in range(3000):
        board.tracker.work(1)
        for slot in range(4):
            board.tracker.set_cell(slot * 221 + 7, 0)
        if stored := every(Stored, board.listen()):
            break
    assert stored[0].result != 0
    board.read()
    assert board.tracker.light() == "worn"
    board.ask(SetCalibration(1, 1100, 16384, 0, 0, 0, 16384, 0, 0, 0))
    assert finish(board).operation == StoreOperation.CALIBRATE
    board.read()
    assert board.tracker.light() == "worn"  # a calibration that is kept says nothing of the weights
    assert Result(board.ask(Learn(0)).result) == Result.OK
