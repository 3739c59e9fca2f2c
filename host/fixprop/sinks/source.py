"""The board to watch: one that was named, one that is plugged in, or a simulated one with a hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fixprop.board.finder import Candidate, find_again, find_boards
from fixprop.board.paced import PacedBoard
from fixprop.board.port import Port
from fixprop.board.ports import SIMULATED, open_port
from fixprop.errors import FixpropError
from fixprop.session import Session
from fixprop.sim.gp2y0a21 import Floats
from fixprop.sim.paths import Follow, Pointer, Track
from fixprop.sim.scene import World
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.wire.records import Teach

AUTO = "auto"
DEFAULT = "sim://"
REST_S = (VALUES["TEACH_REST_READINGS"] + 5) * READING_PERIOD_S  # nobody is there meanwhile


class LessonThenTrack:
    """A HandPath: follows the pointer for a lesson of `seconds`, then moves freely."""

    def __init__(self, seed: int, seconds: float) -> None:
        self._follow, self._track = Follow(seed, rest_s=REST_S), Track(seed)
        self._seconds = seconds

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """See HandPath."""
        lesson = self._follow.positions(time_s, pointer)
        free = self._track.positions(np.maximum(time_s - self._seconds, 0.0), pointer)
        in_lesson = time_s < self._seconds
        bearing, distance = (np.where(in_lesson, a, b) for a, b in zip(lesson, free, strict=True))
        return bearing, distance


@dataclass
class Source:
    """Opens the board's line again and again. `error` is why the last attempt failed."""

    url: str
    board: Candidate | None = None  # if it was found
    seed: int = 1
    speed: float = 1.0
    error: FixpropError | None = None
    _world: World | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """For people."""
        if self.board is not None:
            return f"{self.url}, {self.board.description}"
        return self.url

    def connect(self) -> Port:
        """The board's line; raises FixpropError."""
        try:
            return self._connect()
        except FixpropError as error:
            self.error = error
            raise

    def _connect(self) -> Port:
        if self.url in SIMULATED:
            self._world = World(self.seed, Follow(self.seed))
            return PacedBoard(open_port(self.url, self._world), self.speed)
        if self.board is not None:
            self.url = find_again(self.board)
        return open_port(self.url)

    def teach(self, session: Session, seconds: int) -> None:
        """Start a lesson; a simulated hand takes part in it. Within the bridge's thread."""
        session.command(Teach(seconds))
        if self._world is not None:
            self._world.use(LessonThenTrack(self.seed, seconds), session.port.time_s())


def source_of(
    url: str,
    *,
    seed: int,
    speed: float,
    find: Callable[[], list[Candidate]] = find_boards,
) -> Source:
    """What `url` names; AUTO: the first board that is plugged in, else a simulated Uno."""
    if url != AUTO:
        return Source(url, seed=seed, speed=speed)
    found = find()
    if not found:
        return Source(DEFAULT, seed=seed, speed=speed)
    return Source(found[0].url, found[0], seed=seed, speed=speed)
