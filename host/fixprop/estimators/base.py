"""What both estimators share: the fit loop, the forward pass, the way to a board."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_is_fitted, validate_data

from fixprop.estimators.columns import input_columns, scaled
from fixprop.estimators.fitting import Patience, value_errors
from fixprop.estimators.parameters import Parameters
from fixprop.formats import WEIGHT, Integers
from fixprop.model import Column, Model
from fixprop.model.column import Reals
from fixprop.training.descent import Descent
from fixprop.training.engine import engine_of

Targets = NDArray[Any]
"""[samples, targets] quantities, or [samples] places of labels in classes_."""


class FixedPointMLP(Parameters):
    """The fit loop, the answers and the way to a board, whatever is learned.

    Fitted: `weights_` int64 Q4.19 in storage order; `coefs_`, `intercepts_` the same as real
    numbers; `input_columns_`, `output_columns_` the scales, learned by the first fit or partial_fit
    and kept; `topology_`, `seed_`, `loss_`, `best_loss_`, `loss_curve_`, `n_iter_`, `t_` (samples
    learned), `n_layers_`, `n_outputs_`, `out_activation_`; with early stopping
    `validation_scores_`, `best_validation_score_`.
    """

    # what a regressor and a classifier do differently

    @abstractmethod
    def _output_layer(self, targets: Targets) -> tuple[str, tuple[Column, ...]]:
        """Activation and columns of the outputs."""

    @abstractmethod
    def _scaled_targets(self, targets: Targets) -> Integers:
        """Q0.15 [samples, outputs]."""

    @abstractmethod
    def _score_q(self, outputs: Integers, targets: Targets) -> float:
        """The validation score of outputs in Q0.15."""

    # learning

    def _fit(self, inputs: Reals, targets: Targets, strata: Integers | None = None) -> Self:
        """Epochs until the loss, or with early stopping the validation score, stands still."""
        validation = None
        anew = self._begins_anew
        if anew:
            self.seed_ = self._seed()
        if self.early_stopping:
            inputs, held_inputs, targets, held_targets = train_test_split(
                inputs,
                targets,
                test_size=self.validation_fraction,
                random_state=self.seed_,
                stratify=strata,
            )
            validation = held_inputs, held_targets
        with value_errors():
            if anew:
                self._begin(inputs, targets)
            self._learn(inputs, targets, validation)
        return self

    def _partial_fit(self, inputs: Reals, targets: Targets) -> Self:
        """One epoch."""
        if self.early_stopping:
            raise ValueError("partial_fit cannot stop early: set early_stopping=False, or use fit")
        with value_errors():
            if not hasattr(self, "_descent"):
                self.seed_ = self._seed()
                self._begin(inputs, targets)
            self._resume()
            self._epoch(scaled(self.input_columns_, inputs), self._scaled_targets(targets))
        self.weights_ = self._descent.weights
        return self

    @property
    def _begins_anew(self) -> bool:
        """Whether `fit` forgets what was learned."""
        return not (self.warm_start and hasattr(self, "_descent"))

    def _begin(self, inputs: Reals, targets: Targets) -> None:
        """Scales and weights to start from."""
        out_activation, outputs = self._output_layer(targets)
        names = getattr(self, "feature_names_in_", [f"x{n}" for n in range(inputs.shape[1])])
        self.topology_ = self._topology(inputs.shape[1], len(outputs), out_activation)
        self.input_columns_ = input_columns([str(name) for name in names], inputs)
        self.output_columns_ = outputs
        self._descent = Descent(
            self.topology_,
            self.seed_,
            self.learning_rate_init,
            momentum=self.momentum,
            batch=self.batch_size,
            initial=self.initial,
            engine=self.engine,
        )
        self.out_activation_ = out_activation
        self.n_layers_, self.n_outputs_ = len(self.topology_.sizes), len(outputs)
        self.loss_curve_: list[float] = []
        self.best_loss_, self.n_iter_, self.t_ = float("inf"), 0, 0

    def _resume(self) -> None:
        """Parameters may have been set since the last epoch."""
        wanted = self._topology(self.n_features_in_, self.n_outputs_, self.out_activation_)
        if wanted != self.topology_:
            raise ValueError(
                f"the network is {self.topology_} {self.topology_.activations[0]}, not {wanted} "
                f"{wanted.activations[0]}: to change its layers, fit with warm_start=False"
            )
        self._descent.go_on(self.momentum, self.engine)
        self._descent.rate, self._descent.batch = self.learning_rate_init, self.batch_size

    def _learn(
        self, inputs: Reals, targets: Targets, validation: tuple[Reals, Targets] | None
    ) -> None:
        self._resume()
        inputs_q, targets_q = scaled(self.input_columns_, inputs), self._scaled_targets(targets)
        patience = Patience(self.tol, self.n_iter_no_change)
        scores: list[float] = []
        best = self._descent.weights
        for _ in range(self.max_iter):
            figure = self._epoch(inputs_q, targets_q)
            if validation is not None:
                scores.append(self._validation_score(*validation))
                figure = -scores[-1]
            if patience.sees(figure) and validation is not None:
                best = self._descent.weights
            if patience.over:
                self._say(
                    f"no better by {self.tol:g} in {self.n_iter_no_change} epochs: training ends"
                )
                break
        else:
            self._warn_of_the_end()
        self.validation_scores_ = scores if validation is not None else None
        self.best_validation_score_ = max(scores) if scores else None
        if validation is not None:
            self._descent.weights = best
        self.weights_ = self._descent.weights

    def _epoch(self, inputs: Integers, targets: Integers) -> float:
        """One pass over the samples; returns the loss after it."""
        if self.shuffle:
            self._descent.epoch(inputs, targets)
        else:
            self._descent.in_order(inputs, targets, np.arange(len(inputs)))
        self.loss_ = self._descent.loss(inputs, targets)
        self.loss_curve_.append(self.loss_)
        self.best_loss_ = min(self.best_loss_, self.loss_)
        self.n_iter_ += 1
        self.t_ += len(inputs)
        self._say(f"epoch {self.n_iter_}: loss {self.loss_:.6f}")
        return self.loss_

    def _validation_score(self, inputs: Reals, targets: Targets) -> float:
        outputs = self._descent.forward(scaled(self.input_columns_, inputs))
        score = self._score_q(outputs, targets)
        self._say(f"validation score {score:.4f}")
        return score

    def _say(self, line: str) -> None:
        if self.verbose:
            print(line)

    def _warn_of_the_end(self) -> None:
        warnings.warn(
            f"after max_iter={self.max_iter} epochs the loss still falls: raise max_iter, or tol",
            ConvergenceWarning,
            stacklevel=5,
        )

    # answers

    def _outputs_q(self, X: ArrayLike) -> Integers:
        """Q0.15 [samples, outputs]; every call has a network of its own, so threads may call."""
        check_is_fitted(self)
        inputs = validate_data(self, X, dtype=np.float64, reset=False)
        network = engine_of(self.engine, self.topology_, 1, 0)
        network.set_weights(self.weights_)
        return network.forward(scaled(self.input_columns_, inputs))

    @property
    def coefs_(self) -> list[Reals]:
        """[inputs, neurons] of each layer, as the passes see scaled values."""
        return [layer[:, 1:].T for layer in self._layers()]

    @property
    def intercepts_(self) -> list[Reals]:
        """[neurons] of each layer."""
        return [layer[:, 0] for layer in self._layers()]

    def _layers(self) -> list[Reals]:
        if not hasattr(self, "weights_"):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet")
        shapes = self.topology_.weight_shapes
        ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
        parts = np.split(WEIGHT.to_float(self.weights_), ends)
        return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

    # the way to a board

    def to_model(self) -> Model:
        """The fitted network with its scales; its predictions are this estimator's, to the bit."""
        check_is_fitted(self)
        return Model(
            self.topology_,
            self.weights_,
            self.input_columns_,
            self.output_columns_,
            tuple(str(label) for label in getattr(self, "classes_", ())),
            {
                "made_by": type(self).__name__,
                "seed": self.seed_,
                "rate": float(self._descent.rate),
                "momentum": float(self._descent.momentum),
                "batch": int(self.batch_size),
                "epochs": self.n_iter_,
                "steps": self.t_,
                "loss": self.loss_,
            },
        )

    def to_header(self, name: str = "model") -> str:
        """The C header of the fitted network, its identifiers beginning with `name`."""
        from fixprop.model import header

        with value_errors():
            return header.text(self.to_model(), name)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "weights_")
