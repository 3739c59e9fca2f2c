"""scikit-learn's networks agree with their originals on samples that neither has seen."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PolynomialFeatures,
    StandardScaler,
)

from fixprop.errors import UsageError
from fixprop.importers import Imported, from_sklearn

DATA = {
    "iris": load_iris,
    "digits": load_digits,
    "diabetes": load_diabetes,
    "cancer": load_breast_cancer,
}
ACTIVATIONS = ("relu", "tanh", "logistic", "identity")
PIXELS = (0, 16)


@cache
def fitted(data: str, activation: str) -> tuple[Any, Any, Any]:
    """An estimator, the inputs that it was trained on and those held out."""
    inputs, targets = DATA[data](return_X_y=True)
    seen, held_out, taught, _ = train_test_split(inputs, targets, random_state=1)
    common = {"activation": activation, "random_state": 1}
    if data == "diabetes":
        mlp = MLPRegressor(hidden_layer_sizes=(8,), learning_rate_init=0.02, max_iter=200, **common)
    else:
        sizes = {"iris": (8,), "digits": (24,), "cancer": (8, 6)}[data]
        mlp = MLPClassifier(sizes, max_iter=40 if data == "digits" else 200, **common)
    estimator = mlp if data == "digits" else make_pipeline(StandardScaler(), mlp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(seen, taught), seen, held_out


def outputs(estimator: Any, inputs: Any, imported: Imported) -> Any:
    """The original's, [samples, outputs]."""
    if not imported.model.classes:
        return np.asarray(estimator.predict(inputs)).reshape(len(inputs), -1)
    shares = estimator.predict_proba(inputs)
    return shares[:, 1:] if len(imported.model.outputs) == 1 else shares


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data", sorted(DATA))
def test_held_out_samples_agree_within_the_reported_bound(data: str, activation: str) -> None:
    estimator, seen, held_out = fitted(data, activation)
    imported = from_sklearn(estimator, seen, PIXELS if data == "digits" else None)
    difference = np.abs(imported.model.predict(held_out) - outputs(estimator, held_out, imported))
    assert (difference <= imported.bound(held_out) + 1e-9).all()
    columns = zip(imported.model.inputs, held_out.T, strict=True)
    inside = np.all([(c.low <= x / c.unit) & (x / c.unit <= c.high) for c, x in columns], axis=0)
    assert inside.mean() > 0.9
    assert (difference[inside] <= np.array(imported.report.bound) + 1e-9).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data", sorted(DATA))
def test_the_bound_is_near_what_is_measured(data: str, activation: str) -> None:
    """Worst cases add up over neurons, errors of either sign do not: 12 times at the most."""
    estimator, seen, _ = fitted(data, activation)
    told = from_sklearn(estimator, seen, PIXELS if data == "digits" else None).report
    assert max(told.measured) <= max(told.sample_bound) <= 12 * max(told.measured)
    scale = 300 if data == "diabetes" else 1  # of its targets, 25 to 346
    assert max(told.measured) < 0.01 * scale


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data", ["iris", "digits", "cancer"])
def test_classes_agree_where_the_original_is_surer_than_the_bound(
    data: str, activation: str
) -> None:
    estimator, seen, held_out = fitted(data, activation)
    imported = from_sklearn(estimator, seen, PIXELS if data == "digits" else None)
    bound = imported.bound(held_out).max(axis=1)
    shares = np.sort(estimator.predict_proba(held_out), axis=1)
    sure = shares[:, -1] - shares[:, -2] > 2 * bound
    classes = np.array(imported.model.classes)[imported.model.predict_class(held_out)]
    assert sure.mean() > 0.95
    assert (classes[sure] == estimator.predict(held_out)[sure].astype(str)).all()


def test_a_binary_classifier_is_one_sigmoid_with_cross_entropy() -> None:
    estimator, seen, _ = fitted("cancer", "relu")
    model = from_sklearn(estimator, seen).model
    assert model.topology.activations[-1] == "sigmoid_cross_entropy"
    assert model.classes == ("0", "1")


def test_targets_of_several_columns() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.uniform(-1, 1, (200, 3))
    targets = np.stack([inputs.sum(axis=1) * 50 + 1000, inputs[:, 0] * 0.01], axis=1)
    estimator = make_pipeline(
        MinMaxScaler(),
        MLPRegressor(hidden_layer_sizes=(6, 6), solver="lbfgs", max_iter=2000, random_state=0),
    ).fit(inputs, targets)
    imported = from_sklearn(estimator, inputs)
    difference = np.abs(imported.model.predict(inputs) - estimator.predict(inputs))
    assert (difference <= imported.bound(inputs)).all()
    assert (difference <= np.array(imported.report.bound)).all()


def test_provenance_and_names() -> None:
    estimator, seen, _ = fitted("iris", "tanh")
    model = from_sklearn(estimator, seen).model
    assert model.provenance["source"] == "MLPClassifier"
    assert [column.decimals for column in model.inputs] == [1, 1, 1, 1]  # as Iris is measured


def test_a_column_without_change_is_named() -> None:
    inputs = np.column_stack([np.linspace(0, 1, 50), np.full(50, 7.0)])
    estimator = MLPRegressor(hidden_layer_sizes=(2,), solver="lbfgs").fit(inputs, inputs[:, 0])
    imported = from_sklearn(estimator, inputs)
    assert "'input_1'" in imported.report.notes[0]
    assert "--range" in imported.report.notes[0]


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (LogisticRegression(), "LogisticRegression is not supported: MLPRegressor"),
        (MLPRegressor(), "not fitted"),
        (make_pipeline(StandardScaler()), "StandardScaler is not supported"),
    ],
)
def test_other_estimators_are_refused_by_name(estimator: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        from_sklearn(estimator, np.zeros((3, 2)))


def test_other_steps_of_a_pipeline_are_refused_by_name() -> None:
    inputs = np.random.default_rng(0).uniform(size=(30, 2))
    mlp = MLPRegressor(hidden_layer_sizes=(2,), solver="lbfgs", max_iter=20)
    estimator = make_pipeline(PolynomialFeatures(), mlp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(inputs, inputs[:, 0])
    with pytest.raises(UsageError, match="PolynomialFeatures in the pipeline is not supported"):
        from_sklearn(estimator, inputs)


@pytest.mark.parametrize("scaler", [MinMaxScaler(), MaxAbsScaler()])
def test_a_scaler_that_clips_is_refused(scaler: Any) -> None:
    """The chip has no clip before its first layer: beyond the fitted range the bound would lie."""
    inputs = np.random.default_rng(0).uniform(-1, 1, (30, 2))
    mlp = MLPRegressor(hidden_layer_sizes=(2,), solver="lbfgs", max_iter=20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator = make_pipeline(scaler, mlp).fit(inputs, inputs[:, 0])
    from_sklearn(estimator, ranges=(-2, 2))
    estimator.steps[0][1].clip = True  # MaxAbsScaler takes it since scikit-learn 1.9
    with pytest.raises(UsageError, match=f"{type(scaler).__name__} with clip=True .*without"):
        from_sklearn(estimator, ranges=(-2, 2))


@pytest.mark.parametrize(
    ("sample", "ranges", "words"),
    [
        (None, None, "--sample"),
        (np.zeros((5, 3)), None, "5, 3.*4 inputs"),
        (np.full((5, 4), np.nan), None, "NaN"),
        (None, (1, 1), "must rise"),
        (None, [(0, 1), (0, 1)], "one an input"),
        ([["a"] * 4], None, "not a number"),
    ],
)
def test_what_is_said_of_the_inputs_is_checked(sample: Any, ranges: Any, words: str) -> None:
    estimator, _, _ = fitted("iris", "relu")
    with pytest.raises(UsageError, match=words):
        from_sklearn(estimator, sample, ranges)
