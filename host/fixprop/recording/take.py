"""Taking a recording: a bridge, a recorder, and for a simulated board a hand with its truth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fixprop.board.native import NativeBoard
from fixprop.board.paced import PacedBoard
from fixprop.board.port import Port
from fixprop.board.ports import REPLAY, SIMULATED, open_port
from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import FixpropError, UsageError
from fixprop.firmware_build import build_firmware
from fixprop.live.bridge import Bridge
from fixprop.recording.facts import facts_here, firmware_facts
from fixprop.recording.recorder import Recorder
from fixprop.recording.truth import TruthKeeper
from fixprop.sim.paths import Follow, HandPath, Still, Track
from fixprop.sim.scene import World
from fixprop.tracking.demo import HAND_REST_S, median_step_cycles
from fixprop.wire.records import Learn, Record, ResetWeights, Teach

SLICE_S, FAST_SLICE_S = 0.1, 1.0

Progress = Callable[[float], None]
"""Told seconds of the board's time, from time to time."""


@dataclass(frozen=True)
class Plan:
    """What to record. `seconds`: after the lesson; None: until interrupted."""

    url: str
    path: Path
    seconds: float | None = None
    teach_s: int = 0
    seed: int = 1
    speed: float = 1.0  # of a simulated board; 0: as fast as it goes
    started: str | None = None


def take(plan: Plan, progress: Progress = lambda _: None) -> Recorder:
    """Record as planned; the recorder is closed. An interrupt just ends the recording.

    Raises FixpropError if the board cannot be reached, refuses, or the disk is full.
    """
    if plan.url.startswith(REPLAY):
        raise UsageError(f"port '{plan.url}' is a recording already")
    taking = _Simulated(plan, progress) if plan.url in SIMULATED else _Taking(plan, progress)
    try:
        taking.open()
        taking.lesson()
        taking.listen(plan.seconds)
        taking.end()
    except KeyboardInterrupt:
        pass
    finally:
        taking.close()
    return taking.recorder


class _Taking:
    """Of a real board: its bytes come when they want, so the recorder has a thread."""

    slice_s = SLICE_S
    _sleep = staticmethod(time.sleep)

    def __init__(self, plan: Plan, progress: Progress) -> None:
        self.plan, self._progress, self._done_s = plan, progress, 0.0
        self.bridge = Bridge(lambda: open_port(plan.url))
        facts = facts_here(plan.url, started=plan.started)
        self.recorder = Recorder(self.bridge, plan.path, facts)
        self.recorder.start()

    def open(self) -> None:
        """Wait for the board's hello; without one there is nothing to record."""
        self.bridge.turn(0.0)
        if self.bridge.session is None:
            self.recorder.discard()
            raise FixpropError(self.bridge.link.text)

    def lesson(self) -> None:
        """Teach from initial weights, then learn no more."""
        if not self.plan.teach_s:
            return
        self.obey(ResetWeights(self.plan.seed))
        self.obey(Teach(self.plan.teach_s))
        self.taught()
        self.listen(self.plan.teach_s)
        self.obey(Learn(0))

    def taught(self) -> None:
        """A lesson begins."""

    def obey(self, command: Record) -> None:
        """Let the board obey; FixpropError if it does not."""
        answer = self.bridge.command(command)
        self.turn(0.0)
        answer.result()

    def listen(self, seconds: float | None) -> None:
        """Turns of the bridge for so long."""
        if seconds is None:
            while True:
                self.turn(self.slice_s)
        for turn in range(math.ceil(seconds / self.slice_s)):
            self.turn(min(self.slice_s, seconds - turn * self.slice_s))

    def turn(self, seconds: float) -> None:
        """One turn, and what it brought goes to the disk."""
        self.bridge.turn(seconds)
        if self.bridge.session is None:  # nothing that could be waited for is there
            self._sleep(seconds)
        if self.recorder.error is not None:
            raise self.recorder.error
        self._done_s += seconds
        self._progress(self._done_s)

    def end(self) -> None:
        """The weights, for everyone to compare with."""
        if self.plan.teach_s:
            answer = self.bridge.call(lambda session: session.weights())
            self.turn(0.0)
            answer.result()

    def close(self) -> None:
        """Let go of the board, then of the file."""
        self.bridge.close()
        self.recorder.close()


class _Simulated(_Taking):
    """Of a simulated board: its time is the recording's, and its world knows where the hand is."""

    def __init__(self, plan: Plan, progress: Progress) -> None:
        self.plan, self._progress, self._done_s = plan, progress, 0.0
        first: HandPath = Still() if plan.teach_s else Track(plan.seed)
        self.world = World(plan.seed, first)
        board = open_port(plan.url, self.world)
        assert isinstance(board, SimulatedBoard | NativeBoard)
        self.board, firmware = board, None
        if isinstance(board, SimulatedBoard):
            firmware = firmware_facts(build_firmware())
        line: Port = PacedBoard(board, plan.speed) if plan.speed else board
        self.slice_s = SLICE_S if plan.speed else FAST_SLICE_S
        self.bridge = Bridge(lambda: line, clock=board.time_s)
        facts = facts_here(plan.url, started=plan.started, world_seed=plan.seed, firmware=firmware)
        self.recorder = Recorder(self.bridge, plan.path, facts, start_s=0.0)
        self.truths = TruthKeeper(self.bridge, board, self.recorder)
        if plan.speed:
            self.recorder.start()

    def turn(self, seconds: float) -> None:
        """Without a thread, equal plans give equal files."""
        super().turn(seconds)
        if not self.plan.speed:
            self.recorder.pump()
        self.truths.pump()

    def taught(self) -> None:
        """The hand comes and follows the pointer."""
        now_s = self.board.time_s()
        self.world.use(Follow(self.plan.seed, rest_s=HAND_REST_S), now_s)
        self.recorder.note(lesson_start_s=now_s)

    def lesson(self) -> None:
        """Then motion that the board has not seen."""
        super().lesson()
        if not self.plan.teach_s:
            return
        self.recorder.note(lesson_readings=self.truths.readings)
        if isinstance(self.board, SimulatedBoard):
            self.recorder.note(cycles_per_step=median_step_cycles(self.board))
        self.world.use(Track(self.plan.seed), self.board.time_s())

    def end(self) -> None:
        """What only a simulator can know of the chip."""
        super().end()
        if isinstance(self.board, SimulatedBoard):
            self.recorder.note(peak_stack_bytes=self.board.uno.stack_peak_bytes)
