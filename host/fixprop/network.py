"""The mirror: the network's forward pass, backward pass and update in integers, as the chip does them.

This is the readable definition of the arithmetic; firmware/lib/fixprop is the same thing in C and the
tests compare every bit. All functions work on any number of independent networks at once: the first
axis of every array, written N below, counts networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.activations import ACTIVATIONS, HIDDEN, Activation
from fixprop.changes import Changes
from fixprop.errors import UsageError
from fixprop.formats import (
    ACTIVATION,
    DELTA,
    DELTA_WIDENING,
    MAX_NEURONS,
    NO_TARGET,
    OUTPUT_DELTA_SHIFT,
    RATE,
    RESIDUAL_BITS,
    SIGNIFICANT_SHIFT,
    STEP,
    STEP_SHIFT,
    WEIGHT,
    Integers,
    is_coarse,
    round_shift,
    significant,
)
from fixprop.generator import Generator
from fixprop.initial import SpreadOf, he_spread, xavier_spread
from fixprop.saturation import SaturationCounter, saturate


@dataclass(frozen=True)
class Topology:
    """Layer sizes, inputs first, and the activation function of each layer after the inputs.

    `fixed_bias`: for each layer after the inputs, whether its bias weights stay as they are; empty:
    all learn. Fixed at zero they are no bias at all.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    fixed_bias: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or len(self.activations) != len(self.sizes) - 1:
            raise UsageError(f"{len(self.sizes)} layers need {len(self.sizes) - 1} activations")
        for size in self.sizes:
            if not 1 <= size <= MAX_NEURONS:
                raise UsageError(f"layer of {size} neurons: must be 1 to {MAX_NEURONS}")
        for name in self.activations:
            if name not in ACTIVATIONS:
                known = ", ".join(ACTIVATIONS)
                raise UsageError(f"unknown activation '{name}': choose one of {known}")
        for name in self.activations[:-1]:
            if name not in HIDDEN:
                known = ", ".join(HIDDEN)
                raise UsageError(
                    f"'{name}' is for the output layer: below it choose one of {known}"
                )
        if len(self.fixed_bias) not in (0, len(self.activations)):
            raise UsageError(
                f"{len(self.fixed_bias)} fixed_bias for {len(self.activations)} layers"
            )

    def has_fixed_bias(self, layer: int) -> bool:
        """Whether the bias weights of `layer`, 0 the first after the inputs, do not learn."""
        return bool(self.fixed_bias) and self.fixed_bias[layer]

    @property
    def weight_shapes(self) -> tuple[tuple[int, int], ...]:
        """(neurons, 1 + inputs) of each layer; column 0 is the bias weight."""
        return tuple((n, m + 1) for m, n in zip(self.sizes, self.sizes[1:], strict=False))

    @property
    def weight_count(self) -> int:
        """Weights of all layers, bias weights included."""
        return sum(rows * columns for rows, columns in self.weight_shapes)

    def __str__(self) -> str:
        return "-".join(map(str, self.sizes))

    def functions(self) -> list[Activation]:
        """The activation function of each layer."""
        return [ACTIVATIONS[name] for name in self.activations]


class Mirror:
    """`networks` independent networks of one topology.

    `weights[l]`: int64 [N, neurons, 1 + inputs], Q4.19, column 0 the bias weight.
    `rate`: learning rate, UQ3.13, one for all.
    `outputs[l]`: int64 [N, size of l], Q0.15; outputs[0] are the inputs of the latest forward pass.
    `deltas[l]`, `steps[l]`: int64 [N, neurons] of layer l + 1 in the latest training step.
    `counter`: counts what saturates in any of the networks; None: nobody counts.
    """

    def __init__(
        self,
        topology: Topology,
        networks: int = 1,
        rate: int = 1 << (RATE.fraction - 2),
        counter: SaturationCounter | None = None,
    ):
        self.topology = topology
        self.weights = [np.zeros((networks, *s), np.int64) for s in topology.weight_shapes]
        self.outputs: list[Integers] = []
        self.deltas: list[Integers] = []
        self.steps: list[Integers] = []
        self.rate = rate
        self.counter = counter

    # weights in and out

    def initialise(self, generator: Generator, spread: int) -> None:
        """Uniform weights in [-spread, spread), `spread` in Q4.11, drawn in storage order.

        All networks get the same weights. Fixed bias weights stay as they are.
        """
        for index, layer in enumerate(self.weights):
            first = int(self.topology.has_fixed_bias(index))
            self._draw(layer, generator, spread, first)

    def initialise_xavier(self, generator: Generator) -> None:
        """Uniform in +-sqrt(6 / (inputs + neurons)); bias weights zero, but for the fixed ones."""
        self._initialise_by(xavier_spread, generator)

    def initialise_he(self, generator: Generator) -> None:
        """Uniform in +-sqrt(6 / inputs); bias weights zero, but for the fixed ones."""
        self._initialise_by(he_spread, generator)

    def _initialise_by(self, spread_of: SpreadOf, generator: Generator) -> None:
        for index, layer in enumerate(self.weights):
            _, neurons, columns = layer.shape
            if not self.topology.has_fixed_bias(index):
                layer[:, :, 0] = 0
            self._draw(layer, generator, spread_of(columns - 1, neurons), 1)

    @staticmethod
    def _draw(layer: Integers, generator: Generator, spread: int, first: int) -> None:
        for row in range(layer.shape[1]):
            for column in range(first, layer.shape[2]):
                layer[:, row, column] = generator.uniform(spread)

    def flat_weights(self) -> Integers:
        """int64 [N, weight_count] in storage order: layer, neuron, bias then inputs."""
        return np.concatenate([w.reshape(len(w), -1) for w in self.weights], axis=1)

    def set_flat_weights(self, flat: Integers) -> None:
        """The inverse of `flat_weights`; `flat` is [weight_count] or [N, weight_count], Q4.19."""
        start = 0
        for layer in self.weights:
            count = layer[0].size
            layer[:] = flat[..., start : start + count].reshape(-1, *layer.shape[1:])
            start += count

    # forward

    def forward(self, inputs: Integers) -> Integers:
        """Outputs int64 [N, outputs] for `inputs` int [N, inputs], both Q0.15."""
        self.outputs = [np.asarray(inputs, np.int64)]
        for weights, function in zip(self.weights, self.topology.functions(), strict=True):
            total = weighted_sum(weights, self.outputs[-1])
            self.outputs.append(function.of_sum(total, self.counter))
        return self.outputs[-1]

    # backward

    def train(self, inputs: Integers, targets: Integers) -> None:
        """One online step down the gradient of the loss; `targets` like the outputs.

        The loss is half the squared error, or the output function's cross-entropy.
        """
        self.forward(inputs)
        self.backward(targets)
        self.update(self.weights, "weights")

    def changes(self, momentum: int = 0) -> Changes:
        """No changes yet, for `accumulate`; `momentum` in UQ0.16."""
        return Changes([np.zeros_like(layer) for layer in self.weights], momentum)

    def accumulate(self, inputs: Integers, targets: Integers, changes: Changes) -> None:
        """A step like `train`'s, added to `changes`; the weights stand."""
        self.forward(inputs)
        self.backward(targets)
        self.update(changes.sums, "changes")

    def apply(self, changes: Changes) -> None:
        """The weights take the changes over, which keep their momentum."""
        if self.counter is not None:
            for layer, sums in zip(self.weights, changes.sums, strict=True):
                saturate(WEIGHT, layer + sums, self.counter, "weights")
        changes.apply_to(self.weights)

    def train_momentum(self, inputs: Integers, targets: Integers, changes: Changes) -> None:
        """One online step with momentum."""
        self.accumulate(inputs, targets, changes)
        self.apply(changes)

    def backward(self, targets: Integers) -> None:
        """Deltas of every layer for the latest forward pass, from the weights as they stand."""
        functions = self.topology.functions()
        error = output_error(targets, self.outputs[-1], self.counter)
        self.deltas = [output_delta(functions[-1], error, self.outputs[-1])]
        for layer in range(len(self.weights) - 1, 0, -1):
            function, outputs = functions[layer - 1], self.outputs[layer]
            above = self.weights[layer], self.deltas[0]
            self.deltas.insert(0, hidden_delta(function, *above, outputs, self.counter))

    def update(self, moved: list[Integers], kind: str = "weights") -> None:
        """Every weight, or its change, goes a step down the gradient: its neuron's times its input.

        `kind`: as what an update that saturates is counted.
        """
        exact = [round_shift(delta * self.rate, STEP_SHIFT) for delta in self.deltas]
        self.steps = [saturate(STEP, step, self.counter, "steps") for step in exact]
        for layer, (step, inputs) in enumerate(zip(self.steps, self.outputs, strict=False)):
            change = weight_change(step, inputs)
            if self.topology.has_fixed_bias(layer):
                change[:, :, 0] = 0
            moved[layer][:] = saturate(WEIGHT, moved[layer] + change, self.counter, kind)


def weighted_sum(weights: Integers, inputs: Integers) -> Integers:
    """Exact sums int64 [N, neurons], Q.26: bias + pass weights times inputs; fits 40 bits."""
    seen = weights >> RESIDUAL_BITS
    bias = seen[:, :, 0] << ACTIVATION.fraction
    return np.asarray(bias + np.einsum("nji,ni->nj", seen[:, :, 1:], inputs))


def output_error(
    targets: Integers, outputs: Integers, counter: SaturationCounter | None = None
) -> Integers:
    """target - output, saturated to Q0.15; zero where there is no target."""
    exact = np.where(targets == NO_TARGET, 0, targets - outputs)
    return saturate(ACTIVATION, exact, counter, "errors")


def output_delta(function: Activation, error: Integers, outputs: Integers) -> Integers:
    """error times slope, Q2.21."""
    if function.slope_of_output is None:
        return error << (DELTA.fraction - ACTIVATION.fraction)
    return round_shift(error * function.slope_of_output(outputs), OUTPUT_DELTA_SHIFT)


def hidden_delta(
    function: Activation,
    weights: Integers,
    deltas: Integers,
    outputs: Integers,
    counter: SaturationCounter | None = None,
) -> Integers:
    """Deltas Q2.21 of a hidden layer from the `weights` and `deltas` of the layer above it.

    One large delta makes the whole layer coarse, so that the products have one common unit:
    Q.24 if coarse, Q.32 if not; 8 bits less after the first rounding.
    """
    coarse = np.asarray(is_coarse(deltas).any(axis=1, keepdims=True))
    factors = significant(deltas, coarse)
    total = np.einsum("nji,nj->ni", weights[:, :, 1:] >> RESIDUAL_BITS, factors)
    error = round_shift(total, 8)
    if function.slope_of_output is not None:
        error = round_shift(error * function.slope_of_output(outputs), 16)
    limit = DELTA.high >> DELTA_WIDENING
    widened = np.clip(error, -limit - 1, limit) << DELTA_WIDENING
    narrowed = round_shift(error, SIGNIFICANT_SHIFT - DELTA_WIDENING)
    delta = np.where(coarse, widened, DELTA.saturate(narrowed))
    if counter is not None:
        counter.add("deltas", np.where(coarse, error << DELTA_WIDENING, narrowed), delta)
    return delta


def weight_change(step: Integers, inputs: Integers) -> Integers:
    """Changes int64 [N, neurons, 1 + inputs], Q4.19, of a layer's weights; a bias sees exactly 1."""
    one = np.full((len(inputs), 1), 1 << ACTIVATION.fraction)
    seen = np.concatenate([one, inputs], axis=1)[:, np.newaxis, :]
    coarse = is_coarse(step)
    factor = significant(step, coarse)[:, :, np.newaxis]
    product = factor * seen
    return np.where(
        coarse[:, :, np.newaxis],
        round_shift(product, 16 - SIGNIFICANT_SHIFT),
        round_shift(product, 16),
    )
