"""fixprop import: a network trained elsewhere, or a model of fixprop's own, as a model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from fixprop.commands.console import Console
from fixprop.commands.paths import (
    InputFile,
    OutputFile,
    json_option,
    output_option,
    write_figures,
)
from fixprop.model import Model

if TYPE_CHECKING:
    from fixprop.importers.imported import LayerReport, Report

NETWORK = InputFile("network", "name an .onnx, .keras, .h5, .npz, .h or .json file")
SAMPLE = InputFile("sample", "name a table, such as a .csv, or give --range LOW:HIGH instead")


@click.command("import", short_help="Bring a network that was trained elsewhere.")
@click.argument("network", type=NETWORK)
@click.option("--sample", type=SAMPLE, help="Typical inputs: a table (.csv, .npy, .npz ...).")
@click.option(
    "--columns", help="The sample's input columns: names or numbers, with commas between."
)
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="LOW:HIGH",
    help="Of all inputs, or once for each in turn: instead of a sample, or beyond it.",
)
@click.option("--classes", default="", help="Names of the classes, with commas between.")
@click.option("--saturate", is_flag=True, help="Cut weights off that are too large for the chip.")
@output_option(
    "The model file.",
    OutputFile(".json", may_replace_input=True),
    default="model.json",
    show_default=True,
)
@json_option
def import_(
    network: Path,
    sample: Path | None,
    columns: str | None,
    ranges: tuple[str, ...],
    classes: str,
    saturate: bool,
    output: Path,
    json_path: Path | None,
) -> None:
    """Write NETWORK as a model file, and say what the chip's number formats cost.

    NETWORK is an ONNX file, a Keras file (.keras, .h5), arrays (.npz: W0, b0, W1, b1 ...,
    activations), a C header of fixprop export, or a model file of another version's arithmetic.
    The sample's or the ranges' numbers are inputs as the network takes them.

    \b
    Example:  fixprop import net.onnx --sample measured.csv -o model.json
    """
    from fixprop.importers.any_file import MODELS, from_file, read_ranges, read_sample

    if network.suffix.lower() in MODELS:
        _take_over(network, output)
        return
    imported = from_file(
        network,
        None if sample is None else read_sample(sample, columns),
        read_ranges(ranges),
        classes=[name.strip() for name in classes.split(",") if name.strip()],
        saturate=saturate,
    )
    imported.model.write(output)
    write_figures(json_path, imported.report.as_json())
    _show(imported.report)
    click.echo(f"{output}: {_line(imported.model)}")


def _take_over(path: Path, output: Path) -> None:
    from fixprop.model import file, header

    reader = file.read if path.suffix.lower() == ".json" else header.read
    model = reader(path, any_arithmetic=True)
    model.write(output)
    click.echo(f"{output}: {_line(model)}, equal in every weight")


def _line(model: Model) -> str:
    return f"{model.topology}, {', '.join(model.topology.activations)}"


def _show(report: Report) -> None:
    from fixprop.importers.intervals import HEADROOM

    console = Console()
    console.print(_layers(report.layers))
    console.print(_outputs(report))
    where = f"the sample's {report.measured_on} rows" if report.measured_on else "random inputs"
    beyond = "" if report.unconditional else f", values up to {HEADROOM} times the sample's"
    lines = [f"bound: for every input in its range{beyond}; measured: on {where}"]
    for line in lines + [f"note: {note}" for note in report.notes]:
        click.echo(line)


def _layers(layers: tuple[LayerReport, ...]) -> Table:
    """Differences are the largest neuron's; weights are at the chip's scale."""
    table = Table(title="Layers: difference from the original", title_justify="left")
    cut = any(one.saturated for one in layers)
    for name in ("layer", "function"):
        table.add_column(name, overflow="fold")
    weights = ("size", "weights", *(("cut off",) if cut else ()), "rounded")
    for name in (*weights, "bound", "measured", "reach"):
        table.add_column(name, justify="right")
    for one in layers:
        table.add_row(
            one.name,
            one.activation,
            f"{one.inputs}-{one.neurons}",
            f"{one.largest_weight:.3g}",
            *([str(one.saturated)] if cut else []),
            f"{one.weight_rounding:.1e}",
            f"{one.bound:.1e}",
            f"{one.measured:.1e}",
            f"{one.reach:.0%}",
        )
    return table


def _outputs(report: Report) -> Table:
    table = Table(title="Outputs: difference from the original, real units", title_justify="left")
    table.add_column("output", overflow="fold")
    for name in ("bound", "bound on the sample", "measured", "r.m.s."):
        table.add_column(name, justify="right")
    columns = (report.bound, report.sample_bound, report.measured, report.measured_rms)
    for name, *numbers in zip(report.outputs, *columns, strict=True):
        table.add_row(name, *(f"{number:.2g}" for number in numbers))
    return table
