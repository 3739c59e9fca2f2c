"""A slot that a power cut left unfinished: a cell of it may hold weakly what it should hold."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.reliability.altered import altered
from tests.firmware.store.native import STORE, Cells
from tests.firmware.store.records import SLOTS, record

OLD, NEW = record(1), record(2)
SLOT = 0  # the oldest of all, whose turn it is
CUT = 50  # write of the save


def after_a_cut(cells: Cells) -> Cells:
    """Every slot is written; then the power goes in a write, and the cell reads as it should."""
    for _ in range(SLOTS):
        cells.save(OLD)
    before = cells.image
    assert cells.save(NEW)
    wanted = cells.image
    cells.image = before
    cells.boot()
    changed = [at for at in range(1, cells.slot_size) if before[at] != wanted[at]]
    assert not cells.save(NEW, cut=CUT, remains=wanted[changed[CUT - 2]])
    assert cells.image[: changed[CUT - 2] + 1] == wanted[: changed[CUT - 2] + 1]
    assert cells.boot() == OLD
    return cells


def written_by_a_save(cells: Cells) -> np.ndarray:
    """Writes of each cell of the slot."""
    before = np.array(cells.writes())
    assert cells.save(NEW) and cells.boot() == NEW
    written = np.array(cells.writes()) - before
    assert not written[cells.slot_size :].any()
    return np.asarray(written[: cells.slot_size])


def test_all_of_an_unfinished_slot_is_written_anew_once() -> None:
    written = written_by_a_save(after_a_cut(Cells()))
    assert written.tolist() == [1] * len(written)


def test_the_next_save_there_spares_the_cells_again() -> None:
    cells = after_a_cut(Cells())
    for _ in range(SLOTS):
        assert cells.save(NEW)
    assert written_by_a_save(cells).sum() < 10


def test_a_store_that_trusts_what_it_reads_leaves_the_weak_cell_as_it_is() -> None:
    trusting = altered(STORE, "s->written || !s->anew || !s->at", "s || true")
    written = written_by_a_save(after_a_cut(Cells(store=trusting)))
    assert (written == 0).sum() > CUT / 2


@pytest.mark.parametrize("cut", range(1, 230, 7))
def test_a_cut_while_it_is_written_anew_loses_nothing(cut: int) -> None:
    cells = after_a_cut(Cells())
    finished = cells.save(NEW, cut=cut, remains=0x5A)
    assert cells.boot() == (NEW if finished else OLD)
