"""fixprop calibrate: what makes this board's sensors differ from the datasheet's."""

from __future__ import annotations

import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from fixprop.board.ports import SIMULATED, open_port
from fixprop.calibration.board import store_constants
from fixprop.calibration.constants import SensorConstants, UnitConstants, reading_mv
from fixprop.calibration.files import write_calibration
from fixprop.calibration.measure import READINGS
from fixprop.calibration.scripted import ScriptedHolder, world_with_card
from fixprop.calibration.steps import SIDES, Step, all_steps
from fixprop.calibration.walk import Outcome, walk
from fixprop.commands.options import Seed, port_option
from fixprop.commands.paths import check_folder, output_option
from fixprop.errors import UsageError
from fixprop.session import Session
from fixprop.toolchain import PROJECT_ROOT
from fixprop.wire.records import Reading

FOLDER = PROJECT_ROOT / "hardware" / "calibration"
BEFORE = (
    "A white card (A4 folded once, upright) and a ruler are needed. Each measurement takes two "
    "seconds. Ctrl-C ends it; the board keeps nothing before the end."
)
SIMULATED_LINE = "{}: no board: a simulated Uno's sensors are measured; for a real board's: --port"


class Name(click.ParamType):  # type: ignore[type-arg]
    """A unit's name, which its file has too: no path."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name; fails for what could lead to another folder."""
        if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
            self.fail(
                f"'{value}' is not made of A-Z, a-z, 0-9, _ and -; for a path: -o", param, ctx
            )
        return str(value)


def _say(console: Console, text: str) -> None:
    """Wrapped at a terminal's width, nowhere else."""
    console.print(text, highlight=False, soft_wrap=not console.is_terminal)


class Person:
    """Somebody at the terminal, asked step by step."""

    def __init__(self, console: Console) -> None:
        self._console, self._number, self._covers = console, 0, False

    def hold(self, step: Step, why: str) -> None:
        """See Holder."""
        if not self._number:
            _say(self._console, BEFORE)
        if why:
            _say(self._console, f"Once more: {why}.")
        else:
            self._number += 1
        finger = "Take the finger away. " if self._covers and step.covered is None else ""
        self._covers = step.covered is not None
        total = len(all_steps())
        _forget_what_was_typed()
        click.prompt(
            f"[{min(self._number, total)}/{total}] {finger}{step.text} Enter when it is there",
            default="",
            show_default=False,
            prompt_suffix=" ",
            err=True,
        )


def _forget_what_was_typed() -> None:
    """Enter pressed once too often during a measurement does not confirm the next one."""
    try:
        import termios
    except ImportError:  # Windows
        return
    with suppress(OSError, ValueError, termios.error):  # no terminal
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


class Display:
    """A bar for the step that is measured, with what the sensors read now."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.description:17}"),
            BarColumn(24),
            TextColumn("{task.fields[now]}"),
        )
        self._console, self._columns = console, columns
        self._bars: Progress | None = None
        self._task: TaskID | None = None

    def reading(self, step: Step, count: int, reading: Reading) -> None:
        """See OnReading; the bar is there from a measurement's first reading to its last."""
        if self._bars is None:
            self._bars = Progress(*self._columns, console=self._console, transient=True)
            self._bars.start()
            self._task = self._bars.add_task(step.name, total=READINGS, now="")
        assert self._task is not None
        self._bars.update(self._task, completed=count, now=_now(reading))
        if count >= READINGS:
            self.end()

    def end(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
        self._bars = None


def _now(reading: Reading) -> str:
    typical = SensorConstants()
    return "  ".join(
        f"{side} {float(reading_mv(value)):4.0f} mV, {float(typical.range_cm(value)):5.1f} cm"
        for side, value in zip(SIDES, (reading.left, reading.right), strict=True)
    )


@click.command(short_help="Measure a board's own sensors and store what they differ by.")
@port_option
@output_option(
    "The file, JSON; a picture of the same name goes beside it.  "
    "[default: hardware/calibration/NAME.json, or out/calibration/ for a simulated board]"
)
@click.option(
    "--name", type=Name(), default=None, help="Of the unit.  [default: unit, or simulated]"
)
@click.option(
    "--supply-mv",
    type=click.IntRange(4000, 6000),
    help="What a multimeter shows between 5V and GND: calibrates the board's own measurement.",
)
@click.option("--seed", type=Seed(), default=1, show_default=True, help="Of simulated sensors.")
@click.option("--dry-run", is_flag=True, help="Write the file, but store nothing on the board.")
def calibrate(
    port: str,
    output: Path | None,
    name: str | None,
    supply_mv: int | None,
    seed: int,
    dry_run: bool,
) -> None:
    """Hold a white card (A4 folded once) where you are told, ten times for two seconds.

    From 10 to 40 cm it gives gain and offset of each sensor against the datasheet's curve; with one
    sensor covered, what each adds to the other; with its edge on the centre line, the width of each
    beam. The board keeps it beside its weights. Without a board, as on sim:// and native://, the
    sensors are simulated ones with hidden constants, and so is the hand that does what the steps say.

    \b
    Example:  fixprop calibrate --port /dev/ttyACM0 --name bench --supply-mv 5020
    """
    simulated = port in SIMULATED
    if not simulated and not sys.stdin.isatty():
        raise UsageError(f"{port}: somebody must hold the card: calibrate needs a terminal")
    path = output or _file_of(name, simulated)
    check_folder(path.parent)
    console = Console(stderr=True)
    if simulated:
        _say(console, SIMULATED_LINE.format(port))
    world = world_with_card(seed)
    line = open_port(port, world)
    display = Display(console)
    try:
        session = Session(line)
        session.open()
        holder = ScriptedHolder(world, line) if simulated else Person(console)
        show = display.reading if console.is_terminal else lambda *_: None
        outcome = walk(session, holder, show, unix_s=int(time.time()), true_supply_mv=supply_mv)
        picture = write_calibration(path, outcome, port)
        if not dry_run:
            store_constants(session, outcome.constants)
    finally:
        display.end()
        line.close()
    _print(outcome, path, picture, "" if dry_run else f"stored on {port}; ")


def _file_of(name: str | None, simulated: bool) -> Path:
    """A real unit's constants are kept with the hardware, a simulated one's are not."""
    if simulated:
        return Path("out/calibration") / f"{name or 'simulated'}.json"
    return FOLDER / f"{name or 'unit'}.json"


def _print(outcome: Outcome, path: Path, picture: Path, stored: str) -> None:
    for side, fit in zip(SIDES, outcome.fits, strict=True):
        constants = fit.constants
        beam = "not measured" if constants.beam_deg is None else f"{constants.beam_deg:.1f} deg"
        click.echo(
            f"{side:5} gain {constants.gain:.3f} +- {fit.gain_error:.3f}, offset "
            f"{constants.offset_mv:+.0f} +- {fit.offset_error_mv:.0f} mV, beam {beam}, "
            f"cross-talk {constants.crosstalk_mv:+.0f} mV"
        )
    told: UnitConstants = outcome.constants
    click.echo(f"supply {outcome.supply_mv:.0f} mV, bandgap {told.bandgap_mv} mV")
    for remark in outcome.remarks:
        click.echo(f"remark: {remark}")
    click.echo(f"{stored}{path} and {picture.name}")
