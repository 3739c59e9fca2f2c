"""Measures of tracking: what was estimated against where the hand was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fixprop.sim.offline import CONVERSION_S, DISCARDED
from fixprop.sim.scene import Truths
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import View, change_of, degrees_of_bearing
from fixprop.wire.records import Reading

NEAR_CM, FAR_CM, ZONES_FAR_CM = 12.0, 30.0, 45.0
ZONE_EDGES_DEG = (-5.0, 5.0)
RANGE_BANDS_CM = ((12, 16), (16, 20), (20, 25), (25, 30), (30, 37), (37, 45))
BURST_S = 2 * (DISCARDED + VALUES["BURST_READS"]) * CONVERSION_S

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Track:
    """Readings and the truth at the end of each, when the estimate is made; one row a reading."""

    time_s: Floats
    left: NDArray[np.int64]  # counts x 8
    right: NDArray[np.int64]
    pointer_us: NDArray[np.int64]
    step: NDArray[np.int64]
    state: NDArray[np.int64]
    bearing_deg: Floats  # estimates
    bearing_ahead_deg: Floats
    presence: Floats
    truth: Truths

    def inputs(self) -> NDArray[np.int64]:
        """What the network saw, int64 [readings, 4], Q0.15; the first change is taken as zero."""
        rows, before = [], (int(self.left[0]), int(self.right[0]))
        for now in zip(self.left.tolist(), self.right.tolist(), strict=True):
            changes = change_of(now[0], before[0]), change_of(now[1], before[1])
            rows.append(View(*now, *changes).inputs()[0])
            before = now
        return np.array(rows)

    def in_field(self, far_cm: float = FAR_CM) -> Flags:
        """Readings from 12 cm to `far_cm` while at least one beam touches the hand."""
        seen = self.truth.visible_left | self.truth.visible_right
        with np.errstate(invalid="ignore"):
            within = (self.truth.range_cm >= NEAR_CM) & (self.truth.range_cm <= far_cm)
        return np.asarray(self.truth.present & seen & within)

    def speed_m_s(self) -> Floats:
        """The hand's speed across the field."""
        bearing_rad = np.deg2rad(self.truth.bearing_deg)
        speed = np.abs(np.gradient(bearing_rad, self.time_s)) * self.truth.range_cm / 100
        return np.asarray(speed)


class Truthful(Protocol):
    """Who knows where the hand was: a World, or a recording of one."""

    def truths(self, time_s: Floats) -> Truths:
        """At the ends of readings."""


def track_of(readings: Sequence[Reading], clock_offset_s: float, world: Truthful) -> Track:
    """The track that `readings` describe; `clock_offset_s`: the world's time at the board's 0."""
    columns = {
        name: np.array([getattr(r, name) for r in readings])
        for name in ("time_us", "left", "right", "pointer_us", "step", "state")
    }
    outputs = np.array([(r.bearing, r.bearing_ahead, r.presence) for r in readings])
    time_s = columns.pop("time_us") / 1e6 + clock_offset_s + BURST_S
    return Track(
        time_s=time_s,
        bearing_deg=degrees_of_bearing(outputs[:, 0]),
        bearing_ahead_deg=degrees_of_bearing(outputs[:, 1]),
        presence=outputs[:, 2] / VALUES["PRESENCE_TARGET"],
        truth=world.truths(time_s),
        **columns,
    )


def bearing_rmse_deg(estimate_deg: Floats, track: Track, rows: Flags | None = None) -> float:
    """Root mean square error of the bearing over `rows`, by default those in the field."""
    chosen = track.in_field() if rows is None else rows
    error = (estimate_deg - track.truth.bearing_deg)[chosen]
    return float(np.sqrt(np.mean(error**2)))


def rmse_by_range(estimate_deg: Floats, track: Track) -> list[tuple[int, int, int, float]]:
    """(from cm, to cm, readings, RMSE in degrees) for each band of range that was visited."""
    rows, seen = [], track.in_field(ZONES_FAR_CM)
    for low, high in RANGE_BANDS_CM:
        with np.errstate(invalid="ignore"):
            band = seen & (track.truth.range_cm >= low) & (track.truth.range_cm < high)
        if band.any():
            rows.append((low, high, int(band.sum()), bearing_rmse_deg(estimate_deg, track, band)))
    return rows


def zone_accuracy(estimate_deg: Floats, track: Track) -> float:
    """How often left, middle and right (edges at +-5 degrees) are told apart, 12 to 45 cm."""
    seen = track.in_field(ZONES_FAR_CM)
    estimated = np.digitize(estimate_deg[seen], ZONE_EDGES_DEG)
    return float(np.mean(estimated == np.digitize(track.truth.bearing_deg[seen], ZONE_EDGES_DEG)))


def presence_accuracy(track: Track) -> float:
    """How often presence is told rightly: a hand that a beam touches within 45 cm, or none."""
    seen = track.in_field(ZONES_FAR_CM)
    judged = seen | ~track.truth.present
    return float(np.mean((track.presence > 0)[judged] == seen[judged]))
