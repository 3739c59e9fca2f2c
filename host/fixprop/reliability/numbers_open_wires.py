"""A sensor whose plug or wire is off teaches nothing: on the simulated Uno, whose pin then floats.

A floating pin wanders with the mains or stays near what was measured before it, so its readings look
like a sensor's. The firmware asks the pin first, with the chip's own resistor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fixprop.reliability.claim import Claim, Report, silent
from fixprop.session import Session
from fixprop.sim.faults import BY_NAME, make_bench
from fixprop.wire.codec import Frame
from fixprop.wire.records import Health, Learn, Mark, Reading, State, Teach

OFF = ("left_unplugged", "right_unplugged", "left_loose", "right_loose")
BOARDS = 10  # of each
LESSON_S = 12.0  # rest, settling, and some of the sweep
MARKS = 20
MARK_S = 0.05


@dataclass
class OpenWires:
    """What became of labelled samples of boards on which a sensor is off."""

    samples: int = 0
    refused: int = 0  # and counted by the board
    steps: int = 0  # trained on what was not refused

    @property
    def held(self) -> bool:
        """All refused, and so nothing to train on."""
        return 0 < self.samples == self.refused and self.steps == 0


def teach(seen: OpenWires, fault: str, seed: int, elf: Path | None = None) -> None:
    """A lesson by the pointer and some marks, with training, on a board with that fault."""
    bench = make_bench(seed, BY_NAME[fault], elf)
    session, heard = Session(bench.port), list[Frame]()
    session.open()
    session.listeners.append(heard.append)
    session.command(Teach(60))
    session.command(Learn(1))
    session.run(LESSON_S)
    for number in range(MARKS):
        session.command(Mark(100 * number, 1))
        session.run(MARK_S)
    session.command(Teach(0))
    session.run(1.5)  # until the board has told its health once more
    readings = [f.message for f in heard if isinstance(f.message, Reading)]
    labelled = sum(bool(reading.state & State.LABELLED) for reading in readings)  # by the lesson
    seen.samples += labelled + MARKS
    seen.refused += [f.message for f in heard if isinstance(f.message, Health)][-1].rejected_samples
    seen.steps += readings[-1].step


def open_wires(
    boards: int = BOARDS,
    *,
    faults: Sequence[str] = OFF,
    elf: Path | None = None,
    report: Report = silent,
) -> OpenWires:
    """So many boards of each fault."""
    seen = OpenWires()
    for number in range(boards * len(faults)):
        report("boards with a sensor off", number, boards * len(faults))
        teach(seen, faults[number % len(faults)], number, elf)
    return seen


def open_wire_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """numbers_open_wires_refused: labelled samples, all of which must be refused."""
    seen = open_wires(1 if quick else BOARDS, report=report)
    return {"numbers_open_wires_refused": Claim(seen.refused, seen.samples, seen.held)}
