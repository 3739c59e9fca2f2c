"""A small run of the demo, from real parts, and a reader of its page."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from fixprop.firmware_build import FirmwareBuild
from fixprop.formats import Integers
from fixprop.sim.offline import offline_readings
from fixprop.sim.paths import Follow, HandPath, sweep_deg
from fixprop.sim.servo import CENTRE_US, DEGREES_PER_US
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.demo import DemoRun, Estimates, Snapshot
from fixprop.tracking.evaluation import Track
from fixprop.tracking.learner import UNKNOWN, degrees_of_bearing, label_of_pulse
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.tracking.twin_state import TwinState
from fixprop.wire.records import Health, State

SEED = 3
LESSON_S, TEST_S = 12.0, 24.0  # a 20 s stretch must fit into the test
REST_READINGS, STEPS_PER_READING, SNAPSHOT_READINGS = 30, 20, 30
VOID = {"meta", "link", "br", "img", "hr", "input"}
LOADING = {"src", "srcset", "data", "poster", "action", "background"}

SUMMARY: dict[str, Any] = {
    "seed": SEED,
    "firmware": {
        "sha256": "5eed" * 16,
        "flash_bytes": 10_685,
        "static_sram_bytes": 1_537,
        "peak_stack_bytes": 173,
    },
    "device_seconds": 121.02,
    "teach": {"samples": 1_539, "training_steps": 100_443, "cycles_per_step": 30_323.0},
    "bearing_rmse_deg": {
        "untrained": 9.7541,
        "trained": 2.7261,
        "float64_same_network": 2.5221,
        "oracle": 1.9121,
    },
    "zone_accuracy_45cm": 0.9016,
    "presence_accuracy": 0.9881,
    "twin": {
        "steps_replayed": 100_444,
        "checksums_compared": 199,
        "checksums_equal": 198,
        "weights_identical": True,
    },
    "saturation": {
        "inputs": 25_317,
        "targets": 0,
        "nets": 35_693,
        "errors": 4,
        "deltas": 0,
        "steps": 0,
        "weights": 0,
        "changes": 0,
    },
    "serial": {"frames": 3_515, "lost": 0, "crc_errors": 0},
    "adc_deadlines_missed": 0,
    "verdict": "pass",
}


def track(path: HandPath, seconds: float, learner: NativeLearner, *, lesson: bool) -> Track:
    """What a board with `learner` would tell, learning after each reading in a lesson."""
    readings = offline_readings(SEED, seconds, path, READING_PERIOD_S, pointer=sweep_deg)
    pointer_us = CENTRE_US + sweep_deg(readings.time_s) / DEGREES_PER_US
    taught = np.arange(len(readings.left)) >= REST_READINGS
    bearing = np.where(taught, State.LABELLED, State.LABELLED | State.HAND_ABSENT_LABEL)
    outputs, steps = [], []
    for index, pulse_us in enumerate(np.round(pointer_us).astype(int).tolist()):
        outputs.append(learner.read(int(readings.left[index]), int(readings.right[index])))
        steps.append(learner.step)
        if lesson:
            learner.label_lesson(label_of_pulse(pulse_us) if taught[index] else UNKNOWN)
            learner.train(STEPS_PER_READING)
    columns = np.array(outputs)
    return Track(
        time_s=readings.time_s,
        left=readings.left,
        right=readings.right,
        pointer_us=np.round(pointer_us).astype(np.int64),
        step=np.array(steps),
        state=(bearing | State.TEACHING | State.LEARNING) * int(lesson),
        bearing_deg=degrees_of_bearing(columns[:, 0]),
        bearing_ahead_deg=degrees_of_bearing(columns[:, 1]),
        presence=columns[:, 2] / VALUES["PRESENCE_TARGET"],
        truth=readings.truth,
    )


def snapshots(lesson: Track, first: Integers, last: Integers) -> list[Snapshot]:
    """Weights on the straight way from `first` to `last`."""
    rows = range(0, len(lesson.time_s), SNAPSHOT_READINGS)
    weights = [first + (last - first) * row // len(lesson.time_s) for row in rows]
    return [
        Snapshot(float(lesson.time_s[row]), int(lesson.step[row]), w)
        for row, w in zip(rows, weights, strict=True)
    ]


def make_run(path: HandPath) -> tuple[DemoRun, Estimates]:
    """A short lesson and test by the firmware's learner, in the same world as the demo's."""
    learner = NativeLearner(SEED)
    first = learner.weights()
    rest_s = REST_READINGS * READING_PERIOD_S
    lesson = track(Follow(SEED, rest_s=rest_s), LESSON_S, learner, lesson=True)
    test = track(path, TEST_S, learner, lesson=False)
    run = DemoRun(
        seed=SEED,
        build=FirmwareBuild(Path("f.elf"), Path("f.hex"), "5eed" * 16, 10_685, 1_537),
        lesson=lesson,
        test=test,
        snapshots=snapshots(lesson, first, learner.weights()),
        twin=Twin(learner, state=TwinState(steps_replayed=learner.step)),
        initial_weights=first,
        final_weights=learner.weights(),
        cycles_per_step=30_323.0,
        peak_stack_bytes=173,
        device_seconds=121.02,
        frames=3_515,
        lost=0,
        crc_errors=0,
        health=Health(940, 0, 0, 0, 0, 0, 0, 336, 0, 6572, 5000),
        lesson_start_s=0.01,
    )
    noise = np.random.default_rng(SEED).normal(0, 2, len(test.time_s))
    near = np.nan_to_num(test.truth.bearing_deg) + noise
    estimates = Estimates(
        untrained=np.zeros_like(near),
        trained=test.bearing_deg,
        float64_same_network=near,
        oracle=near / 2,
        oracle_name="trees & <leaves>",
        oracle_readings=82_281,
        snapshots=[test.bearing_deg * i / 10 for i in range(len(run.snapshots))],
    )
    return run, estimates


class Page(HTMLParser):
    """Tags that close in the order in which they opened, and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]
