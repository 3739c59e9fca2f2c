"""Where the hand goes."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.sim.gp2y0a21 import Floats
from fixprop.sim.paths import Follow, Scripted, Still, Track, sweep_deg

TIMES = np.arange(0, 600, 0.01)


def nowhere(time_s: Floats) -> Floats:
    return np.zeros(time_s.shape)


def test_track_stays_in_the_field_and_visits_all_of_it() -> None:
    bearing, distance = Track(1, leaves=False).positions(TIMES, nowhere)
    assert -15 <= bearing.min() < -14 and 14 < bearing.max() <= 15
    assert 12 <= distance.min() < 13 and 43 < distance.max() <= 45
    assert 0.7 < (distance < 35).mean() < 0.95  # most of the time within 35 cm
    quarters = np.histogram(bearing, bins=[-15, -7.5, 0, 7.5, 15])[0] / len(TIMES)
    assert quarters.min() > 0.15


def test_track_is_smooth_with_passages_faster_than_half_a_metre_a_second() -> None:
    bearing, distance = Track(2, leaves=False).positions(TIMES, nowhere)
    speed_cm_s = np.abs(np.diff(distance * np.sin(np.radians(bearing)))) / 0.01
    assert speed_cm_s.max() < 250  # no jumps: a quick hand, not a thrown one
    assert 0.002 < (speed_cm_s > 50).mean() < 0.1
    assert np.median(speed_cm_s) < 20


def test_track_leaves_and_comes_back() -> None:
    bearing, distance = Track(3).positions(TIMES, nowhere)
    away = np.isnan(bearing)
    assert np.array_equal(away, np.isnan(distance))
    assert 0.1 < away.mean() < 0.35
    assert (np.diff(away.astype(int)) == 1).sum() > 20


@pytest.mark.parametrize("path", [Track(4), Follow(4), Scripted([(0, 0, 20), (600, 9, 30)])])
def test_a_path_does_not_depend_on_how_it_is_asked(path: Track | Follow | Scripted) -> None:
    whole = np.stack(path.positions(TIMES, sweep_deg))
    one = np.array([path.positions(t, sweep_deg) for t in TIMES[::5000]])
    assert np.array_equal(whole[:, ::5000].T, one, equal_nan=True)


def test_seeds_make_different_hands() -> None:
    first, again, other = (Track(s, leaves=False).positions(TIMES, nowhere)[0] for s in (5, 5, 6))
    assert np.array_equal(first, again)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.3


def test_follow_is_where_the_pointer_was_60_ms_ago() -> None:
    path = Follow(7, rest_s=0, wander_deg=0)
    ramp = path.positions(TIMES, lambda t: 10 * t)[0]
    assert 10 * TIMES - ramp == pytest.approx(0.6, abs=0.02)  # 60 ms at 10 degrees a second


def test_follow_wanders_by_a_degree_and_rests_first() -> None:
    bearing, distance = Follow(8, rest_s=2.5).positions(TIMES, nowhere)
    away = np.isnan(bearing)
    assert np.array_equal(away, TIMES < 2.5) and np.array_equal(away, np.isnan(distance))
    assert bearing[~away].std() == pytest.approx(1, abs=0.1)
    assert np.abs(np.diff(bearing[~away])).max() < 0.1  # slow: under 10 degrees a second
    assert np.nanmin(distance) >= 12 and np.nanmax(distance) <= 45


def test_still_and_scripted_do_as_told() -> None:
    assert np.unique(Still(3, 25).positions(TIMES, nowhere)).tolist() == [3, 25]
    assert np.isnan(Still().positions(TIMES, nowhere)).all()
    path = Scripted([(0, -10, 20), (1, 10, 20), (2, np.nan, np.nan)])
    bearing, distance = path.positions(np.array([0, 0.5, 1.0, 1.5, 5]), nowhere)
    assert bearing[:3].tolist() == [-10, 0, 10] and distance[:3].tolist() == [20, 20, 20]
    assert np.isnan(bearing[3:]).all()
