"""A budget for people: one table, bars of how full the chip is, one sentence."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table

from fixprop.budget.check import LIMIT, Row, worst
from fixprop.budget.estimate import FLASH_ROOM, SRAM_ROOM, Cycles, Estimate, largest
from fixprop.sim.uno import CLOCK_HZ
from fixprop.tracking.definition import READING_PERIOD_S

BAR_WIDTH = 30


def show(of: Estimate, console: Console) -> None:
    """Print the budget."""
    console.print(_budget(of))
    console.print(sentence(of), style="bold", highlight=False, soft_wrap=True)


def sentence(of: Estimate) -> str:
    """Whether it fits, by how many bytes, and the largest hidden layers that do, all alike."""
    memory, larger = of.memory, largest(of.topology, of.mode)
    several = len(of.topology.sizes) > 3
    which = f"largest hidden {'layers that fit' if several else 'layer that fits'}: {larger}"
    if memory.fits:
        text = (
            f"fits: {memory.sram_left:,} bytes of SRAM and {memory.flash_left:,} of flash are left"
        )
        return text if larger is None else f"{text}; {which}"
    left = {"flash": memory.flash_left, "SRAM": memory.sram_left}
    missing = [f"{name} by {-room:,} bytes" for name, room in left.items() if room < 0]
    text = f"does not fit: {', '.join(missing)}"
    if larger is not None:
        return f"{text}; {which}"
    return f"{text}; no hidden layer is small enough" if len(of.topology.sizes) > 2 else text


def _budget(of: Estimate) -> Table:
    title = f"{of.topology}, {', '.join(of.topology.activations)}: {of.mode.text}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_header=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    memory = of.memory
    in_sram = memory.sram_bytes + memory.stack_bytes
    table.add_row("flash", f"{memory.flash_bytes:,} bytes", _bar(memory.flash_bytes, FLASH_ROOM))
    table.add_row("", "", _parts(memory.flash_parts))
    table.add_row("SRAM", f"{in_sram:,} bytes", _bar(in_sram, SRAM_ROOM))
    table.add_row("", "", _parts(memory.sram_parts | {"stack": memory.stack_bytes}))
    table.add_row("inference", f"{of.infer.mean:,.0f} cycles", _time(of.infer))
    if of.train is not None:
        table.add_row("training step", f"{of.train.mean:,.0f} cycles", _time(of.train))
        steps = f"{of.steps_per_reading:,.1f} steps"
        table.add_row("in a sensor cycle", steps, f"of {1000 * READING_PERIOD_S:.0f} ms, at 16 MHz")
    return table


def _bar(used: int, room: int) -> Table:
    """A bar and the part used; red when it is more than there is."""
    full = used > room
    bar = ProgressBar(room, min(used, room), BAR_WIDTH, complete_style="red" if full else "green")
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(bar, f"{used / room:.0%} of {room:,}")
    return grid


def _parts(parts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in parts.items())


def _time(of: Cycles) -> str:
    """Milliseconds, and how far single passes are from the mean."""
    ms = f"{1000 * of.mean / CLOCK_HZ:.2f} ms"
    if round(of.low) == round(of.high):
        return ms
    return f"{ms}; {of.low:,.0f} to {of.high:,.0f} with the data"


CHECK_COLUMNS = 130
"""Where no terminal says how wide a line may be."""


def show_check(rows: list[Row], console: Console) -> None:
    """Print predictions beside measurements, and the worst deviation."""
    table = Table(box=box.SIMPLE_HEAD, title="predicted / measured", title_justify="left")
    table.add_column("network", overflow="fold")
    for name in rows[0].pairs:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("worst", justify="right", no_wrap=True)
    for row in rows:
        pairs = [f"{pair.predicted:,.0f} / {pair.measured:,.0f}" for pair in row.pairs.values()]
        mark = "" if row.holds else " MISSED"
        network = f"{row.topology} {','.join(row.topology.activations)}"
        table.add_row(network, *pairs, f"{row.worst:.2%}{mark}")
    console.print(table)
    console.print(verdict(rows), style="bold", highlight=False, soft_wrap=True)


def verdict(rows: list[Row]) -> str:
    """One line: pass or fail, and the worst deviation of each figure."""
    parts = ", ".join(f"{name} {part:.2%}" for name, part in worst(rows).items())
    outcome = "pass" if all(row.holds for row in rows) else "FAIL"
    return f"verdict: {outcome}: {len(rows)} networks, worst deviations {parts} (limit {LIMIT:.0%})"
