"""All worked examples by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from fixprop.examples.deep import PARITY
from fixprop.examples.gates import GATES
from fixprop.examples.regression import SINE
from fixprop.examples.report import Report
from fixprop.examples.run import run_training
from fixprop.examples.segments import HEYMSFELD
from fixprop.examples.training import Training

TRAININGS: tuple[Training, ...] = (*GATES, SINE, PARITY, HEYMSFELD)
"""Those that learn from drawn or given weights: the convergence study takes them all."""


class Entry(NamedTuple):
    """An example on the list: `run(seed, with_chip)` runs it."""

    title: str
    run: Callable[[int, bool], Report]


CATALOGUE: dict[str, Entry] = {
    example.name: Entry(example.title, partial(run_training, example)) for example in TRAININGS
}
