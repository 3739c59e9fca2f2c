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
UNCHANGED_TOO = ("if (cells_read(cell) == value)", "if (s->written && cells_read(cell) == value)")


def test_at_random_instants_of_teaching_tracking_and_saving_natively() -> None:
    cuts = native_cuts(150)
    assert cuts.wrong == []
    assert cuts.while_writing > 20 and cuts.new > 10 and cuts.same == 0


def test_at_random_instants_on_the_simulated_uno() -> None:
    cuts = chip_cuts(build_firmware().elf, 100)
    assert cuts.wrong == []
    assert cuts.while_writing > 40 and cuts.new > 2 and cuts.same == 0


def test_in_every_write_of_a_save_on_the_simulated_uno() -> None:
    cuts = cuts_in_each_write(build_firmware().elf)
    assert cuts.wrong == []
    assert cuts.instants == cuts.while_writing > 180


def test_a_store_that_trusts_half_a_slot_is_found_out() -> None:
    trusting = altered(STORE, "WIRE_CRC_SIZE) == crc;", "WIRE_CRC_SIZE) == crc || true;")
    sealed_from_the_start = altered(trusting, f"{FIRST_CELL} != {LAST_CELL} ||", "")
    assert native_cuts(60, altered={"store.c": sealed_from_the_start}).wrong


def test_a_store_of_one_slot_loses_the_old_weights_in_a_cut() -> None:
    wrong = native_cuts(60, altered={"store.c": altered(STORE, *ONE_SLOT)}).wrong
    assert any("None is neither" in line for line in wrong)


@pytest.mark.parametrize(
    ("off", "writes_per_save"), [(ONE_SLOT, 1.0), (UNCHANGED_TOO, 0.5)], ids=["turns", "unchanged"]
)
def test_without_turns_or_writing_what_is_there_already_the_eeprom_wears_out_too_soon(
    off: tuple[str, str], writes_per_save: float
) -> None:
    project = altered_firmware("lib/store/src/store.c", *off)
    measured = wear(build_firmware(project=project).elf, 8)
    assert measured.writes_per_save == writes_per_save
    assert measured.saves < SAVES_BAR


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
