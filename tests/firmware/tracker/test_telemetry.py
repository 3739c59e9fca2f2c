"""What the host is told, when, and what happens when the line is full."""

from __future__ import annotations

import pytest

from fixprop.board.native import OUTBOX_BYTES
from fixprop.fingerprint import fingerprint
from fixprop.formats import WEIGHT
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.tracking.learner import MirrorLearner, weights_crc
from fixprop.wire.codec import encode_record
from fixprop.wire.records import (
    Health,
    Hello,
    Mark,
    Reading,
    ResetWeights,
    SetRate,
    SetWeights,
    WeightCheck,
)
from tests.firmware.tracker.conversation import Conversation, every

CHECK, HEALTH = VALUES["CHECK_READINGS"], VALUES["HEALTH_READINGS"]


@pytest.fixture
def board() -> Conversation:
    return Conversation()


def test_the_first_frame_says_who_the_board_is(board: Conversation) -> None:
    (frame,) = board.frames
    assert frame.sequence == 0
    assert isinstance(hello := frame.message, Hello)
    assert hello.fingerprint == fingerprint(TOPOLOGY)
    assert (hello.seed, hello.step, hello.reading_index, hello.state) == (1, 0, 0, 0)
    assert hello.layer_sizes == bytes([*TOPOLOGY.sizes, 0, 0, 0])


def test_a_reading_tells_what_came_and_what_the_network_makes_of_it(board: Conversation) -> None:
    mirror = MirrorLearner(1)
    for number, (left, right) in enumerate([(0, 0), (8184, 8184), (1234, 4321), (1, 8184)]):
        told, outputs = board.read(left, right), mirror.read(left, right)
        assert (told.left, told.right) == (left, right)
        assert (told.bearing, told.bearing_ahead, told.presence) == tuple(outputs.tolist())
        assert (told.reading_index, told.time_us) == (number, 38_000 * number)


def test_frames_are_numbered_without_a_gap(board: Conversation) -> None:
    for _ in range(300):  # more than the 256 numbers there are
        board.read()
    assert [f.sequence for f in board.frames] == [n % 256 for n in range(len(board.frames))]


def test_checksums_and_health_come_at_their_time(board: Conversation) -> None:
    for _ in range(CHECK * HEALTH):
        board.read()
    names = [f.name for f in board.frames]
    seen = {"reading": 0}
    for name in names:
        seen["reading"] += name == "reading"
        if name == "weight_check":
            assert seen["reading"] % CHECK == 0
        if name == "health":
            assert seen["reading"] % HEALTH == 0
    assert names.count("weight_check") == HEALTH
    assert names.count("health") == CHECK


def test_the_checksum_is_of_the_weights_the_order_and_the_memory(board: Conversation) -> None:
    for _ in range(CHECK):
        board.read()
    (check,) = every(WeightCheck, board.frames)
    mirror = MirrorLearner(1)
    assert check.weights_crc == weights_crc(mirror.weights())
    assert check.generator == mirror.order_state()
    assert (check.step, check.memory_count) == (0, 0)


def test_implausible_samples_are_counted_over_a_reset_of_the_weights(board: Conversation) -> None:
    for _ in range(3):
        board.read(VALUES["READING_HIGHEST"] + 1, 0)
        board.ask(Mark(0, 1))
        board.ask(ResetWeights(7))
    while board.readings < HEALTH:
        board.read()
    (health,) = every(Health, board.frames)
    assert health.rejected_samples == 3
    assert health.reading_index == HEALTH


def test_commands_are_counted_however_they_are_damaged(board: Conversation) -> None:
    whole = encode_record(SetRate(1), 0)
    wrong = bytes([*whole[:-2], whole[-2] ^ 1, 0])  # the checksum
    for damaged in (wrong, whole[:3] + whole[4:], b"\x0f" + whole[1:], whole[2:]):
        board.tracker.write(damaged)
        assert board.listen() == []
    while board.readings < HEALTH:
        board.read()
    (health,) = every(Health, board.frames)
    assert health.rx_crc_errors == 4


@pytest.mark.parametrize("damaged", [(0xFFFF, 1), (1, 0xFFFF), (0xFFFF, 0xFFFF)], ids=str)
def test_damaged_commands_are_counted_to_65535(
    board: Conversation, damaged: tuple[int, int]
) -> None:
    whole = encode_record(SetRate(1), 0)
    wrong, short = bytes([*whole[:-2], whole[-2] ^ 1, 0]), b"\x02\x01\0"
    board.tracker.write(wrong * damaged[0] + short * damaged[1])
    while board.readings < HEALTH:
        board.read()
    (health,) = every(Health, board.frames)
    assert health.rx_crc_errors == 0xFFFF


@pytest.mark.parametrize(
    ("weights", "at_ends"),
    [
        ([WEIGHT.high, WEIGHT.low, 0], 2),
        ([WEIGHT.high - 1, WEIGHT.low + 1, WEIGHT.high - 255], 0),
        ([WEIGHT.high] * 16, 16),
    ],
)
def test_weights_at_an_end_of_their_format_are_counted(
    board: Conversation, weights: list[int], at_ends: int
) -> None:
    data = b"".join(w.to_bytes(3, "little", signed=True) for w in weights)
    board.ask(SetWeights(0, len(weights), data.ljust(48, b"\0")))
    while board.readings < HEALTH:
        board.read()
    (health,) = every(Health, board.frames)
    assert health.saturated_weights == at_ends


def test_frames_that_find_no_room_are_dropped_whole_counted_and_seen_as_a_gap(
    board: Conversation,
) -> None:
    count = 2 * OUTBOX_BYTES // 30  # a reading's frame is 33 bytes: twice as many as there is room
    for number in range(count):
        board.tracker.reading(2000, 2000, number)
    board.listen()
    assert board.reader.counters.crc_errors == board.reader.counters.malformed == 0
    kept = len(board.frames)
    last = every(Reading, board.frames)[-1].reading_index
    assert last < count - 1
    while not every(Health, board.listen()):
        board.tracker.reading(2000, 2000, 0)
    lost = board.reader.counters.lost
    total = (board.frames[-1].sequence + 1 - len(board.frames)) % 256
    assert kept > 100
    assert lost % 256 == total == every(Health, board.frames)[-1].lost_tx_frames % 256 > 0


def test_time_wraps_with_the_boards_clock(board: Conversation) -> None:
    board.tracker.reading(1, 1, (1 << 32) + 5)
    (told,) = every(Reading, board.listen())
    assert told.time_us == 5
