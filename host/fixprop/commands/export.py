"""fixprop export: a model as a C header."""

from __future__ import annotations

from pathlib import Path

import click

from fixprop.commands.paths import MODEL, OutputFile, output_option
from fixprop.files import write_whole
from fixprop.model import Model, header


@click.command(short_help="Write a model as a C header.")
@click.argument("model", type=MODEL)
@output_option("The header to write.", OutputFile(".h"), default="model.h", show_default=True)
@click.option("--name", default="model", show_default=True, help="What the sketch calls it.")
@click.option(
    "--flash",
    is_flag=True,
    help="Weights in flash: for networks that only infer, and take little SRAM.",
)
def export(model: Path, output: Path, name: str, flash: bool) -> None:
    """Write MODEL (of fixprop train, import or pull) as a C header for the library.

    The header has the weights and the scale of every column, so that a sketch needs no float:

    \b
      model_set_input(0, raw);              // raw: units of the column, as the comment there says
      const int16_t *outputs = model_run();
      long answer = model_raw_output(0, outputs[0]);

    `fixprop import model.h` takes it back, equal in every bit.

    \b
    Example:  fixprop export iris.json -o model.h
    """
    whole = Model.read(model)
    write_whole(output, header.text(whole, name, flash=flash))
    kind = "weights in flash, inference only" if flash else "weights in SRAM, learns"
    click.echo(f"{output}: {whole.topology}, {whole.topology.weight_count} {kind}, named '{name}'")
