"""The main job: real firmware on a simulated Uno learns to track; what happened is kept."""

from __future__ import annotations

import multiprocessing
import signal
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import FirmwareBuild
from fixprop.formats import ACTIVATION, Integers
from fixprop.native import Native
from fixprop.session import Session
from fixprop.sim.paths import Follow, Still
from fixprop.sim.paths import Track as TrackPath
from fixprop.sim.scene import World
from fixprop.sim.sensors import SensorUnit, draw_units
from fixprop.tracking.baselines import Oracle, trained_float64
from fixprop.tracking.definition import READING_PERIOD_S, TOPOLOGY, VALUES
from fixprop.tracking.evaluation import Track, track_of
from fixprop.tracking.learner import degrees_of_bearing
from fixprop.tracking.lesson import lesson_samples
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.records import Health, Learn, Reading, ResetWeights, Teach

TEACH_S = 60
TRACK_S = 60.0
HAND_REST_S = (VALUES["TEACH_REST_READINGS"] + 5) * READING_PERIOD_S
"""Of a lesson: nobody is there, and a little longer than the board allows for."""

TRACK_LEAD_S = 1.0  # for the first frames after the lesson, and the hand on its way
ORACLE_DATA = 100  # times the readings of a lesson
SNAPSHOT_READINGS = 40
ORACLE_SEED_OFFSET = 1_000_000  # motion the tracker never sees

Progress = Callable[[str, float, float], None]
"""Called with (stage, seconds of device time done, seconds in all)."""


@dataclass(frozen=True)
class Snapshot:
    """The board's weights at a moment of the lesson, as the twin knows them."""

    time_s: float
    step: int
    weights: Integers


class Image(Protocol):
    """What the demo tells of the firmware that ran."""

    @property
    def sha256(self) -> str: ...
    @property
    def flash_bytes(self) -> int: ...
    @property
    def static_sram_bytes(self) -> int: ...


@dataclass
class DemoRun:
    """All that happened on the board, before anything is judged."""

    seed: int
    build: Image
    lesson: Track
    test: Track
    snapshots: list[Snapshot]
    twin: Twin
    initial_weights: Integers
    final_weights: Integers
    cycles_per_step: float
    peak_stack_bytes: int
    device_seconds: float
    frames: int
    lost: int
    crc_errors: int
    health: Health
    lesson_start_s: float


@dataclass
class Recorder:
    """Keeps what a session tells: readings, health, and the twin's weights now and then."""

    twin: Twin
    readings: list[Reading] = field(default_factory=list)
    health: Health | None = None
    snapshots: list[Snapshot] = field(default_factory=list)

    def take(self, frame: Frame) -> None:
        """A frame came, and the twin has taken it."""
        match frame.message:
            case Reading() as reading:
                self.readings.append(reading)
                if reading.reading_index % SNAPSHOT_READINGS == 0:
                    self._snapshot(reading)
            case Health() as health:
                self.health = health
            case _:
                pass

    def _snapshot(self, reading: Reading) -> None:
        weights = self.twin.learner.weights()
        self.snapshots.append(Snapshot(reading.time_us / 1e6, reading.step, weights))


def connect(session: Session, twin: Twin) -> Recorder:
    """The twin and a recorder listen to everything the session hears and says."""
    recorder = Recorder(twin)
    session.listeners += [twin.take, recorder.take]
    session.on_sent.append(twin.sent)
    session.on_lost.append(twin.lost)
    return recorder


def run_on_board(build: FirmwareBuild, seed: int, progress: Progress) -> DemoRun:
    """Boot, teach for TEACH_S, freeze, track unseen motion for TRACK_S, read the weights back."""
    world = World(seed, Still())
    board = SimulatedBoard(build.elf, world)
    session = Session(board)
    recorder = connect(session, Twin(NativeLearner(seed)))
    session.open()
    session.command(ResetWeights(seed))
    initial = recorder.twin.learner.weights()

    session.command(Teach(TEACH_S))
    lesson_start = board.time_s()
    world.use(Follow(seed, rest_s=HAND_REST_S), lesson_start)
    _run(session, TEACH_S, "teach", progress)
    session.command(Learn(0))
    taught = len(recorder.readings)
    cycles_per_step = median_step_cycles(board)

    world.use(TrackPath(seed), board.time_s())
    _run(session, TRACK_S + TRACK_LEAD_S, "track", progress)
    final = session.weights()

    offset_s = (board.first_burst_s or 0.0) - recorder.readings[0].time_us / 1e6
    first = round(TRACK_LEAD_S / READING_PERIOD_S)
    lesson, test = recorder.readings[:taught], recorder.readings[taught + first :]
    counters = session.reader.counters
    assert recorder.health is not None
    return DemoRun(
        seed=seed,
        build=build,
        lesson=track_of(lesson, offset_s, world),
        test=track_of(test, offset_s, world),
        snapshots=[s for s in recorder.snapshots if s.time_s <= lesson[-1].time_us / 1e6],
        twin=recorder.twin,
        initial_weights=initial,
        final_weights=final,
        cycles_per_step=cycles_per_step,
        peak_stack_bytes=board.uno.stack_peak_bytes,
        device_seconds=board.time_s(),
        frames=counters.frames,
        lost=counters.lost,
        crc_errors=counters.crc_errors,
        health=recorder.health,
        lesson_start_s=lesson_start,
    )


def _run(session: Session, seconds: float, stage: str, progress: Progress) -> None:
    for done in np.arange(0.0, seconds, 1.0):
        session.run(min(1.0, seconds - done))
        progress(stage, min(done + 1.0, seconds), seconds)


def median_step_cycles(board: SimulatedBoard) -> float:
    """Median time that GPIOR0 is 1: a training step that no interrupt lengthened much."""
    marks = board.uno.marks()
    spans = [b.cycle - a.cycle for a, b in pairwise(marks) if a.value == 1]
    idle = min(spans)  # nothing to train on: the turn ends at once
    return float(statistics.median(span for span in spans if span > 4 * idle))


@dataclass(frozen=True)
class Estimates:
    """Bearings of the test readings in degrees, by everyone who estimates them."""

    untrained: NDArray[np.float64]
    trained: NDArray[np.float64]
    float64_same_network: NDArray[np.float64]
    oracle: NDArray[np.float64]
    oracle_name: str
    oracle_readings: int
    snapshots: list[NDArray[np.float64]]


@contextmanager
def oracle_in_background(seed: int) -> Iterator[Future[Oracle]]:
    """Fit the oracle in a process of its own while the board runs."""
    units: tuple[SensorUnit, SensorUnit] = draw_units(seed)
    # an interrupt at the keyboard is for this process alone to answer
    ignore = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(1, initializer=signal.signal, initargs=ignore) as pool:
        try:
            yield pool.submit(Oracle, seed + ORACLE_SEED_OFFSET, ORACLE_DATA * TEACH_S, units)
        except BaseException:  # nobody waits for the oracle any more
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def estimate(run: DemoRun, oracle: Oracle) -> Estimates:
    """Estimates of the test readings; `trained` is what the board itself said."""
    inputs = run.test.inputs()
    samples, targets = lesson_samples(run.lesson)
    float64 = trained_float64(TOPOLOGY, run.initial_weights, samples, targets)
    real = float64.forward(ACTIVATION.to_float(inputs))[-1][:, 0]
    return Estimates(
        untrained=_bearing(run.initial_weights, inputs),
        trained=run.test.bearing_deg,
        float64_same_network=real * VALUES["BEARING_FULL_SCALE_DEG"],
        oracle=oracle.bearing_deg(run.test.left, run.test.right),
        oracle_name=oracle.name,
        oracle_readings=oracle.readings,
        snapshots=[_bearing(s.weights, inputs) for s in run.snapshots],
    )


def _bearing(weights: Integers, inputs: Integers) -> NDArray[np.float64]:
    network = Native(TOPOLOGY)
    network.set_flat_weights(weights)
    return degrees_of_bearing(network.forward(inputs)[:, 0])
