"""What is saved is found again: old or new after a power cut at any write, past cells that are worn."""

from __future__ import annotations

import numpy as np
import pytest

from tests.firmware.store.native import CELLS, CONSTANTS, ERASED, FINGERPRINT, Cells

SLOTS = CONSTANTS["STORE_BYTES"] // (208 + CONSTANTS["STORE_OVERHEAD"])
VERSION = CONSTANTS["STORE_VERSION"]


def record(number: int, size: int = 208) -> bytes:
    return bytes(np.random.default_rng(number).integers(0, 256, size, np.uint8))


@pytest.fixture
def cells() -> Cells:
    return Cells()


def test_an_erased_eeprom_has_no_record(cells: Cells) -> None:
    assert cells.record() is None
    assert SLOTS == cells.world.store.slots == 4


def test_what_was_saved_last_is_found(cells: Cells) -> None:
    for number in range(3 * SLOTS):
        assert cells.save(record(number))
        assert cells.record() == cells.look_again() == record(number)
        assert cells.boot() == record(number)
        assert cells.world.store.generation == number + 1


def test_what_belongs_to_the_unit_is_never_touched(cells: Cells) -> None:
    for number in range(2 * SLOTS):
        cells.save(record(number))
    cells.erase()
    assert set(cells.writes()[CONSTANTS["STORE_BYTES"] :]) == {0}


@pytest.mark.parametrize("size", [1, 5, 107, 108, 467])
def test_records_of_any_size_take_turns(size: int) -> None:
    cells = Cells(size)
    slots = cells.world.store.slots
    assert slots == min(8, CONSTANTS["STORE_BYTES"] // cells.slot_size) >= 2
    for number in range(2 * slots + 1):
        assert cells.save(record(number, size))
        assert cells.boot() == record(number, size)
        assert cells.world.store.newest == number % slots


def saves(cells: Cells, count: int) -> bytes | None:
    """`count` records saved; the last."""
    for number in range(count):
        assert cells.save(record(number))
    return record(count - 1) if count else None


def writes_of_a_save(count: int) -> int:
    cells = Cells()
    saves(cells, count)
    before = sum(cells.writes())
    cells.save(record(99))
    return sum(cells.writes()) - before


BEFORE = [0, 1, SLOTS, 2 * SLOTS + 1]


@pytest.mark.parametrize("remains", [0x00, ERASED, VERSION, 0x5A])
@pytest.mark.parametrize("count", BEFORE)
def test_a_power_cut_in_any_write_leaves_the_old_or_the_new(
    cells: Cells, count: int, remains: int
) -> None:
    old = saves(cells, count)
    image, total = cells.image, writes_of_a_save(count)
    assert total > 200  # of 221 cells, some hold by chance what they should
    found: list[bytes | None] = []
    for cut in range(1, total + 1):
        cells.image = image
        assert cells.boot() == old
        assert not cells.save(record(99), cut, remains)
        found.append(cells.boot())
        assert cells.save(record(100))  # and it goes on
        assert cells.boot() == record(100)
    assert set(found[:-1]) == {old}
    # the last write is the version: only if it came to be is the record there
    assert found[-1] == (record(99) if remains == VERSION else old)


@pytest.mark.parametrize("first", [1, 2, 100, 200])
def test_a_second_power_cut_in_the_save_after_the_first_leaves_the_old_or_the_new(
    cells: Cells, first: int
) -> None:
    old = saves(cells, SLOTS + 1)
    image = cells.image
    found = set()
    for cut in range(1, 230):
        cells.image = image
        cells.boot()
        cells.save(record(99), first, 0x00)
        assert cells.boot() == old
        cells.save(record(100), cut, 0x00)
        found.add(cells.boot())
    assert found == {old, record(100)}


@pytest.mark.parametrize("remains", [0x00, ERASED, VERSION])
def test_a_power_cut_while_erasing_leaves_the_newest_or_nothing(cells: Cells, remains: int) -> None:
    for count in (1, 2, SLOTS, SLOTS + 2):
        old = saves(cells, count)
        image = cells.image
        for cut in range(1, min(count, SLOTS) + 1):
            cells.image = image
            assert cells.boot() == old
            assert not cells.erase(cut, remains)
            last = cut == min(count, SLOTS)
            assert cells.boot() == (None if last and remains != VERSION else old)
        cells.image = bytes([ERASED]) * CELLS
        cells.boot()


def test_what_was_erased_is_gone_and_the_next_save_is_found(cells: Cells) -> None:
    saves(cells, SLOTS + 2)
    assert cells.erase()
    assert cells.record() is cells.look_again() is cells.boot() is None
    assert cells.save(record(7))
    assert cells.boot() == record(7)


def test_every_cell_of_a_slot_may_be_worn(cells: Cells) -> None:
    old = saves(cells, SLOTS)  # the next one would go to slot 0
    image = cells.image
    cells.save(record(99))
    wanted = cells.image
    for address in range(cells.slot_size):
        stuck = bytearray(image)
        stuck[address] = wanted[address] ^ 0xFF
        cells = Cells()
        cells.image = bytes(stuck)
        assert cells.boot() == old
        cells.wear_out(address)
        assert cells.save(record(99))
        assert cells.record() == cells.boot() == record(99)
        assert cells.world.store.newest == 1


def test_worn_slots_are_passed_over_and_counted_until_none_is_left(cells: Cells) -> None:
    old = saves(cells, SLOTS)  # the newest is in the last slot
    for slot in range(SLOTS - 2):
        cells.wear_out(slot * cells.slot_size + 100)
    assert cells.save(record(98))
    assert cells.world.store.newest == SLOTS - 2
    assert cells.worn_slots() == SLOTS - 2
    assert cells.save(record(99))  # back to the last slot, with no new try of the worn
    assert cells.world.store.newest == SLOTS - 1
    cells.wear_out((SLOTS - 2) * cells.slot_size + 100)
    assert not cells.save(record(97))
    assert cells.worn_slots() == SLOTS - 1
    assert cells.record() == cells.boot() == record(99) != old
    assert cells.worn_slots() == 0  # not known any more, and found again:
    assert not cells.save(record(97))
    assert cells.boot() == record(99)


def test_a_version_that_cannot_be_erased_keeps_the_newest_and_says_so(cells: Cells) -> None:
    newest = saves(cells, SLOTS)
    cells.wear_out(1 * cells.slot_size)
    assert not cells.erase()
    assert cells.boot() == newest


def test_every_flipped_bit_of_a_slot_is_noticed(cells: Cells) -> None:
    saves(cells, 2)
    image = cells.image
    for address in range(cells.slot_size, 2 * cells.slot_size):
        for bit in range(8):
            spoilt = bytearray(image)
            spoilt[address] ^= 1 << bit
            cells.image = bytes(spoilt)
            assert cells.boot() == record(0)


def test_noise_is_no_record(cells: Cells) -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        noise = rng.integers(0, 256, CELLS, np.uint8)
        noise[:: cells.slot_size] = VERSION
        cells.image = noise.tobytes()
        assert cells.boot() is None
        assert cells.save(record(1))
        assert cells.boot() == record(1)


def test_a_record_of_another_firmware_is_not_taken_and_not_the_next_to_go(cells: Cells) -> None:
    theirs = saves(cells, 2)
    assert cells.boot(FINGERPRINT ^ 1) is None
    assert cells.save(record(50))
    assert cells.boot(FINGERPRINT ^ 1) == record(50)
    assert cells.world.store.generation == 3
    assert cells.boot() == theirs  # flashed back: it is still there


def test_a_record_of_another_size_is_not_taken(cells: Cells) -> None:
    saves(cells, 2)
    assert cells.boot(size=207) is None
    assert cells.boot(size=208) == record(1)


def test_saves_wear_all_slots_alike(cells: Cells) -> None:
    rounds = 50
    for number in range(rounds * SLOTS):
        cells.save(record(number))
        cells.boot()
    writes = np.array(cells.writes()[: SLOTS * cells.slot_size]).reshape(SLOTS, -1)
    assert writes[:, 0].tolist() == [2 * rounds - 1] * SLOTS  # invalid at the start, then valid
    assert writes[:, 1:].max() <= rounds


def test_cells_that_hold_their_value_are_not_written(cells: Cells) -> None:
    for _ in range(SLOTS):
        cells.save(record(1))
    before = np.array(cells.writes())
    cells.save(record(1))
    written = np.flatnonzero(np.array(cells.writes()) - before)
    # the version twice, the generation's low byte, and the CRC that covers it
    assert written.tolist() == [0, 7, cells.slot_size - 2, cells.slot_size - 1]


def test_nothing_is_asked_of_a_cell_that_is_being_written(cells: Cells) -> None:
    cells.world.turns_per_write = 5
    assert cells.save(record(1))
    turns = cells.turns
    assert cells.boot() == record(1)
    cells.world.turns_per_write = 0
    assert cells.save(record(2))
    assert turns > 6 * 190  # a busy cell makes five turns of none
    assert cells.turns < 500  # a write and a look at it for each cell, or a look


def test_a_start_waits_for_a_write_from_before_it(cells: Cells) -> None:
    saves(cells, 1)
    cells.world.busy = 3
    assert cells.boot() == record(0)
    assert cells.world.faults == 0
