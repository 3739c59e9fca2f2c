"""The power goes in any write of a save or an erase, and leaves anything in that cell: the record
found is the old one or the new one.

With the CRC unchecked, too: the seal alone promises it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fixprop.reliability.altered import altered
from tests.firmware.store.native import CELLS, ERASED, STORE, Cells
from tests.firmware.store.records import SLOTS, record, saves

CRC_CHECK = "WIRE_CRC_SIZE) == crc;"
Remains = Callable[[Cells, int], int]

# What the cell holds that was being written; of slot n, whose save has generation `new`.
REMAINS: dict[str, Remains] = {
    "zero": lambda cells, slot: 0x00,
    "erased": lambda cells, slot: ERASED,
    "old seal": lambda cells, slot: cells.seal(slot),
    "new seal": lambda cells, slot: (cells.world.store.generation + 1) & 0xFF,
    "neither": lambda cells, slot: 0x5A,
}


def unchecked() -> Path:
    return altered(STORE, CRC_CHECK, CRC_CHECK.replace(";", " || true;"))


@pytest.fixture(params=["CRC checked", "CRC unchecked"])
def cells(request: pytest.FixtureRequest) -> Cells:
    return Cells(store=STORE if request.param == "CRC checked" else unchecked())


def writes_of_a_save(cells: Cells, number: int) -> int:
    """As many as saving that record takes; it is saved then."""
    before = sum(cells.writes())
    assert cells.save(record(number))
    return sum(cells.writes()) - before


def slot_after(count: int) -> int:
    """The slot that the next save goes to."""
    return count % SLOTS


@pytest.mark.parametrize("remains", REMAINS)
@pytest.mark.parametrize("count", [0, 1, SLOTS, 2 * SLOTS + 1])
def test_a_save_that_is_cut_leaves_the_old_or_the_new(
    cells: Cells, count: int, remains: str
) -> None:
    old = saves(cells, count)
    image = cells.image
    left = REMAINS[remains](cells, slot_after(count))
    total = writes_of_a_save(cells, 99)
    assert total > 200  # of 221 cells, some hold by chance what they should
    found: list[bytes | None] = []
    for cut in range(1, total + 1):
        cells.image = image
        assert cells.boot() == old
        assert not cells.save(record(99), cut, left)
        found.append(cells.boot())
        assert cells.save(record(100))  # and it goes on
        assert cells.boot() == record(100)
    assert set(found[:-1]) == {old}
    # the last write is the seal: only if it came to be is the record there
    assert found[-1] == (record(99) if remains == "new seal" else old)


@pytest.mark.parametrize("remains", REMAINS)
@pytest.mark.parametrize("first_remains", REMAINS)
def test_the_save_after_a_cut_may_be_cut_too(
    cells: Cells, first_remains: str, remains: str
) -> None:
    count = SLOTS + 1
    old, slot = saves(cells, count), slot_after(count)
    image = cells.image
    first_left, left = (REMAINS[name](cells, slot) for name in (first_remains, remains))
    total = writes_of_a_save(cells, 99)
    for first in (1, 2, 5, 100, total - 1, total):  # in the seal, beside it, and between
        cells.image = image
        cells.boot()
        assert not cells.save(record(99), first, first_left)
        half = cells.image
        kept = cells.boot()
        assert kept == (record(99) if first == total and first_remains == "new seal" else old)
        found = set()
        for cut in range(1, cells.slot_size + 2):
            cells.image = half
            cells.boot()
            cells.save(record(100), cut, left)
            found.add(cells.boot())
        assert found == {kept, record(100)}


@pytest.mark.parametrize("remains", REMAINS)
def test_an_erase_that_is_cut_leaves_the_newest_or_nothing(cells: Cells, remains: str) -> None:
    for count in (1, 2, SLOTS, SLOTS + 2):
        old = saves(cells, count)
        image = cells.image
        newest = slot_after(count - 1)
        left = REMAINS[remains](cells, newest)
        for cut in range(1, SLOTS + 1):
            cells.image = image
            assert cells.boot() == old
            assert not cells.erase(cut, left)
            last = cut == SLOTS
            assert cells.boot() == (None if last and remains != "old seal" else old)
        cells.image = bytes([ERASED]) * CELLS
        cells.boot()


@pytest.mark.parametrize("remains", REMAINS)
def test_a_cut_in_the_save_after_an_erase_brings_nothing_back(cells: Cells, remains: str) -> None:
    saves(cells, SLOTS + 2)
    assert cells.erase()
    image = cells.image
    for cut in range(1, cells.slot_size + 2):
        cells.image = image
        assert cells.boot() is None
        left = REMAINS[remains](cells, 0)
        saved = cells.save(record(99), cut, left)
        sealed = cells.boot()
        assert sealed == record(99) if saved else sealed in (None, record(99))


@pytest.mark.parametrize("remains", REMAINS)
def test_a_slot_given_up_for_a_worn_cell_never_counts_for_what_it_was(
    cells: Cells, remains: str
) -> None:
    saves(cells, SLOTS)
    cells.wear_out(100)
    for number in range(50, 50 + SLOTS - 1):
        assert cells.save(record(number))
        assert cells.world.store.newest == number - 50 + 1
    cells.heal()  # it holds again, and half of slot 0 is of record 50, half of record 0
    image = cells.image
    for cut in range(1, cells.slot_size + 2):
        cells.image = image
        assert cells.boot() == record(52)
        saved = cells.save(record(99), cut, REMAINS[remains](cells, 0))
        found = cells.boot()
        assert found == record(99) if saved else found in (record(52), record(99))


@pytest.mark.parametrize("remains", REMAINS)
def test_a_generation_whose_seal_is_there_already_breaks_it_all_the_same(
    cells: Cells, remains: str
) -> None:
    old = saves(cells, SLOTS)
    image = cells.image
    left = REMAINS[remains](cells, 0)
    for cut in range(1, cells.slot_size + 2):
        cells.image = image
        cells.boot()
        cells.world.store.generation = 255 + cells.seal(0)  # as after 256 saves elsewhere
        saved = cells.save(record(99), cut, left)
        found = cells.boot()
        assert found == record(99) if saved else found in (old, record(99))
    assert saved
