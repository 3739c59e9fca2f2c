"""How far the chip's values can be from the original's, layer by layer: nothing is left out.

With a the original's values and A the chip's, weights w and W = w + d, a layer's sums differ by

    W A - w a = W (A - a) + d a

of which |W| |A - a| and d a are known: a exactly for a sample, within an interval for all inputs.
To that come half a unit where the sum becomes an argument, what an argument beyond its range loses,
the function's steepest slope on the way between the two sums, and the largest error of its table.
For softmax the shares p and P of sums that differ by e at most have logits that differ by 2 e, so
|P - p| <= tanh(e / 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from fixprop import softmax
from fixprop.activations import ACTIVATIONS, LEAK, Activation
from fixprop.formats import ACTIVATION
from fixprop.importers.columns import Span, output_to_real
from fixprop.importers.float_network import Reals, activate
from fixprop.importers.quantised import Quantised, QuantisedLayer

SLACK = 1e-9
"""For the rounding of this computation itself, in float64; relative and at the chip's scale."""

HALF = 0.5 * ACTIVATION.unit


@dataclass(frozen=True)
class LayerBound:
    """Largest differences [samples, neurons] at the chip's scale: of the sums, of the values.

    `within`: no input can take a value of the original's beyond what was bounded.
    """

    net: Reals
    value: Reals
    within: bool


def for_all(quantised: Quantised, span: Span) -> list[LayerBound]:
    """One row: for every input in its range that takes no value beyond its layer's reach."""
    low, high = np.array([(c.q_low, c.q_high) for c in quantised.inputs]).T * ACTIVATION.unit
    exact = [span.is_exact(n, column) for n, column in enumerate(quantised.inputs)]
    raw = np.array([0.0 if e else c.unit / 2 for e, c in zip(exact, quantised.inputs, strict=True)])
    error = HALF + raw / quantised.factor
    return _through(quantised, low[np.newaxis], high[np.newaxis], error[np.newaxis], limited=True)


def for_sample(quantised: Quantised, sample: Reals) -> list[LayerBound]:
    """A row for each of the `sample`'s, whatever its values do."""
    values = (sample - quantised.offset) / quantised.factor
    scaled = [c.inputs(sample[:, n]) for n, c in enumerate(quantised.inputs)]
    error = np.abs(np.stack(scaled, axis=1) * ACTIVATION.unit - values)
    return _through(quantised, values, values, error, limited=False)


def in_real_units(quantised: Quantised, bound: LayerBound) -> Reals:
    """Of the outputs [samples, outputs], with the rounding to whole raw units."""
    last = quantised.layers[-1]
    aside = np.zeros(len(quantised.outputs))
    for number, column in enumerate(quantised.outputs):
        if column.decimals is not None:  # a rectifier's column is off zero by its rounding
            aside[number] = column.unit / 2 + abs(output_to_real(column)[1] - last.offset[number])
    return bound.value * last.factor + aside


def _through(
    quantised: Quantised, low: Reals, high: Reals, error: Reals, *, limited: bool
) -> list[LayerBound]:
    bounds = []
    for layer in quantised.layers:
        net_low, net_high, net = _sums(layer, low, high, error)
        low, high, within = _values(layer, net_low, net_high)
        if limited:
            net_low, net_high = _within_range(layer.function, net_low, net_high)
            low, high = np.maximum(low, layer.low), np.minimum(high, layer.high)
        error = _value_error(layer.function, net_low, net_high, net)
        bounds.append(LayerBound(net, error, within))
    return bounds


def _sums(
    layer: QuantisedLayer, low: Reals, high: Reals, error: Reals
) -> tuple[Reals, Reals, Reals]:
    """Between what the original's sums lie, and how far the chip's differ."""
    centre, radius = (low + high) / 2, (high - low) / 2
    ideal, rounding = layer.ideal, layer.seen - layer.ideal
    middle, spread = ideal[:, 0] + centre @ ideal[:, 1:].T, radius @ np.abs(ideal[:, 1:]).T
    known = np.abs(rounding[:, 0] + centre @ rounding[:, 1:].T)
    net = error @ np.abs(layer.seen[:, 1:]).T + known + radius @ np.abs(rounding[:, 1:]).T
    net = net * (1 + SLACK) + SLACK + layer.function.net_range * HALF
    return middle - spread, middle + spread, net


RANGED = ("linear", "relu", "leaky_relu", "softmax")
"""Functions that have not come to their end where their argument's range ends."""


def _within_range(function: Activation, low: Reals, high: Reals) -> tuple[Reals, Reals]:
    if function.name not in RANGED:
        return low, high
    return np.maximum(low, -function.net_range), np.minimum(high, function.net_range)


def _values(layer: QuantisedLayer, low: Reals, high: Reals) -> tuple[Reals, Reals, bool]:
    """Between what the values lie, and whether that is within what was made room for."""
    name, limit = layer.function.name, layer.function.net_range
    if name == "softmax":
        within = bool((low >= -limit).all() and (high < limit).all())
        return np.zeros_like(low), np.ones_like(high), within
    first, last = activate(name, low), activate(name, high)
    within = bool((first >= layer.low - SLACK).all() and (last <= layer.high + SLACK).all())
    return first, last, within


def _value_error(function: Activation, low: Reals, high: Reals, error: Reals) -> Reals:
    """Largest difference of the values, for sums between `low` and `high` known to `error`."""
    limit = function.net_range
    beyond = np.maximum(0, np.maximum(high - limit * (1 - ACTIVATION.unit), -limit - low))
    if function.name == "softmax":
        return _share_error(low, high, error + beyond) + softmax_error(low.shape[-1])
    slope = steepest(function.name, low - error, high + error)
    if function.name in RANGED:
        lost = beyond if function.name == "linear" else _rectified(function.name, low, high)
    else:
        end = activate(function.name, np.array(limit * (1 - ACTIVATION.unit)))
        lost = np.where(beyond > 0, 1 - end, 0.0)
    return np.asarray(slope * error + lost + table_error(function.name))


def _rectified(name: str, low: Reals, high: Reals) -> Reals:
    """What a rectifier's value loses where its argument ends."""
    below = np.maximum(0, -1 - low) * (LEAK if name == "leaky_relu" else 0.0)
    return np.asarray(np.maximum(np.maximum(0, high - (1 - ACTIVATION.unit)), below))


def _share_error(low: Reals, high: Reals, error: Reals) -> Reals:
    """Of softmax: a logit p / (1 - p) differs by its own sum's error and the largest of the others'."""
    both = error + error.max(axis=-1, keepdims=True)
    if not np.array_equal(low, high):
        return np.asarray(np.tanh(both / 4))
    logit = low - _sum_of_others(low)
    share = activate("sigmoid", logit)
    up, down = activate("sigmoid", logit + both), activate("sigmoid", logit - both)
    return np.asarray(np.maximum(up - share, share - down))


def _sum_of_others(nets: Reals) -> Reals:
    """log(sum(exp(nets))) without each one's own, over the last axis; -inf if there is no other."""
    nothing = np.full((*nets.shape[:-1], 1), -np.inf)
    below = np.logaddexp.accumulate(nets, axis=-1)[..., :-1]
    above = np.logaddexp.accumulate(nets[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return np.asarray(
        np.logaddexp(
            np.concatenate([nothing, below], axis=-1), np.concatenate([above, nothing], axis=-1)
        )
    )


def steepest(name: str, low: Reals, high: Reals) -> Reals:
    """Largest slope of a function between `low` and `high`."""
    if name == "linear":
        return np.ones_like(low)
    if name in ("relu", "leaky_relu"):
        return np.where(high > 0, 1.0, LEAK if name == "leaky_relu" else 0.0)
    nearest = np.where((low <= 0) & (high >= 0), 0.0, np.minimum(np.abs(low), np.abs(high)))
    value = activate(name, nearest)
    return np.asarray(1 - value * value if name == "tanh" else value * (1 - value))


@cache
def table_error(name: str) -> float:
    """Largest error of a function of one argument, over all its 65,536 arguments."""
    function = ACTIVATIONS[name]
    nets = np.arange(ACTIVATION.low, ACTIVATION.high + 1)
    values = ACTIVATION.to_float(function.of_sum(nets << function.sum_shift))
    exact = function.exact(np.asarray(nets * ACTIVATION.unit * function.net_range))
    return float(np.abs(values - exact).max())


@cache
def softmax_error(neurons: int) -> float:
    """Largest error of an output of softmax with `neurons`, its net inputs given.

    Exponentials w of at most 1 are known to r w + c, measured over all arguments. A share p changes
    by (1 - p) of its own exponential's error and p of each of the others', over their sum, which is
    1 or more: 2 r p (1 - p) + c max(1, neurons - 1) at most. The sum is shortened to 16 bits and
    inverted, 2**-15 each, and the share rounded, truncated once before: 3 units of 2**-15 / 2.
    """
    relative, constant = exponential_error()
    inverse = 2 * 2.0**-15 + 3 * HALF
    return relative / 2 + constant * max(1, neurons - 1) + inverse


@cache
def exponential_error() -> tuple[float, float]:
    """(r, c): exponentials w are off by r w + c at most."""
    arguments = np.arange(1 << 16)
    exact = np.exp(-arguments * 2.0**-softmax.NET_FRACTION)
    error = np.abs(softmax.exponential(arguments) / 65536 - exact)
    constant = float(error[exact < 1 / 16].max())
    return float(((error - constant) / exact).max()), constant
