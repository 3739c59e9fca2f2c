"""A run of a sweep: what the simulated board finds, a hundred times as fast."""

import numpy as np
import pytest

from fixprop.errors import FixpropError
from fixprop.network import Topology
from fixprop.sweep.chip_time import steps_per_reading
from fixprop.sweep.identity import Identity, identity, require_same
from fixprop.sweep.point import Point
from fixprop.sweep.virtual_build import build, figures, run
from fixprop.tracking.definition import TOPOLOGY

DEMO_RMSE_DEG = 2.83  # mean of `fixprop demo --seed 1` to 6, between 2.69 and 3.08


def test_six_builds_agree_with_six_demos_in_the_mean() -> None:
    errors = [run(Point(seed=seed))["rmse_deg"] for seed in range(1, 7)]
    assert np.mean(errors) == pytest.approx(DEMO_RMSE_DEG, abs=0.25)
    assert max(errors) < 4.0


def test_a_run_can_be_repeated() -> None:
    assert run(Point(hidden="6", seed=4)) == run(Point(hidden="6", seed=4))


@pytest.mark.parametrize(
    "other",
    [
        Point(hidden="6"),
        Point(hidden="8-6"),
        Point(activation="sigmoid"),
        Point(rate=0.25),
        Point(spread=0.0),
        Point(baseline_cm=8.0),
        Point(toe_in_deg=5.0),
        Point(beam_deg=2.5),
        Point(seed=2),
    ],
)
def test_every_parameter_counts(other: Point) -> None:
    own = build(Point(), 10, 5)
    assert figures(build(other, 10, 5).test) != figures(own.test)


def test_a_mounting_that_does_not_see_is_not_praised_for_it() -> None:
    blind = run(Point(toe_in_deg=-20.0, baseline_cm=30.0))
    assert blind["seen"] < 0.1
    assert blind["rmse_everywhere_deg"] > 6


def test_training_steps_are_those_of_the_chip() -> None:
    # 101,000 to 101,400 steps in the 1,578 readings of the demo's lesson
    assert steps_per_reading(TOPOLOGY) == pytest.approx(101_200 / 1578, rel=0.05)
    larger = Topology((4, 12, 3), TOPOLOGY.activations)
    assert steps_per_reading(larger) < 0.75 * steps_per_reading(TOPOLOGY)


def test_another_definition_is_refused_in_one_line() -> None:
    other = Identity("0.1.0", "00000000", identity().probe)
    require_same(identity(), identity(), "x", "y")
    with pytest.raises(FixpropError, match="fingerprint 00000000") as error:
        require_same(identity(), other, "out/sweep.jsonl", "start a new file with -o")
    assert "\n" not in str(error.value)
