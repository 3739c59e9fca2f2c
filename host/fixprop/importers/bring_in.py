"""The way in for every kind of file: choose the scales, quantise, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.importers import bounds
from fixprop.importers.columns import Span
from fixprop.importers.float_network import SCALABLE, FloatNetwork
from fixprop.importers.growth import grown
from fixprop.importers.imported import Imported, report
from fixprop.importers.intervals import LARGEST_WEIGHT, reaches
from fixprop.importers.quantised import (
    Quantised,
    Scaling,
    output_columns,
    quantise,
)

Attempt = Callable[[Scaling], Quantised]

INPUT_SHARES = (1, 1 / 2, 1 / 4)  # a column fills a quarter of Q0.15 or more
SHARES_FROM_ZERO = (1, 1 / 2)
SMALLER = (1, 1.5, 2, 3, 4, 8, 16)


def bring_in(
    network: FloatNetwork,
    sample: ArrayLike | None = None,
    ranges: ArrayLike | None = None,
    *,
    source: str,
    saturate: bool = False,
    notes: tuple[str, ...] = (),
) -> Imported:
    """`network` in the chip's formats.

    `sample` [samples, inputs]: typical inputs, for the columns' ranges and the layers' scales.
    `ranges`: (low, high) of all inputs, or one pair an input: instead, or beyond the sample's.
    `saturate`: take weights too large for the format at its end; else they are a UsageError.
    `source`, `notes`: what it was, and what is to be said of it, for the record.
    """
    span = Span.of(network, sample, ranges)
    notes = (*notes, *span.notes(network.inputs))
    passed = None if span.sample is None else network.forward(span.sample)
    unit = span.units(network.inputs)
    found = reaches(network, span.low, span.high, unit, passed)
    below = found[-2].size if len(found) > 1 else unit
    outputs = output_columns(network, below, found[-1], None if passed is None else passed[-1])
    if not saturate:
        network, grew = grown(network, found, outputs)
        notes = (*notes, *grew)
        passed = None if span.sample is None else network.forward(span.sample)
        found = reaches(network, span.low, span.high, unit, passed)
    quantised = _best(network, partial(quantise, network, span, found, outputs), span)
    if not saturate:
        _refuse_saturated(quantised)
    told = report(quantised, span, notes)
    model = quantised.model(
        {
            "made_by": "fixprop import",
            "source": source,
            "bound": max(told.bound),
            "measured": max(told.measured),
        }
    )
    return Imported(model, network, told, quantised)


def _best(network: FloatNetwork, attempt: Attempt, span: Span) -> Quantised:
    """Of the scales tried, one after the other, those with the least bound for all inputs."""
    best = Scaling(1.0, (1.0,) * (len(network.layers) - 1))
    result = attempt(best)
    least = _cost(result, span)
    for change in [*_changes(network), *_changes(network)]:
        tried = change(best)
        if tried == best:
            continue
        quantised = attempt(tried)
        cost = _cost(quantised, span)
        if cost < least:
            best, result, least = tried, quantised, cost
    return result


def _changes(network: FloatNetwork) -> Iterator[Callable[[Scaling], Scaling]]:
    """One scale at a time: of the inputs, then of each hidden layer that can have one."""
    for share in INPUT_SHARES:
        yield partial(_with_inputs, share, False)
    for share in SHARES_FROM_ZERO:
        yield partial(_with_inputs, share, True)
    for index, layer in enumerate(network.layers[:-1]):
        if layer.activation in SCALABLE:
            for smaller in SMALLER:
                yield partial(_with_layer, index, smaller)


def _with_inputs(share: float, from_zero: bool, now: Scaling) -> Scaling:
    return replace(now, inputs=share, from_zero=from_zero)


def _with_layer(index: int, smaller: float, now: Scaling) -> Scaling:
    layers = (*now.layers[:index], smaller, *now.layers[index + 1 :])
    return replace(now, layers=layers)


def _cost(quantised: Quantised, span: Span) -> tuple[int, float]:
    """Weights that saturate, then the bound at the chip's scale, which is the columns'."""
    saturated = sum(layer.saturated for layer in quantised.layers)
    return saturated, float(bounds.for_all(quantised, span)[-1].value.max())


def _refuse_saturated(quantised: Quantised) -> None:
    for layer in quantised.layers:
        if layer.saturated:
            raise UsageError(
                f"layer '{layer.name}': {layer.saturated} weights are beyond "
                f"{LARGEST_WEIGHT:g}, the largest {np.abs(layer.ideal).max():g}: train with more "
                "regularisation (alpha, weight decay), or cut them off with --saturate"
            )
