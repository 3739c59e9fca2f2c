"""Real data, held out: as good as scikit-learn's own networks of the same topology in float64."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor
from fixprop.estimators.figures import COMPARISONS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_iris_held_out() -> None:
    assert min(COMPARISONS["iris"].scores(fixed=True)) >= 0.93  # of three seeds


def test_digits_are_within_two_percent_of_float64() -> None:
    inputs, labels = load_digits(return_X_y=True)
    parts = train_test_split(inputs, labels, test_size=0.25, random_state=0, stratify=labels)
    train_inputs, test_inputs, train_labels, test_labels = parts
    ours = FixedPointMLPClassifier((32,), learning_rate_init=0.01, max_iter=30, random_state=0)
    theirs = make_pipeline(
        MinMaxScaler(),
        MLPClassifier(hidden_layer_sizes=(32,), activation="tanh", max_iter=100, random_state=0),
    )
    scores = [
        estimator.fit(train_inputs, train_labels).score(test_inputs, test_labels)
        for estimator in (ours, theirs)
    ]
    assert scores[0] >= 0.93
    assert scores[0] >= scores[1] - 0.02


def test_diabetes_is_explained_as_well_as_in_float64() -> None:
    ours, theirs = (COMPARISONS["diabetes"].scores(fixed, seeds=(0,))[0] for fixed in (True, False))
    assert ours >= 0.40
    assert ours >= theirs - 0.05


def test_several_quantities_are_learned_at_once() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.uniform(-3, 3, (500, 2))
    targets = np.column_stack([np.sin(inputs[:, 0]) * 20, inputs[:, 0] * inputs[:, 1] + 1e4])
    estimator = FixedPointMLPRegressor((16,), learning_rate_init=0.05, random_state=0)
    estimator.fit(inputs[:400], targets[:400])
    assert estimator.score(inputs[400:], targets[400:]) > 0.97
