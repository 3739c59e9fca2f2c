"""The figures of `fixprop bench host` as a table and a verdict in one line."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from fixprop.bench.host import (
    MANY,
    MANY_BAR,
    NATIVE_GOAL,
    PEER_BAR,
    HostFigures,
    Speeds,
    best_peer,
    names,
)
from fixprop.bench.host_torch import HOW_TO_GET
from fixprop.bench.host_work import TOPOLOGY

TITLES = {
    "native": "native",
    "mirror": "mirror",
    f"mirror_{MANY}_networks": f"mirror, {MANY:,} networks",
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
}


def show(figures: HostFigures, console: Console) -> None:
    """Print everything to `console`."""
    steps = f"Training {TOPOLOGY}, sigmoids, one core: online steps a second"
    console.print(_table(figures.train, figures, steps))
    console.print(_table(figures.infer, figures, "Inferences a second, one sample at a time"))
    console.print(_text(figures), highlight=False, soft_wrap=True)
    console.print(verdict(figures), highlight=False, soft_wrap=True, style="bold")


def verdict(figures: HostFigures) -> str:
    """One line: pass or fail, and the margins."""
    broken = figures.broken
    native = figures.train["native"].best
    return (
        f"verdict: {'FAIL (' + ', '.join(broken) + ')' if broken else 'pass'}: native trains "
        f"{figures.train_ratio:,.0f} times as fast as the best peer (goal {PEER_BAR}), "
        f"{native / 1e6:.1f} million steps/s (goal {NATIVE_GOAL / 1e6:.0f}, not judged); "
        f"the mirror's {MANY:,} networks at once {figures.many_ratio:,.0f} times one (goal {MANY_BAR})"
    )


def _table(speeds: Speeds, figures: HostFigures, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for column in ("best round", "median", "x best peer"):
        table.add_column(column, justify="right", no_wrap=True)
    for name in names():
        row = f"{TITLES[name]} {figures.versions.get(name, '')}".strip()
        if name in speeds:
            best, median = speeds[name].best, speeds[name].median
            ratio = best / best_peer(speeds)
            table.add_row(row, f"{best:,.0f}", f"{median:,.0f}", f"{ratio:,.3g}")
        else:
            table.add_row(row, "-", "-", "-")
    return table


def _text(figures: HostFigures) -> str:
    lines = [
        "same samples, order, initial weights and rate for all; squared error; one sample a step",
        f"{MANY:,} networks: steps of all together; native: one call for all steps, the loop is in C",
    ]
    for one in figures.agreements:
        holds = "" if one.holds else " DIFFERS"
        lines.append(
            f"{TITLES[one.who]} beside {one.beside}: weights and outputs {one.apart:.2g} apart "
            f"(at most {one.limit:g}){holds}"
        )
    if "torch" not in figures.train:
        lines.append(HOW_TO_GET)
    return "\n".join(lines)
