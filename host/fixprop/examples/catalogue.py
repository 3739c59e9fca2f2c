"""All worked examples by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from fixprop.examples.deep import DISC
from fixprop.examples.digits import LEARNING, ON_HOST, run_flash
from fixprop.examples.gates import GATES
from fixprop.examples.gradient import GRADIENT
from fixprop.examples.iris import IRIS, IRIS_TANH
from fixprop.examples.mazur import MAZUR
from fixprop.examples.regression import SINE, TANH
from fixprop.examples.report import Report
from fixprop.examples.run import run_training
from fixprop.examples.segments import BEST, HEYMSFELD
from fixprop.examples.training import Training
from fixprop.examples.vanishing import run_vanishing

TRAININGS: tuple[Training, ...] = (
    *(MAZUR, *GATES, TANH, SINE, DISC),
    *(IRIS, IRIS_TANH, HEYMSFELD, BEST),
)
"""Those that learn from drawn or given weights: the convergence study takes them all."""


class Entry(NamedTuple):
    """An example on the list: `run(seed, with_chip)` runs it."""

    title: str
    run: Callable[[int, bool], Report]


CATALOGUE: dict[str, Entry] = {
    **{e.name: Entry(e.title, partial(run_training, e)) for e in (*TRAININGS, LEARNING, GRADIENT)},
    ON_HOST.name: Entry(ON_HOST.title, run_flash),
    "vanishing": Entry("vanishing gradient with depth, sigmoid beside relu", run_vanishing),
}
