"""What the report's plots and sentences draw on, from a run and its estimates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import WEIGHT, Integers
from fixprop.sim.servo import pulse_to_deg
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.demo import DemoRun, Estimates
from fixprop.tracking.evaluation import (
    FAR_CM,
    NEAR_CM,
    ZONES_FAR_CM,
    Flags,
    Floats,
    bearing_rmse_deg,
    rmse_by_range,
)
from fixprop.wire.records import State

STRETCH_S = 20.0
LEAST_SEEN = 0.6  # of a stretch, so that there is something to look at

ESTIMATORS = {  # name in summary and Estimates: (colour, words)
    "untrained": ("untrained", "before the lesson"),
    "trained": ("trained", "after the lesson, on the Uno"),
    "float64_same_network": ("float64", "same network, same lesson, float64"),
    "oracle": ("oracle", "best offline estimator"),
}


@dataclass(frozen=True)
class Findings:
    """A run, its estimates and its summary, and what follows from them."""

    run: DemoRun
    estimates: Estimates
    summary: dict[str, Any]

    def rmse_deg(self, name: str) -> float:
        """The summary's figure for an estimator."""
        return float(self.summary["bearing_rmse_deg"][name])

    @cached_property
    def curve_times_s(self) -> Floats:
        """Seconds of the lesson at each snapshot of the weights, and at its end."""
        times = [s.time_s for s in self.run.snapshots] + [float(self.run.lesson.time_s[-1])]
        return np.maximum(np.array(times) - self.run.lesson_start_s, 0.0)

    @cached_property
    def curve_steps(self) -> list[int]:
        """Training steps done by each of these moments."""
        return [s.step for s in self.run.snapshots] + [int(self.run.lesson.step[-1])]

    @cached_property
    def curve_rmse_deg(self) -> Floats:
        """The test's RMSE had the lesson ended at each of these moments; the last did end it."""
        estimates = [*self.estimates.snapshots, self.estimates.trained]
        return np.array([bearing_rmse_deg(each, self.run.test) for each in estimates])

    def settled(self, limit_deg: float) -> tuple[float, int] | None:
        """(lesson seconds, training steps) from which on the RMSE stays within `limit_deg`."""
        above = np.flatnonzero(~(self.curve_rmse_deg <= limit_deg))
        first = int(above[-1]) + 1 if len(above) else 0
        if first >= len(self.curve_steps):
            return None
        return float(self.curve_times_s[first]), self.curve_steps[first]

    @cached_property
    def first_label_s(self) -> float:
        """Lesson time of the first reading that has a bearing as its label."""
        state, time_s = self.run.lesson.state, self.run.lesson.time_s
        bearing = (state & (State.LABELLED | State.HAND_ABSENT_LABEL)) == State.LABELLED
        first = int(np.argmax(bearing)) if bearing.any() else 0
        return float(time_s[first] - time_s[0])

    @cached_property
    def test_s(self) -> Floats:
        """Seconds since the test began."""
        return np.asarray(self.run.test.time_s - self.run.test.time_s[0])

    @cached_property
    def seen(self) -> Flags:
        """Test readings with the hand in a beam and within 45 cm."""
        return self.run.test.in_field(ZONES_FAR_CM)

    @cached_property
    def errors_deg(self) -> Floats:
        """Estimated less true bearing of every test reading; NaN while the hand is away."""
        return np.asarray(self.run.test.bearing_deg - self.run.test.truth.bearing_deg)

    @cached_property
    def pointer_deg(self) -> Floats:
        """Where the servo was told to point during the test."""
        return np.array([pulse_to_deg(pulse) for pulse in self.run.test.pointer_us.tolist()])

    @cached_property
    def stretch(self) -> Flags:
        """The 20 s of the test whose error is nearest to the whole test's: neither best nor worst."""
        field, best = self.run.test.in_field(), (np.inf, self.test_s <= STRETCH_S)
        whole = self.rmse_deg("trained")
        for start in np.arange(0.0, self.test_s[-1] - STRETCH_S, 1.0):
            rows = (self.test_s >= start) & (self.test_s <= start + STRETCH_S)
            if (rows & field).sum() < LEAST_SEEN * rows.sum():
                continue
            error = bearing_rmse_deg(self.run.test.bearing_deg, self.run.test, rows & field)
            best = min(best, (abs(error - whole), rows), key=lambda pair: pair[0])
        return best[1]

    def beams_rmse_deg(self, both: bool) -> str:
        """RMSE in the field with the hand in both beams, or in one only, in words."""
        truth = self.run.test.truth
        rows = self.run.test.in_field() & ((truth.visible_left & truth.visible_right) == both)
        if not rows.any():
            return "unknown (no reading)"
        return f"{bearing_rmse_deg(self.estimates.trained, self.run.test, rows):.1f}°"

    @cached_property
    def worst_band(self) -> tuple[int, int, int, float] | None:
        """(from cm, to cm, readings, RMSE) of the visited band within the promise that errs most."""
        bands = rmse_by_range(self.estimates.trained, self.run.test)
        promised = [band for band in bands if band[0] >= NEAR_CM and band[1] <= FAR_CM]
        return max(promised, key=lambda band: band[3], default=None)

    @property
    def all_failures(self) -> list[str]:
        """What keeps the run from passing."""
        verdict = str(self.summary["verdict"])
        return [] if verdict == "pass" else verdict.split("; ")


def layers(flat: Integers) -> list[NDArray[np.float64]]:
    """Weights of each layer, [neurons, bias then inputs], as real numbers."""
    result, start = [], 0
    for rows, columns in TOPOLOGY.weight_shapes:
        result.append(WEIGHT.to_float(flat[start : start + rows * columns]).reshape(rows, columns))
        start += rows * columns
    return result


def where(rows: Flags, values: Floats) -> Floats:
    """`values`, NaN outside `rows`: a line with gaps."""
    return np.where(rows, values, np.nan)
