"""fixprop verify: the same training on mirror, native and board."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import MofNCompleteColumn

from fixprop.board.ports import open_port
from fixprop.commands.console import counted
from fixprop.commands.options import Seed, board_port
from fixprop.commands.paths import json_option, write_figures
from fixprop.fingerprint import fingerprint
from fixprop.session import Session
from fixprop.verify.compare import Comparison, verify_board


@click.command(short_help="Train a board, its C and the mirror alike; compare every bit.")
@board_port("fixprop replay {} compares its every step")
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
    facts = {"port": port, "seed": seed, "fingerprint": f"{fingerprint(session.topology):08x}"}
    for text in lines(comparison):  # first: the file may not be writable
        click.echo(text)
    write_figures(json_path, facts | comparison.facts())
    return 0 if comparison.identical else 1


def _with_bar(session: Session, steps: int, seed: int) -> Comparison:
    with counted(MofNCompleteColumn()) as shown:
        task = shown.add_task("training in step", total=steps)
        return verify_board(session, steps, seed, lambda: shown.advance(task))


def lines(comparison: Comparison) -> list[str]:
    """The result for people."""
    if not comparison.identical:
        return [f"differs: {difference}" for difference in comparison.differences]
    return [
        f"identical: {', '.join(comparison.places)}: {comparison.steps:,} steps; "
        f"{comparison.outputs:,} outputs, {comparison.checksums:,} checksums of all weights and "
        f"{comparison.weights:,} single weights compared with the mirror"
    ]
