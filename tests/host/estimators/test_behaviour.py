"""What a user of scikit-learn expects of an estimator, and what only fixed point has."""

from __future__ import annotations

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor
from fixprop.formats import WEIGHT
from fixprop.model import Model
from tests.host.estimators.data import BOTH, Estimator, blobs, data_for, waves

# Most fits here are short on purpose; the test that wants this warning catches it itself.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LABELS = [
    np.array(["left", "middle", "right"]),
    np.array([-7, 0, 12]),
    np.array([0.0, 1.0, 5.0]),
    np.array([False, True]),
    np.array(["no", "yes"], dtype=object),
]


def test_a_pipeline_in_a_grid_search_over_processes_finds_the_better_rate() -> None:
    data = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), FixedPointMLPClassifier((5,), random_state=1))
    grid = {
        "fixedpointmlpclassifier__learning_rate_init": [0.0002, 0.02],
        "fixedpointmlpclassifier__max_iter": [20],
    }
    search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(*data)
    assert search.best_params_["fixedpointmlpclassifier__learning_rate_init"] == 0.02
    assert search.best_score_ > 0.9


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("engine", ["native", "mirror"])
def test_a_pickle_answers_and_goes_on_learning_the_same(kind: type[Estimator], engine: str) -> None:
    inputs, targets = data_for(kind)
    one = kind((4,), random_state=1, momentum=0.5, max_iter=2, engine=engine, tol=0.0)
    one = one.partial_fit(inputs, targets, *classes_of(kind, targets))
    two = pickle.loads(pickle.dumps(one))
    assert np.array_equal(one.predict(inputs), two.predict(inputs))
    for estimator in (one, two):
        estimator.partial_fit(inputs, targets)
    assert np.array_equal(one.weights_, two.weights_)


@pytest.mark.parametrize("kind", BOTH)
def test_a_clone_has_the_parameters_and_nothing_that_was_learned(kind: type[Estimator]) -> None:
    fitted = kind((4,), "relu", initial="he", random_state=1).fit(*data_for(kind))
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        copy.predict([[0.0, 0.0]])
    with pytest.raises(NotFittedError):
        copy.to_model()
    assert not hasattr(copy, "coefs_")


@pytest.mark.parametrize("kind", BOTH)
def test_threads_may_share_one_estimator(kind: type[Estimator]) -> None:
    inputs, targets = data_for(kind)
    estimator = kind((30, 30), random_state=1, max_iter=1).fit(inputs, targets)
    many = np.tile(inputs, (200, 1))
    expected = estimator.predict(many)
    with ThreadPoolExecutor(4) as threads:
        for answers in threads.map(estimator.predict, [many] * 16):
            assert np.array_equal(answers, expected)


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: f"{len(labels)} {labels.dtype}")
def test_classes_may_be_of_any_type(labels: NDArray[Any]) -> None:
    inputs, places = blobs(len(labels))
    estimator = FixedPointMLPClassifier((6,), random_state=1).fit(inputs, labels[places])
    answers = estimator.predict(inputs)
    assert answers.dtype == labels.dtype
    assert np.mean(answers == labels[places]) > 0.9
    shares = estimator.predict_proba(inputs)
    assert shares.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert np.array_equal(labels[shares.argmax(axis=1)], answers)
    assert np.exp(estimator.predict_log_proba(inputs)) == pytest.approx(shares)
    assert estimator.out_activation_ == ("softmax" if len(labels) > 2 else "sigmoid_cross_entropy")


def test_the_model_answers_what_the_estimator_answers() -> None:
    inputs, targets = waves(2)
    regressor = FixedPointMLPRegressor((6,), random_state=1).fit(inputs, targets)
    assert np.array_equal(
        regressor.to_model().predict(inputs * 1.1), regressor.predict(inputs * 1.1)
    )
    for classes in (2, 3):
        inputs, labels = blobs(classes)
        names = np.array(["a", "b", "c"])[labels]
        classifier = FixedPointMLPClassifier((6,), random_state=1).fit(inputs, names)
        model = classifier.to_model()
        undecided = np.random.default_rng(1).uniform(-0.5, 0.5, (500, 2))
        answers = np.array(model.classes)[model.predict_class(undecided)]
        assert np.array_equal(answers, classifier.predict(undecided))
        likeliest = classifier.predict_proba(undecided).argmax(axis=1)
        assert np.array_equal(answers, classifier.classes_[likeliest])


@pytest.mark.parametrize("kind", BOTH)
def test_the_header_holds_the_model(kind: type[Estimator], tmp_path: Path) -> None:
    estimator = kind((4,), random_state=1, max_iter=3).fit(*data_for(kind))
    path = tmp_path / "own_name.h"
    path.write_text(estimator.to_header("own_name"), encoding="utf-8")
    assert "own_name_weights" in path.read_text(encoding="utf-8")
    assert Model.read(path) == estimator.to_model()
    with pytest.raises(ValueError, match="'1st' cannot be the name"):
        estimator.to_header("1st")


def test_coefficients_are_the_weights_as_real_numbers() -> None:
    estimator = FixedPointMLPRegressor((4, 3), random_state=1, max_iter=3).fit(*waves(2))
    assert [c.shape for c in estimator.coefs_] == [(2, 4), (4, 3), (3, 2)]
    rows = [
        np.column_stack([b, w.T])
        for w, b in zip(estimator.coefs_, estimator.intercepts_, strict=True)
    ]
    flat = np.concatenate([layer.reshape(-1) for layer in rows])
    assert np.array_equal(WEIGHT.from_float(flat), estimator.weights_)


def test_a_column_in_which_nothing_varies_is_no_obstacle() -> None:
    inputs, targets = waves(1)
    for constant in (0.0, -3.25, 1e-30, 7e12, 0.1 + 0.2):
        padded = np.column_stack([inputs, np.full(len(inputs), constant)])
        estimator = FixedPointMLPRegressor((6,), random_state=1).fit(padded, targets[:, 0])
        assert estimator.score(padded, targets[:, 0]) > 0.8
        column = estimator.input_columns_[2]
        assert abs(column.inputs(np.array([constant]))[0]) <= 1
        assert column.reals(column.inputs([constant]))[0] == pytest.approx(
            constant, rel=1e-9, abs=1e-4
        )


def test_constant_targets_are_predicted() -> None:
    inputs, _ = waves(1)
    estimator = FixedPointMLPRegressor((4,), random_state=1).fit(inputs, np.full(len(inputs), 12.5))
    assert estimator.predict(inputs) == pytest.approx(12.5, abs=0.1)  # of a range of 2


def test_values_far_out_of_range_saturate() -> None:
    inputs, targets = waves(1)
    estimator = FixedPointMLPRegressor((6,), random_state=1).fit(inputs, targets[:, 0])
    edge = inputs.max(axis=0)
    expected = estimator.predict([edge])
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # such as an overflow
        for factor in (10, 1e9, 5e305):
            assert np.array_equal(estimator.predict([edge * factor]), expected)
    low, high = targets.min(), targets.max()
    answers = estimator.predict(np.random.default_rng(1).normal(0, 1e6, (100, 2)))
    assert answers.min() >= low - 0.13 * (high - low)  # 0.25 / 2, and rounding
    assert answers.max() <= high + 0.13 * (high - low)


def test_early_stopping_keeps_the_weights_of_the_best_score() -> None:
    inputs, labels = blobs(4, samples=200)
    labels[::5] = (labels[::5] + 1) % 4  # noise, which a large network learns by heart
    settings: dict[str, Any] = {"hidden_layer_sizes": (30,), "random_state": 3}
    settings["learning_rate_init"] = 0.1
    stopped = FixedPointMLPClassifier(early_stopping=True, **settings).fit(inputs, labels)
    scores = stopped.validation_scores_
    assert scores is not None
    best = int(np.argmax(scores))
    assert stopped.best_validation_score_ == scores[best]
    assert best < len(scores) - 1 == stopped.n_iter_ - 1
    again = FixedPointMLPClassifier(early_stopping=True, max_iter=best + 1, **settings)
    with pytest.warns(ConvergenceWarning, match=f"max_iter={best + 1}"):
        again.fit(inputs, labels)
    assert np.array_equal(again.weights_, stopped.weights_)


def test_training_ends_when_the_loss_stands_still() -> None:
    inputs, labels = blobs(2)
    estimator = FixedPointMLPClassifier((4,), random_state=1, tol=0.01, n_iter_no_change=3)
    estimator.fit(inputs, labels)
    assert estimator.n_iter_ == len(estimator.loss_curve_) < estimator.max_iter
    assert estimator.best_loss_ == min(estimator.loss_curve_)
    assert estimator.t_ == len(inputs) * estimator.n_iter_


def test_random_states_decide_what_is_drawn() -> None:
    data = waves(1)
    weights = [
        FixedPointMLPRegressor((4,), random_state=state, max_iter=2).fit(*data).weights_
        for state in (1, 2, np.random.RandomState(5), np.random.RandomState(5))
    ]
    assert not np.array_equal(weights[0], weights[1])
    assert np.array_equal(weights[2], weights[3])


def test_verbose_says_the_loss_of_each_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    FixedPointMLPRegressor((4,), verbose=True, max_iter=2, random_state=1).fit(*waves(1))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1", "epoch 2"]


def test_there_may_be_more_samples_than_a_chip_draws_from() -> None:
    inputs, targets = waves(1, samples=65_536)
    estimator = FixedPointMLPRegressor((2,), max_iter=1, random_state=1).fit(inputs, targets[:, 0])
    assert estimator.t_ == 65_536
    assert estimator.score(inputs, targets[:, 0]) > 0.1  # two neurons, one epoch


def classes_of(kind: type[Estimator], targets: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """What the first partial_fit wants besides."""
    return (np.unique(targets),) if kind is FixedPointMLPClassifier else ()
