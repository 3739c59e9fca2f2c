"""What an import gives: the model, and what the chip's formats cost, promised and measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fixprop.formats import ACTIVATION
from fixprop.importers import bounds
from fixprop.importers.columns import Span, rows_of
from fixprop.importers.float_network import FloatNetwork, Reals
from fixprop.importers.quantised import Quantised
from fixprop.model import Model

RANDOM_INPUTS = 1000


@dataclass(frozen=True)
class LayerReport:
    """One layer. The differences are in units of the original's values, the largest neuron's.

    `weight_rounding`: largest of a weight, at the chip's scale; `largest_weight` at that scale.
    `saturated`: weights beyond the format. `net_bound`: difference of a weighted sum, at the chip's
    scale. `bound`: of a value, for every input in its range. `measured`, `measured_rms`: on the
    sample. `reach`: largest value on the sample, as a share of what the chip can hold.
    """

    name: str
    activation: str
    inputs: int
    neurons: int
    weight_rounding: float
    largest_weight: float
    saturated: int
    net_bound: float
    bound: float
    measured: float
    measured_rms: float
    reach: float


@dataclass(frozen=True)
class Report:
    """`bound`, `measured`, `measured_rms` [outputs]: of the outputs, in their real units.

    `bound` holds for every input within the columns' ranges (with as many decimals as the column
    has, if the whole sample had no more) for which no hidden value and no output is more than
    HEADROOM times what it reached on the sample, and no net input of softmax beyond its range.
    `unconditional`: no input can take one there.
    `sample_bound` is the largest on the sample itself. `measured_on`: rows of the sample, or 0:
    measured on random inputs from the ranges.
    """

    layers: tuple[LayerReport, ...]
    outputs: tuple[str, ...]
    bound: tuple[float, ...]
    sample_bound: tuple[float, ...]
    measured: tuple[float, ...]
    measured_rms: tuple[float, ...]
    unconditional: bool
    measured_on: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = zip(self.outputs, self.bound, self.measured, strict=True)
        return "; ".join(f"{name} within {b:.2g}, measured {m:.2g}" for name, b, m in rows)

    def as_json(self) -> dict[str, Any]:
        """For json.dumps."""
        return asdict(self)


@dataclass(frozen=True)
class Imported:
    """`model` for the chip, the original `network` and the `report` on their difference."""

    model: Model
    network: FloatNetwork
    report: Report
    quantised: Quantised

    def bound(self, values: ArrayLike) -> Reals:
        """How far the model's outputs can be from the original's, [samples, outputs], real units.

        For just these inputs [samples, inputs], also beyond the ranges: nothing is assumed.
        UsageError if they are no such rows.
        """
        rows = rows_of(values, len(self.network.inputs))
        found = bounds.for_sample(self.quantised, rows)
        return bounds.in_real_units(self.quantised, found[-1])

    def difference(self, values: ArrayLike) -> Reals:
        """How far they are, signed: the model's less the original's; inputs as in `bound`."""
        rows = rows_of(values, len(self.network.inputs))
        return self.model.predict(rows) - self.network.predict(rows)


def report(quantised: Quantised, span: Span, notes: tuple[str, ...]) -> Report:
    """Bounds and measurements of a quantised network."""
    sample = span.sample if span.sample is not None else random_inputs(span)
    everywhere = bounds.for_all(quantised, span)
    there = bounds.for_sample(quantised, sample)
    model = quantised.model({})
    difference = model.predict(sample) - quantised.network.predict(sample)
    return Report(
        _layer_reports(quantised, model, everywhere, sample),
        quantised.network.outputs,
        _numbers(bounds.in_real_units(quantised, everywhere[-1])[0]),
        _numbers(bounds.in_real_units(quantised, there[-1]).max(axis=0)),
        _numbers(np.abs(difference).max(axis=0)),
        _numbers(np.sqrt((difference**2).mean(axis=0))),
        all(bound.within for bound in everywhere),
        0 if span.sample is None else len(sample),
        notes,
    )


def random_inputs(span: Span) -> Reals:
    """Uniform over the ranges, the same ones every time."""
    return np.random.default_rng(1).uniform(span.low, span.high, (RANDOM_INPUTS, len(span.low)))


def _numbers(values: Reals) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _layer_reports(
    quantised: Quantised, model: Model, everywhere: list[bounds.LayerBound], sample: Reals
) -> tuple[LayerReport, ...]:
    mirror = model.mirror()
    mirror.forward(model.scaled_inputs(sample))
    exact = quantised.network.forward(sample)
    rows = []
    for index, (layer, bound) in enumerate(zip(quantised.layers, everywhere, strict=True)):
        chip = ACTIVATION.to_float(mirror.outputs[index + 1])
        difference = np.abs(chip * layer.factor + layer.offset - exact[index + 1])
        rows.append(
            LayerReport(
                layer.name,
                layer.function.name,
                layer.seen.shape[1] - 1,
                layer.seen.shape[0],
                float(np.abs(layer.seen - layer.ideal)[:, 1:].max()),
                float(np.abs(layer.ideal).max()),
                layer.saturated,
                float(bound.net.max()),
                float((bound.value * layer.factor).max()),
                float(difference.max()),
                float(np.sqrt((difference**2).mean())),
                float(np.abs(chip).max()),
            )
        )
    return tuple(rows)
