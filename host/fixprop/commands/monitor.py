"""fixprop monitor: a board's readings as lines, and to other people's tools."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack
from typing import Any

import click

from fixprop.board.ports import KINDS, SIMULATED
from fixprop.commands.options import Finite, Seed, check_port
from fixprop.header import DEFAULT_SEED
from fixprop.sinks.channels import BY_NAME, CHANNELS, channels_of
from fixprop.sinks.output import FORMATS, Output, every_s
from fixprop.sinks.sampler import Sampler
from fixprop.sinks.sink import Sink
from fixprop.sinks.source import AUTO, DEFAULT, source_of
from fixprop.sinks.spec import KINDS as SINKS
from fixprop.sinks.spec import Settings, board_name, open_sink

MOST_SPEED = 20.0
FORGETS = (
    "the board forgets this lesson at its next reset, and opening its port resets it; for one that "
    "stays: fixprop dashboard, Teach and then Save, or fixprop record --teach 30"
)
MOST_TEACH_S = 255  # a byte on the wire


@click.command(short_help="Print a board's readings; pass them on to other tools.")
@click.option(
    "--port",
    default=AUTO,
    show_default=True,
    help=f"One of {KINDS}; auto: a board that is plugged in, else {DEFAULT}.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Of the lines on standard output.",
)
@click.option("--sink", "specs", multiple=True, metavar="SINK", help=f"{SINKS}; again for more.")
@click.option(
    "--channels", "names", metavar="NAMES", help=f"With commas between; all: {', '.join(BY_NAME)}."
)
@click.option(
    "--every",
    "every",
    type=Finite(0, 3600),
    help="Seconds from line to line; 0: each reading. By default 0.25 for text, else 0.",
)
@click.option("--append", is_flag=True, help="Continue CSV files that exist.")
@click.option("--seconds", type=Finite(0, min_open=True), help="End after so long.")
@click.option(
    "--teach",
    "teach_s",
    type=click.IntRange(0, MOST_TEACH_S),
    default=0,
    help="Start a lesson of so many seconds: follow the pointer with your hand.",
)
@click.option(
    "--seed",
    type=Seed(),
    default=DEFAULT_SEED,
    show_default=True,
    help="Of a simulated board's sensors and hand.",
)
@click.option(
    "--speed",
    type=Finite(0.1, MOST_SPEED),
    default=1.0,
    show_default=True,
    help="A simulated board's seconds in one of ours.",
)
def monitor(
    port: str,
    form: str,
    specs: tuple[str, ...],
    names: str | None,
    every: float | None,
    append: bool,
    seconds: float | None,
    teach_s: int,
    seed: int,
    speed: float,
) -> int:
    """Readings, bearing, loss and the twin's verdict, a few lines a second.

    Ctrl-C ends it, with status 0, and so does a reader that goes away, as in `| head`. What is no
    data goes to standard error. Without a board it watches a simulated Uno, in front of which a
    hand moves.

    \b
    Example:  fixprop monitor --teach 30 --sink teleplot://localhost --sink csv:lesson.csv
    """
    channels = channels_of(names.split(",")) if names else CHANNELS
    if port != AUTO:
        check_port(port)
    source = source_of(port, seed=seed, speed=speed)
    serial_number = source.board.serial_number if source.board else None
    settings = Settings(board_name(source.url, serial_number), channels, names is not None, append)
    start_s = time.time()
    sampler = Sampler(start_s, every_s(form, every))
    terminal = sys.stdout.isatty()
    from fixprop.live.bridge import Bridge
    from fixprop.recording.playback import follow, replay_of
    from fixprop.sinks.monitor import Monitor
    from fixprop.tracking.native_learner import NativeLearner
    from fixprop.tracking.twin import Twin

    twin = Twin(NativeLearner(DEFAULT_SEED))
    output = Output(
        form, sampler, twin=twin, channels=channels, chosen=names is not None, terminal=terminal
    )
    with ExitStack() as opened:
        sinks = [_opened(opened, spec, settings) for spec in specs]
        say(f"board: {source.text}")
        end_like_ctrl_c()
        replay = replay_of(source.url)
        bridge = Bridge(source.connect, twin) if replay is None else follow(replay, twin, speed)
        watched = Monitor(bridge, source, output, sinks, start_s, say, replay=replay)
        opened.pop_all()  # the monitor closes them
        well = watched.run(seconds, teach_s)
    if teach_s and source.url not in SIMULATED:
        say(FORGETS)
    return 0 if well else 1


def _opened(opened: ExitStack, spec: str, settings: Settings) -> Sink:
    sink = open_sink(spec, settings)
    opened.callback(sink.close)
    return sink


def say(text: str) -> None:
    """A line that is no data."""
    click.echo(text, err=True)


def end_like_ctrl_c() -> None:
    """Let a closed ssh connection or `kill` end the monitor as Ctrl-C does, the board released."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
