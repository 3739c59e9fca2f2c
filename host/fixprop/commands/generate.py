"""fixprop generate: the files that follow from the definitions in Python."""

from __future__ import annotations

import click

from fixprop.errors import FixpropError
from fixprop.generate import stale_files, write_stale_files
from fixprop.toolchain import PROJECT_ROOT


@click.command(short_help="Write the generated C headers and pages.")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not up to date.")
def generate(check: bool) -> None:
    """Write the C headers and pages that are generated from the definitions in Python.

    \b
    Example:  fixprop generate --check
    """
    if not check:
        for path in write_stale_files(PROJECT_ROOT):
            click.echo(f"wrote {path}")
        return
    if stale := stale_files(PROJECT_ROOT):
        names = ", ".join(map(str, stale))
        raise FixpropError(f"not up to date: {names}; bring them up to date with: fixprop generate")
    click.echo("all generated files are up to date")
