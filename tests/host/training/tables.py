"""Small tables with a rule in them, for tests."""

import numpy as np

from fixprop.data import Table
from fixprop.data.table import Cells
from fixprop.training.problem import Problem, Wish, problem_of


def table(**columns: object) -> Table:
    """Lists of numbers or of text."""
    made: dict[str, Cells] = {}
    for name, cells in columns.items():
        array = np.asarray(cells)
        made[name] = array.astype(object) if array.dtype.kind in "US" else array.astype(np.float64)
    return Table("data.csv", "0123", made)


def shapes(rows: int = 60) -> Table:
    """Three classes by x, a third each; area and rim follow from x and y."""
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-1, 1, (2, rows)).round(3)
    kind = np.array(["low", "middle", "top"])[np.argsort(np.argsort(x)) * 3 // rows]
    return table(x=x, y=y, area=(5 * x + y).round(3), rim=(y - x).round(3), kind=kind)


def problem(*targets: str, **wish: object) -> Problem:
    """Of `shapes`, from x and y."""
    return problem_of(shapes(), Wish(targets, ("x", "y"), **wish))  # type: ignore[arg-type]
