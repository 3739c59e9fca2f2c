"""A recording played to its end, and what the twin says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixprop.board.paced import PacedBoard
from fixprop.board.port import Port
from fixprop.board.replay import Replay
from fixprop.formats import Integers
from fixprop.live.totals import Damage, Totals
from fixprop.model import Model
from fixprop.model.model import Provenance
from fixprop.recording.items import Item, Kind
from fixprop.recording.playback import play
from fixprop.session import Session
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.learner import weights_crc
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.tracking.twin_state import RESET

Listener = Callable[[Session], None]

NEXT_TIME = "next time begin it with Reset in the dashboard, or use fixprop record --teach"
"""What a twin asks of a board cannot be had from a file."""
UNKNOWN = (
    "in step, but the board loaded weights that are not in this recording: nothing after that can "
    f"be proved; {NEXT_TIME}"
)


@dataclass
class Played:
    """What was heard. Nothing here grows with the recording's length but the counts."""

    path: Path
    replay: Replay
    twin: Twin = field(default_factory=lambda: Twin(NativeLearner(0)))
    totals: Totals = field(default_factory=Totals)
    gaps: int = 0
    dropped: int = 0  # by the recorder
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Of the recording so far."""
        return self.replay.time_us / 1e6

    @property
    def weights(self) -> Integers | None:
        """The board's, int64 [weight_count], Q4.19, as the twin knows them; None if it does not."""
        known = self.twin.in_step and self.twin.weights_known
        return self.twin.learner.weights() if known else None

    @property
    def identical(self) -> bool:
        """Whether the twin followed to the end and nothing differed."""
        return self.weights is not None and self.twin.state.first_difference is None

    @property
    def standing(self) -> str:
        """As the twin tells it, with a next step that can be done."""
        unknown = self.twin.in_step and not self.twin.weights_known
        return UNKNOWN if unknown else self.twin.standing.replace(RESET, NEXT_TIME)

    @property
    def line_lost(self) -> str:
        """How often, in a few words; "" for never."""
        often = "once" if self.gaps == 1 else f"{self.gaps} times"
        return f"the line was lost {often}" if self.gaps else ""

    def verdict(self) -> str:
        """One line on the twin."""
        state = self.twin.state
        if state.first_difference is not None:
            return f"twin DIFFERS: {state.first_difference.replace(RESET, NEXT_TIME)}"
        if self.weights is None:
            return f"twin {self.standing}"
        return (
            f"twin identical, {state.steps_replayed:,} steps, {state.checksums_equal} of "
            f"{state.checksums_compared} checksums"
        )

    def summary(self) -> dict[str, Any]:
        """The figures for programs."""
        facts, state, weights = self.replay.reader.facts, self.twin.state, self.weights
        return {
            "recording": str(self.path),
            "url": facts.url,
            "started": facts.started,
            "fingerprint": f"{facts.fingerprint:08x}",
            "seconds": self.seconds,
            "closed": self.replay.reader.closed,
            "torn_bytes": self.replay.reader.torn_bytes,
            "frames": self.totals.frames,
            "lost": self.totals.lost,
            "crc_errors": self.totals.crc_errors,
            "malformed": self.totals.malformed,
            "gaps": self.gaps,
            "dropped": self.dropped,
            "twin": {
                "steps_replayed": state.steps_replayed,
                "checksums_compared": state.checksums_compared,
                "checksums_equal": state.checksums_equal,
                "first_difference": state.first_difference,
                "standing": self.standing,
                "identical": self.identical,
            },
            "step": self.twin.learner.step if self.twin.in_step else None,
            "weights_crc": None if weights is None else weights_crc(weights),
        }

    def model(self, weights: Integers) -> Model:
        """The network with these weights, and where they come from."""
        facts = self.replay.reader.facts
        provenance: Provenance = {
            "recording": self.path.name,
            "board": facts.url,
            "date": facts.started,
            "fingerprint": f"{facts.fingerprint:08x}",
            "steps": self.twin.learner.step,
        }
        return Model.of_network(TOPOLOGY, weights, provenance)


class Player:
    """Plays `path` once. `listen` may add listeners to each session, after the twin's.

    `speed`: seconds of the recording in one of ours; 0: as fast as it goes.
    """

    def __init__(
        self,
        path: Path,
        *,
        speed: float = 0.0,
        listen: Listener = lambda _: None,
        on_mark: Callable[[Item], None] = lambda _: None,
    ) -> None:
        self._on_mark, self._listen, self._speed = on_mark, listen, speed
        self.played = Played(path, Replay(path, self._mark))
        self._damage: Damage | None = None

    def play(self) -> Played:
        """All of it; FixpropError where it was altered."""
        played = self.played
        play(played.replay, self._connected, self._lost, self._paced)
        if self._damage is not None:
            self._damage.end()
        return played

    def _paced(self, port: Port) -> Port:
        return PacedBoard(port, self._speed) if self._speed else port

    def _connected(self, session: Session) -> None:
        twin, totals = self.played.twin, self.played.totals
        session.listeners += [twin.take, lambda _: self._count_frame()]
        session.on_sent.append(twin.sent)
        session.on_lost += [twin.lost, self._count_lost]
        self._damage = Damage(totals, session)
        totals.connections += 1
        self._listen(session)

    def _count_frame(self) -> None:
        self.played.totals.frames += 1

    def _count_lost(self, frames: int) -> None:
        self.played.totals.lost += frames

    def _lost(self) -> None:
        self.played.gaps += 1
        if self._damage is not None:
            self._damage.end()
        self.played.twin.disconnected()

    def _mark(self, item: Item) -> None:
        if item.kind == Kind.NOTE:
            self.played.notes |= item.json()
        elif item.kind == Kind.DROPPED:
            self.played.dropped += item.count()
        self._on_mark(item)
