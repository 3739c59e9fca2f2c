"""Everything from a table to a model: what `fixprop train` does between its options and its output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fixprop.activations import ACTIVATIONS
from fixprop.errors import UsageError
from fixprop.model import Model
from fixprop.network import Topology
from fixprop.saturation import Saturations
from fixprop.training.descent import Descent, initial_weights
from fixprop.training.fit import Run, Settings, fit
from fixprop.training.float64 import Float64Descent
from fixprop.training.order import Deck, balanced
from fixprop.training.problem import Problem
from fixprop.training.samples import samples_of
from fixprop.training.score import Score, finite, score
from fixprop.training.split import Split, split_of

FIXED, FLOAT64 = "fixed point", "float64"


@dataclass(frozen=True)
class Plan:
    """What is to be trained, and how.

    `hidden`: sizes of the hidden layers; `activations`: one for all of them, or one each.
    `in_float64`: train in float64 and round the result; otherwise in fixed point, and `compare`
    says whether float64 runs beside it. `class_weights`: name to weight; None: all alike; an empty
    one: balanced.
    """

    problem: Problem
    settings: Settings
    hidden: tuple[int, ...] = (8,)
    activations: tuple[str, ...] = ("tanh",)
    validation: float = 0.2
    class_weights: dict[str, float] | None = None
    in_float64: bool = False
    compare: bool = True

    @property
    def topology(self) -> Topology:
        """UsageError if it cannot be."""
        names = self.activations
        if len(names) not in (1, len(self.hidden)):
            raise UsageError(f"{len(names)} activations for {len(self.hidden)} hidden layers")
        names = names * len(self.hidden) if len(names) == 1 else names
        sizes = (len(self.problem.inputs), *self.hidden, self.problem.outputs)
        return Topology(sizes, (*names, self.problem.output))


@dataclass(frozen=True)
class Result:
    """What came out: `scores[name]` of the training and the validation part."""

    plan: Plan
    model: Model
    runs: dict[str, Run]
    scores: dict[str, tuple[Score, Score]]
    rows: tuple[int, int]
    places: int
    saturated: int
    saturation: Saturations

    @property
    def leading(self) -> Run:
        """The one that decided when to stop."""
        return self.runs[FLOAT64 if self.plan.in_float64 else FIXED]

    @property
    def epochs(self) -> int:
        """Gone through."""
        return len(self.leading.training) - 1

    def as_json(self) -> dict[str, Any]:
        """The figures, and the losses of every epoch."""
        return {
            "provenance": self.model.provenance,
            "topology": str(self.model.topology),
            "activations": list(self.model.topology.activations),
            "rows": dict(zip(("training", "validation"), self.rows, strict=True)),
            "saturated_weights": self.saturated,
            "saturation": self.saturation.as_dict(),
            "scores": {
                name: {"training": training.as_json(), "validation": validation.as_json()}
                for name, (training, validation) in self.scores.items()
            },
            "losses": {
                name: {
                    "training": [finite(x) for x in run.training],
                    "validation": [finite(x) for x in run.validation],
                    "kept_epoch": run.best_epoch,
                }
                for name, run in self.runs.items()
            },
        }


def train(plan: Plan, tick: Callable[[Run], None] = lambda _: None) -> Result:
    """Split, scale, train, measure; `tick` is called after each epoch."""
    split = split_of(plan.problem, plan.validation, plan.settings.seed)
    weights = _class_weights(plan, split)
    samples = samples_of(plan.problem, split, weights)
    deck = Deck(plan.problem.labels[split.training], weights) if weights else None
    network = _fixed(plan)  # refuses what it cannot hold, also when float64 comes first
    runs = _runs(plan, network)
    fit(list(runs.values()), samples, plan.settings, deck, tick)
    fixed = runs.get(FIXED) or _quantised(network, runs[FLOAT64])
    scores = {
        name: (
            score(run, plan.problem, samples, samples.training),
            score(run, plan.problem, samples, samples.validation),
        )
        for name, run in {FIXED: fixed, **runs}.items()
    }
    leading = next(iter(runs.values()))
    return Result(
        plan,
        Model(
            plan.topology,
            network.weights,
            samples.inputs,
            samples.outputs,
            plan.problem.classes,
            _provenance(plan, leading, scores[FIXED]),
        ),
        runs,
        scores,
        (len(split.training), len(split.validation)),
        len(deck) if deck else len(split.training),
        network.saturated,
        network.saturation,
    )


def _runs(plan: Plan, fixed: Descent) -> dict[str, Run]:
    """The leading one first."""
    runs = {}
    if not plan.in_float64:
        runs[FIXED] = Run(fixed)
    if plan.in_float64 or plan.compare:
        s = plan.settings
        start = initial_weights(plan.topology, s.seed, s.initial)
        runs[FLOAT64] = Run(Float64Descent(plan.topology, start, s.rate, s.momentum, s.batch))
    return runs


def _fixed(plan: Plan) -> Descent:
    s = plan.settings
    return Descent(
        plan.topology, s.seed, s.rate, s.momentum, s.batch, initial=s.initial, engine=s.engine
    )


def _quantised(network: Descent, trained: Run) -> Run:
    """`network` with the weights of float64's, rounded."""
    assert isinstance(trained.network, Float64Descent)
    network.weights = trained.network.quantised
    return Run(network)


def _class_weights(plan: Plan, split: Split) -> dict[int, float]:
    """By index of the class; empty: all alike."""
    wanted, problem = plan.class_weights, plan.problem
    if wanted is None:
        return {}
    if not problem.classes:
        raise UsageError("class weights need classes: this is a regression; see --classify")
    if not wanted:
        return balanced(problem.labels[split.training])
    for name, weight in wanted.items():
        if name not in problem.classes:
            near = get_close_matches(name, problem.classes, 3) or problem.classes[:10]
            raise UsageError(f'no class "{name}": there is {", ".join(near)}')
        if not 0 < weight <= 1000:
            raise UsageError(f'weight {weight:g} of class "{name}": must be above 0, 1000 at most')
    return {n: wanted.get(name, 1.0) for n, name in enumerate(problem.classes)}


def _provenance(
    plan: Plan, leading: Run, scores: tuple[Score, Score]
) -> dict[str, str | int | float | bool | None]:
    """Everything that it takes to make the same model again, and what it was worth."""
    problem, s = plan.problem, plan.settings
    quality = "accuracy" if problem.classes else "r2"
    cross = ACTIVATIONS[problem.output].cross_entropy is not None
    return {
        "made_by": "fixprop train",
        "data": problem.table.name,
        "data_sha256": problem.table.sha256,
        "data_rows": problem.table.rows,
        "targets": ", ".join(problem.targets),
        "trained_in": FLOAT64 if plan.in_float64 else FIXED,
        "seed": s.seed,
        "initial": s.initial,
        "rate": s.rate,
        "schedule": s.schedule,
        "momentum": s.momentum,
        "batch": s.batch,
        "validation": plan.validation,
        "epochs": s.epochs,
        "patience": s.patience,
        "class_weights": _weights_text(plan.class_weights),
        "epochs_run": len(leading.training) - 1,
        "epoch_kept": leading.best_epoch,
        "loss": "cross-entropy" if cross else "half squared error",
        "loss_training": finite(scores[0].loss),
        "loss_validation": finite(scores[1].loss),
        f"{quality}_training": finite(scores[0].quality),
        f"{quality}_validation": finite(scores[1].quality),
    }


def _weights_text(weights: dict[str, float] | None) -> str | None:
    if weights is None:
        return None
    return ", ".join(f"{name}={weight:g}" for name, weight in weights.items()) or "balanced"
