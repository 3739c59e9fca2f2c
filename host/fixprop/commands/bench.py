"""fixprop bench: what learning costs."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import MofNCompleteColumn

from fixprop.commands.bench_host import host
from fixprop.commands.bench_live import live
from fixprop.commands.console import Console, counted
from fixprop.commands.convergence import convergence
from fixprop.commands.paths import json_option, write_figures


@click.group(short_help="Measure what learning costs.")
def bench() -> None:
    """Measure what learning costs.

    \b
    Example:  fixprop bench device
    """


@bench.command(short_help="Cycles and bytes on the simulated chip, beside other libraries.")
@json_option
@click.option(
    "--cross-check",
    is_flag=True,
    help="Count again on avr8js (needs node; npm installs it under build/).",
)
def device(json_path: Path | None, cross_check: bool) -> int:
    """Measure cycles, flash, SRAM and stack of bare programs on a simulated ATmega328P.

    Six networks of other libraries' examples, each with a task of its size: one training step and
    one inference, the sample loaded before the count. Ends with exit status 0 if a step takes at
    most a tenth, and an inference a quarter, of the cycles of the fastest of those libraries.

    \b
    Example:  fixprop bench device --json out/bench/device.json
    """
    from fixprop.bench.device import measure, stages
    from fixprop.bench.tables import show

    with counted(MofNCompleteColumn()) as bars:
        work = bars.add_task("building and running on the chip", total=stages(cross_check))
        figures = measure(cross_check, lambda: bars.advance(work))
        bars.update(work, completed=stages(cross_check))
    write_figures(json_path, figures.as_json())
    show(figures, Console())
    return 0 if figures.holds else 1


bench.add_command(convergence)
bench.add_command(host)
bench.add_command(live)
