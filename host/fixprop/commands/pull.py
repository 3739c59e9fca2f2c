"""fixprop pull: a running board's weights into a model file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from fixprop.board.ports import open_port
from fixprop.commands.options import board_port
from fixprop.commands.paths import OutputFile, json_option, output_option, write_figures
from fixprop.fingerprint import fingerprint
from fixprop.model import Model
from fixprop.model.model import Provenance
from fixprop.session import Session
from fixprop.transfer import pulled
from fixprop.wire.records import WeightsSource

ORIGINS = {
    WeightsSource.INITIAL: "initial weights of its seed",
    WeightsSource.EEPROM: "weights from its EEPROM",
    WeightsSource.HOST: "weights set by a host",
}


@click.command(short_help="Write a running board's weights to a model file.")
@output_option("The model file, JSON.", OutputFile(".json"), required=True)
@board_port("fixprop replay {} --export model.json writes its weights")
@json_option
def pull(output: Path, port: str, json_path: Path | None) -> None:
    """Read all weights of the board's network, checked against the board's own checksum.

    Learning waits and then goes on as before. A real Uno restarts when a port is opened, and then
    has the weights that it stored, or its initial ones.

    \b
    Example:  fixprop pull -o model.json --port socket://localhost:4000
    """
    line = open_port(port)
    try:
        session = Session(line)
        session.open()
        with session.paused():
            weights, hello = pulled(session), session.hello()
    finally:
        line.close()
    origin = WeightsSource(hello.weights_source)
    provenance: Provenance = {
        "pulled_from": port,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "fingerprint": f"{fingerprint(session.topology):08x}",
        "weights_source": origin.name.lower(),
        "seed": hello.seed,
        "steps": hello.step,
    }
    Model.of_network(session.topology, weights, provenance).write(output)
    counted = {"weights": len(weights), "weights_crc": hello.weights_crc, "file": str(output)}
    write_figures(json_path, {**provenance, **counted})
    click.echo(
        f"{output}: {len(weights)} weights of {port}, {ORIGINS[origin]}, {hello.step:,} training "
        f"steps, CRC {hello.weights_crc:#06x}"
    )
