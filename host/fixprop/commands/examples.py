"""fixprop examples: worked examples of the literature, everywhere the arithmetic runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from fixprop.commands.console import Console, moving
from fixprop.commands.options import Seed
from fixprop.commands.paths import json_option, write_figures
from fixprop.errors import FixpropError, UsageError
from fixprop.examples.report import PLACES, Report

if TYPE_CHECKING:
    from fixprop.examples.catalogue import Entry

ALL = "all"


@click.group(short_help="Worked examples of the literature, on the chip too.")
def examples() -> None:
    """Worked examples of the literature: float64, mirror, native C and simulated chip side by side.

    \b
    Example:  fixprop examples run xor-2-3-1
    """


@examples.command("list", short_help="Names and titles.")
def list_examples() -> None:
    """Print the name and the title of every worked example.

    \b
    Example:  fixprop examples list
    """
    catalogue = _catalogue()
    width = max(map(len, catalogue))
    for name, entry in catalogue.items():
        click.echo(f"{name:{width}}  {entry.title}")


@examples.command("run", short_help="Run one example, or all.")
@click.argument("name")
@json_option
@click.option(
    "--seed",
    type=Seed(),
    default=1,
    show_default=True,
    help="Of the initial weights and the order of the samples.",
)
@click.option("--no-chip", is_flag=True, help="Leave the simulated chip out.")
def run_examples(name: str, json_path: Path | None, seed: int, no_chip: bool) -> int:
    """Run example NAME, or all, and compare: figures with the source, bits with bits.

    Ends with exit status 1 if a figure is not as expected, or if mirror, native C and chip differ
    in any bit. The seed draws the initial weights and the order of the samples.

    \b
    Example:  fixprop examples run all --json out/examples.json
    """
    reports = [_run(each, entry, seed, not no_chip) for each, entry in _chosen(name).items()]
    write_figures(json_path, {report.name: report.as_json() for report in reports})
    failed = [report.name for report in reports if not report.passed]
    click.echo(
        f"{len(failed)} of {len(reports)} examples failed: {', '.join(failed)}"
        if failed
        else f"verdict: pass, {len(reports)} of {len(reports)} examples"
    )
    return 1 if failed else 0


def _catalogue() -> dict[str, Entry]:
    try:
        from fixprop.examples.catalogue import CATALOGUE
    except ImportError as error:
        raise FixpropError(
            f"the examples need {error.name}: install it with: pip install -e '.[report]'"
        ) from error
    return CATALOGUE


def _chosen(name: str) -> dict[str, Entry]:
    catalogue = _catalogue()
    if name == ALL:
        return catalogue
    if name not in catalogue:
        raise UsageError(f"no example '{name}': see fixprop examples list")
    return {name: catalogue[name]}


def _run(name: str, entry: Entry, seed: int, with_chip: bool) -> Report:
    with moving(f"{name}: {entry.title}"):
        report = entry.run(seed, with_chip)
    _print(report, Console())
    return report


def _print(report: Report, console: Console) -> None:
    console.print(f"{report.name}: {report.title}", highlight=False, soft_wrap=True)
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("figure")
    shown = PLACES if report.differences else PLACES[:2]  # one of three that are equal to the bit
    for name in ("expected", "float64", *(shown[1:] if report.differences else ["fixed point"])):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in report.rows:
        values = [f"{row.values[p]:.9g}" if p in row.values else "" for p in shown]
        table.add_row(row.name, row.expected, *values, "ok" if row.passed else "FAILED")
    console.print(table)
    lines = [f"source: {report.source}", *report.notes]
    if report.differences:
        lines += [f"DIFFERENT: {text}" for text in report.differences]
    else:
        places = [p for p in PLACES[1:] if any(p in row.values for row in report.rows)]
        lines.append(f"equal to the bit: {', '.join(places)}")
    console.print("\n".join(lines) + "\n", highlight=False, soft_wrap=True)
