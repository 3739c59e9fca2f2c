"""What cannot be learned, or not so, is refused with a ValueError that names it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor
from fixprop.formats import MAX_NEURONS
from tests.host.estimators.data import BOTH, Estimator, blobs, data_for, waves

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("kind", BOTH)
def test_too_many_features_are_refused_with_the_limit(kind: type[Estimator]) -> None:
    inputs, targets = data_for(kind)
    wide = np.tile(inputs, (1, MAX_NEURONS // 2 + 1))
    with pytest.raises(ValueError, match=rf"layer of {wide.shape[1]} neurons: .* {MAX_NEURONS}"):
        kind().fit(wide, targets)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"learning_rate_init": 0.0}, "learning_rate_init=0.0"),
        ({"learning_rate_init": 8.5}, "learning_rate_init=8.5"),
        ({"learning_rate_init": float("nan")}, "learning_rate_init=nan"),
        ({"momentum": 1.0}, r"momentum=1\.0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": 1.5}, "batch_size=1.5"),
        ({"max_iter": 0}, "max_iter=0"),
        ({"tol": -1.0}, r"tol=-1\.0"),
        ({"n_iter_no_change": 0}, "n_iter_no_change=0"),
        ({"validation_fraction": 1.0}, r"validation_fraction=1\.0"),
        ({"hidden_layer_sizes": (4, 0)}, "layer of 0 neurons"),
        ({"hidden_layer_sizes": (4.5,)}, "hidden_layer_sizes"),
        ({"activation": "softmax"}, "'softmax' is for the output layer"),
        ({"activation": "logistic"}, "unknown activation 'logistic'"),
        ({"initial": "zero"}, "unknown initial 'zero'"),
        ({"engine": "gpu"}, "unknown engine 'gpu'"),
        ({"random_state": -1}, "random_state=-1: must be 0 to 4294967295"),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", BOTH)
def test_a_parameter_out_of_range_is_named(
    kind: type[Estimator], parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        kind(**parameters).fit(*data_for(kind))


def test_values_that_no_column_can_hold_are_refused_by_name() -> None:
    inputs, targets = waves(1)
    inputs[:, 1] += 1e15  # two units of a column's 32 bits are further apart than these values
    with pytest.raises(ValueError, match=r"column 'x1' runs from .* rescale it"):
        FixedPointMLPRegressor().fit(inputs, targets[:, 0])


def test_a_single_class_is_refused() -> None:
    with pytest.raises(ValueError, match="one class only"):
        FixedPointMLPClassifier().fit([[0.0], [1.0]], ["a", "a"])


def test_partial_fit_wants_its_classes_first_and_no_others_later() -> None:
    inputs, labels = blobs(3)
    estimator = FixedPointMLPClassifier((4,), random_state=1)
    with pytest.raises(ValueError, match="classes must be given"):
        estimator.partial_fit(inputs, labels)
    estimator.partial_fit(inputs[:2], labels[:2], classes=[0, 1, 2])
    estimator.partial_fit(inputs, labels)
    with pytest.raises(ValueError, match="y has the class '3'"):
        estimator.partial_fit(inputs, labels + 1)
    with pytest.raises(ValueError, match="the first call's were"):
        estimator.partial_fit(inputs, labels, classes=[0, 1])


def test_partial_fit_refuses_to_stop_early() -> None:
    with pytest.raises(ValueError, match="early_stopping=False"):
        FixedPointMLPRegressor(early_stopping=True).partial_fit(*waves(1))


@pytest.mark.parametrize("kind", BOTH)
def test_a_warm_start_refuses_another_network(kind: type[Estimator]) -> None:
    data = data_for(kind)
    estimator = kind((4,), warm_start=True, max_iter=2, random_state=1).fit(*data)
    with pytest.raises(ValueError, match=r"the network is 2-4-.* not 2-5-"):
        estimator.set_params(hidden_layer_sizes=(5,)).fit(*data)


@pytest.mark.parametrize(
    ("name", "value"), [("momentum", 1), ("engine", "abacus"), ("learning_rate_init", 9)]
)
def test_a_warm_start_refuses_what_a_first_fit_would(name: str, value: object) -> None:
    data = blobs(3)
    estimator = FixedPointMLPClassifier((4,), warm_start=True, max_iter=2).fit(*data)
    with pytest.raises(ValueError, match=str(value)):
        estimator.set_params(**{name: value}).fit(*data)


def test_a_warm_start_refuses_other_classes_and_other_targets() -> None:
    inputs, labels = blobs(3)
    classifier = FixedPointMLPClassifier((4,), warm_start=True, random_state=1).fit(inputs, labels)
    with pytest.raises(ValueError, match="warm_start=False"):
        classifier.fit(inputs, labels + 1)
    regressor = FixedPointMLPRegressor((4,), warm_start=True, random_state=1).fit(*waves(2))
    with pytest.raises(ValueError, match="3 targets: the network has 2"):
        regressor.fit(*waves(3))
