"""fixprop push: a model's weights to a running board."""

from __future__ import annotations

from pathlib import Path

import click

from fixprop.board.ports import SIMULATED, open_port
from fixprop.commands.options import board_port
from fixprop.commands.paths import MODEL, json_option, write_figures
from fixprop.model import Model
from fixprop.session import Session
from fixprop.tracking.learner import weights_crc
from fixprop.transfer import check_topology
from fixprop.transfer import push as push_weights


@click.command(short_help="Set a running board's weights from a model file.")
@click.argument("model_path", metavar="MODEL", type=MODEL)
@board_port("name the port of a board")
@click.option("--save", is_flag=True, help="Let the board store them in its EEPROM too.")
@json_option
def push(model_path: Path, port: str, save: bool, json_path: Path | None) -> None:
    """Set all weights of the board's network, read them back and compare every bit.

    Learning waits and then goes on as before. A real Uno restarts when a port is opened, and then
    has the weights that it stored: use --save to make these last. A simulated board is gone when
    the command ends.

    \b
    Example:  fixprop push model.json --port /dev/ttyACM0 --save
    """
    model = Model.read(model_path)
    line = open_port(port)
    try:
        session = Session(line)
        session.open()
        check_topology(model.topology, session)
        push_weights(session, model.weights)
        stored = session.save() if save else None
    finally:
        line.close()
    figures = {
        "port": port,
        "model": str(model_path),
        "weights": len(model.weights),
        "weights_crc": weights_crc(model.weights),
        "slot": stored.slot if stored else None,
        "save_number": stored.generation if stored else None,
    }
    write_figures(json_path, figures)
    click.echo(
        f"{port}: {len(model.weights)} weights of {model_path} set and read back, identical, "
        f"CRC {weights_crc(model.weights):#06x}"
        + (f"; stored in slot {stored.slot}, save number {stored.generation}" if stored else "")
        + ("; this simulated board is gone now" if port in SIMULATED else "")
    )
