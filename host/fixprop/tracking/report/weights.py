"""Plot of the network's weights before and after the lesson."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from fixprop.formats import Integers
from fixprop.tracking.definition import OUTPUTS
from fixprop.tracking.report.findings import Findings, layers
from fixprop.tracking.report.svg import KEYS, Canvas

INPUTS = ("sum", "difference", "change of sum", "change of difference")
"""What the network sees of left and right, in the order of learner.View.inputs."""


def weight_maps(findings: Findings, canvas: Canvas) -> Figure:
    """The weights of the demo's run."""
    return two_maps(findings.run.initial_weights, findings.run.final_weights, canvas)


def two_maps(before: Integers, after: Integers, canvas: Canvas) -> Figure:
    """A row is a hidden neuron: what comes in at the left, what goes out at the right."""
    figure = canvas.figure(470 if canvas.wide else 900)
    shape = (1, 2) if canvas.wide else (2, 1)
    halves = figure.subfigures(*shape, wspace=0.04, hspace=0.03, squeeze=False).ravel().tolist()
    moments = (("Before the lesson", before), ("After the lesson", after))
    largest = max(float(np.abs(layer).max()) for _, flat in moments for layer in layers(flat))
    for half, (title, flat) in zip(halves, moments, strict=True):
        _network(half, title, layers(flat), largest)
    return figure


def _network(
    figure: SubFigure, title: str, weights: list[NDArray[np.float64]], largest: float
) -> None:
    hidden, output = weights
    low = min(float(layer.min()) for layer in weights)
    high = max(float(layer.max()) for layer in weights)
    figure.patch.set_visible(False)
    figure.suptitle(f"{title}: {_number(low)} to {_number(high)}", fontsize=12, fontweight="bold")
    left, right = figure.subplots(1, 2, width_ratios=(hidden.shape[1], output.shape[0]))
    neurons = [f"neuron {n + 1}" for n in range(len(hidden))]
    # Aligned row by row: [neurons, bias then inputs], and [neurons then bias, outputs].
    _map(left, hidden, ["bias", *INPUTS], neurons, largest, rows=len(neurons) + 1)
    outgoing = np.vstack([output.T[1:], output.T[:1]])
    _map(right, outgoing, [o.replace("_", " ") for o in OUTPUTS], [*[""] * len(neurons), "bias"],
         largest, rows=len(neurons) + 1)  # fmt: skip
    left.set_xlabel("into the hidden layer", fontsize=11)
    right.set_xlabel("into the outputs", fontsize=11)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")


def _map(
    axes: Axes,
    values: NDArray[np.float64],
    columns: list[str],
    names: list[str],
    largest: float,
    *,
    rows: int,
) -> None:
    """Zero is the page's own colour, so that the map reads in light and in dark."""
    for (row, column), value in np.ndenumerate(values):
        colour = KEYS["positive" if value > 0 else "negative"]
        share = abs(value) / largest
        cell = Rectangle((column, row), 1, 1, facecolor=colour, alpha=0.6 * share, lw=0)
        axes.add_artist(cell)
        outline = Rectangle((column, row), 1, 1, fill=False, edgecolor=KEYS["line"], lw=0.6)
        axes.add_artist(outline)
        middle = column + 0.5, row + 0.5
        text = axes.text(*middle, _number(value), ha="center", va="center", fontsize=9.5)
        text.set_in_layout(False)
    axes.set(xlim=(0, values.shape[1]), ylim=(rows, 0))
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=90, fontsize=10.5)
    axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=10.5)
    axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
