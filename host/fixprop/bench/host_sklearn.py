"""scikit-learn's multilayer perceptron as a contestant: MLPRegressor.partial_fit, sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from fixprop.bench.host_work import Contestant, Reals, Work
from fixprop.errors import MissingTool


class SklearnContestant(Contestant):
    """One MLPRegressor in float64, with its slow checks of every call's arguments switched off."""

    name = "sklearn"

    def __init__(self, work: Work) -> None:
        self._work = work
        self._inputs = [row[None] for row in work.real_inputs]
        self._targets = [row[None] for row in work.real_targets]
        self._network = _sigmoid_regressor(work)
        self._network.partial_fit(self._inputs[0], self._targets[0])
        self._network.out_activation_ = "logistic"

    def reset(self) -> None:
        """Back to the initial weights, in place: the optimiser holds the same arrays."""
        start = 0
        network = self._network
        for coefficients, biases in zip(network.coefs_, network.intercepts_, strict=True):
            inputs, neurons = coefficients.shape
            end = start + neurons * (inputs + 1)
            rows = self._work.real_weights[start:end].reshape(neurons, inputs + 1)
            coefficients[:], biases[:] = rows[:, 1:].T, rows[:, 0]
            start = end

    def train(self, calls: int) -> None:
        """`calls` online steps."""
        order = self._work.order(calls).tolist()
        with _unchecked():
            for index in order:
                self._network.partial_fit(self._inputs[index], self._targets[index])

    def infer(self, calls: int) -> Reals:
        """`calls` forward passes; the last outputs."""
        outputs = np.zeros((1, self._work.topology.sizes[-1]))
        order = self._work.order(calls).tolist()
        with _unchecked():
            for index in order:
                outputs = self._network.predict(self._inputs[index])
        return np.asarray(outputs, np.float64)

    def weights(self) -> Reals:
        """[1, weight_count]."""
        layers = zip(self._network.coefs_, self._network.intercepts_, strict=True)
        return np.concatenate([np.column_stack([b, w.T]).ravel() for w, b in layers])[None]


def version() -> str:
    """scikit-learn's version; MissingTool if it is not installed."""
    try:
        import sklearn
    except ImportError as error:
        raise MissingTool(
            "scikit-learn is not installed; run: pip install 'fixprop[report]'"
        ) from error
    return str(sklearn.__version__)


def _unchecked() -> Any:
    from sklearn import config_context

    return config_context(assume_finite=True, skip_parameter_validation=True)


def _sigmoid_regressor(work: Work) -> Any:
    """An MLPRegressor whose outputs are sigmoids too, with the squared error's gradient.

    Its own outputs are linear, so that its delta is output - target; a sigmoid's is that times its
    slope. What the class has for that, the method that takes the deltas first, is private to it:
    that the gradient is right is seen by the comparison of the weights.
    """
    version()
    from sklearn.neural_network import MLPRegressor

    class SigmoidRegressor(MLPRegressor):  # type: ignore[misc]
        def _compute_loss_grad(
            self, layer: int, samples: Any, activations: Any, deltas: Any, *gradients: Any
        ) -> None:
            if layer == self.n_layers_ - 2:
                deltas[layer] *= activations[-1] * (1 - activations[-1])
            super()._compute_loss_grad(layer, samples, activations, deltas, *gradients)

    return SigmoidRegressor(
        hidden_layer_sizes=work.topology.sizes[1:-1],
        activation="logistic",
        solver="sgd",
        alpha=0.0,
        batch_size=1,
        learning_rate="constant",
        learning_rate_init=work.real_rate,
        shuffle=False,
        momentum=0.0,
        nesterovs_momentum=False,
        random_state=0,
    )
