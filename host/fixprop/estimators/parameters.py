"""The parameters of both estimators, and what they may be."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from fixprop.formats import MOMENTUM, RATE
from fixprop.generator import MASK
from fixprop.network import Topology

LIMITS: dict[str, tuple[type[Any], float, float]] = {
    "learning_rate_init": (Real, RATE.unit / 2, RATE.high * RATE.unit),
    "momentum": (Real, 0, MOMENTUM.high * MOMENTUM.unit),
    "batch_size": (Integral, 1, float("inf")),
    "max_iter": (Integral, 1, float("inf")),
    "tol": (Real, 0, float("inf")),
    "n_iter_no_change": (Integral, 1, float("inf")),
}
"""(kind, smallest, largest) of each parameter that is a number."""


class Parameters(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A multilayer perceptron in the arithmetic of the chip; see docs/estimators.md.

    Parameters are named as in scikit-learn's MLPClassifier and mean the same, but for these:

    `activation`: of the hidden layers: sigmoid, tanh, linear, relu or leaky_relu.
    `learning_rate_init`: the rate of every step, to the nearest 2**-13.
    `batch_size`: the changes of so many samples are added up, not averaged; 1 is online learning.
    `random_state`: an integer is the seed that a board takes for the same weights and order.
    `initial`: "xavier", "he" or "uniform" in [-1, 1).
    `engine`: "native" is the firmware's C, "mirror" its definition in numpy, which needs no C
    compiler and is slow; "auto" takes what is there. The bits are the same.
    """

    def __init__(
        self,
        hidden_layer_sizes: int | tuple[int, ...] = (8,),
        activation: str = "tanh",
        *,
        learning_rate_init: float = 0.02,
        momentum: float = 0.0,
        batch_size: int = 1,
        max_iter: int = 200,
        tol: float = 1e-5,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        shuffle: bool = True,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
        initial: str = "xavier",
        engine: str = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate_init = learning_rate_init
        self.momentum = momentum
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.shuffle = shuffle
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        self.initial = initial
        self.engine = engine

    def _check_parameters(self) -> None:
        for name, (kind, low, high) in LIMITS.items():
            value: Any = getattr(self, name)
            if not isinstance(value, kind) or not low <= value <= high:
                what = "a whole number" if kind is Integral else "a number"
                raise ValueError(f"{name}={value!r}: must be {what} from {low:g} to {high:g}")
        if not 0 < self.validation_fraction < 1:
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r}: must be between 0 and 1"
            )

    def _seed(self) -> int:
        if isinstance(self.random_state, (int, np.integer)):
            if not 0 <= self.random_state <= MASK:
                raise ValueError(f"random_state={self.random_state}: must be 0 to {MASK}")
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(1, np.iinfo(np.int32).max))

    def _topology(self, inputs: int, outputs: int, out_activation: str) -> Topology:
        sizes = self.hidden_layer_sizes
        hidden = tuple(sizes) if isinstance(sizes, Iterable) else (sizes,)
        if not all(isinstance(size, Integral) for size in hidden):
            raise ValueError(f"hidden_layer_sizes={sizes!r}: must be whole numbers")
        sizes = tuple(int(size) for size in (inputs, *hidden, outputs))
        return Topology(sizes, (*[self.activation] * len(hidden), out_activation))
