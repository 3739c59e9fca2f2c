"""The whole live chain under load: reader, twin, dashboard, sinks. Does it keep up, does it grow?"""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fixprop.bench.line_source import LineSource
from fixprop.dashboard.dashboard import Dashboard
from fixprop.dashboard.recorder import Recording
from fixprop.live.bridge import Bridge
from fixprop.live.events import Received
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Pump, Sink
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Learn, Mark

SINKS = 3
TURN_S = 1 / 60
WARM_UP = 0.1  # of the run
FILLED_BYTES = 1_000_000
"""Of a line, after which all bounded queues, the page's past among them, are as full as they get."""

GROWTH_LIMIT_MB = 4.0
SLOW_LIMIT = 1000  # events that wait for the listener who never takes any


class TextSink(Sink):
    """Makes a line of JSON of each sample, as sinks do, and sends it nowhere."""

    def send(self, sample: Sample) -> None:
        """See Sink."""
        self.bytes = len(json.dumps(dict(sample.values)))
        self.sent += 1


@dataclass
class Figures:
    """One run. `load`: processor seconds of the chain for a second of the line, source excluded."""

    name: str
    line_s: float
    frames_sent: int
    frames_heard: int
    bytes: int
    lost: int
    damaged: int
    dropped: int
    samples: int
    steps: int
    twin: str
    load: float
    early_mb: float | None  # after the warm-up; None: the run was too short to tell
    end_mb: float

    @property
    def broken(self) -> list[str]:
        """What did not hold; empty: all did."""
        complaints = {
            f"{self.frames_sent - self.frames_heard} frames were not heard": self.frames_sent
            != self.frames_heard,
            f"{self.lost} frames were lost": self.lost,
            f"{self.damaged} frames were damaged": self.damaged,
            f"{self.dropped} events were dropped": self.dropped,
            f"the twin: {self.twin}": self.twin,
            f"it needs {self.load:.2f} cores": self.load >= 1,
            f"it grew by {self.growth_mb:.1f} MB": self.growth_mb >= GROWTH_LIMIT_MB,
        }
        return [f"{self.name}: {text}" for text, holds in complaints.items() if holds]

    @property
    def growth_mb(self) -> float:
        """Of the memory, after the warm-up."""
        return 0.0 if self.early_mb is None else self.end_mb - self.early_mb

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "growth_mb": self.growth_mb, "broken": self.broken}


class Chain:
    """All that listens, turned by hand: figures do not depend on what else the computer does."""

    def __init__(self, source: LineSource, *, dashboard: bool = True) -> None:
        self.source, self.twin = source, Twin(NativeLearner(1))
        self.bridge = Bridge(lambda: source, self.twin, source.time_s)
        self.counter = self.bridge.subscribe(Received)
        self.slow = self.bridge.subscribe(limit=SLOW_LIMIT)
        self.pumps = [Pump(self.bridge, TextSink(f"sink {n}"), 0.0) for n in range(SINKS)]
        recording = Recording(self.bridge, source.url)
        self.dashboard = Dashboard(self.bridge, recording) if dashboard else None
        self.page = self.dashboard.open()[0] if self.dashboard else None
        self.heard = self.told = 0
        self._loop = asyncio.new_event_loop()

    def begin(self) -> None:
        """Something to learn, and leave to learn it."""
        self.turn()
        for bearing in range(-8000, 8001, 2000):
            self.bridge.command(Mark(bearing, 1))
            self.turn()
        self.bridge.command(Learn(1))

    def turn(self) -> None:
        """A sixtieth of a second of the line, and everyone hears of it."""
        self.bridge.turn(TURN_S)
        self.heard += len(self.counter.take())
        for pump in self.pumps:
            pump.turn()
        if self.dashboard is None or self.page is None:
            return
        if self.dashboard.turn(self.dashboard.waiting()):
            self.told += len(self._loop.run_until_complete(self.page.take()))

    def close(self) -> None:
        """Let go of everything."""
        for pump in self.pumps:
            pump.close()
        self.bridge.close()
        self._loop.close()

    def dropped(self) -> int:
        """Events that somebody who listens missed."""
        return self.bridge.dropped() - self.slow.dropped


def measure(
    name: str,
    seconds: float,
    *,
    line_rate: bool,
    dashboard: bool = True,
    memory_mb: Callable[[], float] | None = None,
    advance: Callable[[float], None] = lambda _: None,
) -> Figures:
    """Let a board speak for so many of its seconds; `advance` hears of each that passed."""
    memory_mb = memory_mb or resident_mb
    source = LineSource(line_rate=line_rate)
    chain = Chain(source, dashboard=dashboard)
    begin_s = time.process_time()
    chain.begin()
    early_mb, told_s = None, 0.0
    while (now_s := source.time_s()) < seconds:
        if early_mb is None and now_s >= WARM_UP * seconds and source.bytes >= FILLED_BYTES:
            early_mb = memory_mb()
        if now_s - told_s >= 1:
            advance(now_s - told_s)
            told_s = now_s
        chain.turn()
    used_s = time.process_time() - begin_s - source.own_s
    figures = _figures(name, chain, used_s, early_mb, memory_mb())
    chain.close()
    return figures


def _figures(
    name: str, chain: Chain, used_s: float, early_mb: float | None, end_mb: float
) -> Figures:
    source, totals, state = chain.source, chain.bridge.totals, chain.twin.state
    return Figures(
        name,
        source.time_s(),
        source.frames,
        min(chain.heard, totals.frames),
        source.bytes,
        totals.lost,
        totals.crc_errors + totals.malformed + totals.cut,
        chain.dropped(),
        min(pump.sink.sent for pump in chain.pumps),
        state.steps_replayed,
        state.first_difference or ("" if chain.twin.in_step else chain.twin.standing),
        used_s / source.time_s(),
        early_mb,
        end_mb,
    )


def resident_mb() -> float:
    """Memory of this process."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3  # the most it ever was
