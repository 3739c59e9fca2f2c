"""fixprop demo: the main job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from fixprop.commands.console import Console, bars
from fixprop.commands.options import Folder, Seed
from fixprop.commands.paths import output_option
from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.header import DEFAULT_SEED

STAGES = {
    "build": "building the firmware",
    "teach": "teaching: follow the pointer",
    "track": "tracking unseen motion",
    "compare": "comparing with float64 and the best offline",
    "report": "writing the report",
}
ROWS = {
    "untrained": "before the lesson",
    "trained": "after the lesson, on the Uno",
    "float64_same_network": "same network and samples in float64",
    "oracle": "best offline estimator, 100 times the data",
}


@click.command(short_help="Real firmware on a simulated Uno learns to track a hand.")
@click.option(
    "--seed",
    type=Seed(),
    default=DEFAULT_SEED,
    show_default=True,
    help="Of the sensors, the motion, the initial weights and the order of training.",
)
@output_option(
    "Folder for summary.json and report.html.",
    Folder(),
    default=Path("out/demo"),
    show_default=True,
    old=True,
)
def demo(seed: int, output: Path) -> int:
    """Build the firmware, boot a simulated Uno, teach it, and check everything about it.

    The Uno learns for 60 seconds of its own time while a simulated person follows its pointer, then
    tracks motion it has not seen for 60 more. Ends with exit status 0 if all checks hold.

    \b
    Example:  fixprop demo --seed 7 -o out/seed7
    """
    summary, page = _run(seed)
    write_whole(output / "report.html", page)
    write_whole(output / "summary.json", json.dumps(summary, indent=2) + "\n")
    _print(summary, output)
    return 0 if summary["verdict"] == "pass" else 1


def _run(seed: int) -> tuple[dict[str, Any], str]:
    try:
        from fixprop.tracking.report import render_report
    except ImportError as error:
        raise FixpropError(
            f"the demo needs {error.name}: install it with: pip install -e '.[firmware,report]'"
        ) from error
    from fixprop.firmware_build import build_firmware
    from fixprop.tracking.demo import estimate, oracle_in_background, run_on_board
    from fixprop.tracking.summary import summarise

    columns = (TextColumn("{task.description:42}"), BarColumn(30), TimeElapsedColumn())
    with bars(*columns) as drawn:
        shown = _Stages(drawn)
        with shown.stage("build"):
            build = build_firmware()
        with oracle_in_background(seed) as oracle:
            run = run_on_board(build, seed, shown.progress)
            with shown.stage("compare"):
                estimates = estimate(run, oracle.result())
        with shown.stage("report"):
            summary = summarise(run, estimates)
            page = render_report(run, estimates, summary)
    return summary, page


class _Stages:
    """A bar for each stage on a terminal, elsewhere a line; shown from the stage's start."""

    def __init__(self, shown: Progress) -> None:
        self._bars = shown
        self._tasks: dict[str, TaskID] = {}

    def progress(self, stage: str, done: float, total: float | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(STAGES[stage], total=total)
            if self._bars.disable:
                click.echo(STAGES[stage], err=True)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A stage of unknown length: its bar moves until it is left."""
        self.progress(name, 0, None)
        yield
        self.progress(name, 1, 1)


def _print(summary: dict[str, Any], out: Path) -> None:
    table = Table(title="Bearing error, 12 to 30 cm, unseen motion", title_justify="left")
    table.add_column("estimate by")
    table.add_column("RMSE, degrees", justify="right")
    for name, text in ROWS.items():
        table.add_row(text, f"{summary['bearing_rmse_deg'][name]:.2f}")
    console = Console()
    console.print(table)
    twin, teach = summary["twin"], summary["teach"]
    console.print(
        f"learned: {teach['training_steps']:,} training steps of {teach['cycles_per_step']:,.0f} "
        f"cycles on {teach['samples']:,} samples\n"
        f"twin: {twin['steps_replayed']:,} steps replayed, {twin['checksums_equal']} of "
        f"{twin['checksums_compared']} checksums equal, weights "
        f"{'identical' if twin['weights_identical'] else 'DIFFERENT'}\n"
        f"serial: {summary['serial']['frames']:,} frames, {summary['serial']['lost']} lost; "
        f"readings missed: {summary['adc_deadlines_missed']}\n"
        f"report: {out / 'report.html'}",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"verdict: {summary['verdict']}", highlight=False, style="bold")
