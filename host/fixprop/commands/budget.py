"""fixprop budget: what a network takes on the Uno, before anything is built."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import MofNCompleteColumn

from fixprop.budget.mode import Mode
from fixprop.commands.console import Console, counted
from fixprop.commands.options import Seed
from fixprop.commands.paths import MODEL, json_option, write_figures
from fixprop.errors import UsageError

MODEL_SUFFIX = ".json"


@click.command(short_help="What a network takes on the Uno, before anything is built.")
@click.argument("target", metavar="TOPOLOGY|MODEL", required=False)
@click.option(
    "--activation",
    "activations",
    metavar="NAME",
    multiple=True,
    help="One for all layers, or one for each in turn; if there is none, tanh, and linear outputs.",
)
@click.option("--momentum", is_flag=True, help="It learns with momentum.")
@click.option("--inference-only", is_flag=True, help="It does not learn; weights in SRAM.")
@click.option("--flash", is_flag=True, help="It does not learn; weights in flash.")
@click.option(
    "--check",
    "networks",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Instead: N random networks on the simulated chip beside their predictions.",
)
@click.option("--seed", type=Seed(), default=1, show_default=True, help="Of --check's networks.")
@json_option
def budget(
    target: str | None,
    activations: tuple[str, ...],
    momentum: bool,
    inference_only: bool,
    flash: bool,
    networks: int | None,
    seed: int,
    json_path: Path | None,
) -> int:
    """Tell flash, SRAM, stack, cycles and training steps per sensor cycle of a bare program.

    TOPOLOGY is like 2-8-2 or 2-8-2:tanh,softmax; MODEL is a model file. A bare program is a network
    and four samples, without Arduino. Cycles are the mean for random samples and weights between -1
    and 1. Ends with exit status 0 if the network fits the Uno, 1 if not.

    \b
    Example:  fixprop budget 4-8-3:tanh,softmax --momentum
    """
    mode = _mode(momentum, inference_only, flash)
    if networks is not None:
        if target is not None or activations:
            raise UsageError("--check draws its own networks: leave the topology out")
        return _check(networks, mode, seed, json_path)
    if target is None:
        raise UsageError("no network: give a topology such as 2-8-2, or a model file")
    if target.endswith(MODEL_SUFFIX):
        MODEL.convert(target, None, None)
    from fixprop.budget.estimate import estimate
    from fixprop.budget.tables import show
    from fixprop.budget.target import assumes_activations, read_target

    told = estimate(read_target(target, activations), mode)
    write_figures(json_path, told.as_json())
    if assumes_activations(target, activations):
        click.echo(f"activations assumed: {', '.join(told.topology.activations)}; see --activation")
    show(told, Console())
    return 0 if told.memory.fits else 1


def _mode(momentum: bool, inference_only: bool, flash: bool) -> Mode:
    if momentum and (inference_only or flash):
        raise UsageError("--momentum is for learning: leave it or --inference-only and --flash out")
    if flash:
        return Mode.FLASH
    if inference_only:
        return Mode.INFERENCE
    return Mode.MOMENTUM if momentum else Mode.TRAIN


def _check(networks: int, mode: Mode, seed: int, json_path: Path | None) -> int:
    from fixprop.budget.check import as_json, check
    from fixprop.budget.tables import CHECK_COLUMNS, show_check

    with counted(MofNCompleteColumn()) as bars:
        work = bars.add_task("building and running on the chip", total=networks)
        rows = check(networks, mode, seed, lambda: bars.advance(work))
    write_figures(json_path, as_json(rows, mode))
    stdout = Console()
    show_check(rows, stdout if stdout.is_terminal else Console(width=CHECK_COLUMNS))
    return 0 if all(row.holds for row in rows) else 1
