"""The tracking error over each parameter that was varied, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixprop.errors import FixpropError, MissingTool
from fixprop.files import prepare_folder
from fixprop.sweep.point import PARAMETERS
from fixprop.sweep.results import Row
from fixprop.sweep.summary import MOST_VALUES, groups, quartiles, summarise, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = 6
COLUMNS = 3
ERROR_LABEL = "tracking error, degrees RMSE, 12 to 30 cm"


def plot(rows: Sequence[Row], path: Path) -> None:
    """A panel for each varied parameter: medians and quartiles, a line for each value of another."""
    try:
        import matplotlib
    except ImportError as error:
        raise MissingTool(
            "no matplotlib: install it with: pip install 'fixprop[report]'"
        ) from error
    matplotlib.use("Agg")  # before pyplot: no display is needed
    from matplotlib import pyplot as plt

    varied = summarise(rows).varied or ["hidden"]
    columns = min(COLUMNS, len(varied))
    lines = -(-len(varied) // columns)
    figure, grid = plt.subplots(
        lines, columns, figsize=(5.2 * columns, 4.0 * lines), squeeze=False, layout="constrained"
    )
    for axes in list(grid.flat)[len(varied) :]:
        axes.set_visible(False)
    for axes, name in zip(grid.flat, varied, strict=False):
        _panel(axes, rows, name, _other(rows, varied, name))
    builds = len({row.point.seed for row in rows})
    figure.suptitle(f"{len(rows):,} runs, {builds:,} virtual builds: medians and quartiles")
    _save(figure, path)
    plt.close(figure)


def _other(rows: Sequence[Row], varied: list[str], name: str) -> str | None:
    """The next parameter that has few enough values for a line each."""
    at = varied.index(name) if name in varied else 0
    for other in [*varied[at + 1 :], *varied[:at]]:
        if len(groups(rows, other)) <= MOST_LINES and not _is_grouped(rows, other):
            return other
    return None


def _is_grouped(rows: Sequence[Row], name: str) -> bool:
    return len({value(row, name) for row in rows}) > MOST_VALUES


def _panel(axes: Axes, rows: Sequence[Row], name: str, other: str | None) -> None:
    labels = [text for text, _, _ in groups(rows, name)]
    families = groups(rows, other) if other else [("", None, list(rows))]
    for shift, (text, _, chosen) in enumerate(families):
        _line(axes, chosen, name, labels, text, (shift - (len(families) - 1) / 2) * 0.06)
    parameter = PARAMETERS[name]
    axes.set(xlabel=parameter.label, ylabel=ERROR_LABEL)
    axes.grid(alpha=0.3)
    if other:
        axes.legend(title=PARAMETERS[other].label, fontsize=8, title_fontsize=8)


def _line(
    axes: Axes, rows: list[Row], name: str, labels: list[str], text: str, shift: float
) -> None:
    """`shift`: to the side, in distances between values, so that bars do not hide each other."""
    found = groups(rows, name)
    numbers = [place for _, place, _ in found if place is not None]
    places = numbers or [float(labels.index(text)) for text, _, _ in found]
    step = (max(places) - min(places)) / max(len(places) - 1, 1)
    errors = [quartiles(chosen) for _, _, chosen in found]
    below = [e.median - e.first for e in errors]
    above = [e.third - e.median for e in errors]
    x = [place + shift * step for place in places]
    axes.errorbar(x, [e.median for e in errors], (below, above), marker="o", capsize=3, label=text)
    if not numbers:
        axes.set_xticks(range(len(labels)), labels)
    elif PARAMETERS[name].logarithmic:
        axes.set_xscale("log")


def _save(figure: object, path: Path) -> None:
    """Whole or not at all."""
    prepare_folder(path.parent)
    part = path.with_name(f".{path.name}.part")
    try:
        figure.savefig(part, dpi=110, format="png")  # type: ignore[attr-defined]
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise FixpropError(f"cannot write {path}: {error.strerror}") from error
