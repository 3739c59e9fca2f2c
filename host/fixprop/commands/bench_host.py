"""fixprop bench host: how fast this computer learns, beside scikit-learn and PyTorch."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import MofNCompleteColumn

from fixprop.commands.console import Console, counted
from fixprop.commands.paths import json_option, write_figures


@click.command(short_help="Steps a second on this computer, beside scikit-learn and PyTorch.")
@json_option
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="How often everyone is timed, in turn.",
)
def host(json_path: Path | None, rounds: int) -> int:
    """Measure online training and inference of a 2-8-2 network on one core of this computer.

    The firmware's C and the mirror, with one network and with 1000 at once, beside scikit-learn's
    MLPRegressor and PyTorch: the same samples, order and initial weights for all. First it is checked
    that all come to the same weights. Ends with exit status 0 if they do and if the C trains at
    least 50 times as fast as the others and the mirror's 1000 networks 20 times as fast as its one.

    \b
    Example:  fixprop bench host --json out/bench/host.json
    """
    from fixprop.bench import host as bench
    from fixprop.bench.host_tables import show

    with counted(MofNCompleteColumn()) as bars:
        work = bars.add_task("rounds", total=rounds)
        figures = bench.measure(rounds, bench.ROUND_S, advance=lambda: bars.advance(work))
    write_figures(json_path, figures.as_json())
    show(figures, Console())
    return 1 if figures.broken else 0
