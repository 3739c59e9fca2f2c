"""The figures of docs/estimators.md: cross-validated scores beside scikit-learn's own networks.

python -m fixprop.estimators.figures
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fixprop.cli import run
from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor

FOLDS = 5
SEEDS = (0, 1, 2)
EPOCHS = 2000
"""Enough for scikit-learn's networks to stop by themselves."""


@dataclass(frozen=True)
class Comparison:
    """One data set, and how many tanh neurons learn it in one hidden layer."""

    name: str
    load: Callable[..., Any]
    hidden: int
    regression: bool = False

    def scores(self, fixed: bool, seeds: tuple[int, ...] = SEEDS) -> list[float]:
        """Mean accuracy, or R2, over held-out folds, for each seed."""
        data = self.load(return_X_y=True)
        kind = KFold if self.regression else StratifiedKFold
        folds = kind(FOLDS, shuffle=True, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return [
                float(np.mean(cross_val_score(self._estimator(fixed, seed), *data, cv=folds)))
                for seed in seeds
            ]

    def _estimator(self, fixed: bool, seed: int) -> Any:
        if fixed:
            kind = FixedPointMLPRegressor if self.regression else FixedPointMLPClassifier
            return kind((self.hidden,), random_state=seed)
        settings = {"hidden_layer_sizes": (self.hidden,), "activation": "tanh", "max_iter": EPOCHS}
        if self.regression:
            network = make_pipeline(StandardScaler(), MLPRegressor(random_state=seed, **settings))
            return TransformedTargetRegressor(network, transformer=StandardScaler())
        scaler = MinMaxScaler() if self.name == "digits" else StandardScaler()
        return make_pipeline(scaler, MLPClassifier(random_state=seed, **settings))


COMPARISONS = {
    c.name: c
    for c in (
        Comparison("iris", load_iris, 5),
        Comparison("wine", load_wine, 8),
        Comparison("breast cancer", load_breast_cancer, 8),
        Comparison("digits", load_digits, 32),
        Comparison("diabetes", load_diabetes, 8, regression=True),
    )
}


@click.command()
def main() -> None:
    """Print the table of docs/estimators.md; some minutes.

    \b
    Example:  python -m fixprop.estimators.figures
    """
    print("| data | hidden | score | fixed point | scikit-learn |\n|-|-:|-|-:|-:|")
    for c in COMPARISONS.values():
        ours, theirs = (float(np.mean(c.scores(fixed))) for fixed in (True, False))
        score = "R2" if c.regression else "accuracy"
        print(f"| {c.name} | {c.hidden} | {score} | {ours:.3f} | {theirs:.3f} |", flush=True)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "python -m fixprop.estimators.figures"))
