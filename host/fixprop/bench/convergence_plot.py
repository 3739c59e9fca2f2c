"""Final losses of the convergence study as a picture: fixed point against float64, a point a seed."""

from __future__ import annotations

from math import ceil, floor, log10
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # before pyplot: no display is needed
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from fixprop.bench.convergence import TOLERANCE, Comparison

COLUMNS = 4


def plot(comparisons: list[Comparison], path: Path) -> None:
    """One panel an example, one colour a rate; on the diagonal both arithmetics are equal."""
    names = list(dict.fromkeys(c.example for c in comparisons))
    rows = -(-len(names) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=(3.2 * COLUMNS, 3.0 * rows), squeeze=False)
    for axes, name in zip(grid.flat, names, strict=False):
        _panel(axes, name, [c for c in comparisons if c.example == name])
    for axes in grid.flat[len(names) :]:
        axes.set_visible(False)
    figure.suptitle(
        f"final loss from the same weights in the same order; band: {TOLERANCE:.0%}", fontsize=11
    )
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _panel(axes: Axes, name: str, comparisons: list[Comparison]) -> None:
    for one in comparisons:
        axes.plot(one.float64, one.fixed, "o", markersize=4, alpha=0.6, label=f"{one.rate:g}")
    every = [x for one in comparisons for x in (*one.float64, *one.fixed)]
    ends = [10.0 ** floor(log10(min(every))), 10.0 ** ceil(log10(max(every)))]
    axes.plot(ends, ends, color="grey", linewidth=0.8)
    axes.fill_between(
        ends, [x / (1 + TOLERANCE) for x in ends], [x * (1 + TOLERANCE) for x in ends], alpha=0.25
    )
    axes.set(xscale="log", yscale="log", title=name, xlabel="float64", ylabel="fixed point")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())  # decades only, for the rest would overlap
    axes.legend(title="rate", fontsize=7, title_fontsize=7)
