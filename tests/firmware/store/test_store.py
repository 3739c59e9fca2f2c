"""What is saved is found again, past cells that are worn and slots of others."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.reliability.altered import altered
from tests.firmware.store.native import CELLS, CONSTANTS, ERASED, FINGERPRINT, STORE, Cells
from tests.firmware.store.records import SLOTS, record, saves

SIZE_AT = 4  # in a slot, behind the generation


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


def test_what_was_erased_is_gone_and_the_next_save_is_found(cells: Cells) -> None:
    saves(cells, SLOTS + 2)
    assert cells.erase()
    assert cells.record() is cells.look_again() is cells.boot() is None
    assert cells.save(record(7))
    assert cells.boot() == record(7)


@pytest.mark.parametrize("stays", ["old", "other"])
def test_every_cell_of_a_slot_may_be_worn(cells: Cells, stays: str) -> None:
    old = saves(cells, SLOTS)  # the next one would go to slot 0
    image = cells.image
    cells.save(record(99))
    wanted = cells.image
    for address in range(cells.slot_size):
        if stays == "old" and image[address] == wanted[address]:
            continue
        stuck = bytearray(image)
        stuck[address] = image[address] if stays == "old" else wanted[address] ^ 0xFF
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


def test_a_seal_that_cannot_be_broken_keeps_the_newest_and_says_so(cells: Cells) -> None:
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
        for first in range(0, SLOTS * cells.slot_size, cells.slot_size):
            noise[first] = noise[first + cells.slot_size - 1]  # sealed, and of our size
            noise[first + SIZE_AT : first + SIZE_AT + 2] = [cells.size, 0]
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


def test_a_store_that_takes_every_fingerprint_takes_what_means_something_else() -> None:
    trusting = altered(STORE, "4) == s->fingerprint;", "4) == s->fingerprint || true;")
    cells = Cells(store=trusting)
    theirs = saves(cells, 2)
    assert cells.boot(FINGERPRINT ^ 1) == theirs


def test_a_record_of_another_size_is_not_taken(cells: Cells) -> None:
    saves(cells, 2)
    assert cells.boot(size=207) is None
    assert cells.boot(size=208) == record(1)


def of_another_layout() -> Cells:
    theirs = Cells(store=altered(STORE, "WIRE_CRC_START ^ STORE_VERSION", "WIRE_CRC_START ^ 0xA1"))
    assert saves(theirs, 2) == theirs.boot()
    return theirs


def test_a_slot_of_another_layout_is_not_taken(cells: Cells) -> None:
    cells.image = of_another_layout().image
    assert cells.boot() is None
    assert cells.save(record(7))
    assert cells.boot() == record(7)


def test_without_its_version_in_the_crc_a_slot_of_another_layout_is_taken() -> None:
    theirs = of_another_layout()
    cells = Cells(store=altered(STORE, "WIRE_CRC_SIZE) == crc;", "WIRE_CRC_SIZE) == crc || true;"))
    cells.image = theirs.image
    assert cells.boot() == theirs.record()


@pytest.mark.parametrize("value", [0x00, ERASED])
def test_cells_that_all_hold_one_value_are_sealed_and_no_record(value: int) -> None:
    for size in (1, 208, 467):
        cells = Cells(size)
        cells.image = bytes([value]) * CELLS
        assert cells.boot() is None
        assert cells.save(record(1, size))
        assert cells.boot() == record(1, size)


def test_saves_wear_all_cells_of_all_slots_alike(cells: Cells) -> None:
    rounds = 70  # more than 256 saves: the seal comes round
    for number in range(rounds * SLOTS):
        cells.save(record(number))
        cells.boot()
    writes = np.array(cells.writes()[: SLOTS * cells.slot_size]).reshape(SLOTS, -1)
    assert writes.max() == rounds
    assert np.all(writes[:, [0, -1]] == rounds)  # the seal


def test_cells_that_hold_their_value_are_not_written(cells: Cells) -> None:
    for _ in range(SLOTS):
        cells.save(record(1))
    before = np.array(cells.writes())
    cells.save(record(1))
    written = np.flatnonzero(np.array(cells.writes()) - before)
    # the generation's low byte, the CRC that covers it, and the low byte again
    size = cells.slot_size
    assert written.tolist() == [0, size - 3, size - 2, size - 1]
    assert np.max(np.array(cells.writes()) - before) == 1


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
