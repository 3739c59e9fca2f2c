"""A board's own calibration: in cells of its own, whole or not at all, and used for its supply."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from fixprop.tracking.definition import VALUES
from fixprop.wire.records import (
    Calibration,
    Erase,
    GetCalibration,
    Health,
    Hello,
    ResetWeights,
    Result,
    Save,
    SetCalibration,
    Stored,
    StoreOperation,
    StoreResult,
    WeightsSource,
)
from tests.firmware.tracker.conversation import Conversation, every

UNIT_AT, SLOT_BYTES = 960, 18 + 13
ONE = SetCalibration(1_800_000_000, 1080, 16900, -312, 35, 4, 15000, 855, 36, -3)
OTHER = replace(ONE, unix_s=1_900_000_000, bandgap_mv=1120, left_offset=-32768)


@pytest.fixture
def board() -> Conversation:
    return Conversation()


def kept(board: Conversation) -> tuple[int, ...]:
    assert board.result(GetCalibration()) == Result.OK
    (told,) = every(Calibration, board.answer)
    return values(told)


def values(of: Calibration | SetCalibration) -> tuple[int, ...]:
    return astuple(of)


def finish(board: Conversation) -> Stored:
    for _ in range(3000):
        board.tracker.work(1)
        if stored := every(Stored, board.listen()):
            return stored[0]
    raise AssertionError("it does not end")


def store(board: Conversation, unit: SetCalibration) -> Stored:
    assert board.result(unit) == Result.OK
    return finish(board)


def test_a_new_board_has_none(board: Conversation) -> None:
    assert kept(board) == (0,) * 10


def test_it_is_kept_over_power_cuts_and_the_latest_counts(board: Conversation) -> None:
    for unit, slot in ((ONE, 0), (OTHER, 1), (ONE, 0)):
        stored = store(board, unit)
        assert (stored.operation, stored.result) == (StoreOperation.CALIBRATE, StoreResult.OK)
        assert stored.slot == slot
        assert kept(board) == values(unit)
        board = Conversation(board.tracker.eeprom)
        assert kept(board) == values(unit)


def test_it_lies_in_the_last_64_bytes(board: Conversation) -> None:
    store(board, ONE)
    store(board, OTHER)
    assert board.tracker.eeprom[:UNIT_AT] == bytes([0xFF]) * UNIT_AT
    assert UNIT_AT + 2 * SLOT_BYTES <= 1024


def test_saves_and_an_erase_leave_it_alone_and_it_them(board: Conversation) -> None:
    store(board, ONE)
    for number in range(6):
        board.ask(ResetWeights(number))
        board.ask(Save())
        saved = finish(board)
        store(board, OTHER if number % 2 else ONE)
    assert saved.generation == 6
    again = Conversation(board.tracker.eeprom)
    (hello,) = every(Hello, again.frames)
    assert hello.weights_source == WeightsSource.EEPROM
    assert hello.weights_crc == saved.weights_crc
    again.ask(Erase())
    finish(again)
    assert kept(Conversation(again.tracker.eeprom)) == values(OTHER)


def test_the_power_may_go_at_any_write(board: Conversation) -> None:
    store(board, ONE)
    board.ask(OTHER)
    images = [board.tracker.eeprom]
    while not every(Stored, board.listen()):
        board.tracker.work(1)
        if board.tracker.eeprom != images[-1]:
            images.append(board.tracker.eeprom)
    found = [kept(Conversation(image)) for image in images]
    assert len(images) > SLOT_BYTES - 6  # cells that hold their value already are not written
    assert found == [values(ONE)] * (len(images) - 1) + [values(OTHER)]


def test_every_damaged_byte_of_the_only_record_gives_none(board: Conversation) -> None:
    store(board, ONE)
    for address in range(UNIT_AT, UNIT_AT + SLOT_BYTES):
        spoilt = bytearray(board.tracker.eeprom)
        spoilt[address] ^= 0x10
        assert kept(Conversation(bytes(spoilt))) == (0,) * 10


@pytest.mark.parametrize("bandgap_mv", [0, 999, 1201, 0xFFFF])
def test_a_bandgap_that_no_chip_has_is_refused(board: Conversation, bandgap_mv: int) -> None:
    assert board.result(replace(ONE, bandgap_mv=bandgap_mv)) == Result.BAD_VALUE
    assert kept(board) == (0,) * 10


def test_it_waits_for_a_save_and_a_save_for_it(board: Conversation) -> None:
    board.ask(Save())
    assert board.result(ONE) == Result.BUSY
    finish(board)
    board.ask(ONE)
    assert board.result(Save()) == board.result(OTHER) == Result.BUSY
    finish(board)
    assert board.result(Save()) == Result.OK


def test_worn_cells_are_told_and_the_weights_store_does_not_forget_its_own(
    board: Conversation,
) -> None:
    board.ask(Save())
    for _ in range(800):
        board.tracker.work(1)
        board.tracker.set_cell(7, 0)  # of the weights' first slot
    assert every(Stored, board.listen())[0].bad_slots == 1
    board.ask(ONE)
    for _ in range(200):
        board.tracker.work(1)
        for slot in range(2):
            board.tracker.set_cell(UNIT_AT + slot * SLOT_BYTES + 7, 0)
    (stored,) = every(Stored, board.listen())
    assert (stored.operation, stored.result) == (StoreOperation.CALIBRATE, StoreResult.WORN)
    board.ask(Save())
    assert finish(board).bad_slots == 1


def test_the_supply_is_measured_against_the_units_own_bandgap(board: Conversation) -> None:
    def supply() -> int:
        for number in range(VALUES["HEALTH_READINGS"]):
            board.tracker.burst_reading(2000, 2000, 16 * (1080 * 1024 // 5000), number)
        return every(Health, board.listen())[-1].supply_mv

    assert supply() == pytest.approx(5000 * 1100 / 1080, abs=12)
    store(board, ONE)
    assert supply() == pytest.approx(5000, abs=12)
