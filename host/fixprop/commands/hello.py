"""fixprop hello: who is at the other end of a port."""

from __future__ import annotations

import click

from fixprop.board.ports import open_port
from fixprop.commands.options import port_option
from fixprop.session import Session
from fixprop.wire.records import ResetCause


@click.command(short_help="Ask a board who it is.")
@port_option
def hello(port: str) -> None:
    """Open a port, wait for the board's hello and check that this host fits it.

    A real Uno restarts when its port is opened.

    \b
    Example:  fixprop hello --port /dev/ttyACM0
    """
    line = open_port(port)
    try:
        told = Session(line).open()
    finally:
        line.close()
    layers = "-".join(map(str, told.layer_sizes[: told.layer_count]))
    cause = ResetCause(told.reset_cause)
    click.echo(
        f"{port}: fixprop {layers}, fingerprint {told.fingerprint:08x}, "
        f"started by {(cause.name or 'its boot loader').lower().replace('|', ' and ')}, "
        f"{told.step} training steps"
        + (f", {told.free_sram} bytes of SRAM free" if told.free_sram else "")
    )
