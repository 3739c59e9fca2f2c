"""The losses over the epochs as a picture: training and validation, fixed point and float64."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from fixprop.errors import MissingTool, UsageError
from fixprop.files import prepare_folder, write_whole
from fixprop.training.fit import Run

LOOKS: dict[str, dict[str, Any]] = {
    "fixed point": {"color": "tab:blue", "linewidth": 1.2, "zorder": 3},
    "float64": {"color": "tab:orange", "linewidth": 4.0, "alpha": 0.5, "zorder": 2},
}
"""Often one lies on the other: the wide pale line must show behind."""


def check_plot(path: Path) -> None:
    """MissingTool without matplotlib, UsageError for a kind of picture that it has not."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingTool("--plot needs matplotlib: pip install 'fixprop[report]'") from None
    known = sorted(Figure().canvas.get_supported_filetypes())
    if path.suffix[1:].lower() not in known:
        raise UsageError(f"cannot draw '{path.name}': its name must end in .{', .'.join(known)}")
    prepare_folder(path.parent)


def plot(runs: dict[str, Run], loss: str, title: str, path: Path) -> None:
    """Draw `runs` by name; `loss` says what is on the axis. Whole or not at all."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for name, run in runs.items():
        axes.plot(run.training, ":", label=f"{name}, training", **LOOKS[name])
        if run.watched is run.validation:
            axes.plot(run.validation, label=f"{name}, validation", **LOOKS[name])
        best = run.best_epoch, run.watched[run.best_epoch]
        axes.plot(*best, "o", label=f"{name}, kept", **LOOKS[name])
    axes.set(xlabel="epoch", ylabel=f"loss: {loss}, mean per sample", yscale="log")
    axes.set_title(title, parse_math=False)  # it has the file's name in it, as it is
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize=8)
    drawn = BytesIO()
    figure.savefig(drawn, dpi=120, format=path.suffix[1:].lower())
    write_whole(path, drawn.getvalue())
