"""The figures of `fixprop bench device` as tables and a verdict in one line."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.console import Console
from rich.table import Table

from fixprop.bench import floor, peers
from fixprop.bench.device import Cycles, DeviceFigures, NetworkFigures
from fixprop.bench.growth import TOPOLOGIES, Line
from fixprop.bench.kernels import PARTS


def show(figures: DeviceFigures, console: Console) -> None:
    """Print everything to `console`."""
    console.print(_cycles(figures, "One training step, cycles", training=True))
    console.print(_cycles(figures, "One inference, cycles", training=False))
    console.print(_parts(figures), _bytes(figures))
    console.print(_growth(figures.growth.by_weights, "weights"))
    console.print(_growth(figures.growth.by_weights_and_neurons, "weights and neurons"))
    console.print(_text(figures), highlight=False, soft_wrap=True)
    console.print(verdict(figures), highlight=False, soft_wrap=True, style="bold")


def verdict(figures: DeviceFigures) -> str:
    """One line: pass or fail, and the margins."""
    steps = [peers.best_training(n.sizes) / n.train.mean for n in figures.networks]
    passes = [peers.best_inference(n.sizes) / n.infer.mean for n in figures.networks]
    failed = [str(n.task.topology) for n in figures.networks if not n.holds]
    failed += [f"2-H-1 below {peers.LARGEST_H_GOAL}"] * (
        figures.largest_2_h_1 < peers.LARGEST_H_GOAL
    )
    failed += [f"{name} on avr8js" for name in figures.differences or {}]
    return (
        f"verdict: {'pass' if figures.holds else 'FAIL (' + ', '.join(failed) + ')'}: "
        f"training {min(steps):.1f} to {max(steps):.1f} times as fast as the best peer "
        f"(goal {peers.TRAINING_PART}), inference {min(passes):.1f} to {max(passes):.1f} times "
        f"(goal {peers.INFERENCE_PART}), largest 2-H-1 is H = {figures.largest_2_h_1}"
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _cycles(figures: DeviceFigures, title: str, *, training: bool) -> Table:
    columns = ("mean", "min to max", "floor", "x floor", "best peer", "faster", "bar")
    table = _table(title, "network", *columns)
    for of in figures.networks:
        cycles, lowest, best, bar = _compared(of, training)
        table.add_row(
            str(of.task.topology),
            f"{cycles.mean:,.0f}",
            f"{cycles.low:,} to {cycles.high:,}",
            f"{lowest:,}",
            f"{cycles.mean / lowest:.2f}",
            f"{best:,}",
            f"{best / cycles.mean:.1f} x",
            f"{bar:,}" if cycles.mean <= bar else f"{bar:,} MISSED",
        )
    return table


def _compared(of: NetworkFigures, training: bool) -> tuple[Cycles, int, int, int]:
    sizes = of.sizes
    if training:
        best, bar = peers.best_training(sizes), peers.training_bar(sizes)
        return of.train, floor.training_floor(sizes), best, bar
    best, bar = peers.best_inference(sizes), peers.inference_bar(sizes)
    return of.infer, floor.inference_floor(sizes), best, bar


def _parts(figures: DeviceFigures) -> Table:
    table = _table("Where a training step's cycles go", "network", *PARTS)
    for of in figures.networks:
        total = sum(of.parts.values())
        cells = [f"{of.parts[p]:,.0f} ({of.parts[p] / total:.0%})" for p in PARTS]
        table.add_row(str(of.task.topology), *cells)
    return table


def _bytes(figures: DeviceFigures) -> Table:
    columns = ("weights", "flash", "whole program", "static SRAM", "stack")
    table = _table("Bytes of a bare program that learns its task", "network", *columns)
    for of in figures.networks:
        own = of.flash_bytes - of.flash_empty_bytes
        figures_of = (of.task.topology.weight_count, own, of.flash_bytes, of.sram_bytes)
        table.add_row(str(of.task.topology), *(f"{n:,}" for n in (*figures_of, of.stack_bytes)))
    return table


def _growth(lines: Mapping[str, Line], over: str) -> Table:
    title = f"Growth with {over}: least squares over {len(TOPOLOGIES)} topologies"
    table = _table(title, "", "fixed", "each weight", "each neuron", "rms residual", "worst")
    for name, line in lines.items():
        each_neuron = f"{line.each_neuron:,.1f}" if line.each_neuron else ""
        cells = (f"{line.fixed:,.0f}", f"{line.each_weight:,.1f}", each_neuron)
        residuals = (f"{line.rms_residual:,.0f}", f"{line.worst_residual:,.0f}")
        table.add_row(name.replace("_", " "), *cells, *residuals)
    return table


def _text(figures: DeviceFigures) -> str:
    others = ", ".join(f"{name} {h}" for name, h in peers.LARGEST_2_H_1.items())
    flash = ", ".join(f"{name} {size:,}" for name, size in peers.FLASH_BYTES.items())
    lines = [
        f"largest bare 2-H-1 that learns in 2 KB: H = {figures.largest_2_h_1} ({others})",
        f"flash of peers with a network like 2-8-2: {flash} bytes",
        f"peers: {peers.SOURCE}; best for inference: 8-bit ones included",
        "floor: the loops of avr_*.S alone, instruction by instruction; bar: a tenth of the best peer's "
        "training step, a quarter of its inference",
    ]
    if figures.differences is not None:
        apart = [f"{name}: {text}" for name, text in figures.differences.items()]
        lines += [f"avr8js: {'; '.join(apart) or 'every mark at the same cycle'}"]
    return "\n".join(lines)
