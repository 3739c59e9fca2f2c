"""Grids and draws."""

import pytest

from fixprop.errors import UsageError
from fixprop.formats import RATE
from fixprop.sweep.point import Value
from fixprop.sweep.space import Space

VALUES = {"baseline_cm": [8.0, 10.0], "toe_in_deg": [0.0, 2.5, 5.0]}
BETWEEN: dict[str, list[Value]] = {
    "hidden": ["6", "8"],
    "rate": [0.01, 1.0],
    "toe_in_deg": [0.0, 10.0],
}


def test_a_grid_tries_every_setting_on_the_same_builds() -> None:
    points = Space(VALUES, builds=4, seed=7).points()
    assert len(points) == len({p.key for p in points}) == 24
    for baseline in VALUES["baseline_cm"]:
        for toe_in in VALUES["toe_in_deg"]:
            seeds = [p.seed for p in points if (p.baseline_cm, p.toe_in_deg) == (baseline, toe_in)]
            assert seeds == [7, 8, 9, 10]


def test_all_settings_get_equally_far() -> None:
    assert {p.seed for p in Space(VALUES, builds=4).points()[:6]} == {1}


def test_no_values_mean_the_trackers_own_setting() -> None:
    assert len(Space(builds=3).points()) == 3


def test_draws_lie_between_the_values_and_their_beginning_stays() -> None:
    few, many = (Space(BETWEEN, builds=2, seed=3, draws=n).points() for n in (10, 30))
    assert {p.key for p in few} < {p.key for p in many}
    assert len(many) == 60
    assert {p.hidden for p in many} == {"6", "8"}
    assert all(0 <= p.toe_in_deg <= 10 and 0.01 <= p.rate <= 1.01 for p in many)
    assert len({p.toe_in_deg for p in many}) > 20
    assert all((p.rate / RATE.unit).is_integer() for p in many)
    assert sum(p.rate < 0.1 for p in many) > 15, "half of them: rates are drawn by their logarithm"


def test_a_draw_never_leaves_the_limits() -> None:
    lowest = Space({"rate": [RATE.unit, 2 * RATE.unit]}, draws=50).points()
    assert {p.rate for p in lowest} == {RATE.unit, 2 * RATE.unit}


def test_too_much_is_refused() -> None:
    with pytest.raises(UsageError, match="at most 1,000,000"):
        Space(VALUES, builds=999_999).points()
    with pytest.raises(UsageError, match="beyond 4294967295"):
        Space(VALUES, builds=2, seed=2**32 - 1).points()
