"""How good a network is in the table's own terms: classes right, or R2 and errors in real units."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, Integers
from fixprop.model import Column
from fixprop.reference import Reals
from fixprop.training.fit import Run
from fixprop.training.problem import Problem
from fixprop.training.samples import Part, Samples


@dataclass(frozen=True)
class Score:
    """Of one network on one part; NaN where a part has no rows, or R2 no meaning.

    `quality`: share of rows whose class is right, or R2, the mean over the targets. `errors`: root
    mean squared error of each target, in its own units; none for classes.
    """

    loss: float
    quality: float
    errors: tuple[float, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """None for what is no number."""
        values = asdict(self) | {"errors": [finite(e) for e in self.errors]}
        return values | {name: finite(values[name]) for name in ("loss", "quality")}


def finite(value: float) -> float | None:
    """None for NaN and infinities, which JSON does not have."""
    return value if math.isfinite(value) else None


def score(run: Run, problem: Problem, samples: Samples, part: Part) -> Score:
    """Of the weights as they stand."""
    loss = run.loss(part)
    if not len(part.rows):
        return Score(
            loss, math.nan, (math.nan,) * len(problem.targets if not problem.classes else ())
        )
    outputs = run.outputs(part.inputs)
    if problem.classes:
        return Score(loss, float(np.mean(told(outputs) == problem.labels[part.rows])))
    wanted = problem.wanted[part.rows]
    given = np.stack([real(c, outputs[:, n]) for n, c in enumerate(samples.outputs)], axis=1)
    return Score(loss, _r2(given, wanted), _errors(given, wanted))


def told(outputs: Reals) -> Integers:
    """Indices of classes, as Model.predict_class tells them."""
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] > 0.5, np.int64)
    return np.asarray(outputs.argmax(axis=1), np.int64)


def real(column: Column, outputs: Reals) -> Reals:
    """Real values of outputs that may lie between two integers: Column.reals without rounding."""
    q = np.ldexp(outputs, ACTIVATION.fraction)
    slope = (column.high - column.low) / (column.q_high - column.q_low)
    return np.asarray((column.low + (q - column.q_low) * slope) * column.unit)


def _r2(given: Reals, wanted: Reals) -> float:
    """Mean over the targets of one less the part of the variance that is left."""
    known = ~np.isnan(wanted)
    means = _sums(wanted, known) / np.maximum(known.sum(axis=0), 1)
    total = _sums((wanted - means) ** 2, known)
    with np.errstate(all="ignore"):
        left = _sums((wanted - given) ** 2, known)
    some = total > 0
    return float(np.mean(1.0 - left[some] / total[some])) if some.any() else math.nan


def _errors(given: Reals, wanted: Reals) -> tuple[float, ...]:
    known = ~np.isnan(wanted)
    with np.errstate(all="ignore"):
        squares = _sums((wanted - given) ** 2, known)
    return tuple(float(e) for e in np.sqrt(squares / np.maximum(known.sum(axis=0), 1)))


def _sums(values: Reals, known: NDArray[np.bool_]) -> Reals:
    """Over the rows that are known; a NaN elsewhere is an output's, which has overflowed, and stays."""
    return np.asarray(np.where(known, values, 0.0).sum(axis=0))
