"""The samples reach the ends of their formats, and a seed gives them again."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.formats import ACTIVATION, NO_TARGET, RATE, WEIGHT
from fixprop.tracking.definition import TOPOLOGY
from fixprop.verify.workload import STEPS_PER_ROUND, rounds


def test_a_seed_gives_the_same_work_and_another_gives_other() -> None:
    one, again, other = (list(rounds(TOPOLOGY, 250, seed)) for seed in (1, 1, 2))
    for first, second in zip(one, again, strict=True):
        assert np.array_equal(first.weights, second.weights)
        assert np.array_equal(first.inputs, second.inputs)
        assert np.array_equal(first.targets, second.targets)
    assert not np.array_equal(one[0].inputs, other[0].inputs)


@pytest.mark.parametrize("steps", [1, STEPS_PER_ROUND, STEPS_PER_ROUND + 1, 1000])
def test_there_are_as_many_steps_as_asked_for(steps: int) -> None:
    work = list(rounds(TOPOLOGY, steps, 1))
    assert sum(len(each.inputs) for each in work) == steps
    assert all(1 <= len(each.inputs) == len(each.targets) <= STEPS_PER_ROUND for each in work)


def test_the_ends_of_all_formats_are_among_the_work() -> None:
    work = list(rounds(TOPOLOGY, 1000, 1))
    inputs = np.concatenate([each.inputs for each in work])
    targets = np.concatenate([each.targets for each in work])
    for values in (inputs, targets):
        assert {ACTIVATION.low, ACTIVATION.high} <= set(values.ravel().tolist())
    assert 0.05 < np.mean(targets == NO_TARGET) < 0.3
    weights = np.concatenate([each.weights for each in work])
    assert weights.min() < 0.95 * WEIGHT.low
    assert weights.max() > 0.95 * WEIGHT.high
    rates = [each.rate for each in work]
    assert max(rates) == RATE.high
    assert min(rates) < RATE.from_float(0.02)
