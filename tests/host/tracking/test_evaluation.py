"""Each measure on tracks whose error is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from fixprop.sim.paths import Scripted
from fixprop.sim.scene import Truths, World
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.evaluation import (
    BURST_S,
    Track,
    bearing_rmse_deg,
    presence_accuracy,
    rmse_by_range,
    track_of,
    zone_accuracy,
)
from fixprop.wire.records import Reading


def track(
    bearing_deg: ArrayLike,
    range_cm: ArrayLike,
    *,
    seen: ArrayLike = True,
    presence: ArrayLike = 1.0,
    estimate_deg: ArrayLike = 0.0,
) -> Track:
    """A track with a reading for each truth; NaN: no hand."""
    bearing, distance = np.array(bearing_deg, float), np.array(range_cm, float)
    count = len(bearing)
    flags = np.broadcast_to(np.array(seen, bool), count)
    whole = np.full(count, 2000)
    return Track(
        time_s=READING_PERIOD_S * np.arange(count, dtype=np.float64),
        left=whole.copy(),
        right=whole.copy(),
        pointer_us=whole,
        step=whole,
        state=whole,
        bearing_deg=np.broadcast_to(np.array(estimate_deg, float), count),
        bearing_ahead_deg=np.zeros(count),
        presence=np.broadcast_to(np.array(presence, float), count),
        truth=Truths(bearing, distance, np.isfinite(bearing), flags, np.zeros(count, bool)),
    )


NAN = np.nan


def test_the_field_is_where_a_beam_touches_a_hand_from_12_to_30_cm() -> None:
    given = track([0] * 6, [11.9, 12, 30, 30.1, 20, NAN], seen=[1, 1, 1, 1, 0, 1])
    assert given.in_field().tolist() == [False, True, True, False, False, False]
    assert given.in_field(45.0).tolist() == [False, True, True, True, False, False]


def test_the_error_is_the_root_of_the_mean_square_in_the_field_only() -> None:
    given = track([0, 0, 10, 10], [20, 20, 60, NAN])
    estimate = np.array([3.0, -4.0, 90.0, 90.0])
    assert bearing_rmse_deg(estimate, given) == pytest.approx(np.sqrt((9 + 16) / 2))
    assert bearing_rmse_deg(estimate, given, np.array([0, 1, 0, 0], bool)) == 4


def test_a_constant_error_is_found_in_every_band_of_range_that_was_visited() -> None:
    given = track(np.zeros(5), [12, 15.9, 16, 44.9, 45])
    rows = rmse_by_range(np.full(5, 2.0), given)
    assert rows == [(12, 16, 2, 2.0), (16, 20, 1, 2.0), (37, 45, 1, 2.0)]


def test_zones_are_told_apart_at_5_degrees() -> None:
    given = track([-10, 0, 10, 4.9, 10], [20, 20, 20, 40, 46])
    assert zone_accuracy(np.array([-6.0, 4.0, 6.0, -4.0, -9.0]), given) == 1
    assert zone_accuracy(np.array([-4.0, 4.0, -6.0, 5.1, -9.0]), given) == 0.25


def test_presence_is_judged_where_a_beam_touches_the_hand_and_where_nobody_is() -> None:
    given = track(
        [0, 0, NAN, NAN, 0, 0],
        [20, 20, NAN, NAN, 20, 60],
        seen=[
            1,
            1,
            0,
            0,
            0,
            1,
        ],  # the fifth hand is beside the beams, the sixth too far: not judged
        presence=[0.5, -0.5, -0.5, 0.5, 0.5, 0.5],
    )
    assert presence_accuracy(given) == 0.5


def test_speed_is_across_the_field() -> None:
    count = 20
    degrees = np.arange(count) * 1.0  # one a reading, at 20 cm
    given = track(degrees, np.full(count, 20.0))
    expected_m_s = np.deg2rad(1.0) * 0.20 / READING_PERIOD_S
    assert given.speed_m_s() == pytest.approx(np.full(count, expected_m_s))


def test_a_track_knows_the_truth_at_the_end_of_each_burst() -> None:
    world = World(1, Scripted([(0.0, -10.0, 20.0), (10.0, 10.0, 20.0)]))  # 2 degrees a second
    reading = Reading(
        reading_index=0, time_us=3_000_000, left=2100, right=1900, pointer_us=1450, state=4, step=9,
        rate=0, bearing=8192, bearing_ahead=-8192, presence=-VALUES["PRESENCE_TARGET"],
        supply_mv=5000,
    )  # fmt: skip
    one = track_of([reading], 0.5, world)
    assert one.time_s == pytest.approx([3.5 + BURST_S])
    assert one.truth.bearing_deg == pytest.approx([-10 + 2 * (3.5 + BURST_S)])
    assert one.truth.range_cm == pytest.approx([20])
    assert (one.bearing_deg.item(), one.bearing_ahead_deg.item()) == (8, -8)  # of 32 degrees
    assert one.presence.item() == -1
    # two sensors, each 16 reads and one to settle, 13 clocks at 125 kHz
    assert pytest.approx(2 * 17 * 104e-6) == BURST_S


def test_the_networks_inputs_are_rebuilt_from_the_readings() -> None:
    given = track([0, 0], [20, 20])
    given.left[:] = 2048, 2128  # the level's zero, 10 counts more; right: 2000
    sums, differences, step = (-48, 32), (48, 128), 80 >> 3
    expected = [
        [10 * sums[0], 40 * differences[0], 0, 0],
        [10 * sums[1], 40 * differences[1], 64 * step, 64 * step],
    ]
    assert given.inputs().tolist() == expected
