"""The power goes at any instant: the board starts with exactly the old or exactly the new weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.firmware_build import build_firmware
from fixprop.reliability.altered import altered, altered_firmware
from fixprop.reliability.power_cuts import chip_cuts, cuts_in_each_write, native_cuts
from fixprop.reliability.wear import SAVES_BAR, survives, wear
from fixprop.toolchain import FIRMWARE

STORE = FIRMWARE / "lib" / "store" / "src" / "store.c"
FIRST_CELL, LAST_CELL = "cells_read(from)", "cells_read(address(s, slot, seal_at(s)))"
ONE_SLOT = (
    """s->latest = behind(s, s->latest);
    if (s->latest != s->newest && """,
    """s->latest = 0;
    if (""",
)
UNCHANGED_TOO = "if (cells_read(cell) == value", "if (s->written && cells_read(cell) == value"


def elf_of_store(old: str, new: str) -> Path:
    return build_firmware(project=altered_firmware("lib/store/src/store.c", old, new)).elf


def test_at_random_instants_of_teaching_tracking_and_saving_natively() -> None:
    cuts = native_cuts(150)
    assert cuts.wrong == []
    assert cuts.tell and cuts.told_apart == cuts.instants
    assert cuts.while_writing > 20 and cuts.new > 10


def test_at_random_instants_on_the_simulated_uno() -> None:
    cuts = chip_cuts(build_firmware().elf, 100)
    assert cuts.wrong == []
    assert cuts.tell and cuts.told_apart == cuts.instants
    assert cuts.while_writing > 40 and cuts.new > 2


def test_in_every_write_of_a_save_on_the_simulated_uno() -> None:
    cuts = cuts_in_each_write(build_firmware().elf)
    assert cuts.wrong == []
    assert cuts.tell and cuts.told_apart == cuts.instants == cuts.while_writing + 1
    assert cuts.while_writing >= cuts.cells > 180


def test_a_store_that_trusts_half_a_slot_is_found_out() -> None:
    trusting = altered(STORE, "WIRE_CRC_SIZE) == crc;", "WIRE_CRC_SIZE) == crc || true;")
    sealed_from_the_start = altered(trusting, f"{FIRST_CELL} != {LAST_CELL} ||", "")
    assert native_cuts(60, altered={"store.c": sealed_from_the_start}).wrong


def test_a_store_of_one_slot_loses_the_old_weights_in_a_cut() -> None:
    wrong = native_cuts(60, altered={"store.c": altered(STORE, *ONE_SLOT)}).wrong
    assert any("None is neither" in line for line in wrong)


def test_a_store_of_one_slot_loses_the_old_weights_on_the_simulated_uno_too() -> None:
    wrong = chip_cuts(elf_of_store(*ONE_SLOT), 30).wrong
    assert any("None is neither" in line for line in wrong)


def test_a_save_that_is_told_as_done_before_its_seal_is_whole_is_found_out() -> None:
    early = "} else if (s->at == slot_size(s)) {", "} else if (s->at == crc_at(s)) {"
    wrong = native_cuts(20, altered={"store.c": altered(STORE, *early)}).wrong
    assert any("after a whole save" in line for line in wrong)


@pytest.mark.parametrize(
    ("off", "writes_per_save"), [(ONE_SLOT, 1.0), (UNCHANGED_TOO, 0.5)], ids=["turns", "unchanged"]
)
def test_without_turns_or_writing_what_is_there_already_the_eeprom_wears_out_too_soon(
    off: tuple[str, str], writes_per_save: float
) -> None:
    measured = wear(elf_of_store(*off), 8)
    assert measured.writes_per_save == writes_per_save
    assert measured.saves < SAVES_BAR


def test_a_cell_that_is_written_twice_in_a_row_is_counted_twice() -> None:
    once = "    EECR |= _BV(EEPE);\n  }\n"
    again = (
        f"{once}  while (!cells_ready())\n    continue;\n  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {{\n"
    )
    twice = f"{again}    EECR |= _BV(EEMPE);\n{once}"
    elf = build_firmware(project=altered_firmware("src/eeprom.c", once, twice)).elf
    assert wear(elf, 4).writes_per_save == 2 * wear(build_firmware().elf, 4).writes_per_save


@pytest.mark.parametrize("cell", [0, 1, 100, 219, 220])
def test_a_worn_cell_is_passed_over(cell: int) -> None:
    assert survives(cell)


def without_reading_back() -> dict[str, Path]:
    goes_on = "    if (cells_ready())\n      advance(s, value);\n    else\n      give_up_slot(s);\n"
    return {"store.c": altered(STORE, "    give_up_slot(s);\n", goes_on)}


def test_without_reading_back_a_worn_cell_loses_the_weights() -> None:
    assert not survives(100, without_reading_back())


def test_slots_take_turns(capsys: pytest.CaptureFixture[str]) -> None:
    measured = wear(build_firmware().elf, 12)
    assert measured.writes_per_save == 0.25
    assert measured.saves > SAVES_BAR
    with capsys.disabled():
        print(
            f"\nEEPROM: the cell written most, {measured.writes_per_save:.2f} writes a save, lasts "
            f"{measured.saves:,} saves, {measured.years:.2f} years of one a minute"
        )
