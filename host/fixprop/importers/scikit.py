"""scikit-learn's MLPRegressor and MLPClassifier, also behind scalers in a pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.importers.bring_in import bring_in
from fixprop.importers.chain import Chain, known_activation
from fixprop.importers.imported import Imported

SUPPORTED = (
    "MLPRegressor and MLPClassifier, alone or last in a Pipeline behind StandardScaler, "
    "MinMaxScaler and MaxAbsScaler"
)


def from_sklearn(
    estimator: Any,
    sample: ArrayLike | None = None,
    ranges: ArrayLike | None = None,
    *,
    saturate: bool = False,
) -> Imported:
    """A fitted estimator; `sample`: typical inputs, as of predict. The rest is bring_in's.

    The model's classes are `classes_`; a classifier's outputs are those of predict_proba, of two
    classes the second's. UsageError names an estimator that is not supported or not fitted.
    """
    *scalers, mlp = _steps(estimator)
    names = _names(estimator, sample)
    rows = None if sample is None else np.asarray(sample)
    chain = Chain(_width(scalers, mlp))
    for scaler in scalers:
        _scale(chain, scaler)
    for index, (weights, biases) in enumerate(zip(mlp.coefs_, mlp.intercepts_, strict=True)):
        chain.dense(f"coefs_[{index}]", weights, biases)
        last = index == len(mlp.coefs_) - 1
        chain.activation(_activation(mlp, last))
    network = chain.network(names, classes=_classes(mlp))
    return bring_in(network, rows, ranges, source=type(mlp).__name__, saturate=saturate)


def _steps(estimator: Any) -> list[Any]:
    steps = [step for _, step in getattr(estimator, "steps", [("", estimator)])]
    steps = [step for step in steps if step is not None and step != "passthrough"]
    kind = type(steps[-1]).__name__ if steps else "an empty Pipeline"
    if kind not in ("MLPRegressor", "MLPClassifier"):
        raise UsageError(f"{kind} is not supported: {SUPPORTED}")
    if not hasattr(steps[-1], "coefs_"):
        raise UsageError(f"this {kind} is not fitted: call fit first")
    return steps


def _width(scalers: list[Any], mlp: Any) -> int:
    return int((scalers or [mlp])[0].n_features_in_)


def _names(estimator: Any, sample: ArrayLike | None) -> tuple[str, ...]:
    names = getattr(estimator, "feature_names_in_", getattr(sample, "columns", ()))
    return tuple(str(name) for name in names)


def _classes(mlp: Any) -> tuple[str, ...]:
    if not hasattr(mlp, "classes_") or mlp.n_outputs_ != len(mlp.classes_) - (mlp.n_outputs_ == 1):
        return ()
    return () if _several(mlp) else tuple(str(name) for name in mlp.classes_)


def _several(mlp: Any) -> bool:
    """Labels that do not exclude one another are outputs, not classes."""
    return bool(mlp.out_activation_ == "logistic" and mlp.n_outputs_ > 1)


def _activation(mlp: Any, last: bool) -> str:
    name = known_activation(mlp.out_activation_ if last else mlp.activation, type(mlp).__name__)
    return "sigmoid_cross_entropy" if last and name == "sigmoid" else name


def _scale(chain: Chain, scaler: Any) -> None:
    kind = type(scaler).__name__
    if getattr(scaler, "clip", False):  # a bend where the chip has none; of MaxAbsScaler since 1.9
        raise UsageError(f"{kind} with clip=True in the pipeline is not supported: fit it without")
    if kind == "StandardScaler":
        factor = 1.0 if scaler.scale_ is None else 1 / scaler.scale_
        mean = 0.0 if scaler.mean_ is None else scaler.mean_
        chain.affine(kind, factor, -mean * factor)
    elif kind == "MinMaxScaler":
        chain.affine(kind, scaler.scale_, scaler.min_)
    elif kind == "MaxAbsScaler":
        chain.affine(kind, 1 / scaler.scale_, 0.0)
    else:
        raise UsageError(f"{kind} in the pipeline is not supported: {SUPPORTED}")
