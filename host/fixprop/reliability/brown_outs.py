"""The supply sinks for a moment, on the simulated Uno: its detector resets the chip at any instant.

What SRAM holds afterwards is as it was, or anything; so is the cell of EEPROM that was being written.
The board must start with exactly the old or exactly the new weights, read, and name the cause.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.living_board import LivingBoard
from fixprop.reliability.power_cuts import spoilt
from fixprop.sim.uno import CLOCK_HZ, SRAM_END, SRAM_START, SimulatedUno
from fixprop.wire.records import ResetCause, Save, State

BROWN_OUTS = 100
BAR_S = 1.0
SAVE_S = 0.7

Weights = tuple[int, int]  # step and CRC


@dataclass
class BrownOuts:
    """What became of a board whose supply sank again and again."""

    count: int = 0
    recovered: int = 0
    slowest_s: float = 0.0  # until the first reading
    while_storing: int = 0
    while_writing: int = 0  # a cell was undefined
    wrong: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """All recovered, and some of them were in the midst of a save."""
        return self.recovered == self.count and self.while_storing > 0 < self.while_writing

    def judge(self, board: LivingBoard, allowed: set[Weights]) -> None:
        """What the board did after one."""
        self.count += 1
        taken_s = board.until_reading()
        self.slowest_s = max(self.slowest_s, taken_s)
        faults = [f"no reading within {BAR_S:g} s"] if taken_s > BAR_S else []
        if taken_s < float("inf"):
            hello = board.hello()
            cause, found = ResetCause(hello.reset_cause), (hello.step, hello.weights_crc)
            faults += [f"the cause is {cause!r}"] if cause != ResetCause.BROWN_OUT else []
            faults += [f"{found} is none of {allowed}"] if found not in allowed else []
            board.saved = found
        self.recovered += not faults
        self.wrong += [f"brown-out {self.count}: {fault}" for fault in faults]


def brown_out(uno: SimulatedUno, random: Random) -> bool:
    """Now; whether it left a cell of EEPROM undefined."""
    image, cell = uno.eeprom, uno.eeprom_busy_at  # libsimavr has written that cell already
    uno.reset("brown-out")
    uno._load_eeprom(spoilt(image, cell, random))
    if random.random() < 0.5:
        uno.write_sram(SRAM_START, random.randbytes(SRAM_END - SRAM_START))
    return cell is not None


def _often_save(board: LivingBoard, random: Random) -> None:
    """Every second time, and less than a save takes."""
    if not board.storing and random.random() < 0.5:
        board.session.command(Save())
        board.session.run(random.uniform(0, SAVE_S))


def _saving(board: LivingBoard) -> set[Weights]:
    """The weights of a save that goes on: they do not move until its end."""
    hello = board.session.hello()
    return {(hello.step, hello.weights_crc)} if hello.state & State.STORING else set()


def sink_often(
    elf: Path, count: int = BROWN_OUTS, *, seed: int = 1, report: Report = silent
) -> BrownOuts:
    """A board that is taught, learns, tracks and saves, and browns out."""
    random, board, seen = Random(seed), LivingBoard(elf, seed), BrownOuts()
    while seen.count < count and seen.slowest_s < float("inf"):
        report("brown-outs", seen.count, count)
        board.live(random)
        _often_save(board, random)
        saving = _saving(board)
        board.board.uno.run(random.randrange(round(0.038 * CLOCK_HZ)))
        board.session.run(0.0001)  # what was told until now is heard
        allowed = {board.saved} | saving
        seen.while_storing += bool(saving)
        seen.while_writing += brown_out(board.board.uno, random)
        board.heard.clear()
        seen.judge(board, allowed)
    return seen


def brown_out_claims(
    elf: Path, *, quick: bool = False, report: Report = silent
) -> dict[str, Claim]:
    """brown_outs_recovered: old or new weights, a reading within a second, and the cause told."""
    count = BROWN_OUTS // 10 if quick else BROWN_OUTS
    seen = sink_often(elf, count, report=report)
    return {"brown_outs_recovered": Claim(seen.recovered, count, seen.held)}
