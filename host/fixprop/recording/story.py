"""What a recording tells, gathered for a report: readings, losses, weights, and truth if known."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import Integers
from fixprop.recording.items import Item, Kind
from fixprop.recording.played import Played, Player
from fixprop.recording.truth import CLOCK_S, RecordedTruths
from fixprop.session import Session
from fixprop.sim.servo import pulse_to_deg
from fixprop.tracking.demo import Recorder
from fixprop.tracking.learner import degrees_of_bearing
from fixprop.wire.records import Reading, Record, State, Teach

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass
class Story:
    """A played recording and all that was said in it."""

    played: Played
    heard: Recorder
    truths: RecordedTruths
    first_weights: Integers | None = None  # when the first lesson began, or at the start
    losses: list[tuple[int, int, float]] = field(default_factory=list)
    """Number of the reading, training steps done, mean loss of the steps before it."""

    @property
    def readings(self) -> list[Reading]:
        """All of them, in order."""
        return self.heard.readings

    def time_s(self) -> Floats:
        """Of each reading, from the first; over every restart of the board's clock."""
        clock = np.array([r.time_us for r in self.readings], np.int64) / 1e6
        again = np.concatenate([[False], np.diff(clock) < 0])
        wrapped = again & (np.concatenate([[0.0], clock[:-1]]) > CLOCK_S / 2)
        jumps = np.where(wrapped, CLOCK_S, np.where(again, np.roll(clock, 1) - clock, 0.0))
        return np.asarray(clock + np.cumsum(jumps) - (clock[0] if len(clock) else 0.0))

    def states(self) -> NDArray[np.int64]:
        """What the board was doing at each reading."""
        return np.array([r.state for r in self.readings], np.int64)

    def bearing_deg(self) -> Floats:
        """What the board gave."""
        return degrees_of_bearing(np.array([r.bearing for r in self.readings]))

    def pointer_deg(self) -> Floats:
        """Where the servo was told to point."""
        return np.array([pulse_to_deg(r.pointer_us) for r in self.readings])

    def present(self) -> Flags:
        """Whether the board took a hand to be there."""
        return np.array([r.presence > 0 for r in self.readings])

    def labelled(self) -> Flags:
        """Readings with the pointer's bearing as their label."""
        states = self.states()
        return np.asarray((states & (State.LABELLED | State.HAND_ABSENT_LABEL)) == State.LABELLED)

    def true_bearing_deg(self) -> Floats | None:
        """Where the hand was; None if nobody knows."""
        known = {row[0] for row in self.truths.rows}
        if not self.readings or not all(r.reading_index in known for r in self.readings):
            return None
        return self.truths.of([r.reading_index for r in self.readings]).bearing_deg


def story_of(path: Path) -> Story:
    """Play `path` and gather; raises as a Player."""
    teller = _Teller(path)
    return teller.tell()


class _Teller:
    def __init__(self, path: Path) -> None:
        self._player = Player(path, listen=self._listen, on_mark=self._mark)
        played = self._player.played
        self._story = Story(played, Recorder(played.twin), RecordedTruths())
        played.twin.on_steps = self._stepped

    def tell(self) -> Story:
        self._player.play()
        return self._story

    def _listen(self, session: Session) -> None:
        session.on_sent.append(self._sent)
        session.listeners.append(self._story.heard.take)
        session.listeners.append(lambda _: self._keep_first())

    def _mark(self, item: Item) -> None:
        if item.kind == Kind.TRUTH:
            self._story.truths.take(item)

    def _sent(self, _sequence: int, command: Record) -> None:
        taught = any(r.state & State.TEACHING for r in self._story.readings)
        if isinstance(command, Teach) and not taught:
            self._story.first_weights = self._story.played.weights

    def _keep_first(self) -> None:
        if self._story.first_weights is None:
            self._story.first_weights = self._story.played.weights

    def _stepped(self, step: int, losses: Floats) -> None:
        self._story.losses.append((len(self._story.readings), step, float(losses.mean())))
