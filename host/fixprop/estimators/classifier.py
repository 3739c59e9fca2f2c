"""Classes from quantities: one sigmoid output for two classes, softmax for more; cross-entropy."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from fixprop.estimators.base import FixedPointMLP, Targets
from fixprop.formats import ACTIVATION, Integers
from fixprop.model import Column
from fixprop.model.column import Reals

HALF = 1 << (ACTIVATION.fraction - 1)
"""0.5: the shares of two classes are equal."""


class FixedPointMLPClassifier(ClassifierMixin, FixedPointMLP):  # type: ignore[misc]
    """Classification, two classes or more, that learns in fixed point as a board does.

    `classes_`: the labels, sorted; any type that scikit-learn takes.
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from `X` [samples, inputs] and the labels `y` [samples]."""
        self._check_parameters()
        anew = self._begins_anew
        inputs, labels = self._validated(X, y, reset=anew)
        classes = np.unique(labels)
        if anew:
            self._set_classes(classes)
        elif not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start: y has the classes {classes}, the network {self.classes_}; "
                "fit with warm_start=False"
            )
        numbers = self._numbers(labels)
        return self._fit(inputs, numbers, strata=numbers)

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """One epoch over these samples; the first call needs all `classes` there will ever be.

        The first call's samples give all columns their range.
        """
        self._check_parameters()
        first = not hasattr(self, "_descent")
        if first and classes is None:
            raise ValueError("classes must be given to the first call of partial_fit")
        inputs, labels = self._validated(X, y, reset=first)
        if first:
            self._set_classes(np.unique(np.asarray(classes)))
        elif classes is not None and not np.array_equal(
            np.unique(np.asarray(classes)), self.classes_
        ):
            raise ValueError(f"classes={classes!r}: the first call's were {self.classes_}")
        return self._partial_fit(inputs, self._numbers(labels))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The label of the largest share, [samples]."""
        winners = self._winners(self._outputs_q(X))
        return np.asarray(self.classes_[winners])

    def predict_proba(self, X: ArrayLike) -> Reals:
        """Shares [samples, classes], which sum to 1; none is below half a unit, 2**-16."""
        outputs = np.maximum(ACTIVATION.to_float(self._outputs_q(X)), ACTIVATION.unit / 2)
        if len(self.classes_) == 2:
            return np.column_stack([1.0 - outputs, outputs])
        return np.asarray(outputs / outputs.sum(axis=1, keepdims=True))

    def predict_log_proba(self, X: ArrayLike) -> Reals:
        """The logarithms of the shares."""
        return np.asarray(np.log(self.predict_proba(X)))

    def _validated(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Reals, NDArray[Any]]:
        inputs, labels = validate_data(self, X, y, dtype=np.float64, reset=reset)
        check_classification_targets(labels)
        return inputs, labels

    def _set_classes(self, classes: NDArray[Any]) -> None:
        if len(classes) < 2:
            raise ValueError(f"one class only, '{classes[0]}': there is nothing to tell apart")
        self.classes_ = classes

    def _numbers(self, labels: NDArray[Any]) -> Integers:
        """Places of the labels in classes_."""
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(f"y has the class '{unknown[0]}', which is not one of {self.classes_}")
        return np.asarray(np.searchsorted(self.classes_, labels), np.int64)

    def _output_layer(self, _targets: Targets) -> tuple[str, tuple[Column, ...]]:
        if len(self.classes_) == 2:
            return "sigmoid_cross_entropy", (Column.plain(str(self.classes_[1])),)
        return "softmax", tuple(Column.plain(str(label)) for label in self.classes_)

    def _scaled_targets(self, targets: Targets) -> Integers:
        if self.n_outputs_ == 1:
            return np.where(targets == 1, ACTIVATION.high, 0)[:, np.newaxis]
        return np.where(np.arange(self.n_outputs_) == targets[:, np.newaxis], ACTIVATION.high, 0)

    def _winners(self, outputs: Integers) -> Integers:
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > HALF).astype(np.int64)
        return np.asarray(np.argmax(outputs, axis=1), np.int64)

    def _score_q(self, outputs: Integers, targets: Targets) -> float:
        return float(np.mean(self._winners(outputs) == targets))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output = True
        tags.classifier_tags.multi_label = False
        return tags
