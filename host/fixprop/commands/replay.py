"""fixprop replay: a recording through the twin, once more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixprop.commands.options import Finite
from fixprop.commands.paths import RECORDING, OutputFile, json_option, write_figures
from fixprop.errors import FixpropError, UsageError
from fixprop.files import write_whole

if TYPE_CHECKING:
    from fixprop.recording.played import Played

MODEL_FILES = (".h", ".json")


@click.command(short_help="Play a recording: the twin computes its every step again.")
@click.argument("recording", type=RECORDING)
@click.option(
    "--speed",
    type=Finite(0),
    default=0.0,
    show_default=True,
    help="Seconds of the recording in one of ours; 0: as fast as this computer goes.",
)
@click.option(
    "--export",
    "model_path",
    type=OutputFile(),
    help="Write the weights at its end: a C header (.h) or a model file (.json).",
)
@json_option
def replay(recording: Path, speed: float, model_path: Path | None, json_path: Path | None) -> int:
    """Play RECORDING (of fixprop record) and compare every bit with what the board said.

    Ends with exit status 1 if the twin came to other weights than the board, or had to lose track
    of it. A dashboard or a monitor plays it with --port replay://RECORDING.

    \b
    Example:  fixprop replay lesson.fixrec --export model.h
    """
    from fixprop.recording.played import Player

    if model_path is not None and model_path.suffix not in MODEL_FILES:
        raise UsageError(f"--export {model_path}: its name must end in .h or .json")
    played = Player(recording, speed=speed).play()
    _print(played)
    if model_path is not None:
        _export(played, model_path)
    write_figures(json_path, played.summary())
    return 0 if played.identical else 1


def _print(played: Played) -> None:
    facts, totals, summary = played.replay.reader.facts, played.totals, played.summary()
    started = f", {facts.started}" if facts.started else ""
    click.echo(
        f"{played.path}: {facts.url}{started}, {played.seconds:.1f} s, {totals.frames:,} frames, "
        f"{totals.lost} lost, {totals.crc_errors + totals.malformed} damaged"
    )
    if played.line_lost:
        click.echo(played.line_lost)
    if played.dropped:
        click.echo(f"{played.dropped} events were not recorded: that computer was too slow")
    if cut_short := played.replay.reader.cut_short:
        click.echo(f"cut short: {cut_short}")
    click.echo(played.verdict())
    if summary["weights_crc"] is not None:
        click.echo(f"weights: step {summary['step']:,}, CRC {summary['weights_crc']:#06x}")


def _export(played: Played, path: Path) -> None:
    from fixprop.model import header

    weights = played.weights
    if weights is None:
        raise FixpropError(f"{path} was not written: the weights are unknown, {played.verdict()}")
    model = played.model(weights)
    if path.suffix == ".h":
        write_whole(path, header.text(model))
    else:
        model.write(path)
    click.echo(f"{path}: {len(weights)} weights")
