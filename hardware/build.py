"""`make hardware`: pictures, tables, STL files, into out/hardware; and what the repository keeps.

.venv/bin/python -m hardware.build                            # everything
.venv/bin/python -m hardware.build --baseline 10 --toe-in 5   # another mount, in out/hardware only
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click

from fixprop.cli import run
from fixprop.commands.paths import output_option
from fixprop.errors import FixpropError, MissingTool
from fixprop.files import prepare_folder, write_whole
from fixprop.sim.optics import Mount
from hardware import mesh, mounting, pictures, tables
from hardware.geometry import PARAMETERS, check, parameters_scad
from hardware.schematic import schematic
from hardware.wiring import wiring

HERE = Path(__file__).parent
PAGE, IMAGES = HERE / "README.md", HERE / "images"


def drawings() -> dict[str, str]:
    """The SVG pictures by file name."""
    return {"schematic.svg": schematic()[0], "wiring.svg": wiring()}


def kept_texts() -> dict[Path, str]:
    """Every text that the repository keeps and this program writes."""
    mount = Mount()
    return {
        PARAMETERS: parameters_scad(mount),
        HERE / "mounting.svg": mounting.picture(mount),
        PAGE: tables.with_blocks(PAGE.read_text(encoding="utf-8")),
        **{IMAGES / name: svg for name, svg in drawings().items()},
    }


def _to_png(svg: Path) -> None:
    converter = shutil.which("rsvg-convert")
    if not converter:
        raise MissingTool("no rsvg-convert: run apt-get install librsvg2-bin")
    png = svg.with_suffix(".png")
    run = subprocess.run(
        [converter, "-o", str(png), str(svg)], capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise FixpropError(f"rsvg-convert failed on {svg.name}: {run.stderr.strip()}")


def write_texts(out: Path) -> None:
    """Drawings as SVG and PNG, tables as CSV."""
    for name, text in {**drawings(), **tables.csv_files()}.items():
        write_whole(out / name, text)
        click.echo(f"hardware: {out / name}")
    for name in drawings():
        _to_png(out / name)


def write_solids(out: Path, mount: Mount) -> None:
    """STL files of what is printed, checked, and pictures of it all."""
    model = mesh.copy_model(out / "mount", mount)
    for part in pictures.ALL_PARTS:
        mesh.build_stl(model, part, model.parent / f"{part}.stl")
    for part in mesh.PRINTED:
        solid = mesh.load(model.parent / f"{part}.stl")
        wrong = mesh.problems(solid)
        if wrong:
            raise FixpropError(f"{part}.stl cannot be printed: {'; '.join(wrong)}")
        size = " x ".join(f"{x:.0f}" for x in solid.extents)
        click.echo(
            f"hardware: {part}.stl: {size} mm, {solid.volume / 1000:.1f} cm3, one closed body"
        )
    for path in pictures.write_pictures(model.parent, mount, out):
        click.echo(f"hardware: {path}")


def keep(out: Path) -> None:
    """Bring what the repository keeps up to date."""
    for path, text in kept_texts().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)
            click.echo(f"hardware: {path.relative_to(HERE.parent)} written anew")
    for name in pictures.VIEWS:
        made, kept = out / f"{name}.png", IMAGES / f"{name}.png"
        if not kept.is_file() or kept.read_bytes() != made.read_bytes():
            shutil.copyfile(made, kept)
            click.echo(f"hardware: {kept.relative_to(HERE.parent)} written anew")


@click.command(help=__doc__)
@output_option(
    "Where all goes.",
    click.Path(path_type=Path, file_okay=False),
    default=Path("out/hardware"),
    show_default=True,
    old=True,
)
@click.option("--baseline", type=float, help="Centimetres between the sensors.")
@click.option("--toe-in", type=float, help="Degrees by which each is turned inwards.")
def main(output: Path, baseline: float | None, toe_in: float | None) -> None:
    usual = Mount()
    mount = Mount(
        baseline_cm=usual.baseline_cm if baseline is None else baseline,
        toe_in_deg=usual.toe_in_deg if toe_in is None else toe_in,
    )
    try:
        check(mount)
        mesh.openscad()
        prepare_folder(output)
        write_texts(output)
        write_solids(output, mount)
        if mount == usual:
            keep(output)
    except FixpropError as error:
        click.echo(f"hardware: {error}", err=True)
        sys.exit(error.exit_status)
    built = f"{mount.baseline_cm:g} cm apart, toed in {mount.toe_in_deg:g} degrees"
    click.echo(f"hardware: all in {output}, for sensors {built}")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "scripts/hardware"))
