"""A simulated Uno that is taught, learns, tracks and saves at random, and what it said last."""

from __future__ import annotations

from pathlib import Path
from random import Random

from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import FixpropError
from fixprop.session import Session
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.wire.codec import Frame
from fixprop.wire.records import (
    Hello,
    Learn,
    Mark,
    Reading,
    Record,
    Result,
    Save,
    SetRate,
    State,
    Stored,
    Teach,
)

PATIENCE_S = 2.0


class LivingBoard:
    """A board and what it was told, so far as it said that it obeyed."""

    def __init__(self, elf: Path, seed: int) -> None:
        self.world = World(seed)
        self.board = SimulatedBoard(elf, self.world)
        self.session = Session(self.board)
        self.heard: list[Frame] = []
        self.session.listeners.append(self._hear)
        self.saved = (0, self.session.open().weights_crc)
        self.learning = self.storing = False
        self.rate = self.session.hello().rate

    def _hear(self, frame: Frame) -> None:
        self.heard.append(frame)
        match frame.message:
            case Stored() as stored:
                self.saved = stored.step, stored.weights_crc
            case Reading() as reading:
                self.learning = bool(reading.state & State.LEARNING)
                self.storing = bool(reading.state & State.STORING)
                self.rate = reading.rate

    def live(self, random: Random) -> None:
        """A command or two, and a while of what they bring."""
        rate = random.randrange(64, 2000)
        choices: tuple[list[Record], ...] = (
            [Teach(60)],
            [Teach(0), SetRate(rate)],
            [Learn(0)],
            [Learn(1), Mark(900, 1)],
            [Learn(1), Mark(-900, 1), Save()],
        )
        for command in random.choice(choices):
            try:
                self.session.command(command)
            except FixpropError as error:
                if f"{Result.BUSY.name}".lower() not in str(error).lower():
                    raise
        self.world.use(Follow(random.randrange(99)), self.board.time_s())
        self.session.run(random.uniform(0.08, 1.5))

    def until_reading(self) -> float:
        """Seconds until the board, started anew, has sent a reading; inf if it does not."""
        start_s = self.board.time_s()
        while self.board.time_s() < start_s + PATIENCE_S:
            self.session.run(0.005)
            kinds = [type(frame.message) for frame in self.heard]
            if Hello in kinds and Reading in kinds[kinds.index(Hello) :]:
                return self.board.time_s() - start_s
        return float("inf")

    def hello(self) -> Hello:
        """The latest."""
        return [f.message for f in self.heard if isinstance(f.message, Hello)][-1]
