"""fixprop record: what passes on a board's line, into a file."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from fixprop.board.ports import SIMULATED
from fixprop.commands.console import bars
from fixprop.commands.options import Finite, Seed, board_port
from fixprop.commands.paths import json_option, output_option, write_figures
from fixprop.header import DEFAULT_SEED
from fixprop.wire.messages import BY_NAME

FOLDER = Path("out/recordings")
MOST_LESSON_S = BY_NAME["teach"].fields[0].scalar.high


def _moment(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    """ISO 8601; now by default, None for "none"."""
    if text is None:
        return datetime.now(UTC).isoformat(timespec="seconds")
    if text == "none":
        return None
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is neither none nor a time such as 2026-05-01T10:00"
        ) from None


@click.command(short_help="Store what passes on a board's line, with times.")
@output_option(f"A new file.  [default: {FOLDER}/DATE-TIME.fixrec]")
@board_port("it is on disk already; play it with fixprop replay {}")
@click.option(
    "--seconds",
    type=Finite(0, min_open=True),
    help="How long, after the lesson if there is one; by default to its end, or until Ctrl-C.",
)
@click.option(
    "--teach",
    type=click.IntRange(1, MOST_LESSON_S),
    help="Start with initial weights and a lesson of so many seconds; then learn no more.",
)
@click.option(
    "--seed",
    type=Seed(),
    default=DEFAULT_SEED,
    show_default=True,
    help="Of the lesson's initial weights, and of a simulated board's sensors and hand.",
)
@click.option(
    "--speed",
    type=Finite(0, 100),
    default=1.0,
    show_default=True,
    help="A simulated board's seconds in one of ours; 0: as fast as this computer goes.",
)
@click.option(
    "--started",
    callback=_moment,
    help="Time to write into the file, ISO 8601, or none.  [default: now]",
)
@json_option
def record(
    output: Path | None,
    port: str,
    seconds: float | None,
    teach: int | None,
    seed: int,
    speed: float,
    started: str | None,
    json_path: Path | None,
) -> None:
    """Write every byte in both directions to a file, until Ctrl-C or for --seconds.

    Whatever happens to this computer, all but the last second can be read. Play it back with
    fixprop replay; a report of it comes from fixprop report.

    \b
    Example:  fixprop record -o lesson.fixrec --port /dev/ttyACM0 --teach 60 --seconds 61
    """
    from fixprop.recording.take import Plan, take

    if output is None:
        output = FOLDER / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}.fixrec"
    if teach and seconds is None:
        seconds = 0.0
    total = None if seconds is None else (teach or 0) + seconds
    plan = Plan(port, output, seconds, teach or 0, seed, speed, started)
    click.echo(f"recording {port} to {output}" + ("" if total else "; Ctrl-C ends it"), err=True)
    columns = (
        TextColumn("recording"),
        BarColumn(30),
        TextColumn("{task.completed:.1f} s"),
        TimeElapsedColumn(),
    )
    with bars(*columns, transient=True) as shown:
        task = shown.add_task("recording", total=total)
        done = take(plan, lambda done_s: shown.update(task, completed=done_s))
    figures = {
        "port": port,
        "file": str(output),
        "seconds": round(done.seconds, 6),
        "bytes": done.file_bytes,
        "events_dropped": done.dropped,
    }
    write_figures(json_path, figures)
    dropped = (
        f", {done.dropped} events NOT recorded: this computer was too slow" if done.dropped else ""
    )
    click.echo(f"{output}: {done.seconds:.1f} s, {done.file_bytes:,} bytes{dropped}")
    name = shlex.quote(str(output))
    click.echo(f"play it with: fixprop replay {name}")
    if teach and port not in SIMULATED:
        click.echo(
            "the board forgets this lesson at its next reset, and opening its port resets it; to keep "
            f"it there: fixprop replay {name} --export model.json && fixprop push model.json --save "
            f"--port {port}"
        )
