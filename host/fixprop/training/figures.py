"""The table of docs/training.md: known data sets, with float64 and scikit-learn's network beside.

python -m fixprop.training.figures
"""

from __future__ import annotations

import io
import sys
import warnings
from dataclasses import dataclass

import click
import numpy as np
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from fixprop.cli import run
from fixprop.data.text import text_table
from fixprop.reference import Reals
from fixprop.training.fit import Settings
from fixprop.training.problem import Problem, Wish, problem_of
from fixprop.training.session import FIXED, FLOAT64, Plan, train
from fixprop.training.split import split_of

SEEDS = (1, 2, 3, 4, 5)
PEER_EPOCHS = 1000


@dataclass(frozen=True)
class Case:
    """One of scikit-learn's data sets and the network for it."""

    name: str
    classify: bool
    hidden: int
    epochs: int = 100

    @property
    def plan(self) -> Plan:
        """All but the seed as `fixprop train` has it."""
        return Plan(self.problem, Settings(epochs=self.epochs), (self.hidden,))

    @property
    def problem(self) -> Problem:
        """As it comes from a CSV file; without the columns that hardly change."""
        data = getattr(datasets, f"load_{self.name}")()
        text = io.StringIO()
        np.savetxt(text, np.column_stack([data.data, data.target]), "%.9g", ",")
        table = text_table(text.getvalue().encode(), f"{self.name}.csv", "")
        rare = [n for n in table.names[:-1] if _is_rare(table.numbers(n))]
        return problem_of(table, Wish(("-1",), without=tuple(rare), classify=self.classify))


CASES = (
    Case("iris", True, 8),
    Case("wine", True, 8),
    Case("breast_cancer", True, 8),
    Case("digits", True, 32, 30),
    Case("diabetes", False, 8),
)


def _is_rare(values: Reals) -> bool:
    """So nearly constant that a training part may have one value only: digits' corners."""
    return bool(np.sum(values != np.median(values)) < 10)


def peer(problem: Problem, hidden: int, seed: int) -> float:
    """Accuracy, or R2, of scikit-learn's network of the same size on the same rows."""
    split = split_of(problem, 0.2, seed)
    kind = MLPClassifier if problem.classes else MLPRegressor
    network = kind(
        hidden_layer_sizes=(hidden,), activation="tanh", max_iter=PEER_EPOCHS, random_state=seed
    )
    wanted = problem.labels if problem.classes else problem.wanted[:, 0] / problem.wanted.std()
    model = make_pipeline(MinMaxScaler((-1, 1)), network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged yet
        model.fit(problem.values[split.training], wanted[split.training])
    return float(model.score(problem.values[split.validation], wanted[split.validation]))


def scores(case: Case, seeds: tuple[int, ...] = SEEDS) -> tuple[float, float, float]:
    """Means over the seeds, on the validation rows: fixed point, float64, scikit-learn."""
    plan, found = case.plan, []
    for seed in seeds:
        settings = Settings(epochs=case.epochs, seed=seed)
        result = train(Plan(plan.problem, settings, plan.hidden))
        ours = [result.scores[name][1].quality for name in (FIXED, FLOAT64)]
        found.append((*ours, peer(plan.problem, case.hidden, seed)))
    fixed, float64, other = np.mean(found, axis=0).tolist()
    return fixed, float64, other


@click.command()
def main() -> None:
    """Print the table of docs/training.md; some minutes.

    \b
    Example:  python -m fixprop.training.figures
    """
    print("| data | network | score | fixed point | float64 | scikit-learn |")
    print("|-|-|-|-:|-:|-:|")
    for case in CASES:
        name = "accuracy" if case.classify else "R2"
        figures = " | ".join(f"{value:.3f}" for value in scores(case))
        print(f"| {case.name.replace('_', ' ')} | {case.plan.topology} | {name} | {figures} |")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "python -m fixprop.training.figures"))
