"""fixprop train: from a table to a model, in fixed point as the board would do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.table import Table as Printed

from fixprop.activations import HIDDEN
from fixprop.commands.console import Console, bars
from fixprop.commands.options import Seed
from fixprop.commands.paths import (
    InputFile,
    OutputFile,
    json_option,
    output_option,
    write_figures,
)
from fixprop.data import read_table
from fixprop.errors import UsageError
from fixprop.formats import MAX_NEURONS
from fixprop.training.descent import INITIALS, fixed_momentum, fixed_rate
from fixprop.training.engine import ENGINES
from fixprop.training.fit import Run, Settings
from fixprop.training.plot import check_plot, plot
from fixprop.training.problem import Wish, problem_of
from fixprop.training.report import notes, rows, title
from fixprop.training.schedule import SCHEDULES
from fixprop.training.session import Plan, Result
from fixprop.training.session import train as train_plan
from fixprop.training.size import check_size
from fixprop.training.split import check_share


class Names(click.ParamType):  # type: ignore[type-arg]
    """Words with commas between them."""

    name = "a,b,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A tuple; an empty word is refused."""
        if not isinstance(value, str):
            return value
        words = tuple(word.strip() for word in value.split(","))
        if not all(words):
            self.fail(f"'{value}' has nothing between two commas", param, ctx)
        return words


class Sizes(Names):
    """Whole numbers with commas between them; 0 for none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A tuple of int."""
        words = super().convert(value, param, ctx)
        try:
            sizes = tuple(int(word) for word in words)
        except ValueError:
            self.fail(f"'{value}' is not sizes of layers, such as 8 or 16,8", param, ctx)
        if sizes == (0,):
            return ()
        for size in sizes:
            if not 1 <= size <= MAX_NEURONS:
                limits = f"must be 1 to {MAX_NEURONS}, or 0 alone for no hidden layer"
                self.fail(f"layer of {size} neurons: {limits}", param, ctx)
        return sizes


class Number(click.types.FloatParamType):
    """A number that `check` takes; it raises UsageError for others."""

    def __init__(self, check: Callable[[float], object]) -> None:
        self._check = check

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; fails with its limits named."""
        number = super().convert(value, param, ctx)
        try:
            self._check(number)
        except UsageError as error:
            self.fail(str(error), param, ctx)
        return number


class ClassWeights(Names):
    """name=weight with commas between them, or balanced."""

    name = "balanced|name=weight,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A dictionary, empty for balanced."""
        if value == "balanced":
            return {}
        pairs = [word.rpartition("=") for word in super().convert(value, param, ctx)]
        try:
            return {name.strip(): float(weight) for name, _, weight in pairs}
        except ValueError:
            self.fail(f"'{value}' is not balanced, nor such as yes=3,no=1", param, ctx)


@click.command(short_help="Train a network on a table: CSV, NPZ, NPY or Parquet.")
@click.argument("data", type=InputFile("table", "name a .csv, .npz, .npy or .parquet file"))
@click.option("--target", "targets", multiple=True, help="Column to learn; may be repeated.")
@click.option("--inputs", type=Names(), default=(), help="Columns to learn from; else all others.")
@click.option("--without", type=Names(), default=(), help="Columns to leave out.")
@click.option("--classify", is_flag=True, help="The numbers of the target are classes.")
@click.option(
    "--header/--no-header", default=None, help="Whether the first line names the columns."
)
@click.option("--hidden", type=Sizes(), default="8", show_default=True, help="Sizes; 0: none.")
@click.option(
    "--activation",
    type=Names(),
    default="tanh",
    show_default=True,
    help=f"Of the hidden layers: {', '.join(HIDDEN)}.",
)
@click.option("--output-activation", default="auto", show_default=True, help="Of the last layer.")
@click.option("--epochs", type=click.IntRange(1), default=100, show_default=True)
@click.option(
    "--rate", type=Number(fixed_rate), default=0.1, show_default=True, help="Learning rate."
)
@click.option(
    "--schedule", type=click.Choice(list(SCHEDULES)), default="constant", show_default=True
)
@click.option("--momentum", type=Number(fixed_momentum), default=0.0, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--validation",
    type=Number(check_share),
    default=0.2,
    show_default=True,
    help="Share of rows; 0: none.",
)
@click.option("--patience", type=click.IntRange(1), help="Epochs without gain that end it.")
@click.option("--class-weight", type=ClassWeights(), help="How often classes are seen.")
@click.option("--initial", type=click.Choice(INITIALS), default="xavier", show_default=True)
@click.option("--float64", "in_float64", is_flag=True, help="Train in float64, then round.")
@click.option("--no-compare", is_flag=True, help="Leave float64's twin out; faster.")
@click.option("--any-size", is_flag=True, help="Even if it cannot learn on the Uno.")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option(
    "--seed", type=Seed(), default=1, show_default=True, help="Of split, weights and order."
)
@click.option("--plot", "picture", type=OutputFile(), help="Draw the losses to this file.")
@output_option(
    "The model file.",
    OutputFile(".json", "; the last layer's function is --output-activation"),
    default=Path("model.json"),
    show_default=True,
    old=True,
)
@json_option
def train(**options: Any) -> None:
    """Train a network on the table DATA, in fixed point, to the bit as a board would.

    A target of text is classified, one of numbers is a regression. Scales are learned on the
    training rows and stored with the model, which keeps the weights of the best epoch.

    \b
    Example:  fixprop train iris.csv --target species --plot iris.png -o iris.json
    """
    out, picture = options["output"], options["picture"]
    plan = _plan(options)
    if not options["any_size"]:
        check_size(plan.topology, bool(plan.settings.momentum) or plan.settings.batch > 1)
    if picture is not None:
        check_plot(picture)
    result = _trained(plan)
    result.model.write(out)
    write_figures(options["json_path"], result.as_json(), indent=1)
    if picture is not None:
        plot(result.runs, str(result.model.provenance["loss"]), title(result), picture)
    _print(result, out, picture, Console())


def _plan(options: dict[str, Any]) -> Plan:
    wished = ("targets", "inputs", "without", "classify", "output_activation")
    wish = Wish(*(options[name] for name in wished))
    problem = problem_of(read_table(options["data"], options["header"]), wish)
    names = ("epochs", "rate", "schedule", "momentum", "batch", "patience", "seed", "initial")
    return Plan(
        problem,
        Settings(**{name: options[name] for name in (*names, "engine")}),
        options["hidden"],
        options["activation"],
        options["validation"],
        options["class_weight"],
        options["in_float64"],
        not options["no_compare"],
    )


def _trained(plan: Plan) -> Result:
    columns = (
        TextColumn("epoch {task.completed}/{task.total}"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    loss = TextColumn("{task.fields[loss]}")
    with bars(*columns, loss, transient=True) as bar:
        task = bar.add_task("", total=plan.settings.epochs, loss="")

        def tick(run: Run) -> None:
            bar.update(task, advance=1, loss=f"loss {run.watched[-1]:.4g}")

        return train_plan(plan, tick)


def _print(result: Result, out: Path, picture: Path | None, console: Console) -> None:
    table = Printed(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("")
    for name in result.scores:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows(result):
        table.add_row(*row)
    console.print(title(result), highlight=False, soft_wrap=True)
    console.print(table)
    files = [f"model: {out}", *([] if picture is None else [f"plot: {picture}"])]
    console.print("\n".join([*notes(result), *files]), highlight=False, soft_wrap=True)
