"""Figures in the table's own terms, held against scikit-learn's, and JSON without NaN."""

import math

import numpy as np
import pytest

from fixprop.formats import ACTIVATION
from fixprop.model import Column
from fixprop.network import Topology
from fixprop.training.descent import losses
from fixprop.training.score import Score, _errors, _r2, real, told


def test_r2_and_errors_are_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    wanted = rng.normal(size=(40, 2)) * [1, 100]
    given = wanted + rng.normal(size=(40, 2))
    assert _r2(given, wanted) == pytest.approx(metrics.r2_score(wanted, given))
    errors = metrics.root_mean_squared_error(wanted, given, multioutput="raw_values")
    assert _errors(given, wanted) == pytest.approx(tuple(errors))


def test_missing_targets_count_nothing() -> None:
    wanted = np.array([[1.0, 5.0], [3.0, math.nan], [5.0, 9.0]])
    given = np.array([[1.0, 5.0], [3.0, 77.0], [5.0, 9.0]])
    assert _r2(given, wanted) == 1.0
    assert _errors(given, wanted) == (0.0, 0.0)


def test_an_output_that_overflowed_is_no_missing_target() -> None:
    wanted, given = np.array([[1.0], [2.0]]), np.array([[1.0], [math.nan]])
    assert math.isnan(_r2(given, wanted))
    assert math.isnan(_errors(given, wanted)[0])
    each = losses(Topology((1, 1), ("linear",)), given, wanted)
    assert each[0] == 0.0
    assert math.isnan(each[1])


def test_r2_of_equal_targets_has_no_meaning() -> None:
    assert math.isnan(_r2(np.array([[1.0]]), np.array([[2.0]])))


def test_real_values_are_the_columns_without_its_rounding() -> None:
    column = Column.learned("z", np.array([-3.25, 80.5]), -26214, 26214)
    q = np.arange(-32768, 32768, 97)
    assert real(column, ACTIVATION.to_float(q)) == pytest.approx(
        column.reals(q), abs=0.6 * column.unit
    )


def test_classes_are_the_largest_output_or_the_one_sides_half() -> None:
    assert told(np.array([[0.2, 0.7, 0.1], [0.5, 0.5, 0.0]])).tolist() == [1, 0]
    assert told(np.array([[0.5], [0.51]])).tolist() == [0, 1]


def test_json_has_none_for_what_is_no_number() -> None:
    assert Score(math.inf, math.nan, (1.0, math.inf)).as_json() == {
        "loss": None,
        "quality": None,
        "errors": [1.0, None],
    }
