"""Small data for the estimators' tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor
from fixprop.model.column import Reals

Estimator = FixedPointMLPClassifier | FixedPointMLPRegressor
BOTH = (FixedPointMLPClassifier, FixedPointMLPRegressor)


def blobs(classes: int, seed: int = 0, samples: int = 60) -> tuple[Reals, NDArray[Any]]:
    """Points in the plane around as many centres, and which they belong to."""
    rng = np.random.default_rng(seed)
    labels = np.arange(samples) % classes
    angle = 2 * np.pi * labels / classes
    return np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(
        0, 0.3, (samples, 2)
    ), labels


def waves(targets: int, seed: int = 0, samples: int = 60) -> tuple[Reals, Reals]:
    """Two inputs; sines of them in other units."""
    rng = np.random.default_rng(seed)
    inputs = rng.uniform(-3, 3, (samples, 2)) * [1, 100]
    waves = [np.sin(inputs[:, 0] + n) * 50 + inputs[:, 1] * 0.1 + 1000 for n in range(targets)]
    return inputs, np.column_stack(waves)


def data_for(kind: type[Estimator]) -> tuple[Reals, NDArray[Any]]:
    """Something that `kind` can learn."""
    if kind is FixedPointMLPClassifier:
        return blobs(3)
    inputs, targets = waves(1)
    return inputs, targets[:, 0]
