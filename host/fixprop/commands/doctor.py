"""fixprop doctor: what is wrong, and what to do about it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixprop.board.ports import SIMULATED
from fixprop.commands.console import Console
from fixprop.commands.options import AUTO, LIVE_KINDS, Finite, Seed, check_port
from fixprop.commands.paths import json_option, write_figures
from fixprop.errors import FixpropError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixprop.doctor.examination import Row, Step, Wishes
    from fixprop.doctor.person import Person


@click.command(short_help="What is wrong with board, sensors and tools, and what to do.")
@click.option(
    "--port",
    default=AUTO,
    show_default=True,
    help=f"One of {LIVE_KINDS}; auto: a board that is plugged in.",
)
@click.option(
    "--seconds",
    type=Finite(2, 600),
    default=5.0,
    show_default=True,
    help="To listen with no hand there.",
)
@click.option("--no-hand", is_flag=True, help="Ask nobody: no hand, no look at the pointer.")
@click.option("--write", is_flag=True, help="Save the weights in each slot of the EEPROM too.")
@click.option("--seed", type=Seed(), default=1, show_default=True, help="Of a simulated board.")
@json_option
def doctor(
    port: str, seconds: float, no_hand: bool, write: bool, seed: int, json_path: Path | None
) -> int:
    """Examine tools, port, board, supply, sensors, servo, EEPROM, memory, clock and line.

    Each finding says what was seen, the limit and what to do. Ends with exit status 0 if nothing
    is found, 1 with findings. A real Uno restarts when its port is opened.

    \b
    Example:  fixprop doctor --port sim:// --json out/doctor.json
    """
    from fixprop.doctor.tools import examine_tools

    if port != AUTO:
        check_port(port, "fixprop report {} tells what it holds")
    console = Console()
    rows = examine_tools()
    _show(rows, console)
    found = _examine_port(port, seconds, no_hand, write, seed)
    _show(found, console)
    rows += found
    findings = [finding for row in rows for finding in row.findings]
    checks = [{"check": r.check, "seen": r.seen, "skipped": r.skipped} for r in rows]
    write_figures(
        json_path, {"checks": checks, "findings": [finding.as_json() for finding in findings]}
    )
    _verdict(len(findings), sum(row.skipped for row in rows), console)
    return 1 if findings else 0


def _examine_port(port: str, seconds: float, no_hand: bool, write: bool, seed: int) -> list[Row]:
    from fixprop.board.ports import open_port
    from fixprop.doctor.examination import Row, Wishes, examine
    from fixprop.doctor.kinds import Finding
    from fixprop.doctor.person import Asked, Simulated
    from fixprop.doctor.tools import examine_device
    from fixprop.sim.paths import Still
    from fixprop.sim.scene import World

    rows: list[Row] = []
    try:
        url = _url(port)
        if device := examine_device(url):
            rows.append(device)
        world = World(seed, Still())
        line = open_port(url, world)
    except UsageError:
        raise
    except FixpropError as error:
        if not any(row.findings for row in rows):  # else the reason stands there already
            seen, _, cure = str(error).partition(": ")
            rows.append(Row("port", seen, [Finding("no_port", seen, cure=cure)]))
        return rows
    person: Person | None = None
    if not no_hand and url in SIMULATED:
        person = Simulated(world, line)
    elif not no_hand and sys.stdin.isatty():
        person = Asked(_tell, click.confirm)
    wishes: Wishes = Wishes(person, seconds, write)
    try:
        with _steps(quiet=isinstance(person, Asked)) as step:
            return rows + examine(line, wishes, step)
    finally:
        line.close()


def _url(port: str) -> str:
    from fixprop.upload.target import choose

    return choose(AUTO).url if port == AUTO else port


def _tell(text: str) -> None:
    click.prompt(f"{text}, then press Enter", default="", show_default=False, prompt_suffix=" ")


@contextmanager
def _steps(quiet: bool) -> Iterator[Step]:
    """What is being done, on a terminal; not while questions are asked there."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("opening the port") as status:
        yield lambda text: status.update(text)


def _show(rows: list[Row], console: Console) -> None:
    for row in rows:
        for finding in row.findings:
            _print(console, "FAULT", row.check, finding.line(), "bold red")
        if not row.findings:
            mark, style = ("-", "dim") if row.skipped else ("ok", "")
            _print(console, mark, row.check, row.seen, style)


def _print(console: Console, mark: str, check: str, text: str, style: str) -> None:
    line = f"{mark:6}{check:13} {text}"
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def _verdict(findings: int, skipped: int, console: Console) -> None:
    what = f"{findings} fault{'s' * (findings > 1)}" if findings else "nothing found"
    console.print(f"{what}{f', {skipped} skipped' if skipped else ''}", highlight=False)
