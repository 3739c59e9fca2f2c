"""Runs a worked example everywhere and compares: figures with the source, bits with bits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fixprop.examples.chip import OnChip
from fixprop.examples.places import InFloat64, InMirror, InNative, Place, State
from fixprop.examples.report import Report, Row, within
from fixprop.examples.training import Figure, Order, Training, half_squared_error
from fixprop.network import Topology
from fixprop.sim.uno import CLOCK_HZ

States = dict[int, State]


def run_training(example: Training, seed: int, with_chip: bool) -> Report:
    """Train `example` at every place, from the same weights in the same order."""
    report = Report(example.name, example.title, example.source, notes=list(example.notes))
    float64 = _train_fully(InFloat64(example, seed), example, seed)
    native = _train_fully(InNative(example, seed), example, seed)
    compared = min(max(native), example.compared_steps)
    states = {
        "native": native,
        "mirror": _train_to(InMirror(example, seed), example, seed, compared),
    }
    if with_chip:
        chip = OnChip(example, seed)
        states["chip"] = _train_to(chip, example, seed, compared)
        report.notes.append(_chip_time(chip, compared, max(native)))
    for place in ("mirror", "chip"):
        report.differences += _differences(example.topology, place, native, states.get(place, {}))
    if compared < max(native):
        report.notes.append(f"mirror: first {compared:,} of {max(native):,} steps, then natively")
    report.rows += _rule_rows(example, max(float64), {p: max(s) for p, s in states.items()})
    report.rows += [_row(example, figure, float64, states) for figure in example.figures]
    return report


def _train_fully(place: Place, example: Training, seed: int) -> States:
    """States at every figure's step and at the end: after `steps`, or when the rule says stop."""
    if example.stop is not None:
        return _train_to_rule(place, example, seed, example.stop)
    return _train_to(place, example, seed, example.steps)


def _train_to(place: Place, example: Training, seed: int, last: int) -> States:
    order, done, states = example.order(seed), 0, {}
    for step in _stops(example, last):
        place.train(order.take(step - done))
        states[step], done = place.state(), step
    return states


def _stops(example: Training, last: int) -> list[int]:
    wanted = {min(example.compared_steps, last), last}
    return sorted(
        wanted | {f.steps for f in example.figures if f.steps is not None and f.steps < last}
    )


def _train_to_rule(place: Place, example: Training, seed: int, stop: float) -> States:
    states: States = {}
    for step, state in _epochs(place, example.order(seed), example):
        if step == example.compared_steps:
            states[step] = state
        if half_squared_error(state.outputs, example.targets, state.weights) < stop:
            break
    states[step] = state
    return states


def _epochs(place: Place, order: Order, example: Training) -> Iterator[tuple[int, State]]:
    samples = len(example.inputs)
    for step in range(samples, example.steps + samples, samples):
        place.train(order.take(samples))
        yield step, place.state()


def _chip_time(chip: OnChip, compared: int, steps: int) -> str:
    per_step = chip.cycles / compared
    text = f"chip: {per_step:,.0f} cycles a step, loading the sample included; "
    whole = f"{per_step * steps / CLOCK_HZ:.2f} s for all {steps:,} steps at 16 MHz"
    return text + (whole if compared == steps else f"first {compared:,} steps run; {whole}")


def _differences(topology: Topology, place: str, native: States, other: States) -> list[str]:
    """The first bit in which `place` is not what native is, if any."""
    for step in sorted(set(native) & set(other)):
        one, two = native[step], other[step]
        assert one.fixed_weights is not None and two.fixed_weights is not None
        assert one.fixed_outputs is not None and two.fixed_outputs is not None
        wrong = np.flatnonzero(one.fixed_weights != two.fixed_weights)
        if len(wrong):
            at = int(wrong[0])
            values = f"native {one.fixed_weights[at]}, {place} {two.fixed_weights[at]}"
            return [f"after step {step:,}, {_name_weight(topology, at)}: {values}"]
        if not np.array_equal(one.fixed_outputs, two.fixed_outputs):
            return [f"after step {step:,}: native and {place} answer differently"]
    return []


def _name_weight(topology: Topology, index: int) -> str:
    for layer, (neurons, columns) in enumerate(topology.weight_shapes, 1):
        if index < neurons * columns:
            neuron, column = divmod(index, columns)
            what = f"input {column - 1}" if column else "bias"
            return f"weight of layer {layer}, neuron {neuron}, {what}"
        index -= neurons * columns
    raise IndexError(index)


def _rule_rows(example: Training, float64: int, fixed: dict[str, int]) -> list[Row]:
    if example.stop is None:
        return []
    epochs = {place: steps / len(example.inputs) for place, steps in fixed.items()}
    values = {"float64": float64 / len(example.inputs), **epochs}
    passed = fixed["native"] < example.steps or float64 >= example.steps
    return [Row("epochs to the rule", f"error < {example.stop}", values, passed)]


def _row(example: Training, figure: Figure, float64: States, states: dict[str, States]) -> Row:
    """A place holds the figure's bounds; one that depends on the seed only where float64 does."""
    values, bounds = {}, {"float64": figure.float64}
    for place, known in {"float64": float64, **states}.items():
        last = max(float64) if place == "float64" else max(states["native"])
        state = known.get(last if figure.steps is None else figure.steps)
        if state is not None:
            values[place] = figure.measure(state.outputs, example.targets, state.weights)
    held = {p: within(v, bounds.get(p, figure.fixed)) for p, v in values.items()}
    unlearnable = example.weights is None and not held["float64"]
    return Row(figure.name, figure.expected, values, unlearnable or all(held.values()))
