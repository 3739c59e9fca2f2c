"""Quantities from quantities: one linear output for each target."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import validate_data

from fixprop.estimators.base import FixedPointMLP
from fixprop.estimators.columns import scaled, target_columns
from fixprop.formats import Integers
from fixprop.model import Column
from fixprop.model.column import Reals


class FixedPointMLPRegressor(RegressorMixin, FixedPointMLP):  # type: ignore[misc]
    """Regression, any number of targets, that learns in fixed point as a board does.

    Predictions reach an eighth of the learned range beyond each of its ends, and stop there.
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from `X` [samples, inputs] and `y` [samples] or [samples, targets]."""
        self._check_parameters()
        return self._fit(*self._validated(X, y, reset=self._begins_anew))

    def partial_fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """One epoch over these samples; the first call's give all columns their range."""
        self._check_parameters()
        return self._partial_fit(*self._validated(X, y, reset=not hasattr(self, "_descent")))

    def predict(self, X: ArrayLike) -> Reals:
        """float64 [samples], or [samples, targets] if that was the shape of `y`."""
        outputs = self._reals(self._outputs_q(X))
        return outputs[:, 0] if self._flat else outputs

    def _validated(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Reals, Reals]:
        inputs, targets = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=reset
        )
        self._flat = targets.ndim == 1
        targets = np.asarray(targets, np.float64).reshape(len(inputs), -1)
        if not reset and targets.shape[1] != self.n_outputs_:
            raise ValueError(f"{targets.shape[1]} targets: the network has {self.n_outputs_}")
        return inputs, targets

    def _output_layer(self, targets: Reals) -> tuple[str, tuple[Column, ...]]:
        count = targets.shape[1]
        names = ["y"] if count == 1 else [f"y{n}" for n in range(count)]
        return "linear", target_columns(names, targets)

    def _scaled_targets(self, targets: Reals) -> Integers:
        return scaled(self.output_columns_, targets)

    def _reals(self, outputs: Integers) -> Reals:
        real = [column.reals(outputs[:, n]) for n, column in enumerate(self.output_columns_)]
        return np.stack(real, axis=1)

    def _score_q(self, outputs: Integers, targets: Reals) -> float:
        return float(r2_score(targets, self._reals(outputs)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
