"""fixprop sweep: many virtual builds, to find what tracks best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from fixprop.commands.console import Console, bars
from fixprop.commands.options import Seed
from fixprop.commands.paths import (
    InputFile,
    KeptFile,
    OutputFile,
    json_option,
    output_option,
    write_figures,
)
from fixprop.errors import UsageError
from fixprop.sweep.point import PARAMETERS, Point

if TYPE_CHECKING:
    from fixprop.sweep.backends import Backend
    from fixprop.sweep.results import Row
    from fixprop.sweep.space import Space
    from fixprop.sweep.summary import Quartiles, Summary

BEST = 10
HELP = {
    "hidden": "Hidden neurons: 6,8,12; 8-6 is two layers.",
    "activation": "Of the hidden neurons: tanh,sigmoid.",
    "rate": "Learning rates at a lesson's start.",
    "spread": "Sensor units' spread: 0 typical ones, 1 the datasheet's.",
    "baseline_cm": "Distances between the sensors, cm.",
    "toe_in_deg": "Angles of each sensor towards the other, degrees.",
    "beam_deg": "Half angles of the beam, degrees.",
}


class Values(click.ParamType):  # type: ignore[type-arg]
    """Values of one parameter with commas between them, each within its limits."""

    name = "values"

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Numbers or names, each once, in the order given."""
        try:
            values = [self._one(text.strip()) for text in str(value).split(",")]
            for one in values:
                Point(**{self._parameter: one})  # type: ignore[arg-type]
        except UsageError as error:
            self.fail(str(error), param, ctx)
        return list(dict.fromkeys(values))

    def _one(self, text: str) -> str | float:
        if PARAMETERS[self._parameter].low is None:
            return text
        try:
            return float(text)
        except ValueError:
            raise UsageError(f"'{text}' is not a number; write values like 8,10,12") from None


def value_options(command: Callable[..., int]) -> Callable[..., int]:
    """An option for each parameter."""
    for name, text in reversed(HELP.items()):
        option = click.option(f"--{PARAMETERS[name].short}", name, type=Values(name), help=text)
        command = option(command)
    return command


@click.command(short_help="Many virtual builds: which mounting, network and rate tracks best.")
@output_option(
    "Results, a line a run; runs that it holds are not done again.",
    KeptFile("results"),
    default=Path("out/sweep.jsonl"),
    show_default=True,
    old=True,
)
@value_options
@click.option(
    "--builds",
    type=click.IntRange(1, 100_000),
    default=20,
    show_default=True,
    help="Of each setting.",
)
@click.option(
    "--seed",
    type=Seed(),
    default=1,
    show_default=True,
    help="Of the first build; the next is one up.",
)
@click.option(
    "--random",
    "draws",
    type=click.IntRange(1, 1_000_000),
    help="Draw so many settings between the values given, instead of all combinations.",
)
@click.option(
    "--backend", type=click.Choice(["joblib", "dask"]), default="joblib", show_default=True
)
@click.option(
    "--jobs", type=click.IntRange(1, 1024), help="Processes of joblib.  [default: all cores]"
)
@click.option("--scheduler", help="Address of the Dask scheduler, such as tcp://192.168.1.5:8786.")
@click.option(
    "--summary",
    "shown",
    type=InputFile("results file", "fixprop sweep -o FILE computes some"),
    help="Compute nothing: show what this file holds.",
)
@click.option(
    "--plot",
    "picture",
    type=OutputFile(),
    help="Draw a PNG of the tracking error.",
)
@json_option
def sweep(
    output: Path,
    builds: int,
    seed: int,
    draws: int | None,
    backend: str,
    jobs: int | None,
    scheduler: str | None,
    shown: Path | None,
    picture: Path | None,
    json_path: Path | None,
    **values: list[Any] | None,
) -> int:
    """Teach and test many virtual trackers, each with two sensors of its own from the series.

    All combinations of the values given, each on the same builds; what is not given stays as the
    tracker has it. The readings are simulated and the firmware's own learner learns. The tracking
    error is the bearing's RMSE from 12 to 30 cm on unseen motion.

    \b
    Example:  fixprop sweep --toe-in 2.5,5,7.5 --baseline 8,10,12 --builds 20 --plot out/sweep.png
    """
    from fixprop.sweep.space import Space

    if shown is not None:
        rows = _held(shown)
    else:
        given = {name: of for name, of in values.items() if of is not None}
        space = Space(given, builds, seed, draws)
        rows = _sweep(space, output, _backend(backend, jobs, scheduler))
        click.echo(f"results: {output}", err=True)
    _report(rows, picture, json_path)
    return 0


def _held(path: Path) -> list[Row]:
    from fixprop.sweep.results import read

    rows = list(read(path).rows.values())
    if not rows:
        raise UsageError(f"{path} holds no run yet: nothing to show")
    return rows


def _backend(name: str, jobs: int | None, scheduler: str | None) -> Callable[[], Backend]:
    from fixprop.sweep.backends import Cluster, Cores

    if name == "joblib":
        if scheduler is not None:
            raise UsageError("--scheduler is for --backend dask")
        return lambda: Cores(jobs or -1)
    if jobs is not None:
        raise UsageError("--jobs is for --backend joblib: a cluster has workers of its own")
    if scheduler is None:
        raise UsageError("--backend dask needs --scheduler ADDRESS, such as tcp://127.0.0.1:8786")
    return lambda: Cluster(scheduler)


def _sweep(space: Space, out: Path, backend: Callable[[], Backend]) -> list[Row]:
    from fixprop.sweep.sweep import sweep as run_sweep

    points = space.points()
    columns = (TextColumn("virtual builds"), BarColumn(30), MofNCompleteColumn())
    done = [0]
    try:
        with bars(*columns, TimeRemainingColumn()) as bar:
            task = bar.add_task("", total=len(points))

            def progress(held: int, total: int) -> None:
                done[0] = held
                bar.update(task, completed=held, total=total)

            return run_sweep(points, out, backend, progress)
    except KeyboardInterrupt:
        click.echo(
            f"{done[0]:,} of {len(points):,} runs are in {out}: the same command goes on from there",
            err=True,
        )
        raise


def _report(rows: list[Row], picture: Path | None, json_path: Path | None) -> None:
    from fixprop.sweep.plot import plot
    from fixprop.sweep.summary import summarise

    summary = summarise(rows)
    console = Console()
    console.print(_effects(summary))
    if summary.varied:
        console.print(_settings(summary))
    console.print(LEGEND, highlight=False, soft_wrap=True)
    if any(one.better is not None for one in summary.settings):
        console.print("better: part of the builds in which it beats the tracker's own setting")
    if picture is not None:
        plot(rows, picture)
        console.print(f"plot: {picture}", highlight=False, soft_wrap=True)
    write_figures(json_path, summary.as_json())


FIGURES = ("runs", "median", "quartiles", "seen", "zones")
LEGEND = """\
error: of the bearing, degrees RMSE, 12 to 30 cm, whether or not a beam touches the hand
seen: the part of those readings in which one does; zones: left, middle, right told apart to 45 cm"""


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(name, no_wrap=True)
    for name in FIGURES:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _cells(error: Quartiles) -> list[str]:
    return [
        f"{error.runs:,}",
        f"{error.median:.2f}",
        f"{error.first:.2f} to {error.third:.2f}",
        f"{error.seen:.3f}",
        f"{error.zone_accuracy_45cm:.2f}",
    ]


def _effects(summary: Summary) -> Table:
    table = _table(f"Tracking error in degrees, {summary.runs:,} runs", "parameter", "value")
    for effect in summary.effects:
        table.add_row(PARAMETERS[effect.parameter].short, effect.value, *_cells(effect.error))
    if not summary.effects:
        table.add_row("all alike", "", *_cells(summary.settings[0].error))
    return table


def _settings(summary: Summary) -> Table:
    from fixprop.sweep.summary import text_of

    names = [PARAMETERS[name].short for name in summary.varied]
    best = summary.settings[:BEST]
    table = _table(f"The best {len(best)} of {len(summary.settings)} settings", *names)
    compared = any(one.better is not None for one in summary.settings)
    if compared:
        table.add_column("better", justify="right", no_wrap=True)
    for one in best:
        better = "" if one.better is None else f"{one.better:.2f}"
        cells = [*map(text_of, one.setting.values()), *_cells(one.error)]
        table.add_row(*cells, *([better] if compared else []))
    return table
