"""fixprop verify: the same training on mirror, native and board."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fixprop.board.ports import open_port
from fixprop.commands.options import Seed, json_option, port_option
from fixprop.files import write_whole
from fixprop.fingerprint import fingerprint
from fixprop.session import Session
from fixprop.verify.compare import Comparison, verify_board


@click.command(short_help="Train a board, its C and the mirror alike; compare every bit.")
@port_option
@click.option("--steps", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--seed", type=Seed(), default=1, show_default=True, help="Of weights and samples.")
@json_option
def verify(port: str, steps: int, seed: int, json_path: Path | None) -> int:
    """The same training steps in numpy, in the firmware's C on this computer, and on the board.

    Outputs and a checksum of the weights are compared after every step, all weights after every
    hundred; random samples, and the ends of all formats among them. The board's weights, learning
    rate and learning are put back at the end. Exit status 1 and the first difference if there is
    one.

    \b
    Example:  fixprop verify --port /dev/ttyACM0 --steps 500
    """
    line = open_port(port)
    try:
        session = Session(line)
        session.open()
        comparison = _with_bar(session, steps, seed)
    finally:
        line.close()
    if json_path is not None:
        facts = {"port": port, "seed": seed, "fingerprint": f"{fingerprint(session.topology):08x}"}
        write_whole(json_path, json.dumps(facts | comparison.facts(), indent=2) + "\n")
    for text in lines(comparison):
        click.echo(text)
    return 0 if comparison.identical else 1


def _with_bar(session: Session, steps: int, seed: int) -> Comparison:
    columns = (TextColumn("training in step"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=hidden) as bars:
        task = bars.add_task("", total=steps)
        return verify_board(session, steps, seed, lambda: bars.advance(task))


def lines(comparison: Comparison) -> list[str]:
    """The result for people."""
    if not comparison.identical:
        return [f"differs: {difference}" for difference in comparison.differences]
    return [
        f"identical: {', '.join(comparison.places)}: {comparison.steps:,} steps; "
        f"{comparison.outputs:,} outputs, {comparison.checksums:,} checksums of all weights and "
        f"{comparison.weights:,} single weights compared with the mirror"
    ]
