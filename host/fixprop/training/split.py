"""Rows for training and rows for validation, told apart by the seed, each class in proportion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fixprop.errors import UsageError
from fixprop.formats import Integers
from fixprop.training.order import WideGenerator
from fixprop.training.problem import Problem

MIN_TRAINING_ROWS = 2
SPREAD = 2654435761
"""Small seeds begin alike: D. Knuth's multiplicative hash drives them apart."""


class Split(NamedTuple):
    """Indices of rows, in the order of the file."""

    training: Integers
    validation: Integers


def check_share(share: float) -> None:
    """UsageError if so many of the rows cannot be for validation."""
    if not 0 <= share <= 0.9:
        raise UsageError(f"validation {share:g}: must be 0 to 0.9 of the rows")


def split_of(problem: Problem, share: float, seed: int) -> Split:
    """`share` of the rows for validation, 0 to 0.9; UsageError where a part would have none."""
    check_share(share)
    generator = WideGenerator(seed * SPREAD)
    strata = _strata(problem)
    held = [_drawn(rows, name, share, generator) for name, rows in strata] if share else []
    validation = np.sort(np.concatenate([*held, np.zeros(0, np.int64)]))
    training = np.setdiff1d(np.arange(problem.table.rows), validation)
    if len(training) < MIN_TRAINING_ROWS:
        raise UsageError(
            f"{problem.table.name} leaves {len(training)} row to train on: "
            f"it takes {MIN_TRAINING_ROWS} or more"
        )
    return Split(training, validation)


def _strata(problem: Problem) -> list[tuple[str, Integers]]:
    if not problem.classes:
        return [("", np.arange(problem.table.rows))]
    return [(name, np.flatnonzero(problem.labels == n)) for n, name in enumerate(problem.classes)]


def _drawn(rows: Integers, name: str, share: float, generator: WideGenerator) -> Integers:
    """At least one, and not all; R. A. Fisher's and F. Yates's shuffle as far as it is needed."""
    if len(rows) < 2:
        what = f'class "{name}" has 1 row' if name else f"{len(rows)} row"
        raise UsageError(f"{what}: a split takes 2; add rows, or train on all: --validation 0")
    count = min(max(1, round(share * len(rows))), len(rows) - 1)
    left = rows.copy()
    for place in range(count):
        other = place + generator.below(len(left) - place)
        left[place], left[other] = left[other], left[place]
    return left[:count]
