"""fixprop bench convergence: does fixed point learn what float64 learns, and how fast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import MofNCompleteColumn
from rich.table import Table

from fixprop.commands.console import Console, counted
from fixprop.commands.paths import OutputFile, json_option, write_figures
from fixprop.files import prepare_folder

if TYPE_CHECKING:
    from fixprop.bench.convergence import Comparison
    from fixprop.bench.learning_time import Times

PLOT = Path("out/convergence.png")


@click.command(short_help="Fixed point beside float64, from many seeds at four rates.")
@json_option
@click.option(
    "--plot",
    "picture",
    type=OutputFile(),
    default=PLOT,
    show_default=True,
    help="Where the losses are drawn.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    default=100,
    show_default=True,
    help="How many, for each example and rate.",
)
def convergence(json_path: Path | None, picture: Path, seeds: int) -> int:
    """Train every worked example in fixed point and in float64, and compare the final losses.

    From the same initial weights, with the samples in the same order, at a quarter, half, the
    whole and twice its rate, which is not promised; then XOR and the seven-segment digits to their
    rules, in seconds of the chip. "own" is the excess of float64 from weights up to 2^-12 off.
    Ends with exit status 0 if all that is promised holds.

    \b
    Example:  fixprop bench convergence --json out/convergence.json
    """
    from fixprop.bench.convergence import study
    from fixprop.bench.convergence_plot import plot
    from fixprop.bench.learning_time import goals, times
    from fixprop.examples.catalogue import TRAININGS

    prepare_folder(picture.parent)
    with counted(MofNCompleteColumn()) as bars:
        compared = bars.add_task("examples, from many seeds", total=len(TRAININGS))
        comparisons: list[Comparison] = []
        for example in TRAININGS:
            comparisons += study(example, seeds)
            bars.advance(compared)
        timed = bars.add_task("learning to the end", total=len(goals()))
        learned: list[Times] = []
        for goal in goals():
            learned.append(times(goal))
            bars.advance(timed)
    plot(comparisons, picture)
    write_figures(json_path, _as_json(comparisons, learned))
    _show(comparisons, learned, picture)
    return 1 if _broken(comparisons, learned) else 0


def _as_json(comparisons: list[Comparison], learned: list[Times]) -> dict[str, Any]:
    return {
        "comparisons": [one.as_json() for one in comparisons],
        "learning_time": [one.as_json() for one in learned],
        "pass": not _broken(comparisons, learned),
    }


def _broken(comparisons: list[Comparison], learned: list[Times]) -> list[str]:
    """What does not hold, by name."""
    losses = [f"{one.example} at {one.rate:g}" for one in comparisons if one.verdict == "FAILED"]
    return losses + [f"{one.example} in time" for one in learned if not one.holds]


def _show(comparisons: list[Comparison], learned: list[Times], picture: Path) -> None:
    console = Console()
    console.print(_losses(comparisons))
    console.print(_times(learned))
    broken = _broken(comparisons, learned)
    console.print(f"plot: {picture}", highlight=False, soft_wrap=True)
    verdict = f"fail: {', '.join(broken)}" if broken else "pass"
    console.print(f"verdict: {verdict}", highlight=False, style="bold")


def _losses(comparisons: list[Comparison]) -> Table:
    table = Table(
        title="Final loss, median of all seeds",
        title_justify="left",
        box=None,
        padding=(0, 1, 0, 0),
    )
    table.add_column("example", no_wrap=True)
    for name in ("rate", "float64", "fixed", "excess", "paired", "own", "learned", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for one in comparisons:
        float64, fixed = one.medians
        table.add_row(
            one.example,
            f"{one.rate:g}",
            f"{float64:.3g}",
            f"{fixed:.3g}",
            f"{one.excess:+.1%}",
            f"{one.paired:+.1%}",
            f"{one.own_excess:+.1%}",
            "{}/{}".format(*one.learned),
            one.verdict,
        )
    return table


def _times(learned: list[Times]) -> Table:
    table = Table(title="Learning to the end, seconds at 16 MHz", title_justify="left")
    table.add_column("example", no_wrap=True)
    for name in ("rule", "seeds", "cycles a step", "median", "worst", "promised", ""):
        table.add_column(name, justify="right")
    for one in learned:
        table.add_row(
            one.example,
            one.rule,
            f"{len(one.seconds)} of {len(one.fixed)}",
            f"{one.cycles_per_step:,.0f}",
            f"{one.median_s:.3g} s",
            f"{max(one.seconds, default=float('inf')):.3g} s",
            f"{one.goal_s:g} s",
            "ok" if one.holds else "FAILED",
        )
    return table
