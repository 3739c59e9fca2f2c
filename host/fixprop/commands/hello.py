"""fixprop hello: who is at the other end of a port."""

from __future__ import annotations

from pathlib import Path

import click

from fixprop.board.ports import open_port
from fixprop.commands.options import board_port
from fixprop.commands.paths import json_option, write_figures
from fixprop.recording.playback import ReplaySession, replay_of
from fixprop.session import Session
from fixprop.wire.records import Hello, ResetCause


@click.command(short_help="Ask a board who it is.")
@board_port(recording="")
@json_option
def hello(port: str, json_path: Path | None) -> None:
    """Open a port, wait for the board's hello and check that this host fits it.

    A real Uno restarts when its port is opened. A recording tells who was there when it was made.

    \b
    Example:  fixprop hello --port /dev/ttyACM0
    """
    told = _told(port)
    layers = "-".join(map(str, told.layer_sizes[: told.layer_count]))
    cause = ResetCause(told.reset_cause)
    started_by = (cause.name or "its boot loader").lower().replace("|", " and ")
    figures = {
        "port": port,
        "topology": layers,
        "fingerprint": f"{told.fingerprint:08x}",
        "started_by": started_by,
        "steps": told.step,
        "free_sram_bytes": told.free_sram,
    }
    write_figures(json_path, figures)
    click.echo(
        f"{port}: fixprop {layers}, fingerprint {told.fingerprint:08x}, "
        f"started by {started_by}, "
        f"{told.step} training steps"
        + (f", {told.free_sram} bytes of SRAM free" if told.free_sram else "")
    )


def _told(port: str) -> Hello:
    """By the board; of a recording by its facts too: it may begin in the middle of a conversation."""
    if (replay := replay_of(port)) is not None:
        return ReplaySession(replay.connect(), replay).open()
    line = open_port(port)
    try:
        return Session(line).open()
    finally:
        line.close()
