"""Scales are learned on the training rows; targets go where the output function can reach them."""

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.formats import NO_TARGET
from fixprop.training.problem import Problem, Wish, problem_of
from fixprop.training.samples import samples_of
from fixprop.training.split import Split, split_of
from tests.host.training.tables import problem, table

FEW = Split(np.arange(4), np.arange(4, 6))


def few(**wish: object) -> Problem:
    rows = table(x=[1, 2, 3, 4, 9, -9], z=[0, 10, 20, 40, 50, 30], c=[0, 1, 0, 1, 1, 0])
    return problem_of(rows, Wish(**({"targets": ("z",), "without": ("c",)} | wish)))  # type: ignore[arg-type]


def test_inputs_fill_the_range_of_the_training_rows_and_end_there() -> None:
    samples = samples_of(few(), FEW, {})
    assert samples.training.inputs[[0, 3], 0].tolist() == [-32767, 32767]
    assert samples.validation.inputs[:, 0].tolist() == [32767, -32767]
    assert (samples.inputs[0].low, samples.inputs[0].high) == (1, 4)


@pytest.mark.parametrize(
    ("output", "low", "high"), [("linear", -0.8, 0.8), ("tanh", -0.8, 0.8), ("sigmoid", 0.1, 0.9)]
)
def test_targets_stay_within_the_output_functions_reach(
    output: str, low: float, high: float
) -> None:
    samples = samples_of(few(output=output), FEW, {})
    assert samples.training.known[[0, 3], 0] == pytest.approx([low, high], abs=1e-4)
    assert samples.outputs[0].reals(samples.training.targets[:, 0]).tolist() == [0, 10, 20, 40]


@pytest.mark.parametrize(
    ("output", "ends"), [("auto", (0.0, 1.0)), ("sigmoid", (0.1, 0.9)), ("softmax", (0.0, 1.0))]
)
def test_classes_are_zero_and_one_for_a_cross_entropy(
    output: str, ends: tuple[float, float]
) -> None:
    some = few(targets=("c",), without=("z",), classify=True, output=output)
    known = samples_of(some, FEW, {}).training.known
    assert known[:, -1] == pytest.approx([ends[label] for label in (0, 1, 0, 1)], abs=1e-4)
    if output == "softmax":
        assert known.sum(axis=1) == pytest.approx(1.0, abs=1e-4)


def test_rows_count_by_their_classs_weight_with_a_mean_of_one() -> None:
    some = few(targets=("c",), without=("z",), classify=True)
    assert samples_of(some, FEW, {1: 3.0}).training.weights.tolist() == [0.5, 1.5, 0.5, 1.5]


def test_a_missing_target_is_known_of() -> None:
    rows = table(x=[1, 2, 3], a=[1, np.nan, 2], b=[4, 1, 2])
    samples = samples_of(problem_of(rows, Wish(("a", "b"))), Split(np.arange(3), np.arange(0)), {})
    assert samples.training.targets[1, 0] == NO_TARGET
    assert np.isnan(samples.training.known[1, 0])
    assert len(samples.validation.rows) == 0


def test_columns_that_are_all_the_same_are_named_together() -> None:
    rows = table(x=[1, 1, 2], y=[3, 3, 3], u=[1, 2, 3], z=[1, 2, 3])
    split = Split(np.arange(2), np.arange(2, 3))
    with pytest.raises(UsageError, match=r"2 columns are the same.*--without x,y"):
        samples_of(problem_of(rows, Wish(("z",))), split, {})
    with pytest.raises(UsageError, match="column 'y' is 3 in every row"):
        samples_of(problem_of(rows, Wish(("z",), without=("x",))), split, {})


def test_real_rows_come_back_from_the_columns() -> None:
    some = problem("area", "rim")
    samples = samples_of(some, split_of(some, 0.0, 1), {})
    for n, column in enumerate(samples.outputs):
        back = column.reals(samples.training.targets[:, n])
        assert back == pytest.approx(some.wanted[:, n], abs=1.01 * column.unit)
