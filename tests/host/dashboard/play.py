"""A dashboard on a native board, turned by hand: no threads, no pace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from fixprop.board.port import Port
from fixprop.dashboard.dashboard import Dashboard
from fixprop.dashboard.playground import Playground
from fixprop.dashboard.recorder import Recording
from fixprop.live.bridge import Bridge
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin


class Play:
    """`turn` lets the board live and tells the dashboard."""

    def __init__(
        self, connect: Callable[[], Port] | None = None, folder: Path = Path("out/recordings")
    ) -> None:
        self.now = 0.0
        self.playground = Playground("native://", 1, clock=self.clock, paced=False)
        given = connect or self.playground.connect
        self.bridge = Bridge(given, Twin(NativeLearner(1)), self.clock)
        recording = Recording(
            self.bridge, "native://", folder, lambda: datetime(2026, 11, 22, tzinfo=UTC)
        )
        self.dashboard = Dashboard(self.bridge, recording, None if connect else self.playground)

    def clock(self) -> float:
        """Seconds; they pass with `turn` only."""
        return self.now

    def turn(self, seconds: float = 0.1) -> None:
        """So much of the board's time, and of ours."""
        self.bridge.turn(seconds)
        self.now += seconds
        self.dashboard.turn(self.dashboard.waiting())
