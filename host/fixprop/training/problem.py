"""What is to be learned from a table: which columns from which, a quantity or a class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.activations import ACTIVATIONS
from fixprop.data import Table
from fixprop.data.table import Reals
from fixprop.errors import UsageError
from fixprop.formats import MAX_NEURONS, Integers

USUAL_TARGETS = ("targets", "target", "y")
"""Names in NPZ files that need no --target."""
AUTO = "auto"


@dataclass(frozen=True)
class Problem:
    """Inputs and what is wanted for them.

    `values`: [rows, inputs]. A regression has `wanted`, [rows, targets] with NaN where nothing is
    known, and no `classes`; a classification `labels`, [rows], indices into its `classes`.
    `output`: the output layer's activation function.
    """

    table: Table
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    values: Reals
    wanted: Reals
    labels: Integers
    classes: tuple[str, ...]
    output: str

    @property
    def outputs(self) -> int:
        """Neurons of the output layer: one tells two classes apart."""
        if not self.classes:
            return len(self.targets)
        two = len(self.classes) == 2 and self.output != "softmax"
        return 1 if two else len(self.classes)

    @property
    def kind(self) -> str:
        """For people."""
        if self.classes:
            return f"classification, {len(self.classes)} classes"
        return f"regression, {len(self.targets)} target" + "s" * (len(self.targets) > 1)


@dataclass(frozen=True)
class Wish:
    """What the user asks for: names or numbers of columns; no inputs: all others."""

    targets: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    classify: bool = False
    output: str = AUTO


def problem_of(table: Table, wish: Wish) -> Problem:
    """The problem; UsageError names the cell, column or number that does not go."""
    targets = table.choose(list(wish.targets) or _usual(table))
    inputs = _inputs(table, wish, targets)
    is_class = wish.classify or any(table.is_text(name) for name in targets)
    if is_class and len(targets) > 1:
        raise UsageError(f"classes come from one column, not from {len(targets)}: {_join(targets)}")
    classes, labels = _classes(table, targets[0]) if is_class else ((), np.zeros(0, np.int64))
    output = _output(wish.output, classes)
    values = np.stack([_input(table, name) for name in inputs], axis=1)
    wanted = np.zeros((table.rows, 0)) if is_class else _wanted(table, targets)
    return Problem(table, tuple(inputs), tuple(targets), values, wanted, labels, classes, output)


def _usual(table: Table) -> list[str]:
    known = {*table.names, *table.groups}
    for name in USUAL_TARGETS:
        if name in known:
            return [name]
    listed = ", ".join(table.names[-5:])
    raise UsageError(
        f"which column of {table.name} is to be learned? --target NAME, such as {listed}"
    )


def _inputs(table: Table, wish: Wish, targets: list[str]) -> list[str]:
    without = table.choose(list(wish.without))
    chosen = table.choose(list(wish.inputs)) if wish.inputs else list(table.names)
    for name in chosen:
        if wish.inputs and name in targets:
            raise UsageError(f'column "{name}" is a target: it cannot be an input too')
    inputs = [name for name in chosen if name not in (*targets, *without)]
    if not inputs:
        raise UsageError(f"no column of {table.name} is left as an input beside {_join(targets)}")
    if len(inputs) > MAX_NEURONS:
        raise UsageError(
            f"{len(inputs)} input columns: a network has at most {MAX_NEURONS}; choose with --inputs"
        )
    return inputs


def _input(table: Table, name: str) -> Reals:
    if table.is_text(name):
        try:
            return table.numbers(name)
        except UsageError as error:
            hint = f"leave such a column out: --without {name}"
            raise UsageError(f"{error}; {hint}") from None
    return table.complete_numbers(name)


def _classes(table: Table, name: str) -> tuple[tuple[str, ...], Integers]:
    texts = table.texts(name)
    different = set(texts)
    if len(different) == 1:
        raise UsageError(f'column "{name}" is {texts[0]} in every row: two classes are the least')
    if len(different) > MAX_NEURONS:
        raise UsageError(
            f'column "{name}" has {len(different)} different values: at most {MAX_NEURONS} classes; '
            "a quantity must be numbers, and has no --classify"
        )
    classes = _in_order(different)
    place = {text: n for n, text in enumerate(classes)}
    return classes, np.array([place[text] for text in texts], np.int64)


def _in_order(texts: set[str]) -> tuple[str, ...]:
    """By value if all are numbers, those of one value by text; else all by text."""
    by_text = sorted(texts)
    try:
        return tuple(sorted(by_text, key=float))
    except ValueError:
        return tuple(by_text)


def _output(wanted: str, classes: tuple[str, ...]) -> str:
    if wanted == AUTO:
        return (
            "linear" if not classes else "sigmoid_cross_entropy" if len(classes) == 2 else "softmax"
        )
    if wanted not in ACTIVATIONS:
        raise UsageError(f"unknown output '{wanted}': choose one of auto, {', '.join(ACTIVATIONS)}")
    if wanted == "softmax" and not classes:
        raise UsageError(
            "softmax gives shares of classes: for numbers choose linear, or --classify the target"
        )
    return wanted


def _wanted(table: Table, targets: list[str]) -> Reals:
    if len(targets) > MAX_NEURONS:
        raise UsageError(f"{len(targets)} targets: a network has at most {MAX_NEURONS} outputs")
    if len(targets) == 1:
        return table.complete_numbers(targets[0])[:, np.newaxis]
    wanted = np.stack([table.numbers(name) for name in targets], axis=1)
    unknown = np.flatnonzero(np.isnan(wanted).all(axis=1))
    if len(unknown):
        place = table.place(int(unknown[0]), targets[0])
        raise UsageError(f"{place} has no value, nor has any other target: remove the row")
    return wanted


def _join(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:5]) + (", ..." if len(names) > 5 else "")
