"""How long the EEPROM lasts, and what happens when a cell of it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fixprop.board.native import NativeTracker
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import build_firmware
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.power_cuts import SLOT_BYTES, Kept, each_write, start_natively
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import ResetWeights, Save, Stored, StoreResult

WRITES_OF_A_CELL = 100_000  # ATmega328P datasheet, table 8-1
MINUTES_OF_A_YEAR = 365.25 * 24 * 60
SAVES = 40
YEARS_BAR = 0.7  # four slots in turn, each cell of one written once: 0.76
SAVES_BAR = round(YEARS_BAR * MINUTES_OF_A_YEAR)


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


def wear(elf: Path, saves: int = SAVES, *, report: Report = silent) -> Wear:
    """Every write that the simulated Uno begins, in saves of weights that all differ."""
    board = SimulatedBoard(elf, World(1))
    session, writes = Session(board), Counter[int]()
    session.open()
    for seed in range(saves):
        report("wear, saves", seed, saves)
        session.command(ResetWeights(seed))
        writes.update(cell for _, cell in each_write(board, session))
    return Wear(max(writes.values()) / saves)


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


def wear_claims(*, report: Report = silent) -> dict[str, Claim]:
    """eeprom_*: saves until a cell has had its writes, the same in years, worn cells passed over."""
    measured = wear(build_firmware().elf, report=report)
    worn = sum(survives(cell) for cell in range(SLOT_BYTES))
    return {
        "eeprom_saves": Claim(measured.saves, SAVES_BAR, measured.saves >= SAVES_BAR),
        "eeprom_years_of_a_save_each_minute": Claim(
            round(measured.years, 3), YEARS_BAR, measured.years >= YEARS_BAR
        ),
        "eeprom_worn_cells_passed_over": Claim(worn, SLOT_BYTES, worn == SLOT_BYTES),
    }
