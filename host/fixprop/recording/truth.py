"""Where a simulated hand really was at each reading, beside what the board said of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fixprop.board.native import NativeBoard
from fixprop.board.simulated import SimulatedBoard
from fixprop.live.bridge import Bridge
from fixprop.live.events import Received
from fixprop.recording.items import TRUTH, Item, Kind
from fixprop.recording.recorder import Recorder
from fixprop.sim.scene import Truths
from fixprop.tracking.evaluation import BURST_S, Floats
from fixprop.wire.records import Reading

CLOCK_S = (1 << 32) / 1e6  # a board's clock then starts again


class TruthKeeper:
    """Asks the world of a simulated board for the truth of every reading that comes."""

    def __init__(
        self, bridge: Bridge, board: SimulatedBoard | NativeBoard, recorder: Recorder
    ) -> None:
        self.readings = 0
        self._board, self._recorder = board, recorder
        self._heard = bridge.subscribe(Received, limit=1 << 20)
        self._offset_s, self._last_s = 0.0, 0.0

    def pump(self) -> None:
        """Keep the truth of the readings since the last call; as the bridge turns, not meanwhile."""
        for event in self._heard.take():
            if isinstance(event, Received) and isinstance(event.frame.message, Reading):
                self._keep(event.time_s, event.frame.message)

    def _keep(self, now_s: float, reading: Reading) -> None:
        time_s = reading.time_us / 1e6 + self._offset_s
        if not self.readings:
            self._offset_s = (self._board.first_burst_s or 0.0) - time_s
            self._recorder.note(clock_offset_s=self._offset_s)
            time_s += self._offset_s
        elif time_s < self._last_s:
            self._offset_s += CLOCK_S
            time_s += CLOCK_S
        self.readings, self._last_s = self.readings + 1, time_s
        truth = self._board.world.truth(time_s + BURST_S)
        data = TRUTH.pack(
            reading.reading_index, truth.bearing_deg, truth.range_cm, truth.visible_left,
            truth.visible_right,
        )  # fmt: skip
        self._recorder.mark(now_s, Kind.TRUTH, data)


@dataclass
class RecordedTruths:
    """The truths of a recording, in the order of its readings."""

    rows: list[tuple[int, float, float, bool, bool]] = field(default_factory=list)

    def take(self, item: Item) -> None:
        """An item of kind TRUTH."""
        self.rows.append(TRUTH.unpack(item.data))

    def of(self, indices: list[int]) -> Truths:
        """Of the readings with these numbers."""
        place = {row[0]: n for n, row in enumerate(self.rows)}
        rows = [self.rows[place[index]] for index in indices]
        _, bearing, distance, left, right = np.array(rows, np.float64).reshape(-1, 5).T
        return Truths(bearing, distance, np.isfinite(bearing), left != 0, right != 0)


@dataclass(frozen=True)
class Given:
    """Truths as track_of wants them."""

    known: Truths

    def truths(self, time_s: Floats) -> Truths:
        """See fixprop.tracking.evaluation.Truthful."""
        assert len(time_s) == len(self.known.bearing_deg)
        return self.known
