"""Power cuts at random instants of teaching, tracking and saving: the board starts with exactly the
old or exactly the new weights.

A cut leaves the EEPROM as it is, but for the cell that is being written, which then holds anything.
Another board starts with what is left, and its hello is compared with what was saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fixprop.board.native import NativeTracker
from fixprop.board.simulated import SimulatedBoard
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.session import Session
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import (
    Hello,
    Learn,
    Load,
    Mark,
    Record,
    Save,
    SetRate,
    Stored,
    StoreOperation,
    StoreResult,
    Teach,
    WeightsSource,
)

INSTANTS = 1000
TAME = (0x00, 0xFF, 0x5A)  # among them erased
SLOT_BYTES = 221  # 7 + 67 * 3 of the record, 13 of the store; the seal is the first and the last
TURNS_OF_A_SAVE = 500  # two for each cell of a slot, and some
BETWEEN_SAVES_S = 0.7
CELL_WRITE = 54_400  # cycles, 3.4 ms (ATmega328P datasheet, table 8-1)
POLL = CELL_WRITE // 4  # between two of them a write that follows another is always seen

Kept = tuple[int, int] | None  # step and CRC of the weights; None: those of the seed


@dataclass
class Cuts:
    """What boards started with after the power went."""

    instants: int = 0
    while_writing: int = 0  # a cell was undefined
    old: int = 0
    new: int = 0
    same: int = 0  # instants of which old and new could not be told apart
    cells: int = 0  # that differ between the whole old and the whole new
    wrong: list[str] = field(default_factory=list)

    @property
    def told_apart(self) -> int:
        """Instants that could have shown the wrong weights."""
        return self.instants - self.same

    @property
    def tell(self) -> bool:
        """Whether all that a cut may leave was seen, and in no case the wrong."""
        return bool(self.old and self.new and self.while_writing and not self.wrong)

    def judge(self, found: Kept, old: Kept, new: Kept, where: str) -> None:
        """One start, against what it might be."""
        self.instants += 1
        self.old += found == old
        self.new += found == new != old
        self.same += new == old
        if found not in (old, new):
            self.wrong.append(f"{where}: {found} is neither {old} nor {new}")

    def judge_whole(self, found: Kept, new: Kept) -> None:
        """A start after a save that was told as done."""
        self.instants += 1
        self.new += found == new
        if found != new:
            self.wrong.append(f"after a whole save: {found} is not {new}")


def spoilt(image: bytes, cell: int | None, random: Random) -> bytes:
    """The EEPROM after a cut while `cell` was written: what would seal its slot is likely in it."""
    if cell is None:
        return image
    left, first = bytearray(image), cell // SLOT_BYTES * SLOT_BYTES
    seals = image[first], image[first + SLOT_BYTES - 1]
    left[cell] = random.choice((*TAME, *seals, random.randrange(256)))
    return bytes(left)


def kept_of(hello: Hello) -> Kept:
    """What a board that says this started with."""
    if hello.weights_source == WeightsSource.INITIAL:
        return None
    return hello.step, hello.weights_crc


def messages(reader: FrameReader, data: bytes) -> list[Record]:
    """What a board told."""
    return [frame.message for frame in reader.feed(data)]


def start_natively(image: bytes, altered: Mapping[str, Path] | None = None) -> Kept:
    """What the tracker's C starts with on this computer."""
    hellos = messages(FrameReader(), NativeTracker(image, altered).read())
    return kept_of(next(h for h in hellos if isinstance(h, Hello)))


@dataclass
class _Life:
    """A tracker that is taught, tracks and saves, one small piece of work at a time."""

    tracker: NativeTracker
    random: Random
    reader: FrameReader = field(default_factory=FrameReader)
    saved: Kept = None
    time_us: int = 0

    def ask(self, command: Record) -> None:
        self.tracker.write(encode_record(command, self.random.randrange(256)))

    def _read(self) -> None:
        left, right = self.random.randrange(1000, 7000), self.random.randrange(1000, 7000)
        self.time_us += 38_000
        self.tracker.reading(left, right, self.time_us)

    def learn(self) -> Iterator[tuple[bytes, int | None]]:
        """Some readings and training between two saves."""
        for command in (Load(), Learn(1), self.random.choice((Teach(60), Teach(0), SetRate(900)))):
            self.ask(command)
        for _ in range(self.random.randrange(2, 60)):
            self._read()
            self.ask(Mark(self.random.randrange(-16000, 16000), 1))
            self.tracker.work(self.random.randrange(80))
            yield self.tracker.eeprom, None

    def save(self) -> Iterator[tuple[bytes, int | None]]:
        """Each turn of a save, with the cell that it began to write."""
        self.ask(Save())
        before = self.tracker.eeprom
        for turn in range(TURNS_OF_A_SAVE):
            if turn % 45 == 0:
                self._read()
            self.tracker.work(1)
            after = self.tracker.eeprom
            changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
            yield after, changed[0] if changed else None
            if self._heard():
                return
            before = after

    def _heard(self) -> bool:
        for message in messages(self.reader, self.tracker.read()):
            if isinstance(message, Stored) and message.operation == StoreOperation.SAVE:
                assert message.result == StoreResult.OK
                self.saved = message.step, message.weights_crc
                return True
        return False


def native_cuts(
    instants: int = INSTANTS,
    *,
    seed: int = 1,
    altered: Mapping[str, Path] | None = None,
    report: Report = silent,
) -> Cuts:
    """Cuts at random instants, two thirds of them while saving."""
    random, cuts = Random(seed), Cuts()
    life = _Life(NativeTracker(None, altered), random)
    while cuts.told_apart < instants:
        report("power cuts, natively", cuts.told_apart, instants)
        old, images = life.saved, []
        for doing, share in ((life.learn(), 0.05), (life.save(), 0.01)):
            images += [state for state in doing if random.random() < share]
        for image, cell in images:
            cuts.while_writing += cell is not None
            found = start_natively(spoilt(image, cell, random), altered)
            cuts.judge(found, old, life.saved, f"cell {cell}")
        cuts.judge_whole(start_natively(life.tracker.eeprom, altered), life.saved)
    return cuts


def start_on_chip(elf: Path, image: bytes) -> Kept:
    """What the firmware starts with on the simulated Uno."""
    return kept_of(Session(SimulatedBoard(elf, World(1), eeprom=image)).open())


def chip_cuts(
    elf: Path, instants: int = INSTANTS, *, seed: int = 1, report: Report = silent
) -> Cuts:
    """The same on the simulated Uno, in a lesson and after it, at any cycle."""
    random, cuts, world = Random(seed), Cuts(), World(seed)
    board = SimulatedBoard(elf, world)
    session, stored = Session(board), list[Stored]()
    session.listeners.append(
        lambda frame: stored.append(frame.message) if isinstance(frame.message, Stored) else None
    )
    session.open()
    saved: list[Kept] = [None]
    while cuts.told_apart < instants:
        report("power cuts, simulated Uno", cuts.told_apart, instants)
        for command in (Teach(random.choice((0, 60))), Learn(1), Mark(random.randrange(9999), 1)):
            session.command(command)
        world.use(Follow(random.randrange(99)), board.time_s())
        images = [*_states(board, session, random)]
        session.command(Save())
        count = len(stored)
        while len(stored) == count:
            images += _states(board, session, random)
        saved.append((stored[-1].step, stored[-1].weights_crc))
        for image, cell in images:
            cuts.while_writing += cell is not None
            found = start_on_chip(elf, spoilt(image, cell, random))
            cuts.judge(found, saved[-2], saved[-1], f"cell {cell}")
        cuts.judge_whole(start_on_chip(elf, board.uno.eeprom), saved[-1])
    return cuts


def _states(
    board: SimulatedBoard, session: Session, random: Random
) -> list[tuple[bytes, int | None]]:
    board.uno.run(random.randrange(round(0.08 * CLOCK_HZ)))
    state = board.uno.eeprom, board.uno.eeprom_busy_at
    session.run(0.001)  # what was told meanwhile is heard
    return [state]


def cuts_in_each_write(
    elf: Path, *, saves: int = 2, seed: int = 1, report: Report = silent
) -> Cuts:
    """The simulated Uno's last of `saves` saves, cut once in each of its writes, and after it."""
    random, cuts = Random(seed), Cuts()
    board = SimulatedBoard(elf, World(seed))
    session = Session(board)
    session.open()
    session.command(Teach(60))
    kept: list[Kept] = [None]
    for _ in range(saves):
        session.run(BETWEEN_SAVES_S)
        before = board.uno.eeprom
        states = list(each_write(board, session))
        hello = session.hello()
        stored = session.load()  # training went on: what was saved is what is loaded
        kept.append((stored.step, stored.weights_crc))
        assert hello.weights_source == WeightsSource.INITIAL or len(kept) > 2
    after = board.uno.eeprom
    cuts.cells = sum(old != new for old, new in zip(before, after, strict=True))
    for image, cell in states:
        report("power cuts, each write", cuts.instants, len(states))
        cuts.while_writing += 1
        cuts.judge(
            start_on_chip(elf, spoilt(image, cell, random)), kept[-2], kept[-1], f"cell {cell}"
        )
    cuts.judge_whole(start_on_chip(elf, after), kept[-1])
    return cuts


def each_write(board: SimulatedBoard, session: Session) -> Iterator[tuple[bytes, int]]:
    """Saves; the EEPROM in the midst of each write, and the cell, until no more begin."""
    session.command(Save())
    busy, begun, idle = None, 0, 0
    while idle < 50:
        board.uno.run(POLL)
        at = board.uno.eeprom_busy_at
        idle = idle + 1 if at is None else 0
        if at is not None and (at != busy or board.uno.cycle - begun >= CELL_WRITE):
            begun = board.uno.cycle
            yield board.uno.eeprom, at
        busy = at


def cut_claims(elf: Path, *, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """power_cuts_*: starts with neither the old nor the new weights, of so many as the bar says."""
    part = 10 if quick else 1
    natively = native_cuts(INSTANTS // part, report=report)
    chip = chip_cuts(elf, INSTANTS // part, report=report)
    each = cuts_in_each_write(elf, report=report)
    wrong = len(natively.wrong) + len(chip.wrong) + len(each.wrong)
    return {
        "power_cuts_wrong_weights": Claim(wrong, 0, wrong == 0),
        "power_cuts_native_instants": _enough(natively, natively.told_apart, INSTANTS // part),
        "power_cuts_chip_instants": _enough(chip, chip.told_apart, INSTANTS // part),
        "power_cuts_chip_each_write": _enough(each, each.while_writing - each.same, each.cells),
    }


def _enough(cuts: Cuts, figure: int, bar: int) -> Claim:
    return Claim(figure, bar, cuts.tell and figure >= bar)
