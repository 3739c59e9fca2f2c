"""What a person at a desk does with a virtual Uno: calibrate, teach, watch."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import Integers
from fixprop.native import Native
from fixprop.session import Session
from fixprop.sim.control import Control
from fixprop.sim.scene import Truths
from fixprop.tracking.definition import READING_PERIOD_S, TOPOLOGY, VALUES
from fixprop.tracking.evaluation import Track, track_of
from fixprop.tracking.latest_step import loss_of
from fixprop.tracking.lesson import lesson_samples
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Hello, Learn, Reading, Record, ResetWeights, Teach
from tests.system.terminal import Terminal

LISTEN_S = 0.05
SETTLE_S = 0.5  # until sensors and servo have seen a hand that came
ROUNDING_S = 1e-6
PATIENCE_S = 300.0  # of a computer with much else to do
PROMPT = r"\[(\d+)/(\d+)\]([^\[]*?)Enter\s+when\s+it\s+is\s+there "


def do_what_it_says(terminal: Terminal, control: Control) -> int:
    """Answer every prompt of a calibration by its text alone; the number of them."""
    number = total = 0
    while number == 0 or number < total:
        found = terminal.wait_for(PROMPT)
        number, total = int(found[1]), int(found[2])
        _place(" ".join(found[3].split()), control)
        terminal.press("\n")
    return number


def _place(text: str, control: Control) -> None:
    if "Take the card away" in text:
        control.ask("card none")
    if held := re.search(r"Hold the card .*?(\d+) cm", text):
        beside = re.search(r"all of it (left|right) of the centre line, its edge on it", text)
        control.ask(f"card {held[1]} {beside[1] if beside else ''}")
    if "Take the finger away" in text:
        control.ask("cover none")
    if covered := re.search(r"cover the (left|right) sensor with a finger, that one only", text):
        control.ask(f"cover {covered[1]}")


def listen_until(session: Session, done: Callable[[], bool]) -> None:
    """Take what comes from the board, and send nothing."""
    end_s = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end_s, "the board does not come so far"
        session.run(LISTEN_S)


@dataclass
class Heard:
    """What a session hears."""

    hellos: list[Hello] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def listen(self, session: Session) -> None:
        """From now on."""
        session.listeners.append(lambda frame: self._take(frame.message))

    def _take(self, message: Record) -> None:
        if isinstance(message, Hello):
            self.hellos.append(message)
        elif isinstance(message, Reading):
            self.readings.append(message)


@dataclass
class Lesson:
    """What a lesson came to."""

    twin: Twin
    loss_before: float  # mean over the lesson's samples, with the weights it began with
    loss_after: float
    weights: Integers  # the board's


def teach(session: Session, control: Control, seed: int, seconds: int) -> Lesson:
    """A lesson as a person takes it: out of sight, then following the pointer."""
    twin, heard = Twin(NativeLearner(seed)), Heard()
    session.listeners.append(twin.take)
    session.on_sent.append(twin.sent)
    session.on_lost.append(twin.lost)
    heard.listen(session)
    session.open()
    session.command(ResetWeights(seed))
    before = twin.learner.weights()
    control.ask("hand none")
    first = session.command(Teach(seconds)).reading_index
    _until_reading(session, heard, first + VALUES["TEACH_REST_READINGS"])
    control.ask("hand follow")
    _until_reading(session, heard, first + round(seconds / READING_PERIOD_S))
    session.command(Learn(0))
    session.run(LISTEN_S)
    after = session.weights()
    lesson = lesson_samples(_track(heard.readings, heard, control))
    return Lesson(twin, _loss(before, *lesson), _loss(after, *lesson), after)


def _loss(weights: Integers, inputs: Integers, targets: Integers) -> float:
    network = Native(TOPOLOGY)
    network.set_flat_weights(weights)
    pairs = zip(network.forward(inputs), targets, strict=True)
    return float(np.mean([loss_of(outputs, wanted) for outputs, wanted in pairs]))


def _until_reading(session: Session, heard: Heard, index: int) -> None:
    listen_until(session, lambda: bool(heard.readings) and _last(heard) >= index)


def _last(heard: Heard) -> int:
    return heard.readings[-1].reading_index


def _track(readings: list[Reading], heard: Heard, control: Control) -> Track:
    """Readings with the truth of their times; the first one heard must be the board's first."""
    assert heard.readings[0].reading_index == 0
    offset_s = control.ask("truth")["started_s"] - heard.readings[0].time_us / 1e6
    return track_of(readings, offset_s, Told(control))


@dataclass
class Told:
    """The truth that a virtual Uno tells of times at equal steps."""

    control: Control

    def truths(self, time_s: NDArray[np.float64]) -> Truths:
        """See Truthful."""
        told = columns(self.control, time_s)
        return Truths(
            told["bearing_deg"],
            told["range_cm"],
            *(told[name] > 0 for name in ("present", "visible_left", "visible_right")),
        )


def columns(control: Control, time_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """All that is told of times at equal steps; NaN while nothing is shown."""
    first_s, last_s = float(time_s[0]), float(time_s[-1])
    step_s = (last_s - first_s) / (len(time_s) - 1)
    told = control.ask(f"truth {first_s} {last_s + ROUNDING_S} {step_s}")
    return {name: np.array(column, dtype=np.float64) for name, column in told.items()}


@dataclass
class Watched:
    """How well a board pointed at a hand that moved freely; median errors in degrees."""

    servo_deg: float
    network_deg: float
    readings: int


def watch(session: Session, heard: Heard, control: Control, seconds: float) -> Watched:
    """Let a hand move for so long on the board's clock, and compare with where it was."""
    start_s = control.ask("hand free")["time_s"] + SETTLE_S
    listen_until(session, lambda: control.ask("truth")["time_s"] >= start_s + seconds)
    track = _track(_since(start_s, heard, control), heard, control)
    pointer_deg = columns(control, track.time_s)["pointer_deg"]
    return Watched(
        median_error_deg(pointer_deg, track),
        median_error_deg(track.bearing_deg, track),
        int(track.in_field().sum()),
    )


def _since(start_s: float, heard: Heard, control: Control) -> list[Reading]:
    """Those that began later."""
    began_s = control.ask("truth")["started_s"]
    return heard.readings[1 + int((start_s - began_s) / READING_PERIOD_S) :]


def median_error_deg(estimate_deg: NDArray[np.float64], track: Track) -> float:
    """Of the readings from 12 to 30 cm that a beam touches."""
    error = np.abs(estimate_deg - track.truth.bearing_deg)[track.in_field()]
    return float(np.median(error))
