"""Weights in EEPROM: saved while readings go on, loaded at the start or when asked, forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.native import NativeTracker
from fixprop.formats import Integers
from fixprop.tracking.learner import MirrorLearner, weights_crc
from fixprop.tracking.twin import weights_of
from fixprop.wire.codec import encode_record
from fixprop.wire.records import (
    Erase,
    GetHello,
    GetWeights,
    Hello,
    Learn,
    Load,
    Mark,
    Record,
    ResetWeights,
    Result,
    Save,
    SetRate,
    SetWeights,
    State,
    Stored,
    StoreOperation,
    StoreResult,
    TrainSample,
    Weights,
    WeightsSource,
)
from tests.firmware.tracker.conversation import Conversation, every

OK, BUSY = Result.OK, Result.BUSY
SAMPLE = TrainSample(bytes(8), bytes(6))
SLOT_BYTES = 7 + 67 * 3 + 13  # step, rate and learning; weights; what the store adds


@pytest.fixture
def board() -> Conversation:
    return Conversation()


def trained(board: Conversation, steps: int = 100) -> None:
    """So many steps on a few marks; it still learns."""
    for number in range(4):
        board.read(1500 + 300 * number, 2500 - 200 * number)
        board.ask(Mark(4000 * number - 6000, 1))
    board.ask(Learn(1))
    assert board.tracker.work(steps) == steps


def hello(board: Conversation) -> Hello:
    board.tracker.write(encode_record(GetHello(), 0))
    (told,) = every(Hello, board.listen())
    return told


def weights(board: Conversation) -> Integers:
    board.ask(Learn(0))
    assert board.result(GetWeights()) == OK
    board.tracker.work(5)
    return np.concatenate([weights_of(p.data, p.count) for p in every(Weights, board.listen())])


def finish(board: Conversation) -> Stored:
    """The end of a save or erase."""
    for _ in range(2000):
        board.tracker.work(1)
        if stored := every(Stored, board.listen()):
            return stored[0]
    raise AssertionError("it does not end")


def save(board: Conversation) -> Stored:
    assert board.result(Save()) == OK
    return finish(board)


def rebooted(board: Conversation) -> Conversation:
    return Conversation(board.tracker.eeprom)


def test_a_new_board_has_its_seeds_weights_and_nothing_to_load(board: Conversation) -> None:
    told = hello(board)
    assert (told.weights_source, told.step) == (WeightsSource.INITIAL, 0)
    assert told.weights_crc == weights_crc(MirrorLearner(1).weights())
    assert board.result(Load()) == Result.NOTHING_STORED
    assert len(board.answer) == 1
    assert np.array_equal(weights(board), MirrorLearner(1).weights())


@pytest.mark.parametrize("learning", [0, 1])
def test_a_board_starts_with_what_it_saved(board: Conversation, learning: int) -> None:
    trained(board, 123)
    board.ask(SetRate(321))
    board.ask(Learn(learning))
    stored = save(board)
    assert (stored.operation, stored.result) == (StoreOperation.SAVE, StoreResult.OK)
    assert (stored.slot, stored.generation, stored.bad_slots) == (0, 1, 0)
    assert (stored.step, stored.rate) == (123, 321)
    again = rebooted(board)
    (told,) = every(Hello, again.frames)
    assert (told.weights_source, told.step, told.rate) == (WeightsSource.EEPROM, 123, 321)
    assert told.state == (State.LEARNING if learning else 0)
    assert told.reading_index == 0
    expected = weights(board)
    assert told.weights_crc == stored.weights_crc == weights_crc(expected)
    assert np.array_equal(weights(again), expected)


def test_training_waits_for_a_save_and_readings_do_not(board: Conversation) -> None:
    trained(board)
    assert State(board.read().state) == State.LEARNING
    ack = board.ask(Save())
    assert ack.step == 100
    for _ in range(20):
        board.tracker.work(3)
        told = board.read()
        assert State(told.state) == State.LEARNING | State.STORING
        assert told.step == 100
    finish(board)
    told = board.read()
    assert (State(told.state), told.step) == (State.LEARNING, 100)
    assert board.tracker.work(10) == 10
    assert board.read().step == 110


def test_the_rate_at_the_start_of_a_save_is_kept_whole(board: Conversation) -> None:
    board.ask(SetRate(0x1234))
    board.ask(Save())
    for turn in range(600):
        board.ask(SetRate(0xABCD if turn % 2 else 0x4321))
        board.ask(Learn(turn % 2))
        board.tracker.work(1)
        board.listen()
    (told,) = every(Hello, rebooted(board).frames)
    assert (told.rate, told.state) == (0x1234, 0)


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (Save(), BUSY),
        (Load(), BUSY),
        (Erase(), BUSY),
        (SetWeights(0, 1, bytes(48)), BUSY),
        (ResetWeights(1), BUSY),
        (SAMPLE, BUSY),
        (GetWeights(), OK),
        (SetRate(1), OK),
        (Learn(1), OK),
        (Mark(0, 1), OK),
    ],
    ids=str,
)
@pytest.mark.parametrize("busy_with", [Save(), Erase()], ids=["save", "erase"])
def test_what_would_change_the_weights_is_refused_until_they_are_saved(
    board: Conversation, busy_with: Record, command: Record, result: Result
) -> None:
    board.ask(busy_with)
    assert board.result(command) == result
    board.tracker.work(2000)
    board.listen()
    board.ask(Learn(0))
    later = board.result(command)
    assert later == (Result.NOTHING_STORED if (busy_with, command) == (Erase(), Load()) else OK)


def test_weights_may_be_read_during_a_save(board: Conversation) -> None:
    board.ask(Save())
    board.tracker.work(50)
    board.ask(GetWeights())
    board.tracker.work(5)
    told = every(Weights, board.listen())
    assert [part.offset for part in told] == [0, 16, 32, 48, 64]
    assert finish(board).result == StoreResult.OK
    assert rebooted(board).frames[0].message.weights_source == WeightsSource.EEPROM  # type: ignore[union-attr]


def test_load_goes_back_to_what_was_saved(board: Conversation) -> None:
    trained(board, 50)
    stored = save(board)
    board.ask(SetRate(9))
    assert board.tracker.work(70) == 70
    assert board.ask(Load()).step == 120
    (told,) = every(Stored, board.answer)
    assert told == Stored(
        StoreOperation.LOAD, StoreResult.OK, 0, 0, 1, 50, stored.rate, stored.weights_crc
    )
    present = hello(board)
    assert (present.step, present.rate, present.weights_crc) == (50, told.rate, told.weights_crc)
    assert present.weights_source == WeightsSource.EEPROM
    assert board.tracker.work(10) == 10  # it learned when it was saved
    assert board.read().step == 60


def test_load_ends_a_push_that_was_cut_short(board: Conversation) -> None:
    save(board)
    board.ask(SetWeights(0, 16, bytes(48)))
    assert board.result(Save()) == Result.INCOMPLETE
    assert board.result(Load()) == OK
    assert board.result(Learn(1)) == OK
    assert np.array_equal(weights(board), MirrorLearner(1).weights())


def test_load_waits_for_a_dump(board: Conversation) -> None:
    save(board)
    board.ask(GetWeights())
    assert board.result(Load()) == BUSY


def test_saves_take_turns_and_the_last_counts(board: Conversation) -> None:
    for number in range(9):
        board.ask(ResetWeights(number))
        stored = save(board)
        assert (stored.slot, stored.generation) == (number % 4, number + 1)
    assert np.array_equal(weights(rebooted(board)), MirrorLearner(8).weights())


def test_what_was_erased_does_not_come_back(board: Conversation) -> None:
    for number in range(5):
        board.ask(ResetWeights(number))
        save(board)
    assert board.result(Erase()) == OK
    erased = finish(board)
    assert (erased.operation, erased.result, erased.slot) == (StoreOperation.ERASE, OK, 255)
    assert board.result(Load()) == Result.NOTHING_STORED
    assert np.array_equal(weights(board), MirrorLearner(4).weights())  # the present ones stay
    assert np.array_equal(weights(rebooted(board)), MirrorLearner(1).weights())


def test_the_last_64_bytes_belong_to_the_unit(board: Conversation) -> None:
    image = bytes(960) + bytes(range(64))
    board = Conversation(image)
    for number in range(9):
        board.ask(ResetWeights(number))
        save(board)
    board.ask(Erase())
    finish(board)
    assert board.tracker.eeprom[960:] == bytes(range(64))


def test_every_damaged_byte_of_the_only_record_gives_the_initial_weights(
    board: Conversation,
) -> None:
    trained(board)
    save(board)
    image = board.tracker.eeprom
    size = next(n for n in range(959, 0, -1) if image[n] != 0xFF) + 1
    assert size > 200
    for address in range(0, size, 7):
        spoilt = bytearray(image)
        spoilt[address] ^= 0x10
        (told,) = every(Hello, Conversation(bytes(spoilt)).frames)
        assert (told.weights_source, told.step) == (WeightsSource.INITIAL, 0)


def save_with_worn(board: Conversation, slots: list[int]) -> Stored:
    """A save while a cell of each of these slots keeps 0x5A."""
    board.ask(Save())
    for _ in range(3000):
        board.tracker.work(1)
        for slot in slots:
            board.tracker.set_cell(slot * SLOT_BYTES, 0x5A)  # the generation's low byte
        if stored := every(Stored, board.listen()):
            return stored[0]
    raise AssertionError("it does not end")


def test_worn_cells_are_told_and_what_was_kept_stays(board: Conversation) -> None:
    board.ask(ResetWeights(11))
    save(board)  # in slot 0
    board.ask(ResetWeights(22))
    told = save_with_worn(board, [1, 2])
    assert (told.result, told.slot, told.bad_slots) == (StoreResult.OK, 3, 2)
    assert np.array_equal(weights(rebooted(board)), MirrorLearner(22).weights())
    board.ask(ResetWeights(33))
    told = save_with_worn(board, [0, 1, 2])
    assert (told.result, told.slot, told.bad_slots) == (StoreResult.WORN, 3, 3)
    assert np.array_equal(weights(rebooted(board)), MirrorLearner(22).weights())
    assert board.result(Learn(1)) == OK  # and life goes on


def test_every_save_ends_and_says_so_once_no_slot_is_left(board: Conversation) -> None:
    save(board)
    assert save_with_worn(board, [1, 2, 3]).result == StoreResult.WORN
    for _ in range(2):
        assert board.result(Save()) == OK
        told = finish(board)
        assert (told.operation, told.result) == (StoreOperation.SAVE, StoreResult.WORN)
        assert (told.slot, told.bad_slots) == (0, 3)
        assert hello(board).state == 0
    board.ask(Load())
    (loaded,) = every(Stored, board.answer)
    assert (loaded.operation, loaded.result) == (StoreOperation.LOAD, StoreResult.OK)


def test_a_save_tells_the_rate_that_it_kept(board: Conversation) -> None:
    board.ask(SetRate(500))
    board.ask(Save())
    board.ask(SetRate(64))
    told = finish(board)
    assert (told.rate, hello(board).rate) == (500, 64)
    board.ask(Load())
    assert hello(board).rate == told.rate


def test_two_trackers_have_an_eeprom_each() -> None:
    one, other = NativeTracker(), NativeTracker()
    one.write(encode_record(Save(), 0))
    one.work(2000)
    assert one.eeprom != other.eeprom == bytes([0xFF]) * 1024
