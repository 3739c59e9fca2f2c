"""fixprop flash: the firmware onto a board."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from fixprop.commands.console import bars
from fixprop.commands.paths import InputFile, json_option, write_figures
from fixprop.upload.avrdude import Progress
from fixprop.upload.boot_loaders import OPTIBOOT
from fixprop.upload.flash import Flashed, Plan, plan_upload, upload
from fixprop.upload.target import AUTO


@click.command(short_help="Write the firmware to a board and hear its hello.")
@click.option("--port", default=AUTO, show_default=True, help="/dev/ttyACM0, COM3, socket://...")
@click.option(
    "--hex",
    "hex_file",
    type=InputFile("HEX file", "without --hex this checkout's firmware is built and written"),
    help="Write this file, not this checkout's firmware.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written; touch no board.")
@click.option(
    "--no-hello", is_flag=True, help="For a sketch that does not speak fixprop's protocol."
)
@json_option
def flash(
    port: str, hex_file: Path | None, dry_run: bool, no_hello: bool, json_path: Path | None
) -> None:
    """Write the firmware through the board's boot loader, read it back, and check who answers.

    The same as `pio run -d firmware -e uno -t upload`, with the operating system's compiler and
    avrdude. Boot loader, fuses and EEPROM stay as they are, and so do weights that were saved.

    \b
    Example:  fixprop flash --port /dev/ttyACM0
    """
    plan = plan_upload(port, hex_file)
    click.echo(_what(plan))
    if dry_run:
        click.echo("dry run: nothing was written")
    else:
        with _bars() as progress:
            done = upload(plan, progress, greet=not no_hello)
        click.echo(_told(done))
        if done.warning:
            click.echo(f"warning: {done.warning}", err=True)
    write_figures(json_path, _figures(plan, None if dry_run else done))


@contextmanager
def _bars() -> Iterator[Progress]:
    with bars(transient=True) as shown:
        tasks = {phase: shown.add_task(phase, total=1.0) for phase in ("write", "verify")}
        yield lambda phase, done: shown.update(tasks[phase], completed=done)


def _what(plan: Plan) -> str:
    image = plan.image
    return (
        f"{image.path}: {image.byte_count:,} bytes, SHA-256 {image.sha256[:16]}, to flash 0x0000 "
        f"to 0x{image.end - 1:04X} of {plan.target.description} at {plan.target.url}"
    )


def _told(done: Flashed) -> str:
    old = "" if done.boot_loader is OPTIBOOT else f", through {done.boot_loader.name}"
    said = f"{done.plan.image.byte_count:,} bytes written and verified in {done.seconds:.1f} s{old}"
    if done.hello is None:
        return said
    layers = "-".join(map(str, done.hello.layer_sizes[: done.hello.layer_count]))
    return f"{said}; it says: fixprop {layers}, fingerprint {done.hello.fingerprint:08x}, as here"


def _figures(plan: Plan, done: Flashed | None) -> dict[str, object]:
    figures: dict[str, object] = {
        "port": plan.target.url,
        "file": str(plan.image.path),
        "sha256": plan.image.sha256,
        "bytes": plan.image.byte_count,
        "written": done is not None,
    }
    if done:
        figures |= {"baud": done.boot_loader.baud, "seconds": round(done.seconds, 2)}
    if done and done.hello:
        figures["fingerprint"] = f"{done.hello.fingerprint:08x}"
    return figures
