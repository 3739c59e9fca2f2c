"""The rows of a problem as a network takes them: scales learned on the training rows, Q0.15."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.activations import ACTIVATIONS
from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, NO_TARGET, Integers
from fixprop.model import Column
from fixprop.reference import Reals
from fixprop.training.problem import Problem
from fixprop.training.split import Split

SYMMETRIC = {"linear", "tanh", "leaky_relu"}
SYMMETRIC_REACH = 0.8
"""Targets of functions that go both ways: beyond, tanh is flat and linear outputs soon end."""
LOW, HIGH = 0.1, 0.9
"""Targets of functions from 0 to 1, which reach neither end; the usual choice."""


@dataclass(frozen=True)
class Part:
    """Rows for one purpose: Q0.15 [rows, ...], and what they are in the table.

    `weights`: what each row counts for in a mean loss; their mean is one.
    """

    inputs: Integers
    targets: Integers
    rows: Integers
    weights: Reals

    @property
    def known(self) -> Reals:
        """Targets as real numbers of the network's scale, NaN where there is none."""
        return np.where(self.targets == NO_TARGET, np.nan, ACTIVATION.to_float(self.targets))


@dataclass(frozen=True)
class Samples:
    """Both parts and the columns' scales."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    training: Part
    validation: Part


def samples_of(problem: Problem, split: Split, class_weights: dict[int, float]) -> Samples:
    """UsageError where a column is the same in all rows that are learned from."""
    inputs = _input_columns(problem, split.training)
    outputs = _output_columns(problem, split.training)
    given = np.stack([c.inputs(problem.values[:, n]) for n, c in enumerate(inputs)], axis=1)
    wanted = _class_targets(problem) if problem.classes else _targets(problem, outputs)
    weight = np.array([class_weights.get(n, 1.0) for n in range(len(problem.classes))])

    def part(rows: Integers) -> Part:
        weights = weight[problem.labels[rows]] if problem.classes else np.ones(len(rows))
        mean = weights.mean() if len(rows) else 1.0
        return Part(given[rows], wanted[rows], rows, weights / mean)

    return Samples(inputs, outputs, part(split.training), part(split.validation))


def _input_columns(problem: Problem, rows: Integers) -> tuple[Column, ...]:
    values = problem.values[rows]
    still = np.flatnonzero(values.min(axis=0) == values.max(axis=0))
    if len(still) > 1:
        names = [problem.inputs[n] for n in still]
        raise UsageError(
            f"{len(names)} columns are the same in every row that is trained on: "
            f"nothing can be learned from them; leave them out: --without {','.join(names)}"
        )
    return tuple(
        Column.learned(name, values[:, n], -ACTIVATION.high, ACTIVATION.high)
        for n, name in enumerate(problem.inputs)
    )


def _output_columns(problem: Problem, rows: Integers) -> tuple[Column, ...]:
    if problem.classes:
        one = problem.outputs == 1
        names = problem.targets if one else problem.classes
        return tuple(Column.plain(name) for name in names)
    low, high = target_range(problem.output)
    return tuple(
        Column.learned(name, problem.wanted[rows, n], low, high)
        for n, name in enumerate(problem.targets)
    )


def target_range(output: str) -> tuple[int, int]:
    """What a regression's target range becomes, Q0.15."""
    ends = (-SYMMETRIC_REACH, SYMMETRIC_REACH) if output in SYMMETRIC else (LOW, HIGH)
    low, high = (int(ACTIVATION.from_float(end)) for end in ends)
    return low, high


def _targets(problem: Problem, outputs: tuple[Column, ...]) -> Integers:
    return np.stack([c.targets(problem.wanted[:, n]) for n, c in enumerate(outputs)], axis=1)


def _class_targets(problem: Problem) -> Integers:
    """One for the class, zero for the others; a squared error aims at 0.9 and 0.1."""
    entropy = ACTIVATIONS[problem.output].cross_entropy is not None
    ends = ACTIVATION.from_float([0.0, 1.0] if entropy else [LOW, HIGH])
    if problem.outputs == 1:
        return np.asarray(ends[problem.labels][:, np.newaxis])
    return np.asarray(ends[np.eye(problem.outputs, dtype=np.int64)[problem.labels]])
