"""What the host may ask, and what it is told when it may not."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.tracking.learner import MirrorLearner
from fixprop.wire.codec import encode_record
from fixprop.wire.messages import MESSAGES
from fixprop.wire.records import (
    GetHello,
    GetWeights,
    Health,
    Hello,
    Learn,
    Mark,
    Reading,
    Record,
    ResetWeights,
    Result,
    SetPointer,
    SetRate,
    SetWeights,
    State,
    Teach,
    TrainSample,
    WeightCheck,
    Weights,
)
from tests.firmware.tracker.conversation import Conversation, dump, every, set_outputs

COUNT = TOPOLOGY.weight_count
LOW_US, CENTRE_US, HIGH_US = (VALUES[f"SERVO_{n}_US"] for n in ("LOW", "CENTRE", "HIGH"))
OK, BUSY, BAD_VALUE = Result.OK, Result.BUSY, Result.BAD_VALUE
COMMANDS = [m for m in MESSAGES if m.direction == "host to device" and m.name != "get_hello"]


@pytest.fixture
def board() -> Conversation:
    return Conversation()


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (Learn(0), OK),
        (Learn(1), OK),
        (Learn(2), BAD_VALUE),
        (Learn(255), BAD_VALUE),
        (SetRate(0), OK),
        (SetRate(65535), OK),
        (Teach(0), OK),
        (Teach(255), OK),
        (ResetWeights(0), OK),
        (ResetWeights(0xFFFFFFFF), OK),
        (SetPointer(0), OK),
        (SetPointer(LOW_US - 1), BAD_VALUE),
        (SetPointer(LOW_US), OK),
        (SetPointer(HIGH_US), OK),
        (SetPointer(HIGH_US + 1), BAD_VALUE),
        (Mark(-32768, 1), OK),
        (Mark(32767, 0), OK),
        (Mark(0, 2), BAD_VALUE),
        (SetWeights(0, 0, bytes(48)), BAD_VALUE),
        (SetWeights(0, 16, bytes(48)), OK),
        (SetWeights(0, 17, bytes(48)), BAD_VALUE),
        (SetWeights(COUNT - 16, 16, bytes(48)), OK),
        (SetWeights(COUNT - 15, 16, bytes(48)), BAD_VALUE),
        (SetWeights(COUNT, 0, bytes(48)), BAD_VALUE),
        (SetWeights(COUNT, 1, bytes(48)), BAD_VALUE),
        (SetWeights(COUNT + 1, 0, bytes(48)), BAD_VALUE),
        (SetWeights(65535, 16, bytes(48)), BAD_VALUE),
        (TrainSample(b"\0\x80" * 4, b"\0\x80" * 3), OK),
        (TrainSample(b"\xff\x7f" * 4, b"\xff\x7f" * 3), OK),
    ],
    ids=str,
)
def test_values_are_taken_to_their_limits_and_no_further(
    board: Conversation, command: Record, result: Result
) -> None:
    ack = board.ask(command)
    assert (ack.command, Result(ack.result)) == (command.code, result)


@pytest.mark.parametrize("message", COMMANDS, ids=lambda m: m.name)
def test_a_command_too_long_or_too_short_is_refused(board: Conversation, message: Record) -> None:
    size = next(m for m in COMMANDS if m.name == message.name).payload_size - 2
    lengths = [size + 1] if size == 0 else [size - 1, size + 1]
    for length in lengths if size < 51 else lengths[:1]:  # set_weights is the longest there is
        ack = board.ask_payload(message.code, bytes(length))
        assert (ack.command, Result(ack.result)) == (message.code, Result.BAD_LENGTH)


@pytest.mark.parametrize("code", [0x00, 0x01, 0x80, 0x90, 0xFF])
def test_a_code_that_is_no_command_is_refused(board: Conversation, code: int) -> None:
    ack = board.ask_payload(code, b"")
    assert (ack.command, Result(ack.result)) == (code, Result.UNKNOWN_COMMAND)


@pytest.mark.parametrize(
    ("command", "while_learning", "while_dumping"),
    [
        (GetWeights(), BUSY, BUSY),
        (SetWeights(0, 1, bytes(48)), BUSY, BUSY),
        (ResetWeights(1), OK, BUSY),
        (Learn(1), OK, BUSY),
        (SetRate(1), OK, OK),
        (SetPointer(1500), OK, OK),
        (Mark(0, 1), OK, OK),
        (TrainSample(bytes(8), bytes(6)), OK, BUSY),
    ],
    ids=str,
)
def test_what_would_tear_the_weights_is_refused_for_the_time(
    board: Conversation, command: Record, while_learning: Result, while_dumping: Result
) -> None:
    board.ask(Learn(1))
    assert board.result(command) == while_learning
    board.ask(Learn(0))
    board.ask(GetWeights())
    assert board.result(command) == while_dumping
    board.tracker.work(100)
    board.listen()
    board.ask(Learn(0))
    assert board.result(command) == OK  # later it is free again


def test_a_refused_command_changes_nothing(board: Conversation) -> None:
    before = dump(board)
    board.ask(SetWeights(COUNT - 15, 16, bytes(range(48))))
    board.ask(SetPointer(HIGH_US + 1))
    board.ask(Learn(2))
    told = board.read()
    assert (told.pointer_us, told.state) == (CENTRE_US, 0)
    assert np.array_equal(dump(board), before)


def test_weights_set_are_the_weights_got(board: Conversation) -> None:
    wanted = np.random.default_rng(1).integers(-(1 << 23), 1 << 23, COUNT)
    wanted[:4] = -(1 << 23), (1 << 23) - 1, -1, 0
    for offset in range(0, COUNT, 16):
        part = wanted[offset : offset + 16].tolist()
        data = b"".join(int(w).to_bytes(3, "little", signed=True) for w in part)
        assert board.result(SetWeights(offset, len(part), data.ljust(48, b"\0"))) == OK
    assert np.array_equal(dump(board), wanted)


def test_a_dump_is_one_message_for_each_piece_of_work(board: Conversation) -> None:
    board.ask(GetWeights())
    assert board.listen() == []
    for piece in range(5):  # 67 weights, 16 in a message
        assert board.tracker.work(1) == 1
        (weights,) = every(Weights, board.listen())
        assert (weights.offset, weights.count) == (16 * piece, 16 if piece < 4 else 3)
    assert weights.data[9:] == bytes(39)
    assert board.tracker.work(1) == 0


def test_a_seed_gives_the_weights_that_the_host_draws(board: Conversation) -> None:
    for seed in (0, 1, 77, 0xFFFFFFFF):
        board.ask(ResetWeights(seed))
        assert np.array_equal(dump(board), MirrorLearner(seed).weights())
    board.tracker.write(encode_record(GetHello(), 0))
    (hello,) = every(Hello, board.listen())
    assert hello.seed == 0xFFFFFFFF


def test_a_reset_forgets_samples_steps_and_rate(board: Conversation) -> None:
    board.read()
    board.ask(Mark(0, 1))
    board.ask(SetRate(5))
    board.ask(Learn(1))
    assert board.tracker.work(10) == 10
    assert board.ask(ResetWeights(1)).step == 10
    assert board.tracker.work(10) == 0  # nothing to learn from
    told = board.read()
    assert (told.step, told.rate) == (0, VALUES["RATE_START"])


def test_the_steps_counted_after_a_reset_are_those_done_since(board: Conversation) -> None:
    board.ask(Learn(1))
    while board.readings < VALUES["HEALTH_READINGS"] - 1:
        board.read()
        board.ask(Mark(0, 1))
        board.tracker.work(10)
    board.ask(ResetWeights(1))
    board.read()
    (health,) = every(Health, board.frames)
    assert health.steps_last_reading == 0


def test_a_mark_labels_the_latest_reading_and_needs_one(board: Conversation) -> None:
    assert board.result(Mark(1000, 1)) == OK
    board.ask(Learn(1))
    assert board.tracker.work(1) == 0  # there was no reading to label
    for number in range(VALUES["CHECK_READINGS"]):
        board.read(1000 + 100 * number, 3000)
        board.ask(Mark(-9000 + 1000 * number, number % 2))
    (check,) = every(WeightCheck, board.frames)
    mirror = MirrorLearner(1)
    for number in range(VALUES["CHECK_READINGS"] - 1):
        mirror.read(1000 + 100 * number, 3000)
        bearing = -9000 + 1000 * number
        mirror.mark((bearing + 128) >> 8 if number % 2 else VALUES["LABEL_UNKNOWN"])
    assert check.memory_count == mirror.memory_count() > 8


@pytest.mark.parametrize("ahead", [-32768, -16384, 0, 16384, 32752])
def test_the_network_points_where_the_hand_will_be(board: Conversation, ahead: int) -> None:
    set_outputs(board, ahead, 8192)
    told = board.read()
    assert (told.bearing_ahead, told.presence) == (ahead, 8192)
    # Q0.15 of 32 degrees; the servo turns 180 degrees for 1900 us
    expected_us = CENTRE_US + ahead / 32768 * 32 * 1900 / 180
    assert board.tracker.pulse_us() == pytest.approx(expected_us, abs=1)
    assert board.read().pointer_us == board.tracker.pulse_us()


def test_the_pointer_stays_where_the_hand_was_last_seen(board: Conversation) -> None:
    set_outputs(board, 16384, 8192)
    board.read()
    there = board.tracker.pulse_us()
    for presence in (0, -8192):
        set_outputs(board, -16384, presence)
        board.read()
        assert board.tracker.pulse_us() == there != CENTRE_US


def test_a_held_pointer_stays_until_it_is_let_go(board: Conversation) -> None:
    set_outputs(board, 0, 8192)
    board.ask(SetPointer(900))
    told = [board.read().pointer_us for _ in range(3)]
    assert told == [CENTRE_US, 900, 900]  # in force when the reading was taken
    board.ask(SetPointer(0))
    board.read()
    assert board.tracker.pulse_us() == CENTRE_US


def test_hello_is_the_answer_to_get_hello_and_tells_the_present_state(
    board: Conversation,
) -> None:
    board.ask(Teach(10))
    board.read()
    board.tracker.write(encode_record(GetHello(), 0))
    (hello,) = every(Hello, board.listen())
    assert (hello.reading_index, hello.step) == (1, 0)
    assert State(hello.state) == State.TEACHING | State.LEARNING


def test_damaged_commands_are_not_obeyed(board: Conversation) -> None:
    frame = bytearray(encode_record(SetPointer(900), 1))
    for bit in range(8 * (len(frame) - 1)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        board.tracker.write(bytes(damaged))
        board.tracker.write(b"\0")  # a zero made of the flip cuts the frame in two
    assert board.listen() == []
    board.read()
    assert board.read().pointer_us == CENTRE_US
    assert board.result(SetPointer(900)) == OK


def test_reading_indices_in_acknowledgements_are_the_next_readings(board: Conversation) -> None:
    assert board.ask(SetRate(1)).reading_index == 0
    first = board.read()
    assert first.reading_index == 0
    assert board.ask(SetRate(2)).reading_index == 1
    told = every(Reading, board.frames)
    assert told[-1].rate == 1
