"""How long the EEPROM lasts, and what happens when a cell of it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fixprop.board.native import NativeTracker
from fixprop.reliability.claim import Claim
from fixprop.reliability.power_cuts import Kept, start_natively, writes_of_cells
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import ResetWeights, Save, Stored, StoreResult

WRITES_OF_A_CELL = 100_000  # ATmega328P datasheet, table 8-1
MINUTES_OF_A_YEAR = 365.25 * 24 * 60
SAVES = 40
SAVES_BAR = 100_000  # as many as with one place for each byte, written once a save
SLOT_BYTES = 221


@dataclass(frozen=True)
class Wear:
    """What saving costs the cell that is written most."""

    writes_per_save: float

    @property
    def saves(self) -> int:
        """Until that cell has had its writes."""
        return int(WRITES_OF_A_CELL / self.writes_per_save)

    @property
    def years(self) -> float:
        """Of saving once a minute, day and night."""
        return self.saves / MINUTES_OF_A_YEAR


def wear(saves: int = SAVES) -> Wear:
    """Measured on weights that change between the saves."""
    return Wear(max(writes_of_cells(saves)) / saves)


def save_with_worn_cell(
    worn: int, altered: Mapping[str, Path] | None = None
) -> tuple[Stored, Kept, Kept]:
    """A save when cell `worn` keeps its value: what is told, what was saved, what is found."""
    tracker = NativeTracker(None, altered)
    stuck = tracker.eeprom[worn]
    tracker.write(encode_record(ResetWeights(22), 0) + encode_record(Save(), 1))
    told: list[Stored] = []
    reader = FrameReader()
    while not told:
        tracker.work(1)
        tracker.set_cell(worn, stuck)
        messages = [frame.message for frame in reader.feed(tracker.read())]
        told = [m for m in messages if isinstance(m, Stored)]
    saved = told[0].step, told[0].weights_crc
    return told[0], saved, start_natively(tracker.eeprom, altered)


def survives(worn: int, altered: Mapping[str, Path] | None = None) -> bool:
    """Whether the save goes to another slot, says so, and is found."""
    told, saved, found = save_with_worn_cell(worn, altered)
    holds_by_chance = told.bad_slots == 0 and told.slot == 0  # the cell is to hold 0xFF
    passed_over = told.bad_slots == 1 and told.slot == 1
    return told.result == StoreResult.OK and found == saved and (passed_over or holds_by_chance)


def wear_claims() -> dict[str, Claim]:
    """eeprom_*: saves until a cell has had its writes, the same in years, worn cells passed over."""
    measured, worn = wear(), sum(survives(cell) for cell in range(SLOT_BYTES))
    return {
        "eeprom_saves": Claim(measured.saves, SAVES_BAR, measured.saves >= SAVES_BAR),
        "eeprom_years_of_a_save_each_minute": Claim(
            round(measured.years, 3), 0.25, measured.years >= 0.25
        ),
        "eeprom_worn_cells_passed_over": Claim(worn, SLOT_BYTES, worn == SLOT_BYTES),
    }
