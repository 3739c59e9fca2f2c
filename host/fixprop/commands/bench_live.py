"""fixprop bench live: whether the live chain keeps up with the line, and does not grow."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from fixprop.commands.console import Console, counted
from fixprop.commands.options import Finite
from fixprop.commands.paths import json_option, write_figures

if TYPE_CHECKING:
    from fixprop.bench.live import Figures

PASS = "pass"
FULL_LINE, TELEMETRY = "full line", "telemetry"


@click.command(short_help="The live chain under load: does it keep up, does it grow?")
@json_option
@click.option(
    "--hours",
    type=Finite(0.01, 1000),
    default=8.0,
    show_default=True,
    help="Hours of a learning board's telemetry, as fast as it can be heard.",
)
@click.option(
    "--seconds",
    type=Finite(1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds of the serial line without a pause: 50,000 bytes each.",
)
def live(json_path: Path | None, hours: float, seconds: float) -> int:
    """Measure reader, twin, dashboard and three sinks behind a board that never stops.

    First with the serial line full, then with hours of ordinary telemetry. The clock is the line's:
    nothing waits. Ends with exit status 0 if every frame was heard by everyone, the twin computed
    every step as the board did, less than one core was needed and the memory stayed flat; a run
    that is too short to tell the last is undecided, and ends with 1.

    \b
    Example:  fixprop bench live --hours 8 --json out/bench/live.json
    """
    from fixprop.bench.live import measure

    runs: list[Figures] = []
    with counted() as bars:
        for name, length_s, full in (
            (FULL_LINE, seconds, True),
            (TELEMETRY, hours * 3600, False),
        ):
            work = bars.add_task(name, total=length_s)
            runs.append(
                measure(
                    name,
                    length_s,
                    line_rate=full,
                    advance=lambda s, work=work: bars.advance(work, s),  # type: ignore[misc]
                )
            )
            bars.update(work, completed=length_s)
    write_figures(json_path, [run.as_json() for run in runs])
    Console().print(_table(runs))
    told = verdict(runs)
    click.echo(f"verdict: {told}")
    return 0 if told == PASS else 1


def verdict(runs: list[Figures]) -> str:
    """PASS, or all that does not hold; or what a longer run would tell."""
    if complaints := [complaint for run in runs for complaint in run.broken]:
        return f"fail: {'; '.join(complaints)}"
    if short := [_longer(run) for run in runs if run.early_mb is None]:
        more = " and ".join(short)
        return f"undecided: too short to tell whether the memory stays flat; give {more} or more"
    return PASS


def _longer(run: Figures) -> str:
    """The option that makes such a run long enough, twice what fills all queues."""
    from fixprop.bench.live import FILLED_BYTES

    seconds = 2 * FILLED_BYTES * run.line_s / max(run.bytes, 1)
    if run.name == FULL_LINE:
        return f"--seconds {math.ceil(seconds)}"
    return f"--hours {math.ceil(seconds / 360) / 10:g}"


def _table(runs: list[Figures]) -> Table:
    table = Table("", *(run.name for run in runs), title="the live chain under load")
    rows = {
        "of the board's time": [f"{run.line_s:,.0f} s" for run in runs],
        "bytes": [f"{run.bytes:,}" for run in runs],
        "frames sent": [f"{run.frames_sent:,}" for run in runs],
        "frames heard by everyone": [f"{run.frames_heard:,}" for run in runs],
        "lost, damaged, dropped": [f"{run.lost}, {run.damaged}, {run.dropped}" for run in runs],
        "samples to each of 3 sinks": [f"{run.samples:,}" for run in runs],
        "training steps followed": [f"{run.steps:,}" for run in runs],
        "processor time / line time": [f"{run.load:.1%} of a core" for run in runs],
        "memory after the warm-up": [_mb(run.early_mb) for run in runs],
        "memory at the end": [f"{run.end_mb:.1f} MB ({run.growth_mb:+.1f})" for run in runs],
    }
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def _mb(value: float | None) -> str:
    return "too short a run to tell" if value is None else f"{value:.1f} MB"
