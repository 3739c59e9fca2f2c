"""One run: two sensors, a mounting, a lesson, unseen motion; no chip is simulated but its learner.

The firmware's own C learns, with as many training steps as the chip has time for; the readings come
from the same world as the demo's. What is left out is the chip's timing to the microsecond, so that a
run agrees with the demo in the mean and not to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import RATE, Integers
from fixprop.sim.offline import Readings, scene_readings
from fixprop.sim.paths import Follow
from fixprop.sim.paths import Track as TrackPath
from fixprop.sim.scene import Truths, World
from fixprop.sim.sensors import draw_units
from fixprop.sweep.chip_time import steps_per_reading
from fixprop.sweep.lesson import Moment, moments, servo_of
from fixprop.sweep.point import Point
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.demo import TEACH_S, TRACK_LEAD_S, TRACK_S
from fixprop.tracking.evaluation import (
    BURST_S,
    FAR_CM,
    NEAR_CM,
    ZONES_FAR_CM,
    Track,
    bearing_rmse_deg,
    presence_accuracy,
    zone_accuracy,
)
from fixprop.tracking.learner import degrees_of_bearing
from fixprop.tracking.native_learner import NativeLearner

START_S = 0.1  # the first reading, after power-on


@dataclass(frozen=True)
class Build:
    """What a virtual build read, said and learned."""

    readings: Readings
    outputs: Integers  # [readings, 3], Q0.15
    weights: Integers
    test: Track


def run(point: Point) -> dict[str, Any]:
    """The figures of one run, as the results file keeps them; the same for the same point."""
    return figures(build(point).test)


def build(point: Point, teach_s: float = TEACH_S, track_s: float = TRACK_S) -> Build:
    """Teach for `teach_s`, then track unseen motion for `track_s`."""
    taught = int(teach_s / READING_PERIOD_S)
    total_s = START_S + teach_s + TRACK_LEAD_S + track_s
    lesson = list(moments(point.seed, taught))
    readings = scene_readings(_world(point, lesson), total_s, READING_PERIOD_S, start_s=START_S)
    learner = NativeLearner(point.seed, point.topology())
    outputs = _learn(learner, point, lesson, readings)
    first = taught + round(TRACK_LEAD_S / READING_PERIOD_S)
    return Build(readings, outputs, learner.weights(), _track(readings, outputs, first))


def _world(point: Point, lesson: list[Moment]) -> World:
    rest_s = (VALUES["TEACH_REST_READINGS"] + 5) * READING_PERIOD_S
    units = draw_units(point.seed, point.spread)
    follow = Follow(point.seed, rest_s=START_S + rest_s)
    world = World(point.seed, follow, units=units, mount=point.mount())
    ends_s = [START_S + i * READING_PERIOD_S + BURST_S for i in range(len(lesson))]
    world.pointer = servo_of(lesson, ends_s).angle_deg
    world.use(TrackPath(point.seed), START_S + len(lesson) * READING_PERIOD_S)
    return world


def _learn(
    learner: NativeLearner, point: Point, lesson: list[Moment], readings: Readings
) -> Integers:
    """Outputs for every reading; training goes on until the lesson is over."""
    rate, steps = round(point.rate / RATE.unit), steps_per_reading(point.topology())
    outputs = []
    for index, pair in enumerate(zip(readings.left.tolist(), readings.right.tolist(), strict=True)):
        outputs.append(learner.read(*pair))
        if index >= len(lesson):
            continue
        moment = lesson[index]
        if moment.halves_rate and rate > VALUES["RATE_LOWEST"]:
            rate //= 2
        learner.set_rate(rate)
        if moment.label is None:
            learner.label_none()
        else:
            learner.label_lesson(moment.label)
        learner.train(int(steps * (index + 1)) - int(steps * index))
    return np.array(outputs)


def _track(readings: Readings, outputs: Integers, first: int) -> Track:
    """The test's part of it all."""
    rows, truth = slice(first, None), readings.truth
    unknown = np.zeros(len(outputs) - first, np.int64)
    return Track(
        time_s=readings.time_s[rows],
        left=readings.left[rows],
        right=readings.right[rows],
        pointer_us=unknown,
        step=unknown,
        state=unknown,
        bearing_deg=degrees_of_bearing(outputs[rows, 0]),
        bearing_ahead_deg=degrees_of_bearing(outputs[rows, 1]),
        presence=outputs[rows, 2] / VALUES["PRESENCE_TARGET"],
        truth=Truths(
            truth.bearing_deg[rows],
            truth.range_cm[rows],
            truth.present[rows],
            truth.visible_left[rows],
            truth.visible_right[rows],
        ),
    )


def figures(test: Track) -> dict[str, Any]:
    """Errors in degrees, the rest as parts of one; None where there is nothing to judge.

    `rmse_deg` is the demo's `bearing_rmse_deg`: readings from 12 to 30 cm while a beam touches the
    hand. What is touched depends on the mounting; `rmse_everywhere_deg` and `median_everywhere_deg`
    judge every reading with a hand from 12 to 30 cm, seen or not, and `seen` says how many are.
    """
    with np.errstate(invalid="ignore"):
        distance = test.truth.range_cm
        near = test.truth.present & (distance >= NEAR_CM) & (distance <= FAR_CM)
    seen = test.in_field()
    far = test.in_field(ZONES_FAR_CM) & ~seen
    error_deg = np.abs(test.bearing_deg - test.truth.bearing_deg)
    return {
        "rmse_deg": _rmse(test, seen),
        "rmse_everywhere_deg": _rmse(test, near),
        "median_everywhere_deg": _rounded(np.median(error_deg[near]) if near.any() else None),
        "seen": _rounded(np.mean(seen[near]) if near.any() else None),
        "rmse_30_to_45_cm_deg": _rmse(test, far),
        "zone_accuracy_45cm": _rounded(
            zone_accuracy(test.bearing_deg, test) if (seen | far).any() else None
        ),
        "presence_accuracy": _rounded(presence_accuracy(test)),
    }


def _rmse(test: Track, rows: NDArray[np.bool_]) -> float | None:
    return _rounded(bearing_rmse_deg(test.bearing_deg, test, rows) if rows.any() else None)


def _rounded(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 4)
